"""The waitlist: a seat that frees is kept for the first in line whose wish it fits (booking.md, "Waitlist").

The line is looked at without locks; each offer is then a transaction of its own that locks the guest before the
resources and looks again, so that two who offer at once give a seat once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID
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


async def offer_freed(database: Database, place_id: int, now: datetime) -> int:
    """Offer what is free to those who wait, in their order; how many offers were made.

    Called after anything that may free a seat, and every minute. Opens transactions of its own.
    """
    async with database.write() as session:
        await run_plan_in(session, end_what_is_over(place_id, now))
    async with database.read_pool.connection() as reads:
        moment, hopes = await read_plan(reads, find_hopes(place_id, now))
    offers = [await _offered(database, moment, hope) for hope in hopes]
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


def find_hopes(place_id: int, now: datetime) -> Plan[tuple[Moment, list[Hope]]]:
    """Whose wish seems to fit, in the order of the line; nobody at night. Reads without locks."""
    place = yield from load_waiting_place(place_id, now.date())
    moment = Moment(place_id, ZoneInfo(place.time_zone), now)
    if moment.is_quiet:
        return moment, []
    line = yield from load_line(place_id, moment.local.date())
    line = [entry for entry in line if entry.notices < NOTICES_A_DAY]
    fitting: dict[UUID, list[int]] = {entry.entry_id: [] for entry in line}
    for offering in place.offerings if line else ():
        wanted = [entry for entry in line if _wants(entry, offering.resource_id)]
        fits = yield from _fitting_in(moment, offering.resource_id, wanted)
        for entry_id in fits:
            fitting[entry_id].append(offering.resource_id)
    return moment, [Hope(entry, tuple(found)) for entry in line if (found := fitting[entry.entry_id])]


def _wants(entry: Entry, resource_id: int) -> bool:
    return entry.resource_id in {None, resource_id}


def _fitting_in(moment: Moment, resource_id: int, entries: Sequence[Entry]) -> Plan[list[UUID]]:
    """Those of ``entries`` for whom the resource has a range with a seat, by all rules but those about a person."""
    if not entries:
        return []
    within = TimeRange(min(entry.start for entry in entries), max(entry.end for entry in entries))
    loaded = yield from _loaded(Asked(moment.place_id, resource_id, None, moment.now), within)
    if loaded is None:
        return []
    return [entry.entry_id for entry in entries if next(_fits(loaded, entry), None) is not None]


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
