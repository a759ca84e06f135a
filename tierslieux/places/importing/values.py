"""Single values as sources write them, read into values that cannot be wrong; ``None``: not that kind of value."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

NOTHING = {
    "",
    "-",
    "--",
    "?",
    "n/a",
    "#n/a",
    "na",
    "nr",
    "null",
    "none",
    "nan",
    "@",
    "http://",
    "https://",
    "néant",
    "inconnu",
}
"""What sources write for nothing."""

_DATE_FORMS = (
    (re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ].*)?"), (1, 2, 3)),
    (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?"), (3, 2, 1)),
    (re.compile(r"(\d{4})[-/](\d{1,2})()"), (1, 2, 0)),
)
_FIRST_YEAR = 1990
_NOT_DIGIT = re.compile(r"\D+")
_PHONE_NOISE = re.compile(r"[^\d+/;,\n]|\(0\)")
_CEDEX = re.compile(r"\bcedex\b.*$", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z]{2,24}")
_HOST = re.compile(
    r"[A-Za-z0-9À-ÿ](?:[A-Za-z0-9À-ÿ-]{0,62})(?:\.[A-Za-z0-9À-ÿ-]{1,63})*\.(?:[A-Za-z]{2,24}|\d{1,3})(?::\d{1,5})?(?:[/?#].*)?"
)
_BAD_URL = re.compile(r"[\s<>\"'\\{}|^`\x00-\x1f]")
_COMMUNE_CODE = re.compile(r"(?:\d{5}|2[ABab]\d{3})")
_OVERSEAS_PREFIX = {"971": "0590", "972": "0596", "973": "0594", "974": "0262", "976": "0269"}


def is_nothing(value: str) -> bool:
    """Whether a source means "nothing" by it."""
    return value.lower() in NOTHING


@lru_cache(maxsize=4096)
def read_date(text: str, newest: date) -> date | None:
    """A day written in ISO or French order (a month alone: its first day), from 1990 (1970 is none) to ``newest``."""
    for form, order in _DATE_FORMS:
        match = form.fullmatch(text)
        if match:
            year, month, day = (int(match.group(place) or 1) if place else 1 for place in order)
            return _day(year, month, day, newest)
    return None


def _day(year: int, month: int, day: int, newest: date) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found.year >= _FIRST_YEAR and found <= newest else None


def read_phone(text: str) -> str | None:
    """A number in E.164. A French number may have lost its leading zero in a spreadsheet; the first of several counts.

    Short numbers ("3949") are no E.164 and give ``None``.
    """
    for part in re.split(r"[/;,\n]| ou | et ", text):
        number = _phone(_PHONE_NOISE.sub("", part.replace("(0)", "")))
        if number:
            return number
    return None


def _phone(number: str) -> str | None:
    if number.startswith("00"):
        number = "+" + number[2:]
    if number.startswith("+"):
        return _international(number)
    if len(number) == 11 and number.startswith("33"):
        return "+" + number
    if len(number) == 9 and number[0] in "123456789":
        number = "0" + number
    return "+33" + number[1:] if len(number) == 10 and number[0] == "0" and number[1] != "0" else None


def _international(number: str) -> str | None:
    digits = number[1:]
    if digits.startswith("330"):
        digits = "33" + digits[3:]
    if not digits.isdigit() or not 8 <= len(digits) <= 15 or (digits.startswith("33") and len(digits) != 11):
        return None
    return "+" + digits


def read_postal_code(text: str) -> str | None:
    """Five digits; a number that lost its leading zero ("1500", "1500.0") gets it back; "00000" is none."""
    digits = text.removesuffix(".0").replace(" ", "")
    if not digits.isdigit() or not digits.isascii() or len(digits) not in (4, 5):
        return None
    code = digits.zfill(5)
    return code if code[:2] != "00" else None


def read_commune_code(text: str) -> str | None:
    """An INSEE code as text: five digits or 2A/2B; a zero that a spreadsheet ate ("1033", "2B10") is put back."""
    code = text.removesuffix(".0").replace(" ", "")
    if len(code) == 4:
        code = code.zfill(5) if code.isdigit() else f"{code[:2]}0{code[2:]}"
    return code.upper() if _COMMUNE_CODE.fullmatch(code) and code[:2] != "00" else None


def read_commune_name(text: str) -> str:
    """The name without "Cedex 4"."""
    return _CEDEX.sub("", text).strip(" ,-")


def read_website(text: str) -> str | None:
    """An ``http`` or ``https`` address, at most 500 characters; a bare host gets ``https://``. Never another scheme.

    Of several addresses the first counts.
    """
    words = text.replace(" ://", "://").replace("http:// ", "http://").replace("|", " ").split()
    return _address(words[0]) if words and (len(words) == 1 or "://" in words[0]) else None


def _address(address: str) -> str | None:
    scheme, found, rest = address.partition("://")
    if found and scheme.lower() not in ("http", "https"):
        return None
    rest = rest if found else address
    if _BAD_URL.search(rest) or not _HOST.fullmatch(rest) or len(rest) > 490:
        return None
    return f"{scheme.lower()}://{rest}" if found else f"https://{rest}"


def read_email(text: str) -> str | None:
    """One plain address, in lower case."""
    return text.lower() if _EMAIL.fullmatch(text) else None


def read_siret(text: str) -> str | None:
    """Fourteen digits that pass Luhn's check (La Poste: whose sum is a multiple of five); zeros are none."""
    digits = _NOT_DIGIT.sub("", text)
    if len(digits) != 14 or digits.strip("0") == "":
        return None
    if digits.startswith("356000000"):
        return digits if sum(map(int, digits)) % 5 == 0 else None
    total = sum(int(digit) if place % 2 else sum(divmod(2 * int(digit), 10)) for place, digit in enumerate(digits))
    return digits if total % 10 == 0 else None


def read_number(text: str) -> float | None:
    """A finite decimal number with point or comma."""
    try:
        number = float(text.replace(",", ".").replace(" ", "").replace("\xa0", ""))
    except ValueError:
        return None
    return number if abs(number) < 1e12 else None


def read_weekly_minutes(text: str) -> int | None:
    """Hours in a week as minutes; 0 means unknown, more than 168 h is no week."""
    hours = read_number(text)
    return round(hours * 60) if hours and 0 < hours <= 168 else None
