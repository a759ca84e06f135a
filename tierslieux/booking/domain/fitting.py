"""How a wish of the waitlist fits: the ranges of its length on the grid of a resource, and which of them has a seat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tierslieux.booking.domain.opening import offered, pieces
from tierslieux.booking.domain.rules import busy_of
from tierslieux.booking.domain.seating import peak
from tierslieux.booking.domain.values import Mode, Situation, TakenSeat
from tierslieux.places.hours.days import DayHours
from tierslieux.shared.time import TimeRange

_PARTS: tuple[Mode, ...] = ("half_day", "day")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """``minutes`` (elapsed) for ``seats`` people, wholly within ``within``."""

    within: TimeRange
    minutes: int
    seats: int


def starts_of(day: DayHours, situation: Situation) -> list[datetime]:
    """Where a booking can begin on a day, in order: on the grid of each open range, and with its half-days."""
    resource = situation.resource
    found = set()
    if "hour" in resource.modes:
        step = timedelta(minutes=resource.policy.slot_minutes)
        for piece in pieces((day,)):
            steps = -(-(piece.end - piece.start) // step)
            found |= {piece.start + number * step for number in range(steps)}
    for mode in _PARTS:
        if mode in resource.modes:
            found |= {part.start for part in offered(mode, (day,), situation.zone)}
    return sorted(found)


def ranges_with_a_seat(span: Span, situation: Situation, days: Sequence[DayHours]) -> Iterator[TimeRange]:
    """The ranges of ``span`` that begin now or later and for whose length enough seats are free, in order of time.

    Necessary, not sufficient: rules and the exact seating are judged on each, by whoever takes one.
    """
    last = situation.today + timedelta(days=situation.resource.policy.horizon_days)
    length = timedelta(minutes=span.minutes)
    for day in days:
        if day.day > last or not day.open:
            continue
        taken = _around(situation.taken, day, length)
        for start in starts_of(day, situation):
            during = TimeRange(start, start + length)
            if (
                situation.now <= start
                and _lies_within(during, span.within)
                and _has_seats(during, span, situation, taken)
            ):
                yield during


def _lies_within(during: TimeRange, within: TimeRange) -> bool:
    return within.start <= during.start and during.end <= within.end


def _around(taken: Sequence[TakenSeat], day: DayHours, length: timedelta) -> list[TakenSeat]:
    """What can stand in the way of a range that begins on the day: few enough to be counted for each start."""
    reach = TimeRange(day.open[0].start, day.open[-1].end + length + _ONE_DAY)
    return [row for row in taken if row.busy.overlaps(reach)]


def _has_seats(during: TimeRange, span: Span, situation: Situation, taken: Sequence[TakenSeat]) -> bool:
    resource = situation.resource
    busy = busy_of(during, resource.turnaround_minutes)
    out = {each.seat_id for each in situation.outages if each.during.overlaps(during)}
    serving = sum(seat.serves(during) and seat.seat_id not in out for seat in resource.seats)
    return serving - peak(taken, busy) >= resource.rows_for(span.seats)


def days_of(span: Span, situation: Situation) -> tuple[date, date] | None:
    """The first and the last local day worth a look; ``None`` where all of them are over or not open yet."""
    first = max(span.within.start, situation.now).astimezone(situation.zone).date() - _ONE_DAY
    horizon = situation.today + timedelta(days=situation.resource.policy.horizon_days)
    last = min(span.within.end.astimezone(situation.zone).date(), horizon)
    return (first, last) if first <= last else None
