"""Closures of a place or of some of its resources, and the bookings in their way. Within the locks of ``locks``.

A closure of several resources is several rows, one for each: their ids agree in all but the last 16 bits, which count
them. The first is the closure's own id, the others never leave this module.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils import uuid7

from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_PARTS = 0xFFFF
_ADD = """
INSERT INTO closure (place_id, closure_id, kind, resource_id, during, reason, created_at, created_by, undo_until)
SELECT %(place_id)s::integer, u.closure_id, %(kind)s, u.resource_id, tstzrange(%(start)s, %(end)s), %(reason)s,
  %(now)s::timestamptz, %(by)s::uuid, %(undo_until)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(resource_ids)s::integer[]) u (closure_id, resource_id)
"""
# a booking is filed under the local day on which it begins, and lasts eight days at most
_HIT = """
SELECT booking_id FROM booking
WHERE place_id = %(place_id)s::integer
  AND local_date BETWEEN %(start)s::timestamptz::date - 10
    AND COALESCE(%(end)s::timestamptz::date + 2, 'infinity'::date)
  AND during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz) AND upper(during) > %(now)s::timestamptz
  AND status IN ('held', 'pending', 'confirmed', 'checked_in')
  AND (expires_at IS NULL OR expires_at > %(now)s::timestamptz)
  AND (%(resource_ids)s::integer[] IS NULL OR resource_id = ANY(%(resource_ids)s::integer[]))
ORDER BY lower(during), booking_id
"""
_COLUMNS = """
SELECT min(c.closure_id::text)::uuid, lower(c.during), upper(c.during), c.kind,
  array_agg(c.resource_id ORDER BY c.resource_id), c.reason, c.undo_until, p.time_zone
FROM closure c JOIN place p ON p.place_id = c.place_id
WHERE c.place_id = %(place_id)s::integer AND c.kind IN ('closure', 'block') AND c.seat_id IS NULL
  AND c.withdrawn_at IS NULL
"""
_GROUP = """
GROUP BY left(c.closure_id::text, 32), c.during, c.kind, c.reason, c.undo_until, p.time_zone
"""
_ONE = f"{_COLUMNS} AND c.closure_id BETWEEN %(first)s::uuid AND %(last)s::uuid {_GROUP}"
_LIST = f"""SELECT * FROM ({_COLUMNS}
  AND c.during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz) {_GROUP}) g (closure_id, start)
WHERE %(after_start)s::timestamptz IS NULL
  OR (g.start, g.closure_id) > (%(after_start)s::timestamptz, %(after_id)s::uuid)
ORDER BY g.start, g.closure_id LIMIT %(limit)s::integer
"""  # noqa: S608 - put together from constants
_WITHDRAW = """
UPDATE closure SET withdrawn_at = %(now)s::timestamptz
WHERE place_id = %(place_id)s::integer AND closure_id BETWEEN %(first)s::uuid AND %(last)s::uuid
"""
# figures of a closed day have another capacity; what lies far ahead is worked out when its time comes
_DIRTY = """
INSERT INTO stat_dirty (place_id, day)
SELECT p.place_id, d::date FROM place p, generate_series(
  (%(start)s::timestamptz AT TIME ZONE p.time_zone)::date::timestamp,
  LEAST((%(end)s::timestamptz AT TIME ZONE p.time_zone)::date,
    (%(start)s::timestamptz AT TIME ZONE p.time_zone)::date + 400)::timestamp, interval '1 day') d
WHERE p.place_id = %(place_id)s::integer
"""
_TIE = """
UPDATE booking SET closure_id = %(closure_id)s::uuid
WHERE place_id = %(place_id)s::integer AND booking_id = ANY(%(ids)s::uuid[])
"""
_TIED = """
SELECT b.booking_id, e.seq = b.version, e.was, e.facts FROM booking b
  JOIN LATERAL (SELECT seq, was, facts FROM booking_event e
    WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id AND e.facts ->> 'closure_id' = %(closure)s::text
    ORDER BY e.seq DESC LIMIT 1) e ON true
WHERE b.place_id = %(place_id)s::integer AND b.closure_id = %(closure_id)s::uuid
ORDER BY lower(b.during), b.booking_id
"""
_COUNT_AGAIN = """
UPDATE booking SET counted = true WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid
"""


@dataclass(frozen=True, slots=True)
class NewClosure:
    """A closure to be made; ``resource_ids`` ``None``: the whole place."""

    place_id: int
    during: TimeRange
    kind: str
    resource_ids: tuple[int, ...] | None
    reason: str | None


class StoredClosure(msgspec.Struct, frozen=True):
    """A closure that holds, in the order of the query's columns; ``resource_ids`` holds ``None`` for a whole place."""

    closure_id: UUID
    start: datetime
    end: datetime
    kind: str
    resource_ids: list[int | None]
    reason: str | None
    undo_until: datetime | None
    time_zone: str


class Tied(msgspec.Struct, frozen=True):
    """What a closure did to a booking; ``is_untouched``: nothing has happened to the booking since."""

    booking_id: UUID
    is_untouched: bool
    was: str
    facts: dict[str, Any]


def new_closure_id() -> UUID:
    """A fresh id, with room for the parts of a closure behind it."""
    return UUID(int=uuid7().int & ~_PARTS)


def add_closure(
    new: NewClosure, closure_id: UUID, undo_until: datetime, by: tuple[UUID | None, datetime]
) -> Plan[None]:
    """Store the closure; ``by``: by whom and when."""
    resources: list[int | None] = [None] if new.resource_ids is None else list(new.resource_ids)
    ids = [UUID(int=closure_id.int + part) for part in range(len(resources))]
    yield (
        _ADD,
        {
            "place_id": new.place_id,
            "ids": ids,
            "resource_ids": resources,
            "kind": new.kind,
            "reason": new.reason,
            "start": new.during.start,
            "end": new.during.end,
            "by": by[0],
            "now": by[1],
            "undo_until": undo_until,
        },
    )


def find_hit(
    place_id: int, within: tuple[datetime, datetime | None], resource_ids: Iterable[int] | None, now: datetime
) -> Plan[list[UUID]]:
    """Bookings that block and are not over, whose own range meets ``within`` (turnaround aside), in order of time."""
    given = {"place_id": place_id, "start": within[0], "end": within[1], "now": now}
    rows = yield _HIT, given | {"resource_ids": None if resource_ids is None else list(resource_ids)}
    return [row[0] for row in rows]


def load_closure(place_id: int, closure_id: UUID) -> Plan[StoredClosure | None]:
    """A closure that holds, by its own id."""
    if closure_id.int & _PARTS:
        return None
    rows = yield _ONE, _parts(place_id, closure_id)
    return StoredClosure(*rows[0]) if rows else None


def list_closures(place_id: int, filters: Mapping[str, Any]) -> Plan[list[StoredClosure]]:
    """Closures that meet ``start`` to ``end`` (either may be ``None``), by start; ``after_start``, ``after_id``."""
    nothing = dict.fromkeys(("start", "end", "after_start", "after_id"))
    rows = yield _LIST, {**nothing, **filters, "place_id": place_id}
    return [StoredClosure(*row) for row in rows]


def withdraw(place_id: int, closure_id: UUID, now: datetime) -> Plan[None]:
    """End a closure."""
    yield _WITHDRAW, _parts(place_id, closure_id) | {"now": now}


def _parts(place_id: int, closure_id: UUID) -> dict[str, Any]:
    return {"place_id": place_id, "first": closure_id, "last": UUID(int=closure_id.int | _PARTS)}


def mark_dirty(place_id: int, during: TimeRange) -> Plan[None]:
    """The figures of these days have changed."""
    yield _DIRTY, {"place_id": place_id, "start": during.start, "end": during.end}


def tie(place_id: int, ids: Iterable[UUID], closure_id: UUID | None) -> Plan[None]:
    """Note on bookings which closure moved or ended them."""
    wanted = list(ids)
    if wanted and closure_id is not None:
        yield _TIE, {"place_id": place_id, "ids": wanted, "closure_id": closure_id}


def load_tied(place_id: int, closure_id: UUID) -> Plan[list[Tied]]:
    """All that a closure did to bookings of its place."""
    rows = yield _TIED, {"place_id": place_id, "closure_id": closure_id, "closure": closure_id.hex}
    return [Tied(*row) for row in rows]


def count_again(place_id: int, booking_id: UUID) -> Plan[None]:
    """The booking counts in its guest's quota again."""
    yield _COUNT_AGAIN, {"place_id": place_id, "booking_id": booking_id}
