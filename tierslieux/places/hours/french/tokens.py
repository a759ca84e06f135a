"""Words of French opening hours: the text cut into tokens, each with its place in the text.

What is in no list is an ``unknown`` token: it will be reported, never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tierslieux.places.hours.french.vocabulary import AFTER_SHORT, BEFORE_SHORT, MONTHS, PATTERNS, SHORT_DAY

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
PUBLIC_HOLIDAY = 7
"""Stands beside the weekdays 0 (Monday) to 6."""
_ORDINALS = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": -1}


@dataclass(frozen=True, slots=True)
class Token:
    """``kind`` and ``value`` of ``text[start:end]``."""

    kind: str
    start: int
    end: int
    value: object = None


_SCANNER = re.compile("|".join(f"(?P<k{index}>{pattern})" for index, (_, pattern) in enumerate(PATTERNS)))
_MONTH = re.compile(rf"(?:{'|'.join(f'(?P<m{index}>{names})' for index, names in enumerate(MONTHS))})(?![a-z])")


def fold(text: str) -> str:
    """Lower case, without accents, plain dashes, quotes and spaces, of the same length as ``text`` (in NFC)."""
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    plain = {"’": "'", "‘": "'", "–": "-", "—": "-", "−": "-", "‑": "-", "›": "-", "œ": "o", "º": "°"}.get(character)
    if plain:
        return plain
    if character.isspace():
        return "\n" if character == "\n" else " "
    return unicodedata.normalize("NFD", character)[0].lower()[:1] or " "


def tokenize(text: str) -> list[Token]:
    """The tokens of a folded text, spaces left out. What no pattern reads becomes ``unknown``."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _month(text, at) or _short_day(text, at) or _scan(text, at)
        tokens.append(token)
        at = token.end
    return [token for token in tokens if token.kind not in ("noise", "phone", "quote")]


def _month(text: str, at: int) -> Token | None:
    if at and text[at - 1].isalpha():
        return None
    found = _MONTH.match(text, at)
    return Token("month", at, found.end(), int((found.lastgroup or "m0")[1:]) + 1) if found else None


def _short_day(text: str, at: int) -> Token | None:
    found = SHORT_DAY.match(text, at)
    if found is None:
        return None
    begins = text[:at].rstrip()[-1:] in ("", "|")
    if not begins and not (BEFORE_SHORT.search(text, max(0, at - 8), at) and AFTER_SHORT.match(text, found.end())):
        return None
    return Token("day", at, found.end(), _day_number(found[1]))


def _scan(text: str, at: int) -> Token:
    found = _SCANNER.match(text, at)
    if found is None or found.end() == at:
        return Token("unknown", at, at + 1)
    index = next(int(name[1:]) for name, value in found.groupdict().items() if value is not None and name[0] == "k")
    return _token(PATTERNS[index][0], found)


def _token(kind: str, found: re.Match[str]) -> Token:
    start, end = found.span()
    if kind == "time":
        minutes = _minutes(found)
        return Token("time", start, end, minutes) if minutes is not None else Token("unknown", start, end)
    if kind == "number":
        return Token("number", start, end, int(found[0]))
    if kind == "day":
        return Token("day", start, end, _day_number(found["day"]))
    if kind == "nth":
        word = (found["n2"] or "").removesuffix("s")
        return Token("nth", start, end, int(found["n1"]) if found["n1"] else _ORDINALS[word])
    if kind == "word":
        day = day_of_word(found[0])
        return Token("day", start, end, day) if day is not None else Token("unknown", start, end)
    return Token(kind, start, end, found[0])


def _minutes(found: re.Match[str]) -> int | None:
    if found[0] in ("midi", "minuit"):
        return 12 * 60 if found[0] == "midi" else 24 * 60
    hours = int(found["h1"] or found["h2"] or found["h3"])
    minutes = int(found["m1"] or found["m2"] or found["m3"] or 0)
    total = hours * 60 + minutes
    return total if total <= 24 * 60 else None


def _day_number(short: str) -> int:
    return next(number for number, name in enumerate(DAYS) if name.startswith(short[:2]))


def day_of_word(word: str) -> int | None:
    """A weekday, in the plural or with one slip of the pen; None where it could be two days or none."""
    singular = word.removesuffix("s")
    near = [
        number
        for number, name in enumerate(DAYS)
        if singular == name
        or (len(word) > 4 and _is_one_slip(singular, name))
        or (len(word) > 3 and name.startswith(word))
    ]
    return near[0] if len(near) == 1 else None


def _is_one_slip(word: str, name: str) -> bool:
    """One letter more, less, other, or two neighbours swapped."""
    if abs(len(word) - len(name)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    rest, other = word[start:], name[start:]
    swapped = rest[1:2] + rest[0:1] == other[:2] and rest[2:] == other[2:]
    return swapped or rest[1:] == other or rest == other[1:] or rest[1:] == other[1:]
