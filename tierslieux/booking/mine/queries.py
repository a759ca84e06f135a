"""A person's own bookings as their pages read them: lists, one booking with what belongs to it, favourites."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from tierslieux.booking.domain.statuses import Status
from tierslieux.places.local_ids import local_id
from tierslieux.places.views import commune_label
from tierslieux.web.plans import Plan

# A desk that was only kept, and let go, is no booking: it is not shown once it is over.
_LINES: LiteralString = """
SELECT b.place_id, b.booking_id, CASE WHEN b.expires_at <= %(now)s::timestamptz THEN 'expired' ELSE b.status END,
  p.name, p.slug, p.time_zone, COALESCE(c.name, p.commune_name), p.commune_code, r.name, lower(b.during),
  upper(b.during), b.local_date, b.seats, b.price_cents, b.expires_at, b.version
FROM booking b JOIN place p ON p.place_id = b.place_id
  JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
  LEFT JOIN commune c ON c.code = p.commune_code
WHERE b.guest_id = %(guest_id)s::uuid
  AND NOT ((b.status IN ('expired', 'cancelled_by_guest')
      OR (b.status = 'held' AND b.expires_at <= %(now)s::timestamptz))
    AND NOT EXISTS (SELECT FROM booking_event e WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id
      AND e.becomes IN ('pending', 'confirmed')))
"""
_TO_COME: LiteralString = """(upper(b.during) > %(now)s::timestamptz
  AND b.status IN ('held', 'pending', 'confirmed', 'checked_in')
  AND (b.expires_at IS NULL OR b.expires_at > %(now)s::timestamptz))"""
_UPCOMING: LiteralString = f"""{_LINES} AND {_TO_COME}
  AND (%(start)s::timestamptz IS NULL
       OR (lower(b.during), b.booking_id) > (%(start)s::timestamptz, %(booking_id)s::uuid))
ORDER BY lower(b.during), b.booking_id LIMIT %(limit)s"""
_OVER: LiteralString = f"""{_LINES} AND NOT {_TO_COME}
  AND (%(start)s::timestamptz IS NULL
       OR (lower(b.during), b.booking_id) < (%(start)s::timestamptz, %(booking_id)s::uuid))
ORDER BY lower(b.during) DESC, b.booking_id DESC LIMIT %(limit)s"""
_VISITS: LiteralString = f"""{_LINES}
  AND b.local_date >= %(first)s::date AND b.local_date < %(after)s::date
  AND (b.status IN ('checked_in', 'completed')
       OR (b.status = 'confirmed' AND upper(b.during) <= %(now)s::timestamptz))
ORDER BY lower(b.during), b.booking_id"""
_SINCE: LiteralString = f"""{_LINES} AND upper(b.during) > %(since)s::timestamptz AND b.status <> 'held'
ORDER BY lower(b.during), b.booking_id LIMIT 500"""
_HERE: LiteralString = f"""{_LINES} AND b.place_id = %(place_id)s::integer
  AND b.status IN ('confirmed', 'checked_in') AND upper(b.during) > %(now)s::timestamptz
ORDER BY lower(b.during), b.booking_id LIMIT 20"""
_FAVOURITES = """
SELECT p.slug, p.name, COALESCE(c.name, p.commune_name), p.commune_code, p.welcome
FROM favourite f JOIN place p USING (place_id) LEFT JOIN commune c ON c.code = p.commune_code
WHERE f.account_id = %(account_id)s::uuid AND p.state IN ('published', 'closed')
ORDER BY f.created_at DESC, p.place_id LIMIT 100
"""
_IS_FAVOURITE = """
SELECT true FROM favourite WHERE place_id = %(place_id)s::integer AND account_id = %(account_id)s::uuid
"""
_SEATS = """
SELECT label FROM seat WHERE place_id = %(place_id)s::integer AND seat_id = ANY(%(ids)s::integer[]) ORDER BY seat_id
"""
_REPORTED = """
SELECT true FROM contribution WHERE place_id = %(place_id)s::integer AND contribution_id = %(report_id)s::uuid
"""


class OwnBooking(msgspec.Struct, frozen=True):
    """A booking in its guest's lists, in the order of the query's columns; a lapsed one reads ``expired``."""

    place_id: int
    booking_id: UUID
    status: Status
    place_name: str
    slug: str
    time_zone: str
    commune_name: str | None
    commune_code: str | None
    resource_name: str
    start: datetime
    end: datetime
    local_date: date
    seats: int
    price_cents: int | None
    expires_at: datetime | None
    version: int

    @property
    def public_id(self) -> str:
        """``{place_id}-{uuid in hex}``."""
        return local_id(self.place_id, self.booking_id)

    @property
    def commune_label(self) -> str:
        """ "Quimper (29)"."""
        return commune_label(self.commune_name, self.commune_code)


class FavouritePlace(msgspec.Struct, frozen=True):
    """A place that a person keeps at hand."""

    slug: str
    name: str
    commune_label: str
    welcome: str


class Cut(msgspec.Struct, frozen=True):
    """Where a page of a list begins: after this booking; nothing: at the beginning."""

    start: datetime | None = None
    booking_id: UUID | None = None


_TOP = Cut()


def upcoming(guest_id: UUID, now: datetime, limit: int, after: Cut = _TOP) -> Plan[list[OwnBooking]]:
    """What is booked, asked for or kept and not over, the next one first."""
    return (yield from _lines(_UPCOMING, guest_id, now, msgspec.structs.asdict(after) | {"limit": limit}))


def over(guest_id: UUID, now: datetime, limit: int, after: Cut = _TOP) -> Plan[list[OwnBooking]]:
    """What is past, cancelled or refused, the latest first."""
    return (yield from _lines(_OVER, guest_id, now, msgspec.structs.asdict(after) | {"limit": limit}))


def visits(guest_id: UUID, now: datetime, first: date, after: date) -> Plan[list[OwnBooking]]:
    """Bookings that took place on the local days from ``first`` until before ``after``."""
    return (yield from _lines(_VISITS, guest_id, now, {"first": first, "after": after}))


def bookings_since(guest_id: UUID, now: datetime, since: datetime) -> Plan[list[OwnBooking]]:
    """All that ends after ``since``, whatever became of it, in the order of time; at most 500."""
    return (yield from _lines(_SINCE, guest_id, now, {"since": since}))


def bookings_here(guest_id: UUID, now: datetime, place_id: int) -> Plan[list[OwnBooking]]:
    """A person's confirmed bookings at a place that are not over."""
    return (yield from _lines(_HERE, guest_id, now, {"place_id": place_id}))


def _lines(statement: LiteralString, guest_id: UUID, now: datetime, more: Mapping[str, Any]) -> Plan[list[OwnBooking]]:
    rows = yield statement, {"guest_id": guest_id, "now": now, **more}
    return [OwnBooking(*row) for row in rows]


def favourites(account_id: UUID) -> Plan[list[FavouritePlace]]:
    """The places that a person keeps at hand, the newest first."""
    rows = yield _FAVOURITES, {"account_id": account_id}
    return [FavouritePlace(slug, name, commune_label(town, code), welcome) for slug, name, town, code, welcome in rows]


def is_favourite(place_id: int, account_id: UUID) -> Plan[bool]:
    """Whether a person keeps a place at hand."""
    return bool((yield _IS_FAVOURITE, {"place_id": place_id, "account_id": account_id}))


def seat_labels(place_id: int, seat_ids: list[int]) -> Plan[list[str]]:
    """What is written on these seats."""
    rows = yield _SEATS, {"place_id": place_id, "ids": seat_ids}
    return [row[0] for row in rows]


def is_reported(place_id: int, report_id: UUID) -> Plan[bool]:
    """Whether this report is there already."""
    return bool((yield _REPORTED, {"place_id": place_id, "report_id": report_id}))
