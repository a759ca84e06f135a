"""What stands at a place, seen from a change of its hours, its seats or what it lets be booked (``SeatUse``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.booking.closure_wire import hit_bodies, plain, read_decisions
from tierslieux.booking.domain.closing import Decisions, loses_open_time
from tierslieux.booking.domain.opening import pieces
from tierslieux.booking.domain.seating import Ask, SeatMove
from tierslieux.booking.domain.values import TakenSeat, Wish
from tierslieux.booking.engine import seat
from tierslieux.booking.queries.bookings import BookingView, load_bookings
from tierslieux.booking.repository.closures import find_hit
from tierslieux.booking.repository.loading import Asked, days_around, load_situation
from tierslieux.booking.repository.seats import reseat
from tierslieux.booking.repository.standing import (
    OnSeat,
    Seats,
    StandingHours,
    block_seats,
    load_hours,
    load_on_seats,
    unblock_seats,
)
from tierslieux.booking.repository.writing import Actor, expire
from tierslieux.booking.service.closing.closures import as_now, check_choices, tell
from tierslieux.booking.service.closing.listing import or_listed
from tierslieux.booking.service.closing.settling import Cause, Undecided, settle, with_suggestions
from tierslieux.places.resources.seat_use import Change, Clearing
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

Listed = list[dict[str, Any]]


class EngineSeatUse:
    """``SeatUse`` by the booking engine: re-seats what may move, and carries out what the team decided of the rest."""

    def look(self, place_id: int) -> Plan[StandingHours]:
        """See ``SeatUse``."""
        return load_hours(place_id)

    def settle(self, before: StandingHours, change: Change) -> Plan[Listed]:
        """See ``SeatUse``."""
        decisions = read_decisions(change.existing, change.choices, change.place_id)
        by = Actor(change.by, change.now)
        yield from check_choices(change.place_id, decisions, by)
        hit = yield from _hit_by_hours(before, change)
        if change.is_preview:
            hits = yield from with_suggestions(hit, change.now)
            return plain((yield from hit_bodies(hits, change.now)))
        return (yield from or_listed(_settled(hit, decisions, by), change.now))

    def clear(self, clearing: Clearing) -> Plan[Listed]:
        """See ``SeatUse``."""
        if not clearing.seat_ids:
            return []
        decisions = read_decisions(clearing.existing, clearing.choices, clearing.place_id)
        yield from check_choices(clearing.place_id, decisions, Actor(clearing.by, clearing.now))
        seats = Seats(clearing.place_id, clearing.seat_ids, clearing.start, clearing.end, clearing.now)
        blocks = yield from block_seats(seats)
        yield from _reseat_what_may_move(seats)
        undecided = yield from _settle_the_rest(seats, decisions, Actor(clearing.by, clearing.now))
        yield from unblock_seats(clearing.place_id, blocks)
        return undecided


def _settled(hit: Sequence[BookingView], decisions: Decisions, by: Actor) -> Plan[Listed]:
    settled = yield from settle(hit, decisions, Cause(by))
    yield from tell(settled)
    return plain((yield from hit_bodies((yield from as_now(settled.hits, by)), by.now)))


def _hit_by_hours(before: StandingHours, change: Change) -> Plan[list[BookingView]]:
    """Bookings to come that lose open time; all of them where the place can no longer be booked."""
    after = yield from load_hours(change.place_id)
    closes = before.is_bookable and not after.is_bookable
    changed = {key for key, hours in before.by_resource.items() if closes or hours != after.by_resource.get(key)}
    if not changed:
        return []
    ids = yield from find_hit(change.place_id, (change.now, None), changed, change.now)
    bookings = yield from load_bookings(change.place_id, ids, change.now)
    return [each for each in bookings if closes or _loses(each, before, after)]


def _loses(booking: BookingView, before: StandingHours, after: StandingHours) -> bool:
    during = TimeRange(booking.start, booking.end)
    old, new = (_open_around(each, booking.resource_id, during) for each in (before, after))
    return loses_open_time(during, old, new)


def _open_around(hours: StandingHours, resource_id: int, during: TimeRange) -> tuple[TimeRange, ...]:
    own = hours.by_resource[resource_id]
    return pieces(days_around(own, during, ZoneInfo(own.locality.time_zone)))


def _reseat_what_may_move(seats: Seats) -> Plan[None]:
    """Give every booking that neither chose its seat nor has arrived another one, where a seating exists."""
    rows = yield from load_on_seats(seats)
    movable = (row for row in rows if not row.stays)
    for _, held in groupby(movable, key=lambda row: row.booking_id):
        yield from _reseat_one(seats, list(held))


def _reseat_one(seats: Seats, held: Sequence[OnSeat]) -> Plan[None]:
    first = held[0]
    asked = Asked(seats.place_id, first.resource_id, None, seats.now)
    try:
        loaded = yield from load_situation(asked, Wish(first.start, first.end, first.seats))
    except NotFound:  # no longer offered: nothing there moves
        return
    yield from expire(seats.place_id, loaded.expired, seats.now)
    ask = Ask(TimeRange(first.start, first.end), TimeRange(first.busy_start, first.busy_end), len(held))
    found = yield from seat(asked, loaded, ask, lambda taken: _without(taken, seats.seat_ids))
    if found is not None:
        moved = (SeatMove(row.booking_id, row.seat_id, to) for row, to in zip(held, found.seats, strict=True))
        yield from reseat(seats.place_id, [*found.moves, *moved])


def _without(taken: Iterable[TakenSeat], seat_ids: Sequence[int]) -> tuple[TakenSeat, ...]:
    """What is taken of the other seats: these are out of use, whatever stays there is in nobody's way."""
    return tuple(row for row in taken if row.seat_id not in seat_ids)


def _settle_the_rest(seats: Seats, decisions: Decisions, by: Actor) -> Plan[Listed]:
    rows = yield from load_on_seats(seats)
    ids = list(dict.fromkeys(row.booking_id for row in rows))
    hit = yield from load_bookings(seats.place_id, ids, by.now)
    try:
        yield from _settled(hit, decisions, by)
    except Undecided as exc:
        hits = yield from with_suggestions(exc.bookings, by.now)
        return plain((yield from hit_bodies(hits, by.now)))
    return []
