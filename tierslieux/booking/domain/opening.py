"""Open ranges as bookings see them: joined over midnight, cut into slots, half-days and days (booking.md, "Grid")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.values import Mode
from tierslieux.places.hours.days import DayHours
from tierslieux.shared.time import TimeRange

MIDDAY = time(13)
"""Where a day without a break is cut into two half-days."""


def joined(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """The ranges with those that touch or overlap made one, in order."""
    found: list[TimeRange] = []
    for each in sorted(ranges):
        if found and each.start <= found[-1].end:
            found[-1] = TimeRange(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return tuple(found)


def pieces(days: Iterable[DayHours]) -> tuple[TimeRange, ...]:
    """The open ranges of the days, each beginning where its grid begins."""
    return tuple(piece for day in days for piece in day.open)


def whole_day(day: DayHours) -> TimeRange | None:
    """First opening to last closing, breaks included; ``None`` on a closed day."""
    return TimeRange(day.open[0].start, max(piece.end for piece in day.open)) if day.open else None


def half_days(day: DayHours, zone: ZoneInfo) -> tuple[TimeRange, ...]:
    """What lies before and after the longest break, or 13:00 where there is none; one where the cut is outside."""
    if not day.open:
        return ()
    open_ranges = joined(day.open)
    if len(open_ranges) == 1:
        return _cut_at(open_ranges[0], datetime.combine(day.day, MIDDAY, zone))
    breaks = [(after.start - before.end, -index) for index, (before, after) in enumerate(pairwise(open_ranges))]
    longest = -max(breaks)[1]
    return (
        TimeRange(open_ranges[0].start, open_ranges[longest].end),
        TimeRange(open_ranges[longest + 1].start, open_ranges[-1].end),
    )


def _cut_at(span: TimeRange, instant: datetime) -> tuple[TimeRange, ...]:
    if not span.start < instant < span.end:
        return (span,)
    return TimeRange(span.start, instant), TimeRange(instant, span.end)


def offered(mode: Mode, days: Sequence[DayHours], zone: ZoneInfo) -> tuple[TimeRange, ...]:
    """The half-days or days that can be booked on these days."""
    if mode == "half_day":
        return tuple(half for day in days for half in half_days(day, zone))
    return tuple(whole for day in days if (whole := whole_day(day)) is not None)


def slots(piece: TimeRange, slot_minutes: int) -> Iterator[TimeRange]:
    """The whole slots of one open range, from its start."""
    step = timedelta(minutes=slot_minutes)
    start = piece.start
    while start + step <= piece.end:
        yield TimeRange(start, start + step)
        start += step


def nearest_grid(piece: TimeRange, slot_minutes: int, instant: datetime) -> tuple[datetime, ...]:
    """The grid points on either side of ``instant`` within ``piece``; one point: it is on the grid.

    The closing time ends a booking whether the grid meets it or not.
    """
    if instant == piece.end:
        return (instant,)
    step = timedelta(minutes=slot_minutes)
    before = piece.start + (instant - piece.start) // step * step
    if before == instant:
        return (instant,)
    return before, min(before + step, piece.end)
