"""The waitlist as its people read it, and what a place has that can be waited for."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tierslieux.places.policy import Policy
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_MINE = """
SELECT e.entry_id, e.guest_id, e.resource_id, lower(e.wish), upper(e.wish), e.minutes, e.seats, e.state, e.created_at,
  CASE WHEN e.state = 'waiting' THEN (
    SELECT count(*) FROM waitlist_entry o
    WHERE o.place_id = e.place_id AND o.state = 'waiting' AND o.wish && e.wish
      AND (o.resource_id = e.resource_id OR o.resource_id IS NULL OR e.resource_id IS NULL)
      AND (GREATEST(o.created_at, o.offered_at), o.entry_id) <= (GREATEST(e.created_at, e.offered_at), e.entry_id)) END,
  b.booking_id, b.resource_id, lower(b.during), upper(b.during), b.expires_at
FROM waitlist_entry e
LEFT JOIN booking b ON e.state = 'offered' AND b.place_id = e.place_id AND b.booking_id = e.offer_booking_id
  AND b.status = 'held' AND b.expires_at > %(now)s::timestamptz
WHERE e.place_id = %(place_id)s::integer AND e.guest_id = %(guest_id)s::uuid
  AND (%(entry_id)s::uuid IS NULL OR e.entry_id = %(entry_id)s::uuid)
  AND (%(entry_id)s::uuid IS NOT NULL OR e.state IN ('waiting', 'offered') OR upper(e.wish) > %(now)s::timestamptz)
ORDER BY e.created_at, e.entry_id LIMIT 100
"""
_OFFERING = """
SELECT p.welcome, p.state = 'published', p.time_zone, p.policy, r.resource_id, r.policy, r.head_count, r.modes,
  (SELECT count(*) FROM seat s WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id
     AND (upper(s.in_service) IS NULL OR upper(s.in_service) > %(today)s::date))
FROM place p LEFT JOIN resource r ON r.place_id = p.place_id AND r.archived_at IS NULL
WHERE p.place_id = %(place_id)s::integer AND p.state IN ('published', 'closed')
ORDER BY r.kind <> 'desk', r.resource_id
"""


class WaitView(msgspec.Struct, frozen=True):
    """A wish as it is now, in the order of the query's columns; ``position`` from 1 on while it waits.

    The last five are the offer, while it is kept.
    """

    entry_id: UUID
    guest_id: UUID
    resource_id: int | None
    start: datetime
    end: datetime
    minutes: int
    seats: int
    state: str
    created_at: datetime
    position: int | None
    offer_booking_id: UUID | None
    offer_resource_id: int | None
    offer_start: datetime | None
    offer_end: datetime | None
    offer_expires_at: datetime | None


class Offering(msgspec.Struct, frozen=True):
    """A resource that can be waited for: its rules, and for how many people it is at the most."""

    resource_id: int
    policy: Policy
    modes: tuple[str, ...]
    most: int


class WaitingPlace(msgspec.Struct, frozen=True):
    """A place and what it offers, desks first."""

    place_id: int
    welcome: str
    is_published: bool
    time_zone: str
    offerings: tuple[Offering, ...]


def load_mine(place_id: int, guest_id: UUID, now: datetime, entry_id: UUID | None = None) -> Plan[list[WaitView]]:
    """A person's wishes at the place: those that are open, and those of days to come whatever became of them."""
    rows = yield _MINE, {"place_id": place_id, "guest_id": guest_id, "entry_id": entry_id, "now": now}
    return [WaitView(*row) for row in rows]


def load_waiting_place(place_id: int, today: date) -> Plan[WaitingPlace]:
    """The place and its resources, or ``NotFound``. Seats count while they serve on ``today`` or later."""
    rows = yield _OFFERING, {"place_id": place_id, "today": today}
    if not rows:
        raise NotFound
    offerings = tuple(_offering(row[3], *row[4:]) for row in rows if row[4] is not None)
    return WaitingPlace(place_id, rows[0][0], rows[0][1], rows[0][2], offerings)


def _offering(of_place: dict[str, Any], *row: Any) -> Offering:
    resource_id, own, head_count, modes, seats = row
    return Offering(resource_id, msgspec.convert({**of_place, **own}, Policy), tuple(modes), head_count * seats)
