"""What an OSM ``opening_hours`` text means between two instants: plain OSM meaning, with the holidays of the area.

The library ``opening-hours-py`` reads and evaluates; before that, ``PH`` becomes the dated public holidays of the area
and ``SH`` the dated school holidays of the zone, both of which the library does not know. Where the school calendar is
not known, every possible one is tried, and only what holds under each of them is said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours

from tierslieux.places.hours.calendar import possible_school_holidays, public_holidays
from tierslieux.places.hours.clock_text import instant_of, minutes_to_move, moved_back
from tierslieux.places.hours.faults import Remark, explain, level, repair
from tierslieux.places.hours.merge import Interval, combine, first_not_closed, same_or_unknown
from tierslieux.places.hours.rules import Holidays, Rule, UnclearHolidays, split_rules
from tierslieux.territories.zones import Locality

MAX_TEXT = 4000
MAX_DAYS = 4100
_MARGIN = timedelta(days=2)
_STATES = ("closed", "open", "unknown")
_ANY_YEAR = (1900, 9000)
_ENGLISH_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AT = re.compile(r"-->\s*(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The answer. With an ``error`` there is neither ``normalised`` text nor any interval."""

    normalised: str | None
    intervals: tuple[Interval, ...]
    warnings: tuple[Remark, ...]
    error: Remark | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that can be evaluated: mended, and cut into its rules."""

    text: str
    rules: tuple[Rule, ...]
    normalised: str
    warnings: tuple[Remark, ...]

    def speaks_of(self, name: str) -> bool:
        """Whether some rule holds for public (``PH``) or school (``SH``) holidays."""
        return any(_names(rule, name) for rule in self.rules)


class Unreadable(ValueError):
    """The text cannot be evaluated; ``remark`` says where and why."""

    def __init__(self, remark: Remark) -> None:
        super().__init__(remark.message)
        self.remark = remark


def evaluate(text: str, start: datetime, end: datetime, locality: Locality) -> Evaluation:
    """The intervals of ``text`` in ``[start, end)``, both aware. Never raises for what a text or a range holds."""
    try:
        reading = read(text)
        _check_range(start, end)
        return Evaluation(reading.normalised, intervals_of(reading, start, end, locality), reading.warnings, None)
    except Unreadable as refusal:
        return Evaluation(None, (), (), refusal.remark)


@lru_cache(maxsize=16384)
def read(text: str) -> Reading:
    """The structure of ``text``, or ``Unreadable``."""
    if len(text) > MAX_TEXT:
        raise Unreadable(Remark(MAX_TEXT, text[:40] + "…", f"Le texte dépasse {MAX_TEXT} caractères."))
    if not text.strip():
        raise Unreadable(Remark(0, "", "Le texte est vide."))
    levelled = level(text)
    mended, warnings = repair(levelled)
    normalised = _normalise(mended) if mended == levelled else _normalise_mended(mended, levelled)
    try:
        rules = split_rules(mended)
    except UnclearHolidays as exc:
        message = "Écrivez « SH Mo-Fr » pour ces jours pendant les vacances, « Mo-Fr,SH » pour les uns et les autres."
        raise Unreadable(Remark(exc.position, exc.part, message)) from exc
    if any((rule.holidays and rule.holidays.within) or rule.is_comment_alone for rule in rules):
        normalised = _plain(rules)  # the library's own normal form would change the meaning
    return Reading(mended, rules, normalised, warnings)


def intervals_of(reading: Reading, start: datetime, end: datetime, locality: Locality) -> tuple[Interval, ...]:
    """The open and unknown intervals of a reading in ``[start, end)``, in order, cut at both ends."""
    zone = ZoneInfo(locality.time_zone)
    first, last = start.astimezone(zone).date() - _MARGIN, end.astimezone(zone).date() + _MARGIN
    public = _public_days(locality.area, first, last)
    possible = (
        possible_school_holidays(locality.school_zone, first, last) if reading.speaks_of("SH") else (frozenset(),)
    )
    answers = [_ranked(reading.rules, public, school, (first, last, zone)) for school in possible]
    agreed = answers[0] if len(set(answers)) == 1 else combine(answers, same_or_unknown)
    return _cut(agreed, start, end)


def _ranked(
    rules: Sequence[Rule], public: frozenset[date], school: frozenset[date], span: tuple[date, date, ZoneInfo]
) -> tuple[Interval, ...]:
    """The rules before ``||``; where they leave a time closed, those after it (the library skips days there)."""
    answers = [_run(with_dates(group, public, school), *span) for group in _groups(rules)]
    return answers[0] if len(answers) == 1 else combine(answers, first_not_closed)


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = [[]]
    for rule in rules:
        if rule.separator == "||":
            groups.append([])
        groups[-1].append(rule)
    return groups


def with_dates(rules: Iterable[Rule], public: frozenset[date], school: frozenset[date]) -> str:
    """The text of ``rules`` with every holiday written as dates; ``off`` where nothing is left."""
    pieces: list[str] = []
    for rule in rules:
        for body in _bodies(rule, public, school):
            pieces.append(body if not pieces else f"{_joint(rule.separator)}{body}")
    return "".join(pieces) or "off"


def matching_days(rule: Rule, days: Sequence[date], school: frozenset[date]) -> frozenset[date]:
    """Those of ``days``, all taken for public holidays, of which ``rule`` speaks by a holiday or a date."""
    if rule.holidays is None:
        return _filtered(days, rule.selector)
    return frozenset(_holiday_days(rule.holidays, frozenset(days), school)) & frozenset(days)


def _names(rule: Rule, name: str) -> bool:
    return rule.holidays is not None and any(item.upper().startswith(name) for item in rule.holidays.names)


def _public_days(area: str | None, first: date, last: date) -> frozenset[date]:
    years = range(first.year, last.year + 1)
    return frozenset(day for year in years for day in public_holidays(area, year) if first <= day <= last)


def _bodies(rule: Rule, public: frozenset[date], school: frozenset[date]) -> list[str]:
    if rule.is_comment_alone and rule.holidays is None:
        return [rule.body.replace('"', 'unknown "', 1)]
    if rule.holidays is None:
        return [rule.body]
    bodies = []
    found = rule.holidays
    tail = found.tail.replace('"', 'unknown "', 1) if rule.is_comment_alone else found.tail
    if found.weekdays and not found.within:
        bodies.append(" ".join(filter(None, (found.wide, found.weekdays, tail))))
    days = _holiday_days(found, public, school)
    if days:
        bodies.append(" ".join(filter(None, (_as_dates(days), tail))))
    return bodies


def _joint(separator: str) -> str:
    return {";": "; ", ",": ", ", "||": " || ", "": "; "}[separator]


def _holiday_days(found: Holidays, public: frozenset[date], school: frozenset[date]) -> list[date]:
    days: set[date] = set()
    for name in found.names:
        known = public if name.upper().startswith("PH") else school
        shift = re.search(r"([+-]?)\s*(\d+)\s*day", name)
        by = timedelta(days=int(f"{shift[1]}{shift[2]}")) if shift and len(shift[2]) < 4 else timedelta()
        days |= {day + by for day in known}
    selector = " ".join(filter(None, (found.wide, found.weekdays if found.within else "")))
    return sorted(_filtered(sorted(days), selector) if selector else days)


def _filtered(days: Sequence[date], selector: str) -> frozenset[date]:
    """The days that a selector of dates and weekdays holds, as the library reads it."""
    if not selector:
        return frozenset(days)
    hours = _parse(selector)
    return frozenset(day for day in days if hours.is_open(_wall(day, 12)))


def _as_dates(days: Sequence[date]) -> str:
    runs: list[list[date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ",".join(_as_date(low) if low == high else f"{_as_date(low)}-{_as_date(high)}" for low, high in runs)


def _as_date(day: date) -> str:
    return f"{day.year} {_ENGLISH_MONTHS[day.month - 1]} {day.day:02d}"


@lru_cache(maxsize=16384)
def _parse(text: str) -> Any:
    return _guarded(lambda: OpeningHours(text), text)


def _run(text: str, first: date, last: date, zone: ZoneInfo) -> tuple[Interval, ...]:
    """Whole local days, from midnight to midnight: the library reckons in wall time and loses what a shift repeats."""
    back = minutes_to_move(text)
    low, high = _wall(first), _wall(last)
    found = _guarded(lambda: list(OpeningHours(moved_back(text, back)).intervals(low, high)), text)
    by = timedelta(minutes=back)
    said = ((a + by, b + by, _STATES[_rank(state)], comment) for a, b, state, comment in found if _rank(state))
    spans = (Interval(instant_of(a, zone), instant_of(b, zone), state, comment) for a, b, state, comment in said)
    return tuple(piece for piece in spans if piece.start < piece.end)


def _wall(day: date, hour: int = 0) -> datetime:
    """A wall time without zone, which is what the library reckons in."""
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001


def _cut(intervals: Iterable[Interval], start: datetime, end: datetime) -> tuple[Interval, ...]:
    low, high = start.astimezone(UTC), end.astimezone(UTC)
    met = (piece for piece in intervals if piece.start < high and piece.end > low)
    return tuple(piece._replace(start=max(piece.start, low), end=min(piece.end, high)) for piece in met)


def _rank(state: object) -> int:
    return _STATES.index(str(state))


def _guarded(call: Callable[[], Any], text: str) -> Any:
    """Run the library: its parser's refusal, its overflow and its panic all become ``Unreadable``."""
    try:
        return call()
    except BaseException as exc:
        if isinstance(exc, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
            raise
        found = _AT.search(str(exc))
        raise Unreadable(explain(text, int(found[2]) - 1 if found else 0)) from exc


def _normalise(text: str) -> str:
    return str(_guarded(lambda: OpeningHours(text).normalize(), text))


def _normalise_mended(mended: str, levelled: str) -> str:
    """Normal form of the mended text; where that is refused too, the refusal speaks of the text as it was written."""
    try:
        return _normalise(mended)
    except Unreadable:
        _normalise(levelled)
        raise


def _plain(rules: Iterable[Rule]) -> str:
    pieces = ""
    for rule in rules:
        body = " ".join(rule.body.split())
        body = body.replace('"', 'unknown "', 1) if rule.is_comment_alone else body
        pieces += body if not pieces else f"{_joint(rule.separator)}{body}"
    return pieces


def _check_range(start: datetime, end: datetime) -> None:
    if start.tzinfo is None or end.tzinfo is None:
        raise Unreadable(Remark(0, "", "Une heure est donnée sans fuseau horaire."))
    if end <= start:
        raise Unreadable(Remark(0, f"{start.isoformat()} / {end.isoformat()}", "La fin ne vient pas après le début."))
    if not (_ANY_YEAR[0] <= start.year and end.year <= _ANY_YEAR[1]):
        raise Unreadable(Remark(0, f"{start.isoformat()} / {end.isoformat()}", "Cette période est hors de portée."))
    if end - start > timedelta(days=MAX_DAYS):
        raise Unreadable(Remark(0, f"{start.isoformat()} / {end.isoformat()}", f"La période dépasse {MAX_DAYS} jours."))
