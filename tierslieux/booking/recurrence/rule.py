"""The text of a recurrence rule, read strictly: what is not in RFC 5545, 3.3.10, or not bounded, is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tierslieux.shared.errors import RuleRefused

MAX_DATES = 100
MAX_YEARS = 5
_MAX_INTERVAL = 366 * MAX_YEARS
_MAX_LENGTH = 500

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
NthDay = tuple[int, int]
"""A weekday of BYDAY: its number in the month or year (0: each), and the weekday (0: Monday)."""

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SUB_DAILY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DIGITS, _NUMBER = re.compile(r"[0-9]{1,9}"), re.compile(r"[+-]?[0-9]{1,4}")
_NTH_DAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


class InvalidRRule(RuleRefused):
    """The rule of a series cannot be read, or is not bounded; nothing was booked.

    Facts: ``reason`` (``unreadable``, ``unknown_part``, ``frequency``, ``finer_than_a_day``, ``count_or_until``,
    ``count_and_until``, ``part_not_with_frequency``, ``too_many_dates``, ``beyond_five_years``, ``no_date``,
    ``start_out_of_range``) and ``part``, the text that it is about, shortened.
    """

    code = "invalid_rrule"

    def __init__(self, *, reason: str, part: str) -> None:
        super().__init__(reason=reason, part=part[:80])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that can be counted. Exactly one of ``count`` and ``until`` is given; an empty set asks nothing.

    ``until`` is at the wall of the place, naive, inclusive. Numbers below zero count from the end.
    """

    freq: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None
    week_start: int = 0
    months: frozenset[int] = frozenset()
    week_numbers: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[NthDay] = frozenset()
    set_positions: frozenset[int] = frozenset()


def years_later(wall: datetime) -> datetime:
    """The same wall time ``MAX_YEARS`` years later; of 29 February, where that year has none, 28 February."""
    try:
        return wall.replace(year=wall.year + MAX_YEARS)
    except ValueError:
        return wall.replace(year=wall.year + MAX_YEARS, day=28)


def parse_rule(text: str, wall_start: datetime, zone: ZoneInfo) -> Rule:
    """The rule of ``text``, what it leaves open taken from ``wall_start`` (naive, in ``zone``), or ``InvalidRRule``."""
    values = _parts(text)
    until = values.pop("UNTIL", None)
    fields: dict[str, Any] = {_PARTS[name][0]: _read(name, value) for name, value in values.items()}
    rule = Rule(**fields)
    if until is not None:
        rule = replace(rule, until=_until(until, wall_start, zone))
    _check_together(rule)
    return _completed(rule, wall_start)


def _parts(text: str) -> dict[str, str]:
    """The parts by name. FREQ is there, and one of COUNT and UNTIL."""
    if len(text) > _MAX_LENGTH:
        raise InvalidRRule(reason="unreadable", part=text)
    parts: dict[str, str] = {}
    for piece in text.upper().split(";"):
        name, equals, value = piece.partition("=")
        if not equals or name in parts:
            raise InvalidRRule(reason="unreadable", part=piece)
        if name in _SUB_DAILY:
            raise InvalidRRule(reason="finer_than_a_day", part=piece)
        if name not in _PARTS and name != "UNTIL":
            raise InvalidRRule(reason="unknown_part", part=piece)
        parts[name] = value
    if "FREQ" not in parts:
        raise InvalidRRule(reason="frequency", part="")
    if ("COUNT" in parts) == ("UNTIL" in parts):
        raise InvalidRRule(reason="count_and_until" if "COUNT" in parts else "count_or_until", part=text)
    return parts


def _read(name: str, value: str) -> object:
    try:
        return _PARTS[name][1](value)
    except ValueError as exc:
        raise InvalidRRule(reason="unreadable", part=f"{name}={value}") from exc


def _frequency(value: str) -> str:
    if value not in _FREQUENCIES:
        raise InvalidRRule(reason="frequency", part=f"FREQ={value}")
    return value


def _count(value: str) -> int:
    number = _positive(value)
    if number > MAX_DATES:
        raise InvalidRRule(reason="too_many_dates", part=f"COUNT={value}")
    return number


def _interval(value: str) -> int:
    number = _positive(value)
    if number > _MAX_INTERVAL:
        raise InvalidRRule(reason="beyond_five_years", part=f"INTERVAL={value}")
    return number


def _positive(value: str) -> int:
    if not _DIGITS.fullmatch(value) or int(value) == 0:
        raise ValueError(value)
    return int(value)


def _months(value: str) -> frozenset[int]:
    numbers = frozenset(_positive(number) for number in value.split(","))
    return _all_in(numbers, 12)


def _signed(highest: int) -> Callable[[str], frozenset[int]]:
    """Reads numbers from 1 to ``highest`` and from -1 to -``highest``."""
    return lambda value: _all_in(frozenset(_number(number) for number in value.split(",")), highest)


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return int(value)


def _all_in(numbers: frozenset[int], highest: int) -> frozenset[int]:
    if any(not 1 <= abs(number) <= highest for number in numbers):
        raise ValueError(numbers)
    return numbers


def _nth_days(value: str) -> frozenset[NthDay]:
    return frozenset(_nth_day(one) for one in value.split(","))


def _nth_day(value: str) -> NthDay:
    found = _NTH_DAY.fullmatch(value)
    if found is None:
        raise ValueError(value)
    nth = 0 if found[1] is None else int(found[1])
    if found[1] is not None:
        _all_in(frozenset([nth]), 53)
    return nth, _WEEKDAYS.index(found[2])


_PARTS: dict[str, tuple[str, Callable[[str], object]]] = {
    "FREQ": ("freq", _frequency),
    "INTERVAL": ("interval", _interval),
    "COUNT": ("count", _count),
    "WKST": ("week_start", _WEEKDAYS.index),
    "BYMONTH": ("months", _months),
    "BYWEEKNO": ("week_numbers", _signed(53)),
    "BYYEARDAY": ("year_days", _signed(366)),
    "BYMONTHDAY": ("month_days", _signed(31)),
    "BYDAY": ("weekdays", _nth_days),
    "BYSETPOS": ("set_positions", _signed(366)),
}
"""Part of the text -> field of ``Rule``, and its reader, which raises ``ValueError``. UNTIL needs the place's zone."""


def _until(value: str, wall_start: datetime, zone: ZoneInfo) -> datetime:
    """UNTIL at the wall: a date holds its whole day, ``Z`` is UTC, anything else is local time."""
    try:
        wall = _wall_of(value, zone)
    except (ValueError, OverflowError) as exc:
        raise InvalidRRule(reason="unreadable", part=f"UNTIL={value}") from exc
    if wall > datetime.combine(years_later(wall_start).date(), time.max):
        raise InvalidRRule(reason="beyond_five_years", part=f"UNTIL={value}")
    if wall < wall_start:
        raise InvalidRRule(reason="no_date", part=f"UNTIL={value}")
    return wall


def _wall_of(value: str, zone: ZoneInfo) -> datetime:
    found = _UNTIL.fullmatch(value)
    if found is None:
        raise ValueError(value)
    day = datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007
    if found[2] is None:
        return datetime.combine(day, time.max)
    wall = datetime.combine(day, datetime.strptime(found[2], "%H%M%S").time())  # noqa: DTZ007
    return wall.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if found[3] else wall


def _check_together(rule: Rule) -> None:
    """What RFC 5545 forbids: "MUST NOT be used when the FREQ rule part is set to"."""
    numbered = any(nth for nth, _ in rule.weekdays)
    forbidden = {
        "BYWEEKNO": rule.week_numbers and rule.freq != "YEARLY",
        "BYYEARDAY": rule.year_days and rule.freq != "YEARLY",
        "BYMONTHDAY": rule.month_days and rule.freq == "WEEKLY",
        "BYDAY": numbered and (rule.freq not in {"MONTHLY", "YEARLY"} or rule.week_numbers),
        "BYSETPOS": rule.set_positions and not _narrowing(rule),
    }
    for part, wrong in forbidden.items():
        if wrong:
            raise InvalidRRule(reason="part_not_with_frequency", part=part)


def _narrowing(rule: Rule) -> bool:
    return bool(rule.months or rule.week_numbers or rule.year_days or rule.month_days or rule.weekdays)


def _completed(rule: Rule, wall_start: datetime) -> Rule:
    """What the rule leaves open is the first date's: its weekday, day of the month, month."""
    if rule.weekdays or rule.month_days or rule.year_days or rule.freq == "DAILY":
        return rule
    if rule.freq == "WEEKLY" or rule.week_numbers:
        return replace(rule, weekdays=frozenset([(0, wall_start.weekday())]))
    months = rule.months or (frozenset([wall_start.month]) if rule.freq == "YEARLY" else rule.months)
    return replace(rule, months=months, month_days=frozenset([wall_start.day]))
