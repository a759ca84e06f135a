"""Hours as people write them, in French and English: weekly hours, days and the state now. Plain strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from tierslieux.places.hours.days import DayHours, Reason
from tierslieux.places.hours.moments import HoursState
from tierslieux.places.hours.rule_words import Line, rules_in_words
from tierslieux.places.hours.time_words import DAYS, MONTHS, Language, clock, spans_in_words
from tierslieux.shared.time import TimeRange

_REASONS: dict[Language, dict[Reason, str]] = {
    "fr": {
        "public_holiday": "jour férié",
        "closure": "fermeture exceptionnelle",
        "holiday_not_stated": "jour férié",
        "unreadable": "horaires à vérifier",
        "no_hours": "horaires inconnus",
    },
    "en": {
        "public_holiday": "public holiday",
        "closure": "exceptional closure",
        "holiday_not_stated": "public holiday",
        "unreadable": "hours to be checked",
        "no_hours": "hours unknown",
    },
}
_OPEN = {"fr": "Ouvert", "en": "Open"}
_CLOSED = {"fr": "Fermé", "en": "Closed"}
_UNKNOWN = {"fr": "Horaires inconnus", "en": "Hours unknown"}
_TO_CHECK = {"fr": "À vérifier", "en": "To be checked"}
_COLON = {"fr": "\N{NO-BREAK SPACE}: ", "en": ": "}


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day for a list of next days: its name, what to print beside it, and the state as a class for icons."""

    day: str
    hours: str
    state: Literal["open", "closed", "unknown"]


def text_in_words(text: str, language: Language) -> tuple[Line, ...]:
    """The lines of an OSM text: ``du mardi au samedi``, ``10 h – 12 h 30, 14 h – 18 h``.

    A rule that has no words stands as it was written; a text that cannot be read is one line.
    """
    return rules_in_words(text, language)


def day_in_words(day: DayHours, time_zone: str, language: Language) -> DayLine:
    """``mardi 24 novembre 2026``, ``9 h 30 – 12 h``; closed and unknown days say why."""
    name = date_in_words(day, language)
    hours = ", ".join(range_in_words(piece, time_zone, language) for piece in day.open)
    if day.state == "unknown":
        beside = state_in_words(HoursState("unknown", day.reason, None), time_zone, language)
        return DayLine(name, f"{hours} ({beside[0].lower()}{beside[1:]})" if hours else beside, "unknown")
    if hours:
        return DayLine(name, hours, "open")
    return DayLine(name, state_in_words(HoursState("closed", day.reason, None), time_zone, language), "closed")


def state_in_words(state: HoursState, time_zone: str, language: Language) -> str:
    """``Ouvert jusqu'à 12 h 30``, ``Fermé : jour férié``, ``À vérifier : jour férié``, ``Horaires inconnus``."""
    if state.state == "open":
        return _OPEN[language] + _until(state.until, time_zone, language)
    if state.state == "closed":
        return _with_reason(_CLOSED[language], state.reason, language)
    if state.reason == "no_hours":
        return _UNKNOWN[language]
    return _with_reason(_TO_CHECK[language], state.reason, language)


def weekly_total_in_words(hours: float, language: Language) -> str:
    """``environ 7 h par semaine, jours inconnus``: for places of which only the total is known."""
    whole = f"{hours:.1f}".rstrip("0").rstrip(".")
    if language == "fr":
        return f"environ {whole.replace('.', ',')}\N{NO-BREAK SPACE}h par semaine, jours inconnus"
    return f"about {whole}\N{NO-BREAK SPACE}h a week, days unknown"


def date_in_words(day: DayHours, language: Language) -> str:
    """``mardi 24 novembre 2026``, ``Tuesday 24 November 2026``; the first of a month is ``1er`` in French."""
    number = "1er" if language == "fr" and day.day.day == 1 else str(day.day.day)
    return f"{DAYS[language][day.day.weekday()]} {number} {MONTHS[language][day.day.month - 1]} {day.day.year}"


def range_in_words(piece: TimeRange, time_zone: str, language: Language) -> str:
    """``9 h 30 – 12 h`` in the place's own time."""
    zone = ZoneInfo(time_zone)
    start, end = piece.start.astimezone(zone), piece.end.astimezone(zone)
    last = end.hour * 60 + end.minute
    return spans_in_words([(start.hour * 60 + start.minute, last or 24 * 60)], language)


def _until(until: datetime | None, time_zone: str, language: Language) -> str:
    if until is None:
        return ""
    local = until.astimezone(ZoneInfo(time_zone))
    return f" jusqu'à {clock(local.hour * 60 + local.minute, 'fr')}" if language == "fr" else f" until {local:%H:%M}"


def _with_reason(word: str, reason: Reason | None, language: Language) -> str:
    return f"{word}{_COLON[language]}{_REASONS[language][reason]}" if reason else word


def days_in_words(days: Sequence[DayHours], time_zone: str, language: Language) -> tuple[DayLine, ...]:
    """The lines of several days, in order."""
    return tuple(day_in_words(day, time_zone, language) for day in days)
