"""Who may touch a booking: its guest, the team of its place, moderators; for anyone else it does not exist (404)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from tierslieux.accounts.auth import CurrentUser, TokenScope, require_user
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.queries.series import SeriesView, load_series
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_TEAM = """
SELECT true FROM membership WHERE place_id = %(place_id)s::integer AND account_id = %(account_id)s::uuid
"""
Side = Literal["guest", "team"]


@dataclass(frozen=True, slots=True)
class Reached:
    """A booking within someone's reach, and from which side they see it."""

    booking: BookingView
    person: CurrentUser
    side: Side


def is_team(user: CurrentUser, place_id: int) -> Plan[bool]:
    """Whether the person is host or staff of the place, or a moderator."""
    if user.is_moderator:
        return True
    rows = yield _TEAM, {"place_id": place_id, "account_id": user.account_id}
    return bool(rows)


def access_team(user: CurrentUser | None, place_id: int, scope: TokenScope) -> Plan[CurrentUser]:
    """Someone of the place's team whose token carries ``scope``, else ``NotFound``."""
    person = require_user(user, scope)
    if not (yield from is_team(person, place_id)):
        raise NotFound
    return person


def access_booking(user: CurrentUser | None, booking_id: str, scope: TokenScope, now: datetime) -> Plan[Reached]:
    """The booking, for its guest or the place's team. A guest who is of the team acts as the guest."""
    person = require_user(user, scope)
    place_id, key = parse_local_uuid(booking_id)
    booking = yield from load_booking(place_id, key, now)
    if booking.guest_id == person.account_id:
        return Reached(booking, person, "guest")
    if (yield from is_team(person, place_id)):
        return Reached(booking, person, "team")
    raise NotFound


def access_as_team(user: CurrentUser | None, booking_id: str, now: datetime) -> Plan[Reached]:
    """The booking, for the place's team only; a guest of it is refused as if it were not there."""
    place_id, key = parse_local_uuid(booking_id)
    person = yield from access_team(user, place_id, "bookings:write")
    booking = yield from load_booking(place_id, key, now)
    return Reached(booking, person, "team")


@dataclass(frozen=True, slots=True)
class ReachedSeries:
    """A series within someone's reach, and from which side they see it."""

    series: SeriesView
    person: CurrentUser
    side: Side


def access_series(user: CurrentUser | None, series_id: str, scope: TokenScope) -> Plan[ReachedSeries]:
    """The series, for its guest or the place's team."""
    person = require_user(user, scope)
    place_id, key = parse_local_uuid(series_id)
    series = yield from load_series(place_id, key)
    if series.guest_id == person.account_id:
        return ReachedSeries(series, person, "guest")
    if (yield from is_team(person, place_id)):
        return ReachedSeries(series, person, "team")
    raise NotFound


def key_of(booking_id: str) -> tuple[int, UUID]:
    """Place and key of a public booking id, or ``NotFound``."""
    return parse_local_uuid(booking_id)
