"""The rows of the waitlist. What changes a person's wish stands within the lock of the guest at the place.

The order of a place's line is that of the wishes; whoever lets an offer lapse goes to its end.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_TURN: LiteralString = "GREATEST({0}.created_at, {0}.offered_at)"
_ENTRY: LiteralString = """
SELECT e.entry_id, e.guest_id, e.resource_id, lower(e.wish), upper(e.wish), e.minutes, e.seats,
  (SELECT COALESCE(sum(m.notices), 0)::integer FROM waitlist_entry m
   WHERE m.guest_id = e.guest_id AND m.noticed_on = %(today)s::date)
FROM waitlist_entry e
WHERE e.place_id = %(place_id)s::integer AND e.state = 'waiting'
"""
_LINE: LiteralString = _ENTRY + f" ORDER BY {_TURN.format('e')}, e.entry_id LIMIT 500"
_ONE: LiteralString = _ENTRY + " AND e.entry_id = %(entry_id)s::uuid"
_LAPSE = """
UPDATE waitlist_entry e SET state = 'waiting', offered_at = %(now)s::timestamptz
FROM booking b
WHERE e.place_id = %(place_id)s::integer AND e.state = 'offered' AND b.place_id = e.place_id
  AND b.booking_id = e.offer_booking_id AND (b.status <> 'held' OR b.expires_at <= %(now)s::timestamptz)
"""
_OVER = """
UPDATE waitlist_entry SET state = 'over'
WHERE place_id = %(place_id)s::integer AND state = 'waiting'
  AND upper(wish) - make_interval(mins => minutes) < %(now)s::timestamptz
"""
_ADD = """
INSERT INTO waitlist_entry (place_id, entry_id, resource_id, guest_id, wish, minutes, seats, state, notices, created_at)
VALUES (%(place_id)s::integer, %(entry_id)s, %(resource_id)s, %(guest_id)s, tstzrange(%(start)s, %(end)s), %(minutes)s,
  %(seats)s, 'waiting', 0, %(now)s)
"""
_OFFERED = """
UPDATE waitlist_entry SET state = 'offered', offer_booking_id = %(booking_id)s::uuid, offered_at = %(now)s,
  notices = CASE WHEN noticed_on = %(today)s::date THEN notices + 1 ELSE 1 END, noticed_on = %(today)s::date
WHERE place_id = %(place_id)s::integer AND entry_id = %(entry_id)s::uuid AND state = 'waiting'
"""
_ACCEPTED = """
UPDATE waitlist_entry SET state = 'accepted'
WHERE place_id = %(place_id)s::integer AND offer_booking_id = %(booking_id)s::uuid
  AND state IN ('offered', 'waiting')
"""
_WITHDRAWN = """
UPDATE waitlist_entry SET state = 'withdrawn'
WHERE place_id = %(place_id)s::integer AND entry_id = %(entry_id)s::uuid AND state IN ('waiting', 'offered')
"""
_PLACES = "SELECT DISTINCT place_id FROM waitlist_entry WHERE state IN ('waiting', 'offered') ORDER BY place_id"


_ANYBODY = """
SELECT EXISTS (SELECT FROM waitlist_entry WHERE place_id = %(place_id)s::integer AND state IN ('waiting', 'offered'))
"""


class Entry(msgspec.Struct, frozen=True):
    """A wish that waits; ``resource_id`` ``None``: any. ``notices``: how often its person was told today, anywhere."""

    entry_id: UUID
    guest_id: UUID
    resource_id: int | None
    start: datetime
    end: datetime
    minutes: int
    seats: int
    notices: int

    @property
    def within(self) -> TimeRange:
        """Within what the seat is wanted."""
        return TimeRange(self.start, self.end)


class NewEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to be stored."""

    place_id: int
    entry_id: UUID
    resource_id: int | None
    guest_id: UUID
    start: datetime
    end: datetime
    minutes: int
    seats: int


def places_that_wait() -> Plan[list[int]]:
    """The places where somebody waits, or has been offered a seat."""
    return [row[0] for row in (yield _PLACES, {})]


def is_waited_for(place_id: int) -> Plan[bool]:
    """Whether somebody waits at the place, or has been offered a seat."""
    return bool((yield _ANYBODY, {"place_id": place_id})[0][0])


def end_what_is_over(place_id: int, now: datetime) -> Plan[None]:
    """Offers that were not accepted put their wish back at the end of the line; wishes whose time is past end."""
    parameters = {"place_id": place_id, "now": now}
    yield _LAPSE, parameters
    yield _OVER, parameters


def load_line(place_id: int, today: date) -> Plan[list[Entry]]:
    """Who waits at the place, in the order of the line; ``today`` is the place's own day."""
    rows = yield _LINE, {"place_id": place_id, "today": today}
    return [Entry(*row) for row in rows]


def load_waiting(place_id: int, entry_id: UUID, today: date) -> Plan[Entry | None]:
    """The wish, if it still waits."""
    rows = yield _ONE, {"place_id": place_id, "entry_id": entry_id, "today": today}
    return Entry(*rows[0]) if rows else None


def add_entry(new: NewEntry, now: datetime) -> Plan[None]:
    """Put a wish at the end of the line."""
    yield _ADD, msgspec.structs.asdict(new) | {"now": now}


def note_offer(place_id: int, entry_id: UUID, booking_id: UUID, times: tuple[datetime, date]) -> Plan[None]:
    """The wish has an offer from ``times[0]`` on, told on the local day ``times[1]``."""
    now, today = times
    values: dict[str, Any] = {"place_id": place_id, "entry_id": entry_id, "booking_id": booking_id}
    yield _OFFERED, values | {"now": now, "today": today}


def note_acceptance(place_id: int, booking_id: UUID) -> Plan[None]:
    """The seat that was offered has become a booking."""
    yield _ACCEPTED, {"place_id": place_id, "booking_id": booking_id}


def withdraw(place_id: int, entry_id: UUID) -> Plan[None]:
    """End a wish that waits or has an offer."""
    yield _WITHDRAWN, {"place_id": place_id, "entry_id": entry_id}
