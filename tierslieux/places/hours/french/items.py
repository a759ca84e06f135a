"""Tokens grouped into items: days, times, seasons and the words that join them.

Each kind of token has one letter; groups are regular expressions over these letters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tierslieux.places.hours.french.tokens import PUBLIC_HOLIDAY, Token, day_of_word

_LETTERS = {
    "day": "D", "weekend": "W", "weekdays": "K", "every_day": "E", "public": "P", "braces": "B", "nth": "O",
    "number": "N", "month": "M", "time": "T", "to": "a", "until": "u", "dash": "-", "from": "d", "between": "b",
    "and": "&", "comma": ",", "slash": "/", "colon": ":", "open": "(", "close": ")", "stop": ".", "school": "S",
    "term": "R", "summer": "s", "including": "i", "not_term": "H", "parity": "Y", "closed": "C", "except": "X",
    "appointment": "A", "otherwise": "Z", "without": "w", "reduced": "L", "no_hours": "U", "note": "V",
    "am_pm": "p", "fuzzy": "F", "monthly": "q", "one_monthly": "o", "all_hours": "J", "always": "j",
    "label": "G", "unknown": "?",
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATES = re.compile(
    r"(?P<range>d?[NO]M?[a\-]d?[NO]M)|(?P<months_first>MN[a\-]M?N(?![\-a]?T))|(?P<day>d?[NO]M|MN(?![\-a]T))"
    r"|(?P<span>d?M[a\-]d?M|bM&d?M)|(?P<list>d?M(?:[&,/]{1,2}d?M)*)"
)
_ONE_DAY = r"(?:O(?:[,&/]{0,2}O)*d?D|DO(?:[,&]O)*(?=q)|D(?:[a\-]D)*|[WKEP])q?"
_DAY_LIST = re.compile(rf"d?o?{_ONE_DAY}(?:[,&/]{{0,2}}d?o?{_ONE_DAY})*")
_ATOM = r"(?:T|N(?=[\-a]T)|(?<=T[\-a])N(?!M)|N(?=[\-a]N(?!M))|(?<=N[\-a])N(?!M))"
_UNTIL = re.compile(r"(?:u|Ca)T")
_END_OF_DAY = re.compile(r"\(d?T(?=d?D+\))")
_BETWEEN = re.compile(r"bT&T")
_TIMES = re.compile(rf"d?{_ATOM}(?:[a\-/,&]{{0,2}}d?{_ATOM})*")
_ONE_WITH_SLASH = re.compile(r"d?T/T(?![\-a/]d?[TN])")
_RANGES_WITH_SLASH = re.compile(r"d?[TN]/[TN](?:[\-&,]d?[TN]/[TN])+")
_SOFT = {"comma", "and", "slash", "dash", "open", "close", "from", "to", "colon", "between"}
_LATEST_START_OF_NIGHT, _EARLIEST_END_OF_NIGHT = 17 * 60, 6 * 60
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class DayRef:
    """A weekday (0 to 6) or public holidays (7); ``nth`` of the month; ``in_span`` where only a range names it."""

    day: int
    nth: tuple[int, ...] = ()
    in_span: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """When a statement holds: ``selector`` is OSM (``Jul-Aug``, ``SH``, ``week 2-53/2``); ``kind`` how it is used."""

    kind: str
    selector: str


@dataclass(frozen=True, slots=True)
class Item:
    """``kind`` of ``text[start:end]``; ``glue`` are the letters of the joining words that stand before it."""

    kind: str
    start: int
    end: int
    glue: str = ""
    days: tuple[DayRef, ...] = ()
    times: tuple[tuple[int, int], ...] = ()
    scope: Scope | None = None
    comment: str = ""
    is_capital: bool = False


@dataclass
class _Grouping:
    tokens: list[Token]
    text: str
    written: str
    letters: str = ""
    items: list[Item] = field(default_factory=list)


def group(tokens: list[Token], text: str, written: str) -> list[Item]:
    """The items of a folded text, ``written`` before it was folded. What cannot be grouped is of kind ``bad``."""
    work = _Grouping(tokens, text, written, "".join(_LETTERS[token.kind] for token in tokens))
    at, glue = 0, ""
    while at < len(tokens):
        item, width = _next(work, at)
        if item.kind == "soft":
            glue += work.letters[at]
        else:
            work.items.append(replace(item, glue=glue, is_capital=written[item.start].isupper()))
            glue = ""
        at += width
    return work.items


def _next(work: _Grouping, at: int) -> tuple[Item, int]:
    for pattern, build in (
        (_DATES, _dates),
        (_DAY_LIST, _days),
        (_RANGES_WITH_SLASH, _slashed),
        (_ONE_WITH_SLASH, _slashed),
        (_BETWEEN, _slashed),
        (_UNTIL, _until),
        (_END_OF_DAY, _ends),
        (_TIMES, _times),
    ):
        found = pattern.match(work.letters, at)
        if found:
            item = build(work, found)
            if item:
                return item, found.end() - at
    return _single(work, at), 1


def _single(work: _Grouping, at: int) -> Item:
    token = work.tokens[at]
    part = work.text[token.start : token.end]
    if token.kind in _SOFT:
        return Item("soft", token.start, token.end)
    if token.kind in ("school", "term", "not_term", "parity", "summer"):
        return Item("scope", token.start, token.end, scope=_scope(token.kind, part))
    if token.kind == "braces":
        names = [day_of_word(name) for name in re.findall("[a-z]+", part)]
        known_days = tuple(DayRef(day) for day in names if day is not None)
        return Item("braces" if len(known_days) == len(names) else "bad", token.start, token.end, days=known_days)
    if token.kind == "all_hours":
        return Item("times", token.start, token.end, times=((0, _DAY_MINUTES),))
    known = {
        "stop",
        "closed",
        "except",
        "appointment",
        "otherwise",
        "reduced",
        "no_hours",
        "note",
        "am_pm",
        "fuzzy",
        "always",
        "label",
        "without",
        "including",
    }
    return Item(
        token.kind if token.kind in known else "bad",
        token.start,
        token.end,
        comment=work.written[token.start : token.end],
    )


def _scope(kind: str, part: str) -> Scope:
    if kind == "parity":
        return Scope("parity", "week 1-53/2" if "impaire" in part else "week 2-52/2")
    return Scope(kind, "Jun-Sep" if kind == "summer" else "SH")


def _span(work: _Grouping, found: re.Match[str]) -> tuple[int, int]:
    return work.tokens[found.start()].start, work.tokens[found.end() - 1].end


def _dates(work: _Grouping, found: re.Match[str]) -> Item | None:
    start, end = _span(work, found)
    pieces = work.tokens[found.start() : found.end()]
    numbers = [int(str(token.value)) for token in pieces if token.kind in ("number", "nth")]
    months = [_MONTHS[int(str(token.value)) - 1] for token in pieces if token.kind == "month"]
    if any(not 1 <= number <= 31 for number in numbers):
        return None
    if found["list"] or found["span"]:
        selector = ("-" if found["span"] else ",").join(months)
        return Item("scope", start, end, scope=Scope("months", selector))
    days = [f"{month} {number:02d}" for month, number in zip([months[0], months[-1]], numbers, strict=False)]
    return Item("scope", start, end, scope=Scope("dates", "-".join(days)))


def _days(work: _Grouping, found: re.Match[str]) -> Item | None:
    start, end = _span(work, found)
    refs: list[DayRef] = []
    comment, nth, at = "", [], found.start()
    while at < found.end():
        token = work.tokens[at]
        if token.kind == "nth":
            nth.append(int(str(token.value)))
        elif token.kind == "one_monthly":
            comment = work.written[token.start : work.tokens[min(at + 2, found.end() - 1)].end].strip()
        elif token.kind in ("day", "weekend", "weekdays", "every_day", "public"):
            chain, width = _chain(work, at, found.end())
            refs += [DayRef(ref.day, tuple(nth), ref.in_span) for ref in chain]
            nth = []
            at += width - 1
            after = re.compile(r"O(?:[,&]O)*(?=q)").match(work.letters, at + 1, found.end()) if width == 1 else None
            if after:
                later = [int(str(each.value)) for each in work.tokens[at + 1 : after.end()] if each.kind == "nth"]
                refs[-1] = DayRef(refs[-1].day, tuple(later))
                at = after.end() - 1
        at += 1
    has_month = "q" in found[0]
    if not refs or (comment and len(refs) > 1) or (has_month and not comment and not any(ref.nth for ref in refs)):
        return None
    return Item("days", start, end, days=_without_repeats(refs), comment=comment)


def _without_repeats(refs: list[DayRef]) -> tuple[DayRef, ...]:
    """``me 1er mercredi du mois`` is the first Wednesday alone."""
    special = {ref.day for ref in refs if ref.nth}
    return tuple(dict.fromkeys(ref for ref in refs if ref.nth or ref.day not in special))


def _chain(work: _Grouping, at: int, end: int) -> tuple[list[DayRef], int]:
    token = work.tokens[at]
    sets = {"weekend": (5, 6), "weekdays": range(5), "every_day": range(7), "public": (PUBLIC_HOLIDAY,)}
    if token.kind in sets:
        is_always = "365" in work.text[token.start : token.end]
        extra = [DayRef(PUBLIC_HOLIDAY)] if is_always else []
        return [DayRef(day, (), token.kind != "public") for day in sets[token.kind]] + extra, 1
    chain = re.compile(r"D(?:[a\-]D)*").match(work.letters, at, end)
    width = chain.end() - at if chain else 1
    days = [int(str(each.value)) for each in work.tokens[at : at + width] if each.kind == "day"]
    if len(days) == 1:
        return [DayRef(days[0])], width
    if len(days) > 2:  # lundi-mercredi-jeudi: a list
        return [DayRef(day) for day in days], width
    return [DayRef(day, in_span=True) for day in _from_to(days[0], days[-1])], width


def _from_to(first: int, last: int) -> list[int]:
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _slashed(work: _Grouping, found: re.Match[str]) -> Item | None:
    """``9h/12h - 14h/17h``, or ``8:30 / 12:30`` alone: a slash inside a range, another sign or none beside it."""
    return _as_times(work, found, _values(work, found))


def _ends(work: _Grouping, found: re.Match[str]) -> Item | None:
    """``(17h le vendredi)``: when that day ends."""
    start, end = _span(work, found)
    return Item("ends", start, end, times=((0, _values(work, found)[0]),))


def _until(work: _Grouping, found: re.Match[str]) -> Item | None:
    start, end = _span(work, found)
    return Item("until", start, end, times=((0, _values(work, found)[0]),))


def _times(work: _Grouping, found: re.Match[str]) -> Item | None:
    """Ranges of two times; the sign between the two is a dash or "à", or nothing."""
    joints = re.split(r"[TN]", found[0])
    inside = [joint.replace("d", "") for joint in joints[1:-1:2]]
    if any(joint not in ("", "-", "a") for joint in inside):
        return None
    return _as_times(work, found, _values(work, found))


def _values(work: _Grouping, found: re.Match[str]) -> list[int]:
    pieces = work.tokens[found.start() : found.end()]
    return [
        int(str(token.value)) * (60 if token.kind == "number" else 1)
        for token in pieces
        if token.kind in ("time", "number")
    ]


def _as_times(work: _Grouping, found: re.Match[str], values: list[int]) -> Item | None:
    start, end = _span(work, found)
    if len(values) % 2 or any(value > _DAY_MINUTES for value in values):
        return None
    ranges = tuple(_range(low, high) for low, high in zip(values[::2], values[1::2], strict=True))
    ordered = all(a[1] <= b[0] for a, b in pairwise(ranges))
    if not ordered or any(low >= high for low, high in ranges):
        return None
    return Item("times", start, end, times=ranges)


def _range(low: int, high: int) -> tuple[int, int]:
    """A range over midnight begins in the evening and ends in the night; any other that runs backwards is a slip."""
    is_night = low >= _LATEST_START_OF_NIGHT and high <= _EARLIEST_END_OF_NIGHT
    return low, high + _DAY_MINUTES if is_night else high
