"""A person's place in the line: to wait for a seat, and to wait no longer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.engine import new_id
from tierslieux.booking.errors import StatusChanged, TooManyWishes
from tierslieux.booking.queries.waitlist import Offering, WaitingPlace, WaitView, load_mine, load_waiting_place
from tierslieux.booking.repository.locks import lock_guest
from tierslieux.booking.repository.waitlist import NewEntry, add_entry, withdraw
from tierslieux.booking.repository.writing import Actor, Changed
from tierslieux.booking.service.changes import cancel_by_guest
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

MAX_WISHES = 20
"""How many open wishes a person may have at a place."""


class WishRefused(Exception):
    """Rules refuse to put a wish in the line: ``broken`` holds all of them, ``zone`` is the place's."""

    def __init__(self, broken: Sequence[BrokenRule], zone: ZoneInfo) -> None:
        super().__init__()
        self.broken = tuple(broken)
        self.zone = zone


def wait(new: NewEntry, now: datetime) -> Plan[WaitView]:
    """Put the wish in the line. ``WishRefused`` where no seat could ever fit it, ``TooManyWishes``, ``NotFound``.

    A wish that the person already has is not stored twice.
    """
    yield from lock_guest(new.place_id, new.guest_id)
    place = yield from load_waiting_place(new.place_id, now.date())
    offerings = [each for each in place.offerings if new.resource_id in {None, each.resource_id}]
    if new.resource_id is not None and not offerings:
        raise NotFound
    broken = _broken(new, place, offerings, now)
    if broken:
        raise WishRefused(broken, ZoneInfo(place.time_zone))
    mine = yield from load_mine(new.place_id, new.guest_id, now)
    waiting = [each for each in mine if each.state in {"waiting", "offered"}]
    for same in (each for each in waiting if _same(each, new)):
        return same
    if len(waiting) >= MAX_WISHES:
        raise TooManyWishes(limit=MAX_WISHES)
    yield from add_entry(new, now)
    return (yield from load_mine(new.place_id, new.guest_id, now, new.entry_id))[0]


def _same(each: WaitView, new: NewEntry) -> bool:
    had = (each.resource_id, each.start, each.end, each.minutes, each.seats)
    return had == (new.resource_id, new.start, new.end, new.minutes, new.seats)


def _broken(new: NewEntry, place: WaitingPlace, offerings: Sequence[Offering], now: datetime) -> list[BrokenRule]:
    """Why the wish can never be met; what may change until then (hours, closures, seats) is left open."""
    broken = []
    if place.welcome != "bookable" or not place.is_published:
        broken.append(BrokenRule("place_not_bookable", None, place.welcome))
    most = max((each.most for each in offerings), default=0)
    if new.seats > most:
        broken.append(BrokenRule("too_many_seats", most, new.seats))
    if new.end <= new.start:
        return [*broken, BrokenRule("end_before_start", None, {"start": new.start, "end": new.end})]
    latest = new.end - timedelta(minutes=new.minutes)
    if latest < now:
        broken.append(BrokenRule("in_the_past", now, latest))
    if latest < new.start:
        broken.append(BrokenRule("too_long", _minutes(TimeRange(new.start, new.end)), new.minutes))
    return broken + _of_the_length(new.minutes, offerings)


def _minutes(during: TimeRange) -> int:
    return int((during.end - during.start).total_seconds() // 60)


def _of_the_length(minutes: int, offerings: Sequence[Offering]) -> list[BrokenRule]:
    """Where all is booked by the hour, a length that some policy allows; half-days and days are as long as they are."""
    if not offerings or any(each.modes != ("hour",) for each in offerings):
        return []
    if any(each.policy.min_minutes <= minutes <= each.policy.max_minutes for each in offerings):
        return []
    least = min(each.policy.min_minutes for each in offerings)
    if minutes < least:
        return [BrokenRule("too_short", least, minutes)]
    return [BrokenRule("too_long", max(each.policy.max_minutes for each in offerings), minutes)]


def wait_no_longer(place_id: int, entry_id: UUID, guest_id: UUID, now: datetime) -> Plan[list[Changed]]:
    """End a wish of the person's own, and let go what is kept for it. One that has ended stays as it is.

    ``NotFound``: there is none, or it is somebody else's.
    """
    yield from lock_guest(place_id, guest_id)
    found = yield from load_mine(place_id, guest_id, now, entry_id)
    if not found:
        raise NotFound
    let_go: list[Changed] = []
    if found[0].offer_booking_id is not None:
        let_go = yield from _let_go(place_id, found[0].offer_booking_id, Actor(guest_id, now))
    yield from withdraw(place_id, entry_id)
    return let_go


def _let_go(place_id: int, booking_id: UUID, by: Actor) -> Plan[list[Changed]]:
    try:
        return [(yield from cancel_by_guest(place_id, booking_id, by))]
    except StatusChanged:  # it lapsed in this moment
        return []


def entry_of(place_id: int, guest_id: UUID, **wish: Any) -> NewEntry:
    """A new wish with an id of its own."""
    return NewEntry(place_id=place_id, entry_id=new_id(), guest_id=guest_id, **wish)
