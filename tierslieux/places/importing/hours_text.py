"""Opening hours as sources give them, made evaluable: OSM text, French text, or one column per weekday.

A text that no reader understands is kept and said, never refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from tierslieux.places.hours.evaluator import Unreadable, read
from tierslieux.places.hours.french import read_french
from tierslieux.places.importing.record import Remark
from tierslieux.shared.text import fold

DAYS = {
    "Mo": "Lundi",
    "Tu": "Mardi",
    "We": "Mercredi",
    "Th": "Jeudi",
    "Fr": "Vendredi",
    "Sa": "Samedi",
    "Su": "Dimanche",
}
_SAYS_NOTHING = {"", "horaires non communiques", "non communique", "non renseigne", "nr"}
_CLOSED = {"ferme", "fermee", "fermeture", "non", "off", "closed"}
_LIST = re.compile(r"\{([^{}]*)\}")
_A_DAY = re.compile(r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?\b", re.IGNORECASE)
_LONGEST_COMMENT = 120

WRITE_OSM = "écrire les horaires en texte OSM, par exemple « Mo-Fr 09:00-12:00,14:00-18:00 »"
WRITE_FRENCH = "écrire par exemple « du mardi au samedi 10h-12h30 et 14h-18h »"


class HoursRead(NamedTuple):
    """``osm`` can be evaluated unless ``unreadable``; ``text`` is the French as found. Remarks have no field yet."""

    osm: str | None = None
    text: str | None = None
    unreadable: bool = False
    remarks: tuple[Remark, ...] = ()


NO_HOURS = HoursRead()


@lru_cache(maxsize=32768)
def read_hours(osm: str, french: str) -> HoursRead:
    """Hours from an OSM text, a French text, or both: the OSM text wins where it can be read."""
    french = without_braces(french)
    if not osm:
        return _from_french(french) if french else NO_HOURS
    try:
        warnings = read(osm).warnings
    except Unreadable as fault:
        return _mended(osm, french, fault)
    remarks = tuple(Remark("", warning.part, warning.message, WRITE_OSM) for warning in warnings)
    return HoursRead(osm, french or None, remarks=remarks)


def _mended(osm: str, french: str, fault: Unreadable) -> HoursRead:
    """An OSM text with a fault: the French text beside it, or the text itself read as French, may still tell."""
    said = Remark("", fault.remark.part or osm[:60], f"horaires illisibles : {fault.remark.message}", WRITE_OSM)
    for text in filter(None, (french, osm)):
        found = _from_french(text)
        if not found.unreadable and found.osm:
            return found._replace(remarks=(said,))
    return HoursRead(osm, french or None, unreadable=True, remarks=(said,))


def _from_french(text: str) -> HoursRead:
    found = read_french(text)
    if found.opening_hours and not found.not_understood:
        return HoursRead(found.opening_hours, text)
    part = found.not_understood[0][1] if found.not_understood else text
    remark = Remark("", part[:200], "horaires en français qui n'ont pas été compris ; le texte est gardé", WRITE_FRENCH)
    return HoursRead(None, text, unreadable=True, remarks=(remark,))


def read_week(week: Mapping[str, str]) -> HoursRead:
    """Hours from a text per day (keys ``Mo`` ... ``Su``). A day that cannot be read is unknown, a silent one closed."""
    said = {day: text for day, text in week.items() if fold(text) not in _SAYS_NOTHING}
    if not any(fold(text) not in _CLOSED for text in said.values()):
        return NO_HOURS
    return _read_week(tuple(said.items()))


@lru_cache(maxsize=8192)
def _read_week(said: tuple[tuple[str, str], ...]) -> HoursRead:
    text = " ; ".join(f"{DAYS[day]} : {words}" for day, words in said)
    whole = _from_french(text)
    if not whole.unreadable:
        return whole
    days = [_read_day(day, words) for day, words in said]
    unread = tuple(remark for day in days for remark in day.remarks)
    if len(unread) == len([words for _, words in said if fold(words) not in _CLOSED]):
        return HoursRead(None, text, unreadable=True, remarks=unread[:1])
    return HoursRead("; ".join(day.osm for day in days if day.osm), text, remarks=unread)


def _read_day(day: str, words: str) -> HoursRead:
    if fold(words) in _CLOSED:
        return HoursRead(f"{day} off")
    found = _from_french(f"{DAYS[day]} : {words}")
    if not found.unreadable:
        return found
    comment = words.replace('"', "'")[:_LONGEST_COMMENT]
    reason = f"horaires du {DAYS[day].lower()} qui n'ont pas été compris, tenus pour inconnus"
    return HoursRead(f'{day} unknown "{comment}"', remarks=(Remark("", words[:200], reason, WRITE_FRENCH),))


def without_braces(text: str) -> str:
    """``{Lundi,Mardi} 9h-12h`` as "Lundi, Mardi : 9h-12h"; days that the words name themselves are not said twice."""
    match = _LIST.match(text)
    if not match:
        return text
    days, words = match.group(1).replace('"', "").replace(",", ", "), text[match.end() :].strip(" :")
    if not words:
        return days
    return words if _A_DAY.search(words) else f"{days} : {words}"
