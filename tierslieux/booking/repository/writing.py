"""What changes bookings and their seats, each in one statement, within the locks of ``locks``.

An event's number is the booking's version after the change. A day whose figures a change touches is marked dirty in
the same statement. Statuses change by compare-and-swap: a row that has moved on is simply not among the answer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from tierslieux.booking.domain.statuses import BLOCKING, Status
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_INSERT = """
WITH made AS (
  INSERT INTO booking (place_id, booking_id, resource_id, guest_id, guest_label, origin, mode, status, during,
    local_date, seats, seat_rows, seats_chosen, turnaround_minutes, expires_at, renewed, price_cents, counted,
    series_id, moved_from, home_commune, work_commune, travel_mode, checked_in_at, created_at, version)
  VALUES (%(place_id)s::integer, %(booking_id)s, %(resource_id)s, %(guest_id)s, %(guest_label)s, %(origin)s, %(mode)s,
    %(status)s, tstzrange(%(start)s, %(end)s), %(local_date)s, %(seats)s, %(seat_rows)s, %(seats_chosen)s,
    %(turnaround_minutes)s, %(expires_at)s, false, %(price_cents)s, true, %(series_id)s, %(moved_from)s,
    %(home_commune)s, %(work_commune)s, %(travel_mode)s, %(checked_in_at)s, %(now)s, 1)),
noted AS (
  INSERT INTO booking_event (place_id, booking_id, seq, at, actor_id, was, becomes, why, facts)
  VALUES (%(place_id)s::integer, %(booking_id)s, 1, %(now)s, %(actor_id)s, NULL, %(status)s, %(why)s, %(facts)s)),
dirty AS (INSERT INTO stat_dirty (place_id, day) VALUES (%(place_id)s::integer, %(local_date)s))
INSERT INTO occupied_seat (place_id, booking_id, seat_id, resource_id, pinned, expires_at, busy)
SELECT %(place_id)s::integer, %(booking_id)s, u.seat_id, %(resource_id)s, %(pinned)s, %(expires_at)s,
  tstzrange(%(start)s, %(busy_end)s)
FROM unnest(%(seat_ids)s::integer[]) u (seat_id)
"""
_CHANGE = """
WITH changed AS (
  UPDATE booking b SET status = %(becomes)s::text, version = b.version + 1,
    expires_at = %(expires_at)s::timestamptz,
    counted = b.counted AND %(counted)s::boolean,
    checked_in_at = CASE %(becomes)s::text WHEN 'checked_in' THEN %(now)s::timestamptz WHEN 'confirmed' THEN NULL
      ELSE b.checked_in_at END,
    checked_out_at = CASE WHEN %(becomes)s::text = 'completed' AND b.status = 'checked_in' THEN %(now)s::timestamptz
      ELSE NULL END,
    closure_id = COALESCE(%(closure_id)s::uuid, b.closure_id)
  FROM booking o
  WHERE o.place_id = b.place_id AND o.booking_id = b.booking_id
    AND b.place_id = %(place_id)s::integer AND b.booking_id = ANY(%(ids)s::uuid[]) AND b.status = ANY(%(from)s::text[])
    AND (%(only_live)s::boolean IS NULL
         OR (b.expires_at IS NULL OR b.expires_at > %(now)s::timestamptz) = %(only_live)s::boolean)
  RETURNING b.place_id, b.booking_id, b.version, b.local_date, b.resource_id, b.guest_id, o.status AS was),
seats AS (
  UPDATE occupied_seat s SET expires_at = %(expires_at)s::timestamptz, pinned = CASE %(becomes)s::text
    WHEN 'checked_in' THEN true ELSE s.pinned END
  FROM changed c WHERE %(blocks)s::boolean AND s.place_id = c.place_id AND s.booking_id = c.booking_id),
freed AS (
  DELETE FROM occupied_seat s USING changed c
  WHERE NOT %(blocks)s::boolean AND s.place_id = c.place_id AND s.booking_id = c.booking_id),
noted AS (
  INSERT INTO booking_event (place_id, booking_id, seq, at, actor_id, was, becomes, why, facts)
  SELECT c.place_id, c.booking_id, c.version, %(now)s::timestamptz, %(actor_id)s::uuid, c.was, %(becomes)s::text,
    %(why)s::text, %(facts)s::jsonb FROM changed c),
dirty AS (INSERT INTO stat_dirty (place_id, day) SELECT c.place_id, c.local_date FROM changed c)
SELECT booking_id, version, was, resource_id, guest_id FROM changed
"""
_MOVE = """
WITH changed AS (
  UPDATE booking b SET resource_id = %(resource_id)s, during = tstzrange(%(start)s, %(end)s),
    local_date = %(local_date)s, mode = %(mode)s, seats = %(seats)s, seat_rows = %(seat_rows)s,
    seats_chosen = %(seats_chosen)s,
    turnaround_minutes = %(turnaround_minutes)s, price_cents = %(price_cents)s, expires_at = %(expires_at)s,
    version = b.version + 1
  FROM booking o
  WHERE o.place_id = b.place_id AND o.booking_id = b.booking_id AND b.place_id = %(place_id)s::integer
    AND b.booking_id = %(booking_id)s AND b.status = %(status)s::text AND b.version = %(version)s
  RETURNING b.place_id, b.booking_id, b.version, b.local_date, b.status, o.local_date AS old_date),
noted AS (
  INSERT INTO booking_event (place_id, booking_id, seq, at, actor_id, was, becomes, why, facts)
  SELECT place_id, booking_id, version, %(now)s::timestamptz, %(actor_id)s::uuid, status, status, %(why)s::text,
    %(facts)s::jsonb FROM changed),
dirty AS (INSERT INTO stat_dirty (place_id, day)
  SELECT place_id, local_date FROM changed UNION SELECT place_id, old_date FROM changed)
SELECT version FROM changed
"""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts (``None``: the service itself), when, and why where a reason was given."""

    account_id: UUID | None
    now: datetime
    why: str | None = None


class NewBooking(msgspec.Struct, frozen=True, kw_only=True):
    """A booking to insert, with the seats it gets."""

    place_id: int
    booking_id: UUID
    resource_id: int
    guest_id: UUID | None
    guest_label: str | None
    origin: str
    mode: str
    status: Status
    during: TimeRange
    busy_end: datetime
    local_date: date
    seats: int
    seat_ids: tuple[int, ...]
    seats_chosen: bool
    turnaround_minutes: int
    expires_at: datetime | None
    price_cents: int | None
    series_id: UUID | None = None
    moved_from: str | None = None
    home_commune: str | None = None
    work_commune: str | None = None
    travel_mode: str | None = None


class Changed(msgspec.Struct, frozen=True):
    """A booking whose status has changed; ``seq`` is the number of the event."""

    booking_id: UUID
    seq: int
    was: Status
    resource_id: int
    guest_id: UUID | None


def insert_booking(new: NewBooking, by: Actor, facts: dict[str, Any] | None = None) -> Plan[None]:
    """The booking, its seats, its first event and the mark on its day, in one statement."""
    parameters = msgspec.structs.asdict(new) | {
        "start": new.during.start,
        "end": new.during.end,
        "seat_ids": list(new.seat_ids),
        "seat_rows": len(new.seat_ids),
        "pinned": new.seats_chosen or new.status == "checked_in",
        "checked_in_at": by.now if new.status == "checked_in" else None,
        "now": by.now,
        "actor_id": by.account_id,
        "why": by.why,
        "facts": None if facts is None else Jsonb(facts),
    }
    del parameters["during"]
    yield _INSERT, parameters


@dataclass(frozen=True, slots=True)
class Step:
    """A change of status: from which, into which. ``only_live``: true, what has not lapsed; false, only what has."""

    sources: Sequence[Status]
    becomes: Status
    is_counted: bool = True
    only_live: bool | None = None
    closure_id: UUID | None = None
    expires_at: datetime | None = None
    facts: dict[str, Any] | None = None


def change_status(place_id: int, ids: Iterable[UUID], step: Step, by: Actor) -> Plan[list[Changed]]:
    """Those of ``ids`` that stood in one of the step's sources, changed; their seats freed where it ends them."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    rows = yield (
        _CHANGE,
        {
            "place_id": place_id,
            "ids": wanted,
            "from": list(step.sources),
            "becomes": step.becomes,
            "blocks": step.becomes in BLOCKING,
            "counted": step.is_counted,
            "only_live": step.only_live,
            "closure_id": step.closure_id,
            "expires_at": step.expires_at,
            "now": by.now,
            "actor_id": by.account_id,
            "why": by.why,
            "facts": None if step.facts is None else Jsonb(step.facts),
        },
    )
    return [Changed(*row) for row in rows]


def expire(place_id: int, ids: Iterable[UUID], now: datetime) -> Plan[list[Changed]]:
    """End what has lapsed among ``ids``; what every writer does with the lapsed bookings it finds in the lock."""
    step = Step(("held", "pending"), "expired", is_counted=False, only_live=False)
    return (yield from change_status(place_id, ids, step, Actor(None, now)))


def move_booking(new: NewBooking, version: int, by: Actor, facts: dict[str, Any]) -> Plan[int | None]:
    """Give a booking another time or resource; its new version, or ``None`` where it has changed since ``version``."""
    parameters = msgspec.structs.asdict(new) | {
        "start": new.during.start,
        "end": new.during.end,
        "seat_rows": len(new.seat_ids),
        "version": version,
        "now": by.now,
        "actor_id": by.account_id,
        "why": by.why,
        "facts": Jsonb(facts),
    }
    del parameters["during"]
    rows = yield _MOVE, parameters
    return rows[0][0] if rows else None
