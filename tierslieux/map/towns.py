"""``/tiles/towns/{z}/{x}/{y}.json``: the names of towns for the map's ground, the largest first, none over another.

Which names a tile shows depends on its towns and those around it alone: panning neither moves nor flickers a name, and
names of neighbouring tiles keep apart.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tierslieux.map.base_tiles import CACHE_CONTROL, MAX_ZOOM, row_of
from tierslieux.web.caching import cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Database
from tierslieux.web.versions import CatalogueVersion

TILE_PIXELS = 256
MAX_NAMES = 5
"""In one tile; its neighbours' towns take their room first where they are larger."""
_METHOD = 1
_LETTER_PIXELS, _LINE_PIXELS = 8.5, 34
_LARGE = 50_000
_SQL = """
SELECT c.name, c.population, ST_X(c.position::geometry), ST_Y(c.position::geometry) FROM commune c
WHERE c.position && ST_Transform(ST_TileEnvelope(%(z)s::integer, %(x)s::integer, %(y)s::integer,
  margin => 0.5), 4326)::geography
  AND c.population >= %(least)s::integer
ORDER BY c.population DESC, c.code LIMIT 160
"""


class Town(msgspec.Struct, frozen=True):
    """A name and where its middle stands, in pixels from the tile's upper left corner."""

    name: str
    x: int
    y: int
    large: bool


@get("/tiles/towns/{z:int}/{x:int}/{y:str}", include_in_schema=False)
async def get_towns(
    z: FromPath[int],
    x: FromPath[int],
    y: FromPath[str],
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    version: NamedDependency[CatalogueVersion],
) -> Response[Any]:
    """The names of a tile; 404 for an address that no map has."""
    row = row_of(z, x, y, suffix="json")
    etag = etag_of("towns", _METHOD, f"{await version.current():x}")
    if is_known(request, etag):
        return not_modified(etag, CACHE_CONTROL)
    async with database.read_pool.connection() as reads:
        cursor = await reads.execute(_SQL, {"z": z, "x": x, "y": row, "least": least_population(z)})
        found = [(name, people, *_pixel(lon, lat, z, x, row)) for name, people, lon, lat in await cursor.fetchall()]
    body = msgspec.json.encode(apart([Town(name, px, py, people >= _LARGE) for name, people, px, py in found]))
    return Response(body, media_type="application/json", headers=cache_headers(etag, CACHE_CONTROL))


def least_population(zoom: int) -> int:
    """How many people a town needs to be named at ``zoom``: halves from each zoom to the next, and more."""
    return 0 if zoom >= MAX_ZOOM - 2 else int(250_000 / 2.4 ** max(0, zoom - 5))


def apart(towns: list[Town]) -> list[Town]:
    """Those of ``towns`` (the first before the next) whose names do not touch, and which stand inside the tile."""
    kept: list[Town] = []
    for town in towns:
        if not any(_touch(town, other) for other in kept):
            kept.append(town)
    return [town for town in kept if 0 <= town.x < TILE_PIXELS and 0 <= town.y < TILE_PIXELS][:MAX_NAMES]


def _touch(one: Town, other: Town) -> bool:
    width = (len(one.name) + len(other.name)) * _LETTER_PIXELS / 2
    return abs(one.x - other.x) < width and abs(one.y - other.y) < _LINE_PIXELS


def _pixel(lon: float, lat: float, z: int, x: int, y: int) -> tuple[int, int]:
    """Web Mercator (EPSG:3857) pixel of a position in the tile."""
    wide = (lon + 180) / 360 * 2**z - x
    high = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z - y
    return math.floor(wide * TILE_PIXELS), math.floor(high * TILE_PIXELS)


towns_router = Router("/", route_handlers=[get_towns], signature_types=[Database, CatalogueVersion])
