"""Hours worked out per local day: the one evaluator behind search, booking and capacity.

A day is filed with the ranges that *begin* on it; they may cross midnight. On a public holiday a place is open or
closed only where its text says so (a ``PH`` rule, or a dated rule that covers the day); else the day is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from tierslieux.places.hours import evaluator
from tierslieux.places.hours.calendar import days_between, possible_school_holidays, public_holidays
from tierslieux.places.hours.evaluator import Reading, Unreadable
from tierslieux.places.hours.merge import Interval
from tierslieux.places.hours.rules import Rule
from tierslieux.shared.time import TimeRange, midnight
from tierslieux.territories.zones import MAINLAND, Locality

Reason = Literal["public_holiday", "closure", "no_hours", "holiday_not_stated", "unreadable"]
_ONE_DAY = timedelta(days=1)
_NOON = time(12)
_NEARLY_A_DAY = timedelta(hours=22)  # a day has 23 hours when the clocks go forward


@dataclass(frozen=True, slots=True)
class DatedHours:
    """A dated exception: ``text`` holds from ``first`` to ``last``, both included, instead of the weekly text."""

    first: date
    last: date
    text: str


@dataclass(frozen=True, slots=True)
class Hours:
    """All that a place's days follow from. ``open_on_public_holidays`` is its policy: None follows the text."""

    text: str | None
    locality: Locality = MAINLAND
    exceptions: tuple[DatedHours, ...] = ()
    bookable: bool = False
    open_on_public_holidays: bool | None = None


@dataclass(frozen=True, slots=True)
class DayHours:
    """One local day: what is ``open`` is certain, in order, in UTC.

    ``known``: outside ``open`` the place is closed; ``unknown``: outside ``open`` nothing can be said. ``reason`` is
    None where the plain hours hold (also for hours that the text itself calls unknown, such as by appointment).
    """

    day: date
    state: Literal["known", "unknown"]
    reason: Reason | None
    open: tuple[TimeRange, ...]


def work_out_days(hours: Hours, first: date, last: date) -> tuple[DayHours, ...]:
    """Each local day from ``first`` to ``last``, both included. Never raises for what a text holds.

    Places that share text, locality and rules share the work; the answer of a month is kept.
    """
    days = _weekly_days(replace(hours, exceptions=()), first, last)
    if not hours.exceptions:
        return days
    return tuple(_with_exceptions(hours, day) for day in days)


def _with_exceptions(hours: Hours, day: DayHours) -> DayHours:
    """The shortest exception that holds the day wins; of two equally short ones, the one that begins later."""
    found = [each for each in hours.exceptions if each.first <= day.day <= each.last]
    if not found:
        return day
    shortest = min(found, key=lambda each: (each.last - each.first, -each.first.toordinal(), each.text))
    return _exception_days(shortest.text, hours.locality, day.day)


@lru_cache(maxsize=8192)
def _exception_days(text: str, locality: Locality, day: date) -> DayHours:
    try:
        found = _plain_days(evaluator.read(text), locality, day, day)[0]
    except Unreadable:
        return DayHours(day, "unknown", "unreadable", ())
    is_closed = found.state == "known" and not found.open
    return replace(found, reason="closure") if is_closed else found


@lru_cache(maxsize=16384)
def _weekly_days(hours: Hours, first: date, last: date) -> tuple[DayHours, ...]:
    if not hours.text or not hours.text.strip():
        days = tuple(DayHours(day, "unknown", "no_hours", ()) for day in days_between(first, last))
        return _holidays_by_policy(hours, days)
    try:
        reading = evaluator.read(hours.text)
        return _with_holidays(hours, reading, _plain_days(reading, hours.locality, first, last))
    except Unreadable:
        return tuple(DayHours(day, "unknown", "unreadable", ()) for day in days_between(first, last))


def _holidays_by_policy(hours: Hours, days: tuple[DayHours, ...]) -> tuple[DayHours, ...]:
    """Without hours, only a policy that closes on public holidays says anything."""
    if hours.open_on_public_holidays is not False:
        return days
    public = _public(hours.locality, days)
    return tuple(_closed(day) if day.day in public else day for day in days)


def _with_holidays(hours: Hours, reading: Reading, days: tuple[DayHours, ...]) -> tuple[DayHours, ...]:
    public = _public(hours.locality, days)
    if not public:
        return _with_closures(reading, days)
    said = _covered(reading.rules, public, hours.locality)
    changed = {day.day: _holiday(hours, reading, day, is_said=day.day in said) for day in days if day.day in public}
    return _with_closures(reading, tuple(changed.get(day.day, day) for day in days))


def _holiday(hours: Hours, reading: Reading, day: DayHours, *, is_said: bool) -> DayHours:
    """A public holiday: the policy first, then what the text says, then closed (bookable) or unknown."""
    policy = hours.open_on_public_holidays
    if policy is False:
        return _closed(day)
    if policy is True and not (is_said and day.open):
        return _as_ordinary_day(reading, hours.locality, day.day)
    if is_said:
        return _closed(day) if day.state == "known" and not day.open else day
    return _closed(day) if hours.bookable else DayHours(day.day, "unknown", "holiday_not_stated", ())


def _as_ordinary_day(reading: Reading, locality: Locality, day: date) -> DayHours:
    """The day as if it were no public holiday; a dated rule of the text still holds."""
    return _plain_days(reading, replace(locality, area=None), day, day)[0]


def _closed(day: DayHours) -> DayHours:
    return DayHours(day.day, "known", "public_holiday", ())


def _public(locality: Locality, days: Sequence[DayHours]) -> list[date]:
    years = range(days[0].day.year, days[-1].day.year + 1) if days else range(0)
    known = {day for year in years for day in public_holidays(locality.area, year)}
    return [day.day for day in days if day.day in known]


def _covered(rules: Sequence[Rule], days: Sequence[date], locality: Locality) -> frozenset[date]:
    """Those of ``days``, all public holidays, of which the text speaks.

    A ``PH`` rule, a rule that names single dates, or one that closes by dates. A season (``Jul-Aug Mo-Fr ...``) says
    when the weekly hours hold, not what happens on a holiday in it.
    """
    found: frozenset[date] = frozenset()
    for rule in rules:
        if _speaks_of_public_holidays(rule) or rule.names_single_dates or (rule.closes and rule.names_dates):
            found |= evaluator.matching_days(rule, days, _certain_school_days(rule, locality, days))
    return found


def _speaks_of_public_holidays(rule: Rule) -> bool:
    return rule.holidays is not None and any(name.upper().startswith("PH") for name in rule.holidays.names)


def _certain_school_days(rule: Rule, locality: Locality, days: Sequence[date]) -> frozenset[date]:
    if rule.holidays is None or not days:
        return frozenset()
    return frozenset.intersection(*possible_school_holidays(locality.school_zone, days[0], days[-1]))


def _with_closures(reading: Reading, days: tuple[DayHours, ...]) -> tuple[DayHours, ...]:
    """Days that the text closes by dates (``Aug 01-15 off``) say so."""
    closing = [rule for rule in reading.rules if rule.closes and rule.names_dates and rule.holidays is None]
    if not closing:
        return days
    shut = [day.day for day in days if day.state == "known" and not day.open and day.reason is None]
    named = frozenset(day for rule in closing for day in evaluator.matching_days(rule, shut, frozenset()))
    return tuple(replace(day, reason="closure") if day.day in named else day for day in days)


def _plain_days(reading: Reading, locality: Locality, first: date, last: date) -> tuple[DayHours, ...]:
    """Plain OSM meaning, filed by day."""
    zone = ZoneInfo(locality.time_zone)
    start, end = midnight(first, zone), midnight(last + 2 * _ONE_DAY, zone)
    certain: dict[date, list[TimeRange]] = {}
    unsure: dict[date, timedelta] = {}
    for piece in evaluator.intervals_of(reading, start - _ONE_DAY, end, locality):
        for day, part in _filed(piece, zone):
            if piece.state == "open":
                certain.setdefault(day, []).append(part)
            else:
                unsure[day] = unsure.get(day, timedelta()) + (part.end - part.start)
    return tuple(_day(day, certain.get(day), unsure.get(day)) for day in days_between(first, last))


def _day(day: date, certain: list[TimeRange] | None, unsure: timedelta | None) -> DayHours:
    state: Literal["known", "unknown"] = "known" if unsure is None else "unknown"
    reason: Reason | None = "no_hours" if unsure and unsure >= _NEARLY_A_DAY and not certain else None
    return DayHours(day, state, reason, tuple(certain or ()))


def _filed(piece: Interval, zone: ZoneInfo) -> list[tuple[date, TimeRange]]:
    """The day a range begins on, with the range; one that goes on past the next noon is cut at each midnight."""
    day = piece.start.astimezone(zone).date()
    parts: list[tuple[date, TimeRange]] = []
    start = piece.start
    while True:
        next_day = midnight(day + _ONE_DAY, zone)
        if piece.end <= next_day or (start > midnight(day, zone) and piece.end <= _noon(day + _ONE_DAY, zone)):
            return [*parts, (day, TimeRange(start, piece.end))]
        parts.append((day, TimeRange(start, next_day)))
        start, day = next_day, day + _ONE_DAY


@lru_cache(maxsize=65536)
def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, _NOON, zone).astimezone(UTC)
