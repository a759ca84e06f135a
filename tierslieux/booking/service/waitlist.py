"""The waitlist: a seat that frees is kept for the first in line whose wish it fits (booking.md, "Waitlist").

The line is looked at without locks; each offer is then a transaction of its own that locks the guest before the
resources and looks again, so that two who offer at once give a seat once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.fitting import Span, days_of, ranges_with_a_seat
from tierslieux.booking.domain.rules import broken_rules
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import OFFER, Order, Placed, book_in_lock
from tierslieux.booking.errors import Refused
from tierslieux.booking.queries.waitlist import load_waiting_place
from tierslieux.booking.repository.loading import Asked, Loaded, days_around, load_situation
from tierslieux.booking.repository.locks import lock_guest, lock_resources
from tierslieux.booking.repository.waitlist import Entry, end_what_is_over, load_line, load_waiting, note_offer
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import SeatConflict, follow, run
from tierslieux.places.hours.days import work_out_days
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.db import Database
from tierslieux.web.plans import Plan, read_plan, run_plan_in

OFFER_KEPT = timedelta(minutes=30)
"""How long an offered seat is kept."""
NOTICES_A_DAY = 3
"""How often a person is told of a free seat in a day."""
FIRST_HOUR, LAST_HOUR = 8, 20
"""Offers are made from 8:00 until 20:00 of the place; what frees outside of that is offered at 8:00."""
_AROUND = timedelta(days=2)
_TRIES = 8
"""How many ranges are judged whole for one wish before the next in line has its turn."""


@dataclass(frozen=True, slots=True)
class Hope:
    """A wish that seems to fit, and the resources where it does, in the order in which they are offered."""

    entry: Entry
    resource_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where offers are made."""

    place_id: int
    zone: ZoneInfo
    now: datetime

    @property
    def local(self) -> datetime:
        """What the clocks of the place show."""
        return self.now.astimezone(self.zone)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody is told anything now."""
        return not FIRST_HOUR <= self.local.hour < LAST_HOUR


@dataclass(frozen=True, slots=True)
class Look:
    """Who waits, in the order of the line, and the resources that somebody in it wants, desks first."""

    moment: Moment
    line: tuple[Entry, ...]
    resources: tuple[Loaded, ...]


async def offer_freed(database: Database, place_id: int, now: datetime) -> int:
    """Offer what is free to those who wait, in their order; how many offers were made.

    Called after anything that may free a seat, and every minute. Opens transactions of its own. A place that is no
    longer shown offers nothing.
    """
    async with database.write() as session:
        await run_plan_in(session, end_what_is_over(place_id, now))
    try:
        async with database.read_pool.connection() as reads:
            seen = await read_plan(reads, look_at(place_id, now))
    except NotFound:
        return 0
    # in a thread: a long line of long wishes takes a while, and requests must not wait for it
    hopes = await asyncio.to_thread(hopes_in, seen)
    offers = [await _offered(database, seen.moment, hope) for hope in hopes]
    return sum(offers)


async def _offered(database: Database, moment: Moment, hope: Hope) -> bool:
    try:
        async with database.write() as session:
            placed = await run(session, offer(moment, hope))
            if placed is not None:
                await follow(session, moment.place_id, [(placed.booking_id, 1)], placed.lapsed)
    except SeatConflict:  # somebody went around the locks: the next look sees what they did
        return False
    return placed is not None


def look_at(place_id: int, now: datetime) -> Plan[Look]:
    """What stands at the place, read without locks; nobody's turn has come at night."""
    place = yield from load_waiting_place(place_id, now.date())
    moment = Moment(place_id, ZoneInfo(place.time_zone), now)
    if moment.is_quiet:
        return Look(moment, (), ())
    line = yield from load_line(place_id, moment.local.date())
    line = [entry for entry in line if entry.notices < NOTICES_A_DAY]
    resources = []
    for offering in place.offerings:
        wanted = [entry for entry in line if _wants(entry, offering.resource_id)]
        if wanted:
            within = TimeRange(min(entry.start for entry in wanted), max(entry.end for entry in wanted))
            resources.append((yield from _loaded(Asked(place_id, offering.resource_id, None, now), within)))
    return Look(moment, tuple(line), tuple(each for each in resources if each is not None))


def _wants(entry: Entry, resource_id: int) -> bool:
    return entry.resource_id in {None, resource_id}


def hopes_in(seen: Look) -> list[Hope]:
    """Whose wish seems to fit, in the order of the line, by all rules but those about a person."""
    hopes = [Hope(entry, tuple(_fitting(entry, seen.resources))) for entry in seen.line]
    return [hope for hope in hopes if hope.resource_ids]


def _fitting(entry: Entry, resources: Sequence[Loaded]) -> Iterator[int]:
    for loaded in resources:
        resource_id = loaded.situation.resource.resource_id
        if _wants(entry, resource_id) and next(_fits(loaded, entry), None) is not None:
            yield resource_id


def _loaded(asked: Asked, within: TimeRange) -> Plan[Loaded | None]:
    """What stands in ``within``, from now on; ``None`` where the resource is no longer offered."""
    start = max(within.start, asked.now)
    near = TimeRange(start - _AROUND, max(within.end, start) + _AROUND)
    try:
        return (yield from load_situation(asked, Wish(within.start, within.end, 1), near))
    except NotFound:
        return None


def _fits(loaded: Loaded, entry: Entry) -> Iterator[Wish]:
    """What the wish could become here, the earliest first: a seat seems free, and no rule is broken."""
    situation, hours = loaded.situation, loaded.place.hours
    span = Span(entry.within, entry.minutes, entry.seats)
    reach = days_of(span, situation)
    days = work_out_days(hours, *reach) if reach else ()
    for during in ranges_with_a_seat(span, situation, days):
        wish = Wish(during.start, during.end, entry.seats)
        judged = replace(situation, days=days_around(hours, during, situation.zone))
        if not broken_rules(wish, judged):
            yield wish


def offer(moment: Moment, hope: Hope) -> Plan[Placed | None]:
    """Keep a seat for the wish if it still waits and still fits. Locks the guest, then the resources."""
    entry, today = hope.entry, moment.local.date()
    yield from lock_guest(moment.place_id, entry.guest_id)
    yield from lock_resources(moment.place_id, hope.resource_ids)
    waiting = yield from load_waiting(moment.place_id, entry.entry_id, today)
    if waiting is None or waiting.notices >= NOTICES_A_DAY:
        return None
    for resource_id in hope.resource_ids:
        placed = yield from _kept(moment, entry, resource_id)
        if placed is not None:
            yield from note_offer(moment.place_id, entry.entry_id, placed.booking_id, (moment.now, today))
            return placed
    return None


def _kept(moment: Moment, entry: Entry, resource_id: int) -> Plan[Placed | None]:
    asked = Asked(moment.place_id, resource_id, entry.guest_id, moment.now)
    loaded = yield from _loaded(asked, entry.within)
    for wish in islice(_fits(loaded, entry), _TRIES) if loaded else ():
        order = Order(
            place_id=moment.place_id,
            resource_id=resource_id,
            wish=wish,
            guest_id=entry.guest_id,
            by=Actor(None, moment.now),
            origin=OFFER,
            is_hold=True,
            hold_until=moment.now + OFFER_KEPT,
        )
        try:
            return (yield from book_in_lock(order))
        except Refused:  # seats beside pinned ones: their exact seating says no
            continue
    return None
