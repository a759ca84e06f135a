"""What a demonstration can be built on: places without anything to book, and the communes around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import LiteralString

from tierslieux.booking.domain.values import Seat
from tierslieux.demo.domain.choosing import Candidate
from tierslieux.demo.domain.people import Commune
from tierslieux.web.plans import Plan

_FREE: LiteralString = """p.state = 'published' AND p.welcome <> 'no' AND p.position IS NOT NULL
  AND p.kind = ANY(%(kinds)s::text[])
  AND NOT EXISTS (SELECT FROM resource r WHERE r.place_id = p.place_id)
  AND NOT EXISTS (SELECT FROM closure c WHERE c.place_id = p.place_id)
  AND NOT EXISTS (SELECT FROM hours_exception e WHERE e.place_id = p.place_id)
  AND EXISTS (SELECT FROM place_field f WHERE f.place_id = p.place_id AND f.field = 'name')"""
# people and places near each other: one departement, that of the repository's sample where the base holds it
_CANDIDATES: LiteralString = f"""
WITH free AS (
  SELECT p.place_id, p.kind, COALESCE(p.hours_osm, p.hours_text) AS hours,
    COALESCE(p.commune_code, p.commune_code_given) AS commune, p.time_zone FROM place p WHERE {_FREE}),
chosen AS (
  SELECT left(commune, 2) AS departement FROM free
  GROUP BY 1 ORDER BY (left(commune, 2) = '29') DESC NULLS LAST, count(*) DESC LIMIT 1)
SELECT place_id, kind, hours, commune, time_zone FROM free JOIN chosen
  ON left(commune, 2) IS NOT DISTINCT FROM departement ORDER BY place_id
"""  # noqa: S608 - put together from constants
_AROUND: LiteralString = """
SELECT p.place_id, c.code, c.population, ST_Distance(c.position, p.position) / 1000
FROM place p CROSS JOIN LATERAL (
  SELECT code, COALESCE(population, 0) AS population, position FROM commune
  WHERE ST_DWithin(position, p.position, 25000) ORDER BY position <-> p.position, code LIMIT 25) c
WHERE p.place_id = ANY(%(ids)s::integer[]) AND c.population > 0 ORDER BY p.place_id, 4, c.code
"""
_COUNT: LiteralString = "SELECT count(*) FROM booking"
_MADE: LiteralString = "SELECT place_id FROM demonstration ORDER BY place_id"
_SEATS: LiteralString = """
SELECT seat_id, label, attributes, (lower(in_service)::timestamp AT TIME ZONE %(time_zone)s) FROM seat
WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer ORDER BY seat_id
"""


def candidates(kinds: Collection[str]) -> Plan[list[Candidate]]:
    """Published places of these kinds, of one département, that have nothing to book and never had."""
    rows = yield _CANDIDATES, {"kinds": list(kinds)}
    return [Candidate(*row) for row in rows]


def communes_around(place_ids: Collection[int]) -> Plan[Mapping[int, list[Commune]]]:
    """The communes near each place where people live, the nearest first."""
    found: dict[int, list[Commune]] = defaultdict(list)
    for place_id, *rest in (yield _AROUND, {"ids": list(place_ids)}):
        found[place_id].append(Commune(*rest))
    return found


def count_bookings() -> Plan[int]:
    """How many bookings the base holds."""
    rows = yield _COUNT, {}
    return int(rows[0][0])


def places_of_demonstration() -> Plan[list[int]]:
    """The places with a made-up life."""
    return [row[0] for row in (yield _MADE, {})]


def seats_of(place_id: int, resource_id: int, time_zone: str) -> Plan[tuple[Seat, ...]]:
    """The seats of a resource that has just been made."""
    where = {"place_id": place_id, "resource_id": resource_id, "time_zone": time_zone}
    rows = yield _SEATS, where
    return tuple(Seat(row[0], row[1], frozenset(row[2]), row[3], None) for row in rows)
