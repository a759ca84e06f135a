"""Names of days and months, and times as people write them in French and English."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

Language = Literal["fr", "en"]
DAYS: dict[Language, tuple[str, ...]] = {
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: dict[Language, tuple[str, ...]] = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
_HARD = "\N{NO-BREAK SPACE}"
_DAY_MINUTES = 24 * 60


def clock(minutes: int, language: Language) -> str:
    """``9 h 30``, ``12 h``, ``minuit``; ``09:30`` in English."""
    if minutes == _DAY_MINUTES:
        return "minuit" if language == "fr" else "midnight"
    hours, rest = divmod(minutes % _DAY_MINUTES, 60)
    if language == "en":
        return f"{hours:02d}:{rest:02d}"
    return f"{hours}{_HARD}h{_HARD}{rest:02d}" if rest else f"{hours}{_HARD}h"


def spans_in_words(spans: Iterable[tuple[int, int]], language: Language) -> str:
    """``10 h – 12 h 30, 14 h – 18 h``; a whole day is ``24 h sur 24``."""
    known = list(spans)
    if known == [(0, _DAY_MINUTES)]:
        return f"24{_HARD}h sur 24" if language == "fr" else "24 hours"
    return ", ".join(f"{clock(low, language)} – {clock(high, language)}" for low, high in known)


def days_in_words(days: Sequence[int], language: Language) -> str:
    """``du mardi au samedi``, ``lundi et mercredi``, ``tous les jours``; days 0 to 6, in order."""
    names = [DAYS[language][day] for day in days]
    if len(days) == 7:
        return "tous les jours" if language == "fr" else "every day"
    if len(days) > 2 and list(days) == list(range(days[0], days[0] + len(days))):
        return f"du {names[0]} au {names[-1]}" if language == "fr" else f"{names[0]} to {names[-1]}"
    return listed(names, language)


def listed(names: Sequence[str], language: Language) -> str:
    """``a, b et c``."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'et' if language == 'fr' else 'and'} {names[-1]}"
