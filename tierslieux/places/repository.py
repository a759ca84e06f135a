"""Writing of places: what a team says of them, their commune, their hosts, their dated hours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb
from psycopg.types.range import Range
from uuid_utils import uuid7

from tierslieux.places.choosing import TEAM, TEAM_LICENCE
from tierslieux.places.hours.days import DatedHours
from tierslieux.web.plans import Plan

# not FOR UPDATE: rows that point to the place (bookings, closures) may be written meanwhile
_LOCK = """
SELECT version, state, policy, time_zone FROM place WHERE place_id = %(place_id)s::integer FOR NO KEY UPDATE
"""
_SAY = """
INSERT INTO place_field (place_id, field, source, value, licence, dated, confirmed_by)
SELECT %(place_id)s::integer, f.field, %(source)s, COALESCE(f.value, 'null'::jsonb), %(licence)s, %(dated)s::date,
  %(by)s::uuid
FROM jsonb_to_recordset(%(rows)s::jsonb) AS f (field text, value jsonb)
ON CONFLICT (place_id, field, source) DO UPDATE
SET value = excluded.value, licence = excluded.licence, dated = excluded.dated, confirmed_by = excluded.confirmed_by
"""
_BY_CODE = """
SELECT c.code, c.name, c.time_zone FROM commune c WHERE c.code = COALESCE(
  (SELECT code FROM commune WHERE code = %(code)s),
  (SELECT code FROM commune_change WHERE old_code = %(code)s ORDER BY on_date DESC LIMIT 1))
"""
# Guyane has communes of 18,000 km2; the largest of the mainland, Arles, reaches 25 km
_MISPLACED = """
SELECT NOT ST_DWithin(c.position, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography,
  CASE WHEN c.code LIKE '973%%' THEN 250000 ELSE 40000 END) FROM commune c WHERE c.code = %(code)s
"""
_KNOWS = "SELECT EXISTS (SELECT FROM commune WHERE code LIKE %(beginning)s::text)"
_BY_POINT = """
WITH here AS (SELECT ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326) AS point),
found AS (SELECT COALESCE(
  (SELECT t.code FROM territory t, here h WHERE t.level = 'commune' AND ST_Covers(t.geom, h.point)
    ORDER BY t.approximate, t.code LIMIT 1),
  (SELECT c.code FROM commune c, here h WHERE ST_DWithin(c.position, h.point::geography, %(metres)s::integer)
    ORDER BY c.position <-> h.point::geography LIMIT 1)) AS code)
SELECT c.code, c.name, c.time_zone FROM commune c JOIN found USING (code)
"""
_CREATE = """
INSERT INTO place (state, kind, name, search_name, slug, time_zone, details, known_yes, known_no, welcome, policy,
  version, updated_at)
VALUES ('published', %(kind)s, %(name)s, '', '', %(time_zone)s, '{}', '{}', '{}', 'unknown', '{}', 0,
  %(now)s::timestamptz)
RETURNING place_id
"""
_LEAVE = """
DELETE FROM membership WHERE place_id = %(place_id)s::integer AND account_id = %(account_id)s::uuid RETURNING account_id
"""
_JOIN = """
INSERT INTO membership (place_id, account_id, role) VALUES (%(place_id)s::integer, %(account_id)s::uuid, %(role)s)
ON CONFLICT (place_id, account_id) DO UPDATE SET role = excluded.role
"""
_FORGET_EXCEPTIONS = "DELETE FROM hours_exception WHERE place_id = %(place_id)s::integer"
_ADD_EXCEPTION = """
INSERT INTO hours_exception (place_id, exception_id, days, hours_osm)
VALUES (%(place_id)s::integer, %(exception_id)s::uuid, %(days)s::daterange, %(text)s)
"""
_COMMUNE_AROUND_METRES = 10_000


class LockedPlace(NamedTuple):
    """What a change of a place starts from."""

    version: int
    state: str
    policy: dict[str, Any]
    time_zone: str


class FoundCommune(NamedTuple):
    """A commune in force."""

    code: str
    name: str
    time_zone: str


def lock_place(place_id: int) -> Plan[LockedPlace | None]:
    """Lock the place until the transaction ends; ``None`` where there is none."""
    rows = yield _LOCK, {"place_id": place_id}
    return LockedPlace(*rows[0]) if rows else None


def say(place_id: int, fields: Mapping[str, Any], by: UUID, dated: date) -> Plan[None]:
    """Note what someone in charge says of these fields; ``None``: that the value is to be taken away."""
    rows = [{"field": field, "value": value} for field, value in fields.items()]
    if rows:
        yield (
            _SAY,
            {
                "place_id": place_id,
                "source": TEAM,
                "licence": TEAM_LICENCE,
                "dated": dated,
                "by": by,
                "rows": Jsonb(rows),
            },
        )


def commune_by_code(code: str) -> Plan[FoundCommune | None]:
    """The commune in force of a code, old codes followed."""
    rows = yield _BY_CODE, {"code": code}
    return FoundCommune(*rows[0]) if rows else None


def is_misplaced(code: str, lon: float, lat: float) -> Plan[bool]:
    """Whether a commune in force lies further from the point than any ground of a commune reaches."""
    rows = yield _MISPLACED, {"code": code, "lon": lon, "lat": lat}
    return bool(rows and rows[0][0])


def knows_departement(code: str) -> Plan[bool]:
    """Whether communes of the département of this code are loaded, so that a code that is not among them is wrong."""
    rows = yield _KNOWS, {"beginning": f"{code[:2]}%"}
    return bool(rows[0][0])


def commune_by_point(lon: float, lat: float) -> Plan[FoundCommune | None]:
    """The commune whose ground holds the point, else the nearest within ten kilometres."""
    rows = yield _BY_POINT, {"lon": lon, "lat": lat, "metres": _COMMUNE_AROUND_METRES}
    return FoundCommune(*rows[0]) if rows else None


def create_place(name: str, kind: str, time_zone: str, now: datetime) -> Plan[int]:
    """An empty published place, version 0; ``showing.show_again`` fills it from what is said of it."""
    rows = yield _CREATE, {"name": name, "kind": kind, "time_zone": time_zone, "now": now}
    return int(rows[0][0])


def join_place(place_id: int, account_id: UUID, role: str) -> Plan[None]:
    """Put a person in charge of a place."""
    yield _JOIN, {"place_id": place_id, "account_id": account_id, "role": role}


def leave_place(place_id: int, account_id: UUID) -> Plan[bool]:
    """A person no longer looks after a place; whether they did."""
    return bool((yield _LEAVE, {"place_id": place_id, "account_id": account_id}))


def replace_exceptions(place_id: int, exceptions: Iterable[DatedHours]) -> Plan[None]:
    """These dated hours instead of all that there were."""
    yield _FORGET_EXCEPTIONS, {"place_id": place_id}
    for each in exceptions:
        days = Range(each.first, each.last, "[]")
        exception_id = UUID(str(uuid7()))
        yield (
            _ADD_EXCEPTION,
            {"place_id": place_id, "exception_id": exception_id, "days": days, "text": each.text},
        )
