"""The weekly form: seven days of ranges and what happens on public and school holidays, to OSM text and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tierslieux.places.hours import evaluator
from tierslieux.places.hours.evaluator import Unreadable
from tierslieux.places.hours.rules import Rule

DAY_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_DAY_MINUTES = 24 * 60
_RULE = re.compile(
    r"(?P<days>[A-Za-z,\- ]+?)\s+(?:(?P<closed>off|closed)|(?P<times>[\d:,\- ]+))(?:\s+open)?", re.IGNORECASE
)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")

Span = tuple[int, int]
"""Minutes from midnight; the end may lie past midnight (1440), at most a day after the start."""
Holidays = Literal["not_stated", "closed"]


class BadRange(ValueError):
    """A range of ``day`` (0 Monday to 6) that ends before it starts, is too long, or overlaps another."""

    def __init__(self, day: int, span: Span) -> None:
        super().__init__(f"{DAY_NAMES[day]} {span}")
        self.day = day
        self.span = span


@dataclass(frozen=True, slots=True)
class Weekly:
    """``days`` holds seven tuples of ranges in order, Monday first; an empty one is a closed day."""

    days: tuple[tuple[Span, ...], ...]
    public_holidays: Holidays = "not_stated"
    school_holidays: Holidays = "not_stated"

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a week has seven days")
        for day, spans in enumerate(self.days):
            _check(day, spans)


def to_osm(week: Weekly) -> str:
    """The OSM text of a week; ``off`` where nothing is open."""
    groups: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in enumerate(week.days):
        if spans:
            groups.setdefault(spans, []).append(day)
    rules = [f"{day_list(days)} {','.join(map(_clock_range, spans))}" for spans, days in groups.items()]
    if not rules:
        return "off"
    rules += ["SH off"] if week.school_holidays == "closed" else []
    rules += ["PH off"] if week.public_holidays == "closed" else []
    return "; ".join(rules)


def from_osm(text: str) -> Weekly | None:
    """The week of a plain text: weekdays, times, ``off`` and ``PH off`` or ``SH off``. None for any other text."""
    try:
        rules = evaluator.read(text).rules
    except Unreadable:
        return None
    if [rule.body for rule in rules] == ["off"]:
        return Weekly(((),) * 7)
    if [rule.body for rule in rules] == ["24/7"]:
        return Weekly((((0, _DAY_MINUTES),),) * 7)
    return _week(rules)


def day_list(days: list[int]) -> str:
    """``Tu-Sa``, ``Mo,We``: three days or more in a row as a range."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [[DAY_NAMES[day] for day in run] for run in runs]
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(run) for run in names)


def named_days(text: str) -> list[int]:
    """The weekdays (0 to 6) of a list such as ``Mo-We,Fr``, in order; empty where it is something else."""
    return sorted(day for day in _named(text) or set() if day < 7)


def _week(rules: tuple[Rule, ...]) -> Weekly | None:
    days: list[tuple[Span, ...]] = [()] * 7
    closed: set[str] = set()
    for rule in rules:
        found = _RULE.fullmatch(rule.body)
        if found is None or rule.separator == "||":
            return None
        named = _named(found["days"])
        if named is None or (named - set(range(7)) and not found["closed"]) or (closed and named & set(range(7))):
            return None  # among others, weekdays after ``PH off`` would hold on holidays too
        spans = tuple(
            (int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in _SPAN.findall(found["times"] or "")
        )
        spans = tuple((low, high if high > low else high + _DAY_MINUTES) for low, high in spans)
        for day in named & set(range(7)):
            days[day] = tuple(sorted((*days[day], *spans))) if rule.separator == "," else spans
        closed |= {"PH", "SH"} & {name for name in ("PH", "SH") if _code(name) in named}
    try:
        return Weekly(tuple(days), _stated("PH", closed), _stated("SH", closed))
    except BadRange:
        return None


def _stated(name: str, closed: set[str]) -> Holidays:
    return "closed" if name in closed else "not_stated"


def _named(text: str) -> set[int] | None:
    """Day numbers of a list such as ``Mo-We,PH``; 7 stands for PH, 8 for SH; None where it is something else."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        ends = [_code(name) for name in part.split("-")]
        if None in ends or len(ends) > 2 or (len(ends) == 2 and max(end or 0 for end in ends) > 6):
            return None
        first, last = ends[0] or 0, ends[-1] or 0
        found |= {(first + step) % 7 for step in range((last - first) % 7 + 1)} if len(ends) == 2 else {first}
    return found


def _code(name: str) -> int | None:
    names = [*(each.lower() for each in DAY_NAMES), "ph", "sh"]
    return names.index(name.lower()) if name.lower() in names else None


def _check(day: int, spans: tuple[Span, ...]) -> None:
    for index, (low, high) in enumerate(spans):
        is_range = 0 <= low < _DAY_MINUTES and low < high <= low + _DAY_MINUTES
        if not is_range or (index and low < spans[index - 1][1]):
            raise BadRange(day, (low, high))


def _clock_range(span: Span) -> str:
    low, high = span
    high = high - _DAY_MINUTES if high > _DAY_MINUTES else high
    return f"{low // 60:02d}:{low % 60:02d}-{high // 60:02d}:{high % 60:02d}"
