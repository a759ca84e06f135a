"""The rules of an OSM text in words, one line a rule; days with the same hours stand together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tierslieux.places.hours import evaluator, weekly
from tierslieux.places.hours.evaluator import Unreadable
from tierslieux.places.hours.rules import Rule
from tierslieux.places.hours.time_words import MONTHS, Language, days_in_words, listed, spans_in_words

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SHAPE = re.compile(
    rf"(?P<season>(?:(?:{_MONTH})(?: \d{{1,2}})?(?:-(?:(?:{_MONTH})(?: \d{{1,2}})?|\d{{1,2}}))?,?)+ ?)?"
    r"(?P<week>week (?:1-53/2|2-52/2) ?)?(?P<school>SH ?(?![,-]))?(?P<days>(?:(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)[,-]?)+)?"
    r"(?P<nth>\[-?\d(?:,-?\d)*\])?(?P<times> ?[\d:,-]+)?(?: ?(?P<state>off|closed|unknown|open))?"
    r"(?: ?\"(?P<comment>[^\"]*)\")?"
)
_SPAN = re.compile(r"(\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_MONTH_NAMES = _MONTH.split("|")
_WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "off": "fermé", "closed": "fermé", "unknown": "à vérifier", "school": "vacances scolaires",
        "PH": "jours fériés", "week 1-53/2": "semaines impaires", "week 2-52/2": "semaines paires",
        "otherwise": "sinon", "open": "ouvert", "unreadable": "horaires à vérifier", "always": "jour et nuit",
        "whole": "24\N{NO-BREAK SPACE}h sur 24",
    },
    "en": {
        "off": "closed", "closed": "closed", "unknown": "to be checked", "school": "school holidays",
        "PH": "public holidays", "week 1-53/2": "odd weeks", "week 2-52/2": "even weeks", "otherwise": "otherwise",
        "open": "open", "unreadable": "hours to be checked", "always": "day and night", "whole": "24 hours",
    },
}  # fmt: skip
_NTH: dict[Language, dict[int, str]] = {
    "fr": {1: "1er", 2: "2e", 3: "3e", 4: "4e", 5: "5e", -1: "dernier"},
    "en": {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"},
}


@dataclass(frozen=True, slots=True)
class Line:
    """``when`` may be empty (the whole year); ``hours`` says when it is open, closed or to be checked."""

    when: str
    hours: str

    def __str__(self) -> str:
        return f"{self.when}\N{NO-BREAK SPACE}: {self.hours}" if self.when else self.hours


def rules_in_words(text: str, language: Language) -> tuple[Line, ...]:
    """One line for each rule, or for each group of days of a plain week."""
    try:
        reading = evaluator.read(text)
    except Unreadable:
        return (Line("", _WORDS[language]["unreadable"]),)
    week = weekly.from_osm(text)
    if week:
        return _week_lines(week, language)
    return tuple(_line(rule, language) for rule in reading.rules)


def _week_lines(week: weekly.Weekly, language: Language) -> tuple[Line, ...]:
    words = _WORDS[language]
    groups: dict[tuple[weekly.Span, ...], list[int]] = {}
    for day, spans in enumerate(week.days):
        groups.setdefault(spans, []).append(day)
    closed = groups.pop((), [])
    lines = [Line(days_in_words(days, language), spans_in_words(spans, language)) for spans, days in groups.items()]
    if closed:
        lines.append(Line(days_in_words(closed, language), words["off"]))
    lines += [Line(words["PH"], words["off"])] if week.public_holidays == "closed" else []
    lines += [Line(words["school"], words["off"])] if week.school_holidays == "closed" else []
    return tuple(lines)


def _line(rule: Rule, language: Language) -> Line:
    """A rule in words; as it stands where it has a shape without words."""
    words = _WORDS[language]
    found = _SHAPE.fullmatch(rule.body)
    if rule.body == "24/7":
        return Line("", words["always"])
    if found is None:
        return Line("", rule.body)
    when = [_season(found["season"], language), words.get((found["week"] or "").strip(), "")]
    when += [words["school"] if found["school"] else "", _days(found, language)]
    if rule.separator == "||":
        when.insert(0, words["otherwise"])
    return Line(", ".join(filter(None, when)), _hours(found, words, language))


def _hours(found: re.Match[str], words: dict[str, str], language: Language) -> str:
    spans = [(int(a) * 60 + int(b), int(c) * 60 + int(d)) for a, b, c, d in _SPAN.findall(found["times"] or "")]
    state = words[found["state"]] if found["state"] and found["state"] != "open" else ""
    said = " ".join(filter(None, (spans_in_words(spans, language) if spans else "", state)))
    comment = found["comment"] or ""
    if found["state"] == "unknown" and comment:  # the comment says what to check
        said = spans_in_words(spans, language) if spans else ""
        return f"{said}, {comment}" if said else comment
    return " ".join(filter(None, (said or (words["whole"] if not comment else ""), f"({comment})" if comment else "")))


def _days(found: re.Match[str], language: Language) -> str:
    if not found["days"]:
        return ""
    parts = found["days"].strip(",").split(",")
    days = weekly.named_days(",".join(part for part in parts if part != "PH")) if parts != ["PH"] else []
    names = [_nth(found["nth"], days, language) if found["nth"] else days_in_words(days, language)] if days else []
    return listed([*names, *([_WORDS[language]["PH"]] if "PH" in parts else [])], language)


def _nth(text: str, days: list[int], language: Language) -> str:
    numbers = [_NTH[language].get(int(number), number) for number in text.strip("[]").split(",")]
    of_month = "du mois" if language == "fr" else "of the month"
    return f"{listed(numbers, language)} {days_in_words(days, language)} {of_month}"


def _season(text: str | None, language: Language) -> str:
    return listed([_period(part, language) for part in (text or "").strip().strip(",").split(",") if part], language)


def _period(part: str, language: Language) -> str:
    ends = part.split("-")
    if len(ends) == 2 and ends[1].isdigit():
        ends[1] = f"{ends[0].split()[0]} {ends[1]}"
    names = [_date(end, language) for end in ends]
    if len(names) == 1:
        return names[0]
    if language == "en":
        return f"{names[0]} to {names[1]}"
    if names[0][0].isdigit():
        return f"du {names[0]} au {names[1]}"
    of = "d'" if names[0][0] in "ao" else "de "
    return f"{of}{names[0]} à {names[1]}"


def _date(text: str, language: Language) -> str:
    month, _, number = text.partition(" ")
    name = MONTHS[language][_MONTH_NAMES.index(month)]
    if not number:
        return name
    day = "1er" if language == "fr" and int(number) == 1 else str(int(number))
    return f"{day} {name}"
