"""The counts behind unfiltered maps: how many places of a kind lie in each web-mercator tile of zooms 2 to 15.

Whoever changes what ``place_grid`` counts (state, kind, position) keeps it in the same transaction: ``move_in_grid``
for one place, ``rebuild_grid`` after an import. Counts are of published places that have a position.
"""

from __future__ import annotations

from typing import Any

import msgspec
from psycopg import Connection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places.models import ASKED_KINDS, MAP_ZOOM

FIRST_ZOOM = 2
LAST_ZOOM = 15
"""Finer cells hold so few places that they are counted one by one."""
SHOWN_UNASKED = ""
"""The kind of the rows that count all places shown without being asked for."""

_REBUILD = f"""
INSERT INTO place_grid (zoom, kind, x, y, places, lon_sum, lat_sum, id_sum)
SELECT z, k.kind, p.map_x >> ({MAP_ZOOM} - z), p.map_y >> ({MAP_ZOOM} - z), count(*), sum(ST_X(p.point)),
  sum(ST_Y(p.point)), sum(p.place_id)
FROM place p
CROSS JOIN generate_series({FIRST_ZOOM}, {LAST_ZOOM}) z
CROSS JOIN LATERAL (SELECT p.kind UNION ALL SELECT '{SHOWN_UNASKED}' WHERE NOT p.asked_only) k
WHERE p.state = 'published' AND p.point IS NOT NULL
GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - constants of this module
_LOCK = "LOCK TABLE place_grid IN SHARE ROW EXCLUSIVE MODE"

# in the order of the key, so that two writers never wait for each other in a circle
_ADD = f"""
INSERT INTO place_grid AS g (zoom, x, y, kind, places, lon_sum, lat_sum, id_sum)
SELECT z, CAST(:map_x AS integer) >> ({MAP_ZOOM} - z), CAST(:map_y AS integer) >> ({MAP_ZOOM} - z), k.kind,
  CAST(:count AS integer), CAST(:lon AS float8) * CAST(:count AS integer),
  CAST(:lat AS float8) * CAST(:count AS integer), CAST(:place_id AS bigint) * CAST(:count AS integer)
FROM generate_series({FIRST_ZOOM}, {LAST_ZOOM}) z, unnest(CAST(:kinds AS text[])) k (kind)
ORDER BY 1, 2, 3, 4
ON CONFLICT (zoom, kind, x, y) DO UPDATE SET places = g.places + excluded.places,
  lon_sum = g.lon_sum + excluded.lon_sum, lat_sum = g.lat_sum + excluded.lat_sum, id_sum = g.id_sum + excluded.id_sum
"""  # noqa: S608 - constants of this module
_SPOT = text("SELECT place_id, kind, map_x, map_y, ST_X(point) AS lon, ST_Y(point) AS lat FROM place"
             " WHERE place_id = :place_id AND state = 'published' AND point IS NOT NULL")  # fmt: skip


class Spot(msgspec.Struct, frozen=True):
    """What the grid counts of a place."""

    place_id: int
    kind: str
    map_x: int
    map_y: int
    lon: float
    lat: float


def rebuild_grid(connection: Connection[Any]) -> None:
    """Count everything anew, in the connection's transaction; readers see the old counts until it commits."""
    connection.execute(_LOCK)
    connection.execute("DELETE FROM place_grid")
    connection.execute(_REBUILD)


async def spot_of(session: AsyncSession, place_id: int) -> Spot | None:
    """What the grid counts of a place now (flush first); ``None`` where it counts nothing."""
    row = (await session.execute(_SPOT, {"place_id": place_id})).one_or_none()
    return Spot(*row) if row else None


async def move_in_grid(session: AsyncSession, before: Spot | None, after: Spot | None) -> None:
    """Take a place out of the cells where it was and put it into those where it is; equal spots cost nothing."""
    if before == after:
        return
    for spot, count in ((before, -1), (after, 1)):
        if spot is not None:
            values = {**msgspec.structs.asdict(spot), "count": count, "kinds": _kinds(spot.kind)}
            await session.execute(text(_ADD), values)


def _kinds(kind: str) -> list[str]:
    return sorted({kind} if kind in ASKED_KINDS else {kind, SHOWN_UNASKED})
