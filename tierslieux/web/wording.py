"""Dates, times and numbers as people write them, in the language of the request (``gettext`` is in ``i18n``)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from tierslieux.web.i18n import current_locale

NBSP = "\N{NO-BREAK SPACE}"
_DASH = f"{NBSP}\N{EN DASH}\N{WORD JOINER}{NBSP}"  # a line may break after a dash, even before a no-break space
_BEFORE_MARK, _AFTER_QUOTE = re.compile(r" (?=[:;?!»])"), re.compile(r"(?<=«) ")
_OVERSEAS = ("262", "590", "594", "596")


def day(value: date) -> str:
    """ "mardi 24 novembre 2026"; the first of a month is "1er"."""
    return _with_first(format_date(value, _pattern("EEEE d MMMM y"), locale=_babel_locale()), value)


def day_without_year(value: date) -> str:
    """ "mardi 24 novembre"."""
    return _with_first(format_date(value, _pattern("EEEE d MMMM"), locale=_babel_locale()), value)


def weekday(value: date) -> str:
    """ "mardi"; in English "Tuesday"."""
    return format_date(value, "EEEE", locale=_babel_locale())


def short_date(value: date) -> str:
    """ "3 juin 2026"."""
    return _with_first(format_date(value, _pattern("d MMMM y"), locale=_babel_locale()), value)


def clock(value: time | datetime) -> str:
    """ "9 h 30", "12 h"; in English "9:30 am", "12 pm". The local time that ``value`` says."""
    if current_locale() == "fr":
        minutes = f"{NBSP}{value.minute:02d}" if value.minute else ""
        return f"{value.hour}{NBSP}h{minutes}"
    minutes = f":{value.minute:02d}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{NBSP}{'am' if value.hour < 12 else 'pm'}"


def clock_range(start: time | datetime, end: time | datetime) -> str:
    """ "9 h 30 – 12 h". Midnight as an end is written "minuit" / "midnight"."""
    return f"{clock(start)}{_DASH}{_end(end)}"


def ranges(pairs: Iterable[tuple[datetime, datetime]], time_zone: str) -> str:
    """Several ranges of one day in the place's own zone: "9 h 30 – 12 h, 14 h – 18 h"."""
    zone = ZoneInfo(time_zone)
    return ", ".join(clock_range(start.astimezone(zone), end.astimezone(zone)) for start, end in pairs)


def unbroken(text: str) -> str:
    """French ``text`` whose high punctuation and quotation marks never stand alone at a line's beginning or end."""
    return _AFTER_QUOTE.sub(NBSP, _BEFORE_MARK.sub(NBSP, text))


def number(value: float) -> str:
    """ "1 781"; in English "1,781". At most one decimal."""
    return format_decimal(value, "#,##0.#", locale=_babel_locale())


def percent(share: float) -> str:
    """A share between 0 and 1 as "22,9 %"."""
    return format_percent(
        share, "#,##0.#\N{NO-BREAK SPACE}%" if current_locale() == "fr" else "#,##0.#%", locale=_babel_locale()
    )


def money(cents: int) -> str:
    """ "12 €", "12,50 €" of euro cents; in English "€12", "€12.50"."""
    amount = format_decimal(cents / 100, "#,##0.00" if cents % 100 else "#,##0", locale=_babel_locale())
    return f"{amount}{NBSP}€" if current_locale() == "fr" else f"€{amount}"


def distance(metres: float) -> str:
    """ "400 m", "1,5 km", "22 km": rounded to what a person can use."""
    if metres < 950:
        return f"{max(10, round(metres / 10) * 10)}{NBSP}m"
    kilometres = metres / 1000
    return f"{number(round(kilometres, 1) if kilometres < 10 else round(kilometres))}{NBSP}km"


def duration_hours(hours: float) -> str:
    """ "7 h", "7 h 30" of a weekly total; in English "7 h", "7 h 30 min"."""
    whole, minutes = divmod(round(hours * 60), 60)
    if not minutes:
        return f"{whole}{NBSP}h"
    return f"{whole}{NBSP}h{NBSP}{minutes:02d}" + ("" if current_locale() == "fr" else f"{NBSP}min")


def phone(value: str) -> str:
    """ "02 98 00 00 00" of an E.164 number of France or overseas; any other number as it stands."""
    digits = value.removeprefix("+33")
    if digits == value:
        overseas = next((code for code in _OVERSEAS if value.startswith("+" + code)), None)
        digits = value[len(overseas) + 1 :] if overseas else value
    if digits == value or len(digits) != 9 or not digits.isdigit():
        return value
    national = "0" + digits
    return NBSP.join(national[at : at + 2] for at in range(0, 10, 2))


def _babel_locale() -> str:
    return "fr_FR" if current_locale() == "fr" else "en_GB"


def _pattern(french: str) -> str:
    return french


def _with_first(text: str, value: date) -> str:
    if current_locale() == "fr" and value.day == 1:
        head, _, tail = text.partition("1 ")
        text = f"{head}1er {tail}"
    return text


def _end(value: time | datetime) -> str:
    if (value.hour, value.minute) == (0, 0):
        return "minuit" if current_locale() == "fr" else "midnight"
    return clock(value)
