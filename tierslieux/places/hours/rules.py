"""The structure of an OSM ``opening_hours`` text: its rules and where they speak of holidays and dates.

The evaluator library reads the text; this module tells what the library would read wrongly or does not know:
holidays of an area, weekdays inside school holidays, lists written with spaces, comments that stand alone.
Grammar: OSM wiki, ``Key:opening_hours/specification`` 0.7.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_OFFSET = r"(?:\s*[+-]\s*\d+\s*days?\b)?"
_WEEKDAYS = rf"{_WEEKDAY}\b(?:\s*-\s*{_WEEKDAY}\b)?(?:\[[^\]]*\])?{_OFFSET}"
_HOLIDAY = rf"(?:PH|SH)\b{_OFFSET}"
_ITEM = rf"(?:{_HOLIDAY}|{_WEEKDAYS})"
_LIST = rf"{_ITEM}(?:\s*,\s*{_ITEM})*"
_SELECTOR = re.compile(rf"(?P<first>{_LIST})(?:(?P<space>\s+)(?P<second>{_LIST}))?", re.IGNORECASE)
_HOLIDAY_WORD = re.compile(r"\b(?:PH|SH)\b", re.IGNORECASE)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_EXACT_DAY = rf"(?:(?P<year>\d{{4}})\s+)?(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})\b(?!\s*:\d)"
_EXACT = re.compile(_EXACT_DAY, re.IGNORECASE)
_EXACT_RANGE = re.compile(
    rf"(?:\d{{4}}\s+)?{_MONTH}\s+\d{{1,2}}\s*-\s*(?:(?:\d{{4}}\s+)?{_MONTH}\s+)?\d{{1,2}}\b(?!:)", re.IGNORECASE
)
_EASTER = re.compile(r"\beaster\b", re.IGNORECASE)
_CLOSED = re.compile(r"\b(?:off|closed)\b", re.IGNORECASE)
_TIMES = re.compile(r"\d{1,2}:\d{2}|\b(?:sunrise|sunset|dawn|dusk)\b", re.IGNORECASE)
_MODIFIER = re.compile(r"\b(?:open|closed|off|unknown)\b", re.IGNORECASE)
_END_OF_RULE = re.compile(
    r"(?:\d{1,2}:\d{2}(?:/\d+(?::\d+)?)?|\+|\)|\b(?:off|closed|open|unknown)|24/7|\")\s*$", re.IGNORECASE
)
_START_OF_RULE = re.compile(r"\s*(?:[A-Za-z\"]|\d{4}\b(?!:)|24/7)")
_COMMENT = re.compile(r'"[^"]*"?')


@dataclass(frozen=True, slots=True)
class Holidays:
    """The part of a rule that speaks of public or school holidays.

    ``names`` are ``PH``, ``SH`` or ``PH +1 day``; ``weekdays`` what stands beside them; ``within`` is true where the
    rule means these weekdays *inside* the holidays (``SH Mo-Fr``) and false for both (``Mo-Fr,SH``).
    """

    names: tuple[str, ...]
    weekdays: str
    within: bool
    wide: str
    tail: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: ``separator`` is what stands before it (empty, ``;``, ``,`` or ``||``), ``position`` where it begins.

    ``shape`` is ``body`` with every comment blanked out, of the same length.
    """

    separator: str
    position: int
    body: str
    shape: str
    holidays: Holidays | None

    @property
    def closes(self) -> bool:
        """Whether it says ``off`` or ``closed`` for whole days."""
        return bool(_CLOSED.search(self.shape)) and not _TIMES.search(self.shape)

    @property
    def is_comment_alone(self) -> bool:
        """A comment without times or ``open``: the state depends on it, hence unknown (``"sur rendez-vous"``)."""
        has_times = _TIMES.search(self.shape) or "24/7" in self.shape
        return '"' in self.body and not has_times and not _MODIFIER.search(self.shape)

    @property
    def selector(self) -> str:
        """Its dates and weekdays: what stands before the first time, modifier or comment."""
        cuts = [found.start() for found in (_TIMES.search(self.shape), _MODIFIER.search(self.shape)) if found]
        quote = self.body.find('"')
        return self.body[: min([*cuts, quote if quote >= 0 else len(self.body)])].strip()

    @property
    def names_single_dates(self) -> bool:
        """Whether its dates are single days or Easter, not ranges, months, weeks or weekdays alone."""
        bare = _EXACT_RANGE.sub("", self.selector)
        return bool(_EXACT.search(bare) or _EASTER.search(self.selector))

    @property
    def names_dates(self) -> bool:
        """Whether it speaks of days of the year at all: days, ranges, months, weeks or years."""
        return bool(re.search(rf"\b(?:{_MONTH}|week|easter|\d{{4}})\b", self.selector, re.IGNORECASE))


class UnclearHolidays(ValueError):
    """A rule speaks of holidays in a way that can be read in two. ``position`` and ``part`` say where."""

    def __init__(self, position: int, part: str) -> None:
        super().__init__(part)
        self.position = position
        self.part = part


def mask(text: str) -> str:
    """``text`` with each comment replaced by blanks between its quotes: same length, safe to search."""
    return _COMMENT.sub(lambda found: '"' + " " * (len(found[0]) - 2) + '"' if len(found[0]) > 1 else " ", text)


def split_rules(text: str) -> tuple[Rule, ...]:
    """The rules of a text that the library accepts. ``UnclearHolidays`` where holidays cannot be read for certain."""
    masked = mask(text)
    pieces: list[tuple[str, int, int]] = []
    start, separator = 0, ""
    for at, width in _separators(masked):
        pieces.append((separator, start, at))
        separator, start = masked[at : at + width], at + width
    pieces.append((separator, start, len(text)))
    return tuple(_rule(text, masked, *piece) for piece in pieces)


def _separators(masked: str) -> list[tuple[int, int]]:
    found = []
    for match in re.finditer(r";|\|\||,", masked):
        is_comma = match[0] == ","
        if is_comma and not (
            _END_OF_RULE.search(masked, max(0, match.start() - 24), match.start())
            and _START_OF_RULE.match(masked, match.end())
        ):
            continue
        found.append((match.start(), len(match[0])))
    return found


def _rule(text: str, masked: str, separator: str, start: int, end: int) -> Rule:
    body = text[start:end]
    position = start + len(body) - len(body.lstrip())
    stripped = body.strip()
    shape = masked[position : position + len(stripped)]
    return Rule(separator, position, stripped, shape, _holidays(stripped, shape, position))


def _holidays(body: str, shape: str, position: int) -> Holidays | None:
    word = _HOLIDAY_WORD.search(shape)
    if word is None:
        return None
    for found in _SELECTOR.finditer(shape):
        if found.start() <= word.start() < found.end():
            return _read_holidays(body, found, position)
    raise UnclearHolidays(position + word.start(), word[0])


def _read_holidays(body: str, found: re.Match[str], position: int) -> Holidays:
    first, second = _items(found["first"]), _items(found["second"] or "")
    is_within = bool(second)
    only_holidays_then_weekdays = all(map(_is_holiday, first)) and not any(map(_is_holiday, second))
    rest = body[found.end() :]
    if (is_within and not only_holidays_then_weekdays) or _HOLIDAY_WORD.search(mask(rest)):
        raise UnclearHolidays(position + found.start(), found[0])
    return Holidays(
        names=tuple(item for item in first if _is_holiday(item)),
        weekdays=",".join(second if is_within else [item for item in first if not _is_holiday(item)]),
        within=is_within,
        wide=body[: found.start()].strip().removesuffix(":").strip(),
        tail=rest.strip(),
    )


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _is_holiday(item: str) -> bool:
    return _HOLIDAY_WORD.match(item) is not None
