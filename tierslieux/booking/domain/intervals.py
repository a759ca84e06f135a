"""What is free when: the intervals of a resource that can be asked for, each with its state and reasons (api.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from tierslieux.booking.domain.opening import offered, pieces, slots
from tierslieux.booking.domain.rules import busy_of
from tierslieux.booking.domain.seating import Pool, free_seats
from tierslieux.booking.domain.values import Mode, Situation, TakenSeat
from tierslieux.places.hours.days import DayHours
from tierslieux.shared.time import TimeRange

State = Literal["free", "full", "closed", "past", "not_yet"]
_STATES: dict[str, State] = {
    "in_the_past": "past",
    "too_late_notice": "not_yet",
    "beyond_horizon": "not_yet",
    "closed": "closed",
    "place_not_bookable": "closed",
    "too_many_seats": "full",
}
_AROUND = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A range that can be asked for; ``free`` seats would be given, 0 where a rule refuses it."""

    during: TimeRange
    free: int
    capacity: int
    state: State
    reasons: tuple[str, ...]


def intervals(situation: Situation, days: Sequence[DayHours], mode: Mode, people: int) -> Iterator[Interval]:
    """One interval a slot, half-day or day of ``days``, in order; none outside opening hours."""
    for day in days:
        ranges = list(_ranges(situation, day, mode))
        if ranges:
            near = _near(situation, TimeRange(ranges[0].start, ranges[-1].end))
            yield from (interval(near, during, people) for during in ranges)


def _ranges(situation: Situation, day: DayHours, mode: Mode) -> Iterable[TimeRange]:
    if mode != "hour":
        return offered(mode, [day], situation.zone)
    slot = situation.resource.policy.slot_minutes
    return (span for piece in pieces([day]) for span in slots(piece, slot))


def _near(situation: Situation, day: TimeRange) -> Situation:
    """``situation`` with only the seats that matter on a day: what is far away cannot change what is free."""
    around = TimeRange(day.start - _AROUND, day.end + _AROUND)
    taken: tuple[TakenSeat, ...] = tuple(row for row in situation.taken if row.busy.overlaps(around))
    return replace(situation, taken=taken)


def interval(situation: Situation, during: TimeRange, people: int) -> Interval:
    """One interval, judged by the rules that do not depend on who asks."""
    resource = situation.resource
    capacity = sum(1 for seat in resource.seats if seat.serves(during))
    reasons = tuple(_reasons(situation, during, people))
    if reasons:
        return Interval(during, 0, capacity, _STATES[reasons[0]], reasons)
    pool = Pool(resource.seats, situation.taken, situation.outages)
    free = free_seats(pool, during, busy_of(during, resource.turnaround_minutes))
    is_enough = free >= resource.rows_for(people)
    return Interval(during, free, capacity, "free" if is_enough else "full", () if is_enough else ("slot_taken",))


def _reasons(situation: Situation, during: TimeRange, people: int) -> Iterator[str]:
    policy, now = situation.resource.policy, situation.now
    if during.start < now:
        yield "in_the_past"
    elif during.start < now + timedelta(minutes=policy.notice_minutes):
        yield "too_late_notice"
    if during.start.astimezone(situation.zone).date() > situation.today + timedelta(days=policy.horizon_days):
        yield "beyond_horizon"
    if any(closed.during.overlaps(during) for closed in situation.closed):
        yield "closed"
    if situation.welcome != "bookable" or not situation.is_published:
        yield "place_not_bookable"
    if people > len(situation.resource.seats) * situation.resource.head_count:
        yield "too_many_seats"
