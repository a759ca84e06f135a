"""Bookings as they are read: one, a person's, a place's, their events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from tierslieux.booking.domain.statuses import Status
from tierslieux.places.local_ids import local_id
from tierslieux.places.policy import Policy
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

CALENDAR_OF: LiteralString = """
  CASE WHEN b.moved_from IS NOT NULL THEN (SELECT e.facts -> 'calendar' FROM booking_event e
    WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id AND e.seq = 1) END
"""
"""What a booking that came from another place carries on in calendars, as ``calendar_facts`` wrote it."""
_COLUMNS: LiteralString = f"""
SELECT b.place_id, b.booking_id,
  CASE WHEN b.expires_at <= %(now)s::timestamptz THEN 'expired' ELSE b.status END,
  p.name, p.slug, p.time_zone, p.commune_name, p.policy, r.policy, b.resource_id, r.name, r.kind, b.mode,
  lower(b.during), upper(b.during), b.seats,
  ARRAY(SELECT o.seat_id FROM occupied_seat o WHERE o.place_id = b.place_id AND o.booking_id = b.booking_id
        ORDER BY o.seat_id),
  b.seats_chosen, b.price_cents, b.series_id,
  CASE WHEN b.expires_at <= %(now)s::timestamptz THEN NULL ELSE b.expires_at END,
  b.checked_in_at, b.guest_id, b.guest_label, b.origin, b.created_at, b.version, b.moved_from, b.renewed,
  b.turnaround_minutes, b.seat_rows, {CALENDAR_OF}
FROM booking b JOIN place p ON p.place_id = b.place_id
  JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
"""  # noqa: S608 - put together from constants
_ONE: LiteralString = _COLUMNS + "WHERE b.place_id = %(place_id)s::integer AND b.booking_id = %(booking_id)s::uuid"
_SEVERAL: LiteralString = (
    _COLUMNS
    + """WHERE b.place_id = %(place_id)s::integer AND b.booking_id = ANY(%(ids)s::uuid[])
ORDER BY lower(b.during), b.booking_id"""
)
_PAGE: LiteralString = (
    _COLUMNS
    + """
WHERE (%(guest_id)s::uuid IS NULL OR b.guest_id = %(guest_id)s::uuid)
  AND (%(place_id)s::integer IS NULL OR b.place_id = %(place_id)s::integer)
  AND (%(starts)s::timestamptz IS NULL OR upper(b.during) > %(starts)s::timestamptz)
  AND (%(ends)s::timestamptz IS NULL OR lower(b.during) < %(ends)s::timestamptz)
  AND (%(statuses)s::text[] IS NULL OR
       CASE WHEN b.expires_at <= %(now)s::timestamptz THEN 'expired' ELSE b.status END = ANY(%(statuses)s::text[]))
  AND (%(after_start)s::timestamptz IS NULL
       OR (lower(b.during), b.booking_id) > (%(after_start)s::timestamptz, %(after_id)s::uuid))
ORDER BY lower(b.during), b.booking_id LIMIT %(limit)s
"""
)
_EVENTS = """
SELECT seq, at, actor_id, was, becomes, why, facts FROM booking_event
WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid ORDER BY seq
"""


class BookingView(msgspec.Struct, frozen=True):
    """A booking as it is now, in the order of the query's columns; a lapsed one reads ``expired``."""

    place_id: int
    booking_id: UUID
    status: Status
    place_name: str
    slug: str
    time_zone: str
    commune_name: str | None
    place_policy: dict[str, Any]
    resource_policy: dict[str, Any]
    resource_id: int
    resource_name: str
    resource_kind: str
    mode: str
    start: datetime
    end: datetime
    seats: int
    seat_ids: list[int]
    seats_chosen: bool
    price_cents: int | None
    series_id: UUID | None
    expires_at: datetime | None
    checked_in_at: datetime | None
    guest_id: UUID | None
    guest_label: str | None
    origin: str
    created_at: datetime
    version: int
    moved_from: str | None
    renewed: bool
    turnaround_minutes: int
    seat_rows: int
    calendar: dict[str, Any] | None

    @property
    def public_id(self) -> str:
        """``{place_id}-{uuid in hex}``."""
        return local_id(self.place_id, self.booking_id)

    @property
    def event_id(self) -> str:
        """What names its event in calendars: the public id of the booking that it was at first, at another place."""
        return event_id_of(self.public_id, self.calendar)

    @property
    def sequence(self) -> int:
        """Which version of that event it is; it goes on rising where the booking goes to another place."""
        return sequence_of(self.version, self.calendar)

    @property
    def calendar_facts(self) -> dict[str, Any]:
        """What the booking that takes its place elsewhere notes, to be the same event of calendars."""
        return {"event": self.event_id, "sequence": self.sequence}

    @property
    def policy(self) -> Policy:
        """The rules that hold for it."""
        return msgspec.convert({**self.place_policy, **self.resource_policy}, Policy)


def event_id_of(public_id: str, calendar: Mapping[str, Any] | None) -> str:
    """See ``BookingView.event_id``."""
    return public_id if calendar is None else str(calendar["event"])


def sequence_of(version: int, calendar: Mapping[str, Any] | None) -> int:
    """See ``BookingView.sequence``."""
    return version if calendar is None else version + int(calendar["sequence"])


class BookingEvent(msgspec.Struct, frozen=True):
    """What happened to a booking; ``actor_id`` is ``None`` for the service itself."""

    seq: int
    at: datetime
    actor_id: UUID | None
    was: Status | None
    becomes: Status
    why: str | None
    facts: dict[str, Any] | None


def load_booking(place_id: int, booking_id: UUID, now: datetime) -> Plan[BookingView]:
    """The booking, or ``NotFound``."""
    rows = yield _ONE, {"place_id": place_id, "booking_id": booking_id, "now": now}
    if not rows:
        raise NotFound
    return BookingView(*rows[0])


def load_bookings(place_id: int, ids: list[UUID], now: datetime) -> Plan[list[BookingView]]:
    """Those of ``ids`` that the place has, in the order of time."""
    rows = yield _SEVERAL, {"place_id": place_id, "ids": ids, "now": now}
    return [BookingView(*row) for row in rows]


def list_bookings(filters: Mapping[str, Any]) -> Plan[list[BookingView]]:
    """Bookings in the order of time: ``guest_id`` or ``place_id``, ``starts``, ``ends``, ``statuses``, a page."""
    nothing = dict.fromkeys(("guest_id", "place_id", "starts", "ends", "statuses", "after_start", "after_id"))
    rows = yield _PAGE, {**nothing, **filters}
    return [BookingView(*row) for row in rows]


def load_events(place_id: int, booking_id: UUID) -> Plan[list[BookingEvent]]:
    """All that happened to a booking, from its beginning."""
    rows = yield _EVENTS, {"place_id": place_id, "booking_id": booking_id}
    return [BookingEvent(*row) for row in rows]
