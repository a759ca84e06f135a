"""What time itself does to bookings: lapses, absences, ends. Each resource in a transaction of its own.

Readers hide what has lapsed and writers sweep what they meet, so these jobs only tidy and tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import LiteralString
from uuid import UUID

from tierslieux.booking.repository.locks import lock_resources
from tierslieux.booking.repository.writing import Actor, Changed, Step, change_status, expire
from tierslieux.web.plans import Plan

_LAPSED: LiteralString = """
SELECT DISTINCT place_id, resource_id, booking_id FROM occupied_seat
WHERE expires_at <= %(now)s::timestamptz ORDER BY place_id, resource_id LIMIT 5000
"""
_BEGUN: LiteralString = """
SELECT DISTINCT b.place_id, b.resource_id, b.booking_id
FROM occupied_seat o
JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
JOIN place p ON p.place_id = b.place_id
JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
WHERE lower(o.busy) <= %(now)s::timestamptz AND b.status IN ('confirmed', 'checked_in')
  AND (upper(b.during) <= %(now)s::timestamptz OR (b.status = 'confirmed'
    AND COALESCE((r.policy->>'no_show_after_minutes')::integer, (p.policy->>'no_show_after_minutes')::integer, 0) > 0
    AND lower(b.during) + make_interval(mins => COALESCE((r.policy->>'no_show_after_minutes')::integer,
      (p.policy->>'no_show_after_minutes')::integer)) <= %(now)s::timestamptz))
ORDER BY 1, 2 LIMIT 5000
"""
_JUDGED: LiteralString = """
SELECT b.booking_id, b.status, upper(b.during) <= %(now)s::timestamptz,
  COALESCE((r.policy->>'no_show_after_minutes')::integer, (p.policy->>'no_show_after_minutes')::integer, 0),
  lower(b.during)
FROM booking b JOIN place p ON p.place_id = b.place_id
  JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
WHERE b.place_id = %(place_id)s::integer AND b.booking_id = ANY(%(ids)s::uuid[])
  AND b.status IN ('confirmed', 'checked_in')
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Bookings of one resource that time has caught up with."""

    place_id: int
    resource_id: int
    ids: tuple[UUID, ...]


def due_lapses(now: datetime) -> Plan[list[Due]]:
    """Desks kept and requests made whose time is over."""
    return _grouped((yield _LAPSED, {"now": now}))


def due_ends(now: datetime) -> Plan[list[Due]]:
    """Bookings that have ended, and those whose guest has not come within the place's grace."""
    return _grouped((yield _BEGUN, {"now": now}))


def _grouped(rows: Iterable[tuple[int, int, UUID]]) -> list[Due]:
    return [Due(*key, tuple(row[2] for row in group)) for key, group in groupby(rows, key=lambda row: (row[0], row[1]))]


def lapse(due: Due, now: datetime) -> Plan[list[Changed]]:
    """End what has lapsed, if it still has."""
    yield from lock_resources(due.place_id, (due.resource_id,))
    return (yield from expire(due.place_id, due.ids, now))


def end(due: Due, now: datetime) -> Plan[list[Changed]]:
    """Complete what has ended; note absences where the place does so (``no_show_after_minutes`` is not 0)."""
    yield from lock_resources(due.place_id, (due.resource_id,))
    rows = yield _JUDGED, {"place_id": due.place_id, "ids": list(due.ids), "now": now}
    absent = [row[0] for row in rows if row[1] == "confirmed" and row[3] and _is_over(row[4], row[3], now)]
    ended = [row[0] for row in rows if row[2] and row[0] not in absent]
    by = Actor(None, now)
    changed = yield from change_status(due.place_id, absent, Step(("confirmed",), "no_show"), by)
    yield from change_status(due.place_id, ended, Step(("confirmed", "checked_in"), "completed"), by)
    return changed


def _is_over(start: datetime, grace_minutes: int, now: datetime) -> bool:
    return (now - start).total_seconds() >= grace_minutes * 60
