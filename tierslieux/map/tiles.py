"""``/tiles/places/{z}/{x}/{y}.mvt``: places and counted clusters as vector tiles, with the filters of the search.

Layer ``places``; a feature has ``count``, and where that is 1 ``id``, ``slug``, ``name``, ``kind`` and ``welcome``;
``free_seats`` where a window is asked for. A tile is cut into 16 x 16 cells with at most one feature each, so that no
tile is heavy.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tierslieux.map.conditions import BY_DAY, BY_PLACE, Instants, conditions_of, near_box
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.free_queries import read_all
from tierslieux.map.viewport import Window
from tierslieux.places.grid import LAST_ZOOM, SHOWN_UNASKED
from tierslieux.places.models import MAP_ZOOM
from tierslieux.shared.errors import NotFound
from tierslieux.shared.geo import Bbox
from tierslieux.web.db import Reads

MVT = "application/vnd.mapbox-vector-tile"
MAX_ZOOM = 20
EXTENT = 4096
_CELL_ZOOMS = 4
"""A cell is a sixteenth of a tile wide."""
_COUNTRY_ZOOM = 5
_FROM_PLACES = """
SELECT count(*)::integer AS places, avg(p.map_x) AS mx, avg(p.map_y) AS my, min(p.place_id) AS id,
  min(p.slug) AS slug, min(p.name) AS name, min(p.kind) AS kind, min(p.welcome) AS welcome,
  {free}::integer AS free_seats
FROM {source} AND {where} AND p.map_x >> %(tile_shift)s::integer = %(x)s::integer
  AND p.map_y >> %(tile_shift)s::integer = %(y)s::integer
GROUP BY p.map_x >> %(cell_shift)s::integer, p.map_y >> %(cell_shift)s::integer
"""
_FROM_COUNTS = """
SELECT g.places, coalesce(p.map_x, ((g.x + 0.5) * 2 ^ %(cell_shift)s::integer)) AS mx,
  coalesce(p.map_y, ((g.y + 0.5) * 2 ^ %(cell_shift)s::integer)) AS my,
  p.place_id AS id, p.slug, p.name, p.kind, p.welcome, NULL::integer AS free_seats
FROM (
  SELECT x, y, sum(places)::integer AS places, sum(id_sum)::bigint AS id FROM place_grid
  WHERE zoom = %(z)s::smallint + 4::smallint AND kind = ANY(%(grid_kinds)s::text[]) AND x = ANY(%(columns)s::integer[])
    AND y BETWEEN %(y)s::integer * 16 AND %(y)s::integer * 16 + 15 AND places > 0
  GROUP BY x, y
) g LEFT JOIN place p ON p.place_id = (CASE WHEN g.places = 1 THEN g.id END)::integer
"""
_COLUMNS = "p.place_id, p.map_x, p.map_y, p.point, p.slug, p.name, p.kind, p.welcome"
_TILE = f"""
SELECT ST_AsMVT(f, 'places', {EXTENT}, 'geom') FROM (
  SELECT ST_Point(
      round((c.mx - %(x)s::float8 * 2 ^ %(tile_shift)s::integer) * {EXTENT} / 2 ^ %(tile_shift)s::integer),
      round((c.my - %(y)s::float8 * 2 ^ %(tile_shift)s::integer) * {EXTENT} / 2 ^ %(tile_shift)s::integer)) AS geom,
    c.places AS count, CASE c.places WHEN 1 THEN c.id END AS id, CASE c.places WHEN 1 THEN c.slug END AS slug,
    CASE c.places WHEN 1 THEN c.name END AS name, CASE c.places WHEN 1 THEN c.kind END AS kind,
    CASE c.places WHEN 1 THEN c.welcome END AS welcome, c.free_seats
  FROM ({{cells}}) c
) f
"""


def row_of(z: int, x: int, y: str) -> int:
    """The row that ``{y}.mvt`` names, where zoom, column and row exist; else ``NotFound``."""
    number, dot, suffix = y.partition(".")
    if not (dot and suffix == "mvt" and number.isascii() and number.isdigit() and len(number) <= 8):
        raise NotFound
    if not (0 <= z <= MAX_ZOOM and 0 <= x < 2**z and int(number) < 2**z):
        raise NotFound
    return int(number)


async def draw_tile(reads: Reads, criteria: SearchCriteria, tile: tuple[int, int, int], now: datetime) -> bytes:
    """The tile ``(zoom, column, row)``, which exists; empty where nothing is found."""
    sql, params = tile_sql(criteria, tile, Instants((criteria.at or now).astimezone(UTC), now))
    if criteria.free is not None and tile[0] <= _COUNTRY_ZOOM:
        rows = await read_all(reads, sql, params)
        return bytes(rows[0][0] or b"")
    cursor = reads.cursor(binary=True)
    row = await (await cursor.execute(sql, params)).fetchone()
    return bytes(row[0]) if row and row[0] else b""


def tile_sql(criteria: SearchCriteria, tile: tuple[int, int, int], instants: Instants) -> tuple[str, dict[str, Any]]:
    """The statement of one tile and its parameters."""
    z, x, y = tile
    params: dict[str, Any] = {"z": z, "x": x, "y": y, "tile_shift": MAP_ZOOM - z}
    params["cell_shift"] = MAP_ZOOM - z - _CELL_ZOOMS
    if criteria.is_by_kind_only and z + _CELL_ZOOMS <= LAST_ZOOM:
        kinds: list[str] = [*criteria.kinds] or [SHOWN_UNASKED]
        params |= {"grid_kinds": kinds, "columns": list(range(x * 16, x * 16 + 16))}
        return _TILE.format(cells=_FROM_COUNTS), params
    conditions = conditions_of(criteria, instants, BY_DAY if z <= _COUNTRY_ZOOM else BY_PLACE)
    params |= conditions.params
    where = near_box("tile", _box_of(z, x, y), params)
    free = "sum(p.seats)" if conditions.free_seats else "NULL"
    cells = _FROM_PLACES.format(source=conditions.once(_COLUMNS), where=where, free=free)
    return _TILE.format(cells=cells), params


def _box_of(z: int, x: int, y: int) -> Bbox:
    """What the tile covers; those of the first and last row reach to the poles."""
    box = Window(x, x, y, y).box(z)
    return Bbox(box.min_lon, -90.0 if y == 2**z - 1 else box.min_lat, box.max_lon, 90.0 if y == 0 else box.max_lat)
