"""``/tiles/base/{z}/{x}/{y}.mvt``: the map's own ground, outlines of territories as vector tiles.

Layers ``region``, ``departement``, ``epci`` and ``commune`` by zoom, each with ``code`` and ``name``, simplified to
less than a screen's pixel, so that a tile stays small. The tag of a tile is the version of the territories, not of the
catalogue: an edited place does not make anybody fetch the ground again.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from psycopg_pool import AsyncConnectionPool

from tierslieux.shared.errors import NotFound
from tierslieux.web.caching import cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Reads
from tierslieux.web.versions import CatalogueVersion

MAX_ZOOM = 14
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
CACHE_CONTROL = "public, max-age=3600, stale-while-revalidate=604800"

_EXTENT = 2048
_LAYERS = (("region", 0, 8), ("departement", 0, MAX_ZOOM), ("epci", 8, MAX_ZOOM), ("commune", 10, MAX_ZOOM))
"""Layer, first and last zoom: what the map's style draws (static/js/classic), and no more."""
_METHOD = 1
"""Raised when the drawing changes, so that browsers fetch the tiles again."""
_KEPT_BYTES = 16_000_000

_LAYER_SQL = f"""
(SELECT COALESCE(ST_AsMVT(drawn, '{{level}}', {_EXTENT}, 'geom'), '') FROM (
  SELECT code, name, ST_AsMVTGeom(ST_Simplify(geom_mercator, (ST_XMax(box) - ST_XMin(box)) / {_EXTENT}, true),
    box, {_EXTENT}, 32, true) AS geom
  FROM territory, ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer, margin => 0) AS box
  WHERE level = '{{level}}' AND geom_mercator && ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer,
    margin => 0.02)
) AS drawn WHERE geom IS NOT NULL)
"""
_VERSION_SQL = "SELECT version FROM data_version WHERE subject = 'territories'"


class BaseTiles:
    """The tiles of one process: the last used ones are kept, up to ``_KEPT_BYTES``, until the territories change."""

    def __init__(self, pool: AsyncConnectionPool[Reads], catalogue: CatalogueVersion) -> None:
        self._pool = pool
        self._catalogue = catalogue
        self._seen: tuple[int, int] | None = None
        self._kept: OrderedDict[tuple[int, int, int], bytes] = OrderedDict()
        self._kept_bytes = 0

    async def version(self) -> int:
        """The version of the territories; asked for again only when the catalogue changed."""
        catalogue = await self._catalogue.current()
        if self._seen is None or self._seen[0] != catalogue:
            async with self._pool.connection() as reads:
                row = await (await reads.execute(_VERSION_SQL)).fetchone()
            self._note(catalogue, int(row[0]) if row else 0)
        return self._seen[1] if self._seen else 0

    async def tile(self, z: int, x: int, y: int) -> bytes:
        """The tile, empty where nothing lies in it."""
        kept = self._kept.get((z, x, y))
        if kept is not None:
            self._kept.move_to_end((z, x, y))
            return kept
        version = self._seen
        async with self._pool.connection() as reads:
            tile = await draw_tile(reads, z, x, y)
        if version == self._seen:
            self._keep((z, x, y), tile)
        return tile

    def _note(self, catalogue: int, version: int) -> None:
        if self._seen is None or self._seen[1] != version:
            self._kept.clear()
            self._kept_bytes = 0
        self._seen = (catalogue, version)

    def _keep(self, key: tuple[int, int, int], tile: bytes) -> None:
        self._kept_bytes += len(tile) - len(self._kept.get(key, b""))
        self._kept[key] = tile
        while self._kept_bytes > _KEPT_BYTES:
            self._kept_bytes -= len(self._kept.popitem(last=False)[1])


async def draw_tile(reads: Reads, z: int, x: int, y: int) -> bytes:
    """The tile of an address that exists, drawn now."""
    layers = [_LAYER_SQL.format(level=level) for level, first, last in _LAYERS if first <= z <= last]
    cursor = reads.cursor(binary=True)
    await cursor.execute(f"SELECT {' || '.join(layers)}", {"z": z, "x": x, "y": y})
    row = await cursor.fetchone()
    return bytes(row[0]) if row else b""


@get("/tiles/base/{z:int}/{x:int}/{y:str}", media_type=MEDIA_TYPE, tags=["tiles"], include_in_schema=False)
async def get_base_tile(
    z: FromPath[int],
    x: FromPath[int],
    y: FromPath[str],
    request: Request[Any, Any, Any],
    base_tiles: NamedDependency[BaseTiles],
) -> Response[bytes]:
    """A tile; 404 for an address that no map has."""
    row = row_of(z, x, y, suffix="mvt")
    etag = etag_of("base", _METHOD, await base_tiles.version())
    if is_known(request, etag):
        return not_modified(etag, CACHE_CONTROL)
    tile = await base_tiles.tile(z, x, row)
    return Response(tile, media_type=MEDIA_TYPE, headers=cache_headers(etag, CACHE_CONTROL))


def row_of(z: int, x: int, y: str, *, suffix: str) -> int:
    """The row that ``{y}`` with that suffix names, where zoom, column and row exist; else ``NotFound``."""
    number, _, given = y.partition(".")
    if not (given == suffix and number.isascii() and number.isdigit() and len(number) <= 8):
        raise NotFound
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and int(number) < 2**z):
        raise NotFound
    return int(number)
