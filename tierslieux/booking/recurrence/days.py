"""Which days a recurrence rule falls on (RFC 5545, 3.3.10), judged one by one.

Every part of a rule that is not finer than daily can be asked of a day: does it fit? Five years are 1,827 days, so
an answer takes milliseconds. The usual library (dateutil) searches on to the year 9999 where nothing fits, as on
31 February; the tests compare with it where it answers.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tierslieux.booking.recurrence.rule import MAX_DATES, InvalidRRule, NthDay, Rule, years_later


def dates_of(rule: Rule, wall_start: datetime) -> list[date]:
    """The days of ``rule`` from ``wall_start`` on, in order: 1 to ``MAX_DATES`` of them within ``MAX_YEARS``.

    ``InvalidRRule`` where there are none, more, or where COUNT is not reached by then.
    """
    last = _last_day(rule, wall_start)
    found: list[date] = []
    for day in _matching(rule, wall_start.date(), last):
        found.append(day)
        if len(found) == rule.count:
            return found
        if len(found) > MAX_DATES:
            raise InvalidRRule(reason="too_many_dates", part="UNTIL")
    if not found:
        raise InvalidRRule(reason="no_date", part="")
    if rule.count is not None:
        raise InvalidRRule(reason="beyond_five_years", part=f"COUNT={rule.count}")
    return found


def _last_day(rule: Rule, wall_start: datetime) -> date:
    """The last day on which an occurrence may start; one that starts at UNTIL itself counts."""
    if rule.until is None:
        return years_later(wall_start).date()
    return rule.until.date() - timedelta(days=0 if wall_start.time() <= rule.until.time() else 1)


def _matching(rule: Rule, first: date, last: date) -> Iterator[date]:
    for begin, length in _periods(rule, first, last):
        fitting = [day for offset in range(length) if _fits(rule, day := date.fromordinal(begin + offset))]
        yield from (day for day in _picked(rule.set_positions, fitting) if first <= day <= last)


def _picked(positions: frozenset[int], days: list[date]) -> list[date]:
    """BYSETPOS: the days of one period by their number, from 1 on, or from the end by negative numbers."""
    if not positions:
        return days
    return [day for at, day in enumerate(days) if at + 1 in positions or at - len(days) in positions]


def _periods(rule: Rule, first: date, last: date) -> Iterator[tuple[int, int]]:
    """First day (ordinal) and number of days of each year, month, week or day that counts, INTERVAL apart."""
    if rule.freq == "YEARLY":
        years = range(first.year, last.year + 1, rule.interval)
        return ((date(year, 1, 1).toordinal(), _days_in_year(year)) for year in years)
    if rule.freq == "MONTHLY":
        months = range(_month_number(first), _month_number(last) + 1, rule.interval)
        return (_month(*divmod(number, 12)) for number in months)
    length = 7 if rule.freq == "WEEKLY" else 1
    begin = first.toordinal() - (first.weekday() - rule.week_start) % length
    return ((day, length) for day in range(begin, last.toordinal() + 1, length * rule.interval))


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month(year: int, month_from_0: int) -> tuple[int, int]:
    return date(year, month_from_0 + 1, 1).toordinal(), calendar.monthrange(year, month_from_0 + 1)[1]


def _days_in_year(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _fits(rule: Rule, day: date) -> bool:
    return (
        (not rule.months or day.month in rule.months)
        and (not rule.month_days or _counted(day.day, _days_in_month(day)) & rule.month_days != set())
        and (not rule.weekdays or any(_is_nth(rule, wanted, day) for wanted in rule.weekdays))
        and (not rule.year_days or _counted(_day_of_year(day), _days_in_year(day.year)) & rule.year_days != set())
        and (not rule.week_numbers or _week_numbers(day, rule.week_start) & rule.week_numbers != set())
    )


def _counted(number: int, total: int) -> set[int]:
    """``number`` of ``total`` as the rule may call it: from the start, and from the end by a negative number."""
    return {number, number - total - 1}


def _days_in_month(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]


def _day_of_year(day: date) -> int:
    return day.timetuple().tm_yday


def _is_nth(rule: Rule, wanted: NthDay, day: date) -> bool:
    """BYDAY: each such weekday, or the nth of its month (of its year, in a yearly rule without months)."""
    nth, weekday = wanted
    if weekday != day.weekday() or nth == 0:
        return weekday == day.weekday()
    of_year = rule.freq == "YEARLY" and not rule.months
    number, total = (_day_of_year(day), _days_in_year(day.year)) if of_year else (day.day, _days_in_month(day))
    return nth in {(number - 1) // 7 + 1, -((total - number) // 7 + 1)}


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of the day's week, and the same from the end; week 1 is the first with four days in its year."""
    middle = day - timedelta(days=(day.weekday() - week_start) % 7 - 3)
    number, of_year = _day_of_year(middle), _days_in_year(middle.year)
    first = (number - 1) % 7 + 1
    return _counted((number - 1) // 7 + 1, 53 if first + 364 <= of_year else 52)
