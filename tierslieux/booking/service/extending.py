"""How long a booking that has begun could last: the ends that ``moving.move`` would accept now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from tierslieux.booking.domain.opening import pieces
from tierslieux.booking.domain.rules import broken_rules, busy_of
from tierslieux.booking.domain.seating import Ask, Pool, choose_seats
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.repository.loading import Asked, Loaded, days_around, load_situation
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

MOST = 48
_A_DAY = timedelta(days=1)


def possible_ends(booking: BookingView, now: datetime) -> Plan[tuple[TimeRange, ...]]:
    """The booking from its start to each end it could have, the earliest first. A forecast: judged again when asked."""
    asked = Asked(booking.place_id, booking.resource_id, booking.guest_id, now, booking.booking_id)
    whole = TimeRange(booking.start, max(booking.end, now) + _A_DAY)
    loaded = yield from load_situation(asked, Wish(booking.start, booking.end, booking.seats), whole)
    ends = sorted(set(_candidates(loaded, whole, now)))
    ranges = (TimeRange(booking.start, end) for end in ends[:MOST])
    return tuple(during for during in ranges if _is_possible(booking, during, loaded))


def _candidates(loaded: Loaded, whole: TimeRange, now: datetime) -> Iterator[datetime]:
    """Where the grid, or an open range, ends a slot after ``now``."""
    situation = loaded.situation
    slot = timedelta(minutes=situation.resource.policy.slot_minutes)
    for piece in pieces(days_around(loaded.place.hours, whole, situation.zone)):
        end = piece.start
        while end < piece.end:
            end = min(end + slot, piece.end)
            if now < end <= whole.end and end > whole.start:
                yield end


def _is_possible(booking: BookingView, during: TimeRange, loaded: Loaded) -> bool:
    wish = Wish(during.start, during.end, booking.seats)
    days = days_around(loaded.place.hours, during, loaded.situation.zone)
    situation = replace(loaded.situation, days=days, unchanged_start=booking.start)
    if broken_rules(wish, situation):
        return False
    pool = Pool(situation.resource.seats, situation.taken, situation.outages)
    busy, count = busy_of(during, situation.resource.turnaround_minutes), len(booking.seat_ids)
    if choose_seats(pool, Ask(during, busy, count, tuple(booking.seat_ids))) is not None:
        return True
    stays = booking.status == "checked_in" or booking.seats_chosen
    return not stays and choose_seats(pool, Ask(during, busy, count)) is not None
