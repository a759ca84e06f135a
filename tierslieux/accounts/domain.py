"""Rules of accounts on plain values: addresses, names, where one may be led after signing in, how long things last."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal
from urllib.parse import urlsplit

from tierslieux.accounts.errors import BadEmail, BadName

TravelMode = Literal["walk", "bike", "transit", "car", "other"]
TRAVEL_MODES: tuple[TravelMode, ...] = ("walk", "bike", "transit", "car", "other")

CODE_LIFETIME = timedelta(minutes=15)
CODE_DIGITS = 6
MAX_TRIES = 5
SESSION_LIFETIME = timedelta(days=90)
"""A browser is asked for a new code after that, used or not."""
MAX_NAME = 80
MONTHS_TO_WARNING, MONTHS_TO_ERASURE = 11, 12

_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,190}\.[^\s@<>,;]{2,60}")
_MAX_PATH = 1000
_MONTHS_OF_A_YEAR = 12


def read_email(text: str) -> str:
    """The address in lower case, or ``BadEmail``."""
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise BadEmail(email=text[:200])
    return address


def read_name(text: str) -> str | None:
    """The name with single spaces, ``None`` where it is empty; ``BadName`` where it is no name (control signs, length).

    No rule of spelling: people know how they are called.
    """
    name = " ".join(text.split())
    if len(name) > MAX_NAME or not name.isprintable():
        raise BadName
    return name or None


def local_path(text: str | None) -> str | None:
    """``text`` where it is the path of a page of this site (with its query), else ``None``.

    Browsers take ``//host`` and ``/\\host`` for another site, and skip tabs and line ends inside an address.
    """
    if not text or len(text) > _MAX_PATH or not text.isprintable() or "\\" in text or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    plain = not (parts.scheme or parts.netloc) and text.startswith("/") and not text.startswith("//")
    return text if plain else None


def digits_of(text: str) -> str | None:
    """The code that someone typed, whatever they put between its digits; ``None`` where it is no code."""
    digits = re.sub(r"[\s.\-]", "", text)
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else None


def siret_of(claim: object) -> str | None:
    """The number of an establishment (14 digits) in what an issuer says, else ``None``."""
    text = re.sub(r"\s", "", claim) if isinstance(claim, str) else ""
    return text if re.fullmatch(r"[0-9]{14}", text) else None


def months_before(day: date, months: int) -> date:
    """The same day of the month that many months earlier, the last one of a shorter month.

    >>> months_before(date(2027, 3, 31), 1)
    datetime.date(2027, 2, 28)
    """
    index = day.year * _MONTHS_OF_A_YEAR + day.month - 1 - months
    year, month = divmod(index, _MONTHS_OF_A_YEAR)
    following = date(year + (month + 1) // _MONTHS_OF_A_YEAR, (month + 1) % _MONTHS_OF_A_YEAR + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
