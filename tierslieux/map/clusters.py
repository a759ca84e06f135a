"""What a map draws in a box: places, and counted clusters where there are several in a cell.

Unfiltered or by kind, whole cells are read from the counts that ``places.grid`` keeps and only the places in the cells
that the box cuts are looked at; with any other filter the places themselves are counted. Either way the counts add up
exactly to what the list of the same criteria matches.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from tierslieux.map.conditions import BY_DAY, BY_PLACE, Instants, Tests, conditions_of, in_box, near_box, of_kind
from tierslieux.map.country import Cell, Spare, no_spare, read_cells
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.results import HoursWord
from tierslieux.map.viewport import Corners, Window, corners_of, level_for, window_inside
from tierslieux.places.domain import PlaceKind, Welcome
from tierslieux.places.grid import LAST_ZOOM, SHOWN_UNASKED
from tierslieux.places.models import MAP_ZOOM
from tierslieux.shared.geo import Bbox
from tierslieux.web.db import Reads

_COUNTRY_LEVEL = 9
"""Up to this level a screen holds so much of the country that opening days are read by day, not by place."""
_WIDE_LEVEL = 10
"""Up to this level free seats are counted for the whole country at once: one by one, each place costs much more."""
_SLACK = 1e-5
"""Degrees that a strip is widened by: the index decides in single precision, the coordinates exactly."""
_COUNT = """
SELECT p.map_x >> %(shift)s::integer AS x, p.map_y >> %(shift)s::integer AS y, count(*)::integer AS places,
  sum(ST_X(p.point)) AS lon, sum(ST_Y(p.point)) AS lat, min(p.place_id)::bigint AS id, {free}::integer AS free
FROM {source} GROUP BY 1, 2
"""
_CELL = {"x": "integer", "y": "integer", "places": "integer", "lon": "float8", "lat": "float8", "id": "bigint",
  "free": "integer"}  # fmt: skip
_ARRAYS = ", ".join(f"%(c_{name})s::{sort}[]" for name, sort in _CELL.items())
_READ = f"SELECT * FROM unnest({_ARRAYS}) c ({', '.join(_CELL)})"
_KEPT = """
SELECT g.x >> %(finer)s::integer, g.y >> %(finer)s::integer, g.places, g.lon_sum, g.lat_sum, g.id_sum
FROM place_grid g WHERE g.zoom = %(fine)s::smallint AND g.kind = ANY(%(grid_kinds)s::text[])
  AND g.x = ANY(%(w{n}_columns)s::integer[]) AND g.y BETWEEN %(w{n}_first_y)s::integer AND %(w{n}_last_y)s::integer
  AND g.places > 0
"""
_EDGE = """
SELECT p.map_x >> %(shift)s::integer, p.map_y >> %(shift)s::integer, 1, ST_X(p.point), ST_Y(p.point), p.place_id::bigint
FROM place p WHERE {where}
"""
_CUT_OUT = (
    "NOT (p.map_x >> %(fine_shift)s::integer BETWEEN %(w{n}_first_x)s::integer AND %(w{n}_last_x)s::integer"
    " AND p.map_y >> %(fine_shift)s::integer BETWEEN %(w{n}_first_y)s::integer AND %(w{n}_last_y)s::integer)"
)
_SUMMED = """
SELECT x, y, sum(places)::integer AS places, sum(lon) AS lon, sum(lat) AS lat, sum(id)::bigint AS id,
  NULL::integer AS free
FROM ({parts}) part (x, y, places, lon, lat, id) GROUP BY x, y
"""
_SHOWN = """
WITH cell AS MATERIALIZED ({cells})
SELECT c.x, c.y, c.places, coalesce(ST_X(p.point), c.lon / c.places), coalesce(ST_Y(p.point), c.lat / c.places),
  p.place_id, p.slug, p.name, p.kind, p.welcome, p.street, p.postal_code, p.commune_name, p.commune_code,
  CASE WHEN hours.is_open THEN 'open' WHEN hours.state = 'known' THEN 'closed' ELSE 'unknown' END,
  CASE WHEN hours.is_open THEN NULL WHEN hours.state IS NULL THEN 'no_hours' ELSE hours.reason END, c.free
FROM cell c LEFT JOIN LATERAL (
  SELECT * FROM place p WHERE p.place_id = (CASE WHEN c.places = 1 THEN c.id END)::integer OFFSET 0
) p ON true
LEFT JOIN LATERAL (
  SELECT bool_or(d.open @> %(at)s::timestamptz) AS is_open,
    min(d.state) FILTER (WHERE d.day = today.day) AS state, min(d.reason) FILTER (WHERE d.day = today.day) AS reason
  FROM place_day d, (SELECT (%(at)s::timestamptz AT TIME ZONE p.time_zone)::date AS day) today
  WHERE d.place_id = p.place_id AND d.day BETWEEN today.day - 1 AND today.day
) hours ON p.place_id IS NOT NULL
ORDER BY c.y, c.x
"""
_PLACE_COLUMNS = (
    "lon", "lat", "place_id", "slug", "name", "kind", "welcome", "street", "postal_code", "commune_name",
    "commune_code", "hours_state", "hours_reason", "free_seats",
)  # fmt: skip
"""What ``_SHOWN`` gives after the cell and its count."""


class MapPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map; ``free_seats`` is only known where a window was asked for, as a cluster's."""

    place_id: int
    slug: str
    name: str
    kind: PlaceKind
    welcome: Welcome
    lon: float
    lat: float
    street: str | None
    postal_code: str | None
    commune_name: str | None
    commune_code: str | None
    hours_state: HoursWord
    hours_reason: str | None
    free_seats: int | None


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Several places of one cell, at their middle.

    ``corners`` are the cell's west, south, east and north; ``open`` is only known where open places were asked for,
    ``free_seats``, the sum of its places, where a window was.
    """

    cell_id: str
    count: int
    lon: float
    lat: float
    corners: Corners
    open: int | None
    free_seats: int | None


class MapContent(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn in a box; ``matched`` is exact."""

    items: tuple[MapPlace | Cluster, ...]
    matched: int
    level: int


async def find_clusters(
    reads: Reads, criteria: SearchCriteria, zoom: int, now: datetime, spare: Spare = no_spare
) -> MapContent:
    """What ``criteria``, whose area is a box, finds for a map at ``zoom``: at most 480 places and clusters.

    Of ``spare`` a second connection is taken where the whole country's seats are counted.
    """
    level = level_for(cast("Bbox", criteria.area), zoom)
    instants = Instants((criteria.at or now).astimezone(UTC), now)
    if criteria.free is not None and tests_for(criteria, level) is BY_DAY:
        cells = await read_cells(reads, spare, *counted_sql(criteria, level, instants))
        sql, params = _SHOWN.format(cells=_READ), {**_columns_of(cells), "at": instants.at}
    else:
        sql, params = clusters_sql(criteria, level, instants)
    rows = await (await reads.execute(sql, params)).fetchall()
    items = tuple(_place(row) if row[5] is not None else _cluster(row, level, criteria) for row in rows)
    return MapContent(items=items, matched=sum(row[2] for row in rows), level=level)


def tests_for(criteria: SearchCriteria, level: int) -> Tests:
    """The tests that are quicker for a box whose cells are of ``level``."""
    wide = _COUNTRY_LEVEL if criteria.free is None else _WIDE_LEVEL
    return BY_DAY if level <= wide else BY_PLACE


def clusters_sql(criteria: SearchCriteria, level: int, instants: Instants) -> tuple[str, dict[str, Any]]:
    """The statement of one box, whose cells are of ``level``, and its parameters."""
    if not criteria.is_by_kind_only or level > LAST_ZOOM:
        counted, params = counted_sql(criteria, level, instants)
        return _SHOWN.format(cells=counted), params
    conditions = conditions_of(criteria, instants, tests_for(criteria, level))
    params = {**conditions.params, "shift": MAP_ZOOM - level}
    fine = min(level + 1, LAST_ZOOM)  # half as wide a rim of cut cells as at the level itself
    params |= {"fine": fine, "finer": fine - level, "fine_shift": MAP_ZOOM - fine}
    params["grid_kinds"] = list(criteria.kinds) or [SHOWN_UNASKED]
    boxes = cast("Bbox", criteria.area).parts()
    parts = [part for number, box in enumerate(boxes) for part in _kept_and_edge(number, box, criteria, params)]
    return _SHOWN.format(cells=_SUMMED.format(parts=" UNION ALL ".join(parts))), params


def counted_sql(criteria: SearchCriteria, level: int, instants: Instants) -> tuple[str, dict[str, Any]]:
    """The statement that counts the places themselves, whose rows are ``country.Cell``, and its parameters."""
    conditions = conditions_of(criteria, instants, tests_for(criteria, level))
    free = "sum(p.seats)" if conditions.free_seats else "NULL"
    counted = _COUNT.format(source=conditions.once("p.place_id, p.map_x, p.map_y, p.point"), free=free)
    return counted, {**conditions.params, "shift": MAP_ZOOM - level}


def _columns_of(cells: Sequence[Cell]) -> dict[str, list[Any]]:
    return {f"c_{name}": [cell[number] for cell in cells] for number, name in enumerate(_CELL)}


def _kept_and_edge(number: int, box: Bbox, criteria: SearchCriteria, params: dict[str, Any]) -> list[str]:
    """The kept counts of the cells inside ``box``, and the places of the cells that it cuts."""
    inside = window_inside(box, params["fine"])
    where = f"{of_kind(criteria, params)} AND {in_box(f'box{number}', box, params)}"
    if not inside.cells:
        return [_EDGE.format(where=where)]
    params.update(_window_params(number, inside))
    strips = _strips(number, box, inside.box(params["fine"]), params)
    return [
        _KEPT.format(n=number),
        _EDGE.format(where=f"{where} AND ({' OR '.join(strips)}) AND {_CUT_OUT.format(n=number)}"),
    ]


def _window_params(number: int, inside: Window) -> dict[str, Any]:
    return {
        f"w{number}_columns": list(range(inside.first_x, inside.last_x + 1)),
        f"w{number}_first_x": inside.first_x,
        f"w{number}_last_x": inside.last_x,
        f"w{number}_first_y": inside.first_y,
        f"w{number}_last_y": inside.last_y,
    }


def _strips(number: int, box: Bbox, inside: Bbox, params: dict[str, Any]) -> list[str]:
    """Four boxes that together hold what lies in ``box`` and not ``inside``."""
    west, east = inside.min_lon + _SLACK, inside.max_lon - _SLACK
    south, north = inside.min_lat + _SLACK, inside.max_lat - _SLACK
    sides = {
        "west": Bbox(box.min_lon, box.min_lat, west, box.max_lat),
        "east": Bbox(east, box.min_lat, max(east, box.max_lon), box.max_lat),
        "south": Bbox(box.min_lon, box.min_lat, box.max_lon, max(box.min_lat, south)),
        "north": Bbox(box.min_lon, min(north, box.max_lat), box.max_lon, box.max_lat),
    }
    return [near_box(f"{name}{number}", side, params) for name, side in sides.items()]


def _place(row: Sequence[Any]) -> MapPlace:
    return MapPlace(**dict(zip(_PLACE_COLUMNS, row[3:], strict=True)))


def _cluster(row: Sequence[Any], level: int, criteria: SearchCriteria) -> Cluster:
    x, y, count, lon, lat = row[:5]
    return Cluster(
        cell_id=f"{level}-{x}-{y}",
        count=count,
        lon=lon,
        lat=lat,
        corners=corners_of(x, y, level),
        open=count if criteria.hours == "open" else None,
        free_seats=row[16],
    )
