"""Giving a place what a life needs: people, rules, hours, something to book, the days behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from tierslieux.booking.domain.values import ADAPTED
from tierslieux.demo.domain.people import Person
from tierslieux.demo.domain.profiles import RoomPlan
from tierslieux.places.horizon import multirange
from tierslieux.places.hours.days import DayHours
from tierslieux.places.policy import merged_override
from tierslieux.places.repository import join_place
from tierslieux.places.resources.changes import SeatChange
from tierslieux.places.resources.repository import add_resource, change_seats
from tierslieux.places.resources.stored import ResourceColumns
from tierslieux.web.plans import Plan

SOURCE = "demonstration"
"""The source of what a demonstration says of a place; its values go with it."""
_LICENCE = "Donnée inventée"
_LOCK: LiteralString = """
SELECT place_id FROM place WHERE place_id = ANY(%(ids)s::integer[]) ORDER BY place_id FOR NO KEY UPDATE
"""
_SAY: LiteralString = """
INSERT INTO place_field (place_id, field, source, value, licence, dated, confirmed_by)
SELECT %(place_id)s::integer, f.field, %(source)s, f.value, %(licence)s, %(dated)s::date, %(by)s::uuid
FROM jsonb_to_recordset(%(rows)s::jsonb) AS f (field text, value jsonb)
"""
_ACCOUNTS: LiteralString = """
INSERT INTO account (account_id, email, created_at, name, home_commune, work_commune, travel_mode, last_seen_on)
SELECT u.account_id, u.email, %(created_at)s::timestamptz, u.name, u.home, u.work, u.mode, %(seen_on)s::date
FROM unnest(%(ids)s::uuid[], %(emails)s::text[], %(names)s::text[], %(homes)s::text[], %(works)s::text[],
  %(modes)s::text[]) AS u (account_id, email, name, home, work, mode)
"""
_DAYS_BEHIND: LiteralString = """
WITH added AS (
  INSERT INTO place_day (place_id, day, state, reason, open, frozen)
  SELECT %(place_id)s::integer, d.day, d.state, d.reason, d.open::tstzmultirange, true
  FROM unnest(%(days)s::date[], %(states)s::text[], %(reasons)s::text[], %(opens)s::text[])
    AS d (day, state, reason, open)
  ON CONFLICT DO NOTHING RETURNING day)
INSERT INTO demonstration (place_id, seed, made_at, past_days)
SELECT %(place_id)s::integer, %(seed)s::bigint, %(now)s::timestamptz,
  COALESCE((SELECT range_agg(daterange(day, day + 1)) FROM added), '{}'::datemultirange)
"""
_NUMBERS: LiteralString = """
SELECT seat_id FROM seat WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
ORDER BY seat_id
"""


class Said(NamedTuple):
    """What a demonstration says of a place, as the team ``by``, on a day."""

    place_id: int
    by: UUID
    dated: date
    fields: Mapping[str, Any]


def lock_places(place_ids: Collection[int]) -> Plan[None]:
    """Lock these places until the transaction ends."""
    yield _LOCK, {"ids": list(place_ids)}


def add_people(people: Sequence[Person], created_at: datetime, seen_on: date) -> Plan[None]:
    """Accounts for made-up people."""
    yield (
        _ACCOUNTS,
        {
            "created_at": created_at,
            "seen_on": seen_on,
            "ids": [each.account_id for each in people],
            "emails": [each.email for each in people],
            "names": [each.name for each in people],
            "homes": [each.home for each in people],
            "works": [each.work for each in people],
            "modes": [each.travel_mode for each in people],
        },
    )


def say(said: Said) -> Plan[None]:
    """Note it, and put the team in charge. What the place shows is chosen again by the caller."""
    rows = [{"field": field, "value": value} for field, value in said.fields.items()]
    yield (
        _SAY,
        {
            "place_id": said.place_id,
            "source": SOURCE,
            "licence": _LICENCE,
            "dated": said.dated,
            "by": said.by,
            "rows": Jsonb(rows),
        },
    )
    yield from join_place(said.place_id, said.by, "host")


def add_room(place_id: int, room: RoomPlan, seats: int, since: date, policy: Mapping[str, Any]) -> Plan[int]:
    """The resource of a plan, its seats in service since a day; its number. ``policy`` is the place's."""
    columns = columns_of(room, policy)
    resource_id = yield from add_resource(place_id, columns, seats, since)
    if room.kind == "desk":
        numbers = yield _NUMBERS, {"place_id": place_id, "resource_id": resource_id}
        yield from change_seats(place_id, list(_described(room, [row[0] for row in numbers])))
    return resource_id


def columns_of(room: RoomPlan, policy: Mapping[str, Any]) -> ResourceColumns:
    """A plan as it is stored."""
    return ResourceColumns(
        kind=room.kind,
        name=room.name,
        head_count=room.head_count,
        modes=list(room.modes),
        prices=dict(room.prices),
        turnaround_minutes=room.turnaround_minutes,
        policy=merged_override(policy, {}, room.policy),
    )


def _described(room: RoomPlan, numbers: Sequence[int]) -> Iterable[SeatChange]:
    for place, number in enumerate(numbers):
        is_adapted = place < room.adapted
        yield SeatChange(number, None, [*sorted(ADAPTED, reverse=True), "socket"] if is_adapted else ["socket"])  # type: ignore[list-item]


def add_days_behind(place_id: int, days: Sequence[DayHours], seed: int, now: datetime) -> Plan[None]:
    """The days that are over, frozen, where the base has none; with them the place is marked as made up."""
    yield (
        _DAYS_BEHIND,
        {
            "place_id": place_id,
            "seed": seed,
            "now": now,
            "days": [day.day for day in days],
            "states": [day.state for day in days],
            "reasons": [day.reason for day in days],
            "opens": [multirange(day) for day in days],
        },
    )
