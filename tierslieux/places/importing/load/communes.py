"""Which commune a record lies in: by its code, an old code, the polygon around its point, or postal code and name."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from psycopg import Connection

from tierslieux.places.importing.facts import folded
from tierslieux.places.importing.load.fields import Placed
from tierslieux.places.importing.record import PlaceRecord

CREATE_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS staged_commune
  (n integer, given text, hint text, point geography(Point,4326), postal_code text, search_name text)
ON COMMIT DELETE ROWS
"""
FAR_METRES = 25_000
"""Farther than this from every commune's point, a point of mainland France is abroad or at sea."""
ASTRAY_METRES = 30_000
"""Farther than this from the point of the commune that the row names, code or position is wrong."""

_COPY = "COPY staged_commune (n, given, hint, point, postal_code, search_name) FROM STDIN"
_RESOLVE = """
WITH coded AS (
  SELECT s.*, COALESCE(
      (SELECT code FROM commune WHERE code = s.given),
      (SELECT code FROM commune_change WHERE old_code = s.given ORDER BY on_date DESC LIMIT 1)) AS given_now,
    COALESCE((SELECT code FROM commune WHERE code = s.hint),
      (SELECT code FROM commune_change WHERE old_code = s.hint ORDER BY on_date DESC LIMIT 1)) AS hint_now
  FROM staged_commune s
), found AS (
  SELECT *, COALESCE(given_now, hint_now,
    (SELECT t.code FROM territory t WHERE t.level = 'commune' AND ST_Covers(t.geom, coded.point::geometry)
      ORDER BY t.code LIMIT 1),
    (SELECT near.code FROM (
        SELECT t.code, t.geom FROM territory t WHERE t.level = 'commune'
        ORDER BY t.geom <-> coded.point::geometry LIMIT 1) near
      WHERE ST_DWithin(near.geom::geography, coded.point, 2000)),
    (SELECT min(c.code) FROM commune_postal_code p JOIN commune c ON c.code = p.commune_code
      WHERE p.postal_code = coded.postal_code AND c.search_name = coded.search_name HAVING count(*) = 1)) AS code
  FROM coded
)
SELECT f.n, f.code, c.name, c.time_zone,
  CASE WHEN f.point IS NOT NULL THEN round(ST_Distance(c.position, f.point, false))::integer END,
  CASE WHEN f.code IS NULL AND f.point IS NOT NULL THEN (
    SELECT round(ST_Distance(near.position, f.point, false))::integer
    FROM (SELECT position FROM commune ORDER BY position <-> f.point LIMIT 1) near) END
FROM found f LEFT JOIN commune c ON c.code = f.code
ORDER BY f.n
"""


class Resolved(msgspec.Struct, frozen=True, gc=False):
    """``metres`` to the point of the commune found; ``nearest_metres`` to the nearest one where none was found."""

    placed: Placed
    metres: int | None
    nearest_metres: int | None


def resolve(connection: Connection, records: Sequence[PlaceRecord]) -> list[Resolved]:
    """The commune of each record, in their order, in one statement."""
    with connection.cursor() as cursor:
        with cursor.copy(_COPY) as copy:
            for number, record in enumerate(records):
                copy.write_row(_staged(number, record))
        cursor.execute(_RESOLVE)
        return [
            Resolved(Placed(code, zone or record.time_zone, name), metres, nearest)
            for record, (_, code, name, zone, metres, nearest) in zip(records, cursor, strict=True)
        ]


def _staged(number: int, record: PlaceRecord) -> tuple[object, ...]:
    point = f"SRID=4326;POINT({record.position[0]} {record.position[1]})" if record.position else None
    name = folded(record.commune) if record.commune and record.postal_code else None
    return number, record.commune_code, record.commune_hint, point, record.postal_code, name
