"""What worked-out days say about an instant or a range: the state now, and what booking asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from tierslieux.places.hours.days import DayHours, Reason
from tierslieux.shared.time import TimeRange

_NOON_WITHOUT_BREAK = time(13)


@dataclass(frozen=True, slots=True)
class HoursState:
    """``reason`` explains closed and unknown; ``until`` is when the state ends, None where the days do not tell."""

    state: Literal["open", "closed", "unknown"]
    reason: Reason | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class _Stretch:
    start: datetime
    end: datetime
    state: Literal["open", "closed", "unknown"]
    reason: Reason | None


def open_ranges(day: DayHours) -> tuple[TimeRange, ...]:
    """What is certainly open and begins on that day, in order."""
    return day.open


def state_at(days: Sequence[DayHours], instant: datetime, time_zone: str) -> HoursState:
    """The state at ``instant``, from consecutive days that hold its local day, the day before (for a range over
    midnight) and as many after as ``until`` should reach. Unknown, ``no_hours``, for a day that is not among them.
    """
    stretches = _stretches(days, ZoneInfo(time_zone))
    here = next((index for index, each in enumerate(stretches) if each.start <= instant < each.end), None)
    if here is None:
        return HoursState("unknown", "no_hours", None)
    end = here
    while end + 1 < len(stretches) and stretches[end + 1].state == stretches[here].state:
        end += 1
    until = stretches[end].end if end + 1 < len(stretches) else None
    return HoursState(stretches[here].state, stretches[here].reason, until)


def half_days(day: DayHours, time_zone: str) -> dict[Literal["morning", "afternoon"], TimeRange]:
    """The open range(s) before and after the longest break; where there is no break, before and after 13:00.

    A half-day may span shorter breaks. One that does not exist is absent; the first of two equal breaks counts.
    """
    if not day.open:
        return {}
    cut = _longest_break(day.open) or _one_o_clock(day.day, time_zone)
    before = [piece for piece in day.open if piece.end <= cut] + _clipped(day.open, cut, before=True)
    after = _clipped(day.open, cut, before=False) + [piece for piece in day.open if piece.start >= cut]
    found: dict[Literal["morning", "afternoon"], TimeRange] = {}
    if before:
        found["morning"] = TimeRange(before[0].start, before[-1].end)
    if after:
        found["afternoon"] = TimeRange(after[0].start, after[-1].end)
    return found


def whole_day(day: DayHours) -> TimeRange | None:
    """From the first opening to the last closing of the day, breaks included."""
    return TimeRange(day.open[0].start, day.open[-1].end) if day.open else None


def is_inside_one_range(days: Iterable[DayHours], during: TimeRange) -> bool:
    """Whether all of ``during`` lies inside one open range; ranges that touch (midnight of a 24 h place) are one."""
    merged = merge_touching(piece for day in days for piece in day.open)
    return any(piece.start <= during.start and during.end <= piece.end for piece in merged)


def merge_touching(ranges: Iterable[TimeRange]) -> tuple[TimeRange, ...]:
    """The same time as ranges that neither overlap nor touch, in order."""
    merged: list[TimeRange] = []
    for piece in sorted(ranges):
        if merged and piece.start <= merged[-1].end:
            merged[-1] = TimeRange(merged[-1].start, max(piece.end, merged[-1].end))
        else:
            merged.append(piece)
    return tuple(merged)


def _longest_break(ranges: Sequence[TimeRange]) -> datetime | None:
    """Where the longest break begins."""
    breaks = [(b.start - a.end, a.end) for a, b in pairwise(ranges) if b.start > a.end]
    return max(breaks, key=lambda found: (found[0], -found[1].timestamp()))[1] if breaks else None


def _one_o_clock(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, _NOON_WITHOUT_BREAK, ZoneInfo(time_zone)).astimezone(UTC)


def _clipped(ranges: Sequence[TimeRange], cut: datetime, *, before: bool) -> list[TimeRange]:
    found = [piece for piece in ranges if piece.start < cut < piece.end]
    return [TimeRange(piece.start, cut) if before else TimeRange(cut, piece.end) for piece in found]


def _stretches(days: Sequence[DayHours], zone: ZoneInfo) -> list[_Stretch]:
    opened = merge_touching(piece for day in days for piece in day.open)
    found = [_Stretch(piece.start, piece.end, "open", None) for piece in opened]
    for day in days:
        start, end = _bounds(day.day, zone)
        state: Literal["closed", "unknown"] = "closed" if day.state == "known" else "unknown"
        found += [_Stretch(low, high, state, day.reason) for low, high in _gaps(start, end, opened)]
    return sorted(found, key=lambda each: each.start)


def _gaps(start: datetime, end: datetime, opened: Sequence[TimeRange]) -> list[tuple[datetime, datetime]]:
    gaps = []
    for piece in opened:
        if piece.end <= start or piece.start >= end:
            continue
        if piece.start > start:
            gaps.append((start, piece.start))
        start = max(start, piece.end)
    return [*gaps, (start, end)] if start < end else gaps


def _bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    low, high = (datetime.combine(each, time(), zone).astimezone(UTC) for each in (day, day + timedelta(days=1)))
    return low, high
