"""Street lines compared: the same number of the same street, whatever the abbreviations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from tierslieux.shared.text import fold

_WAYS = {
    "av": "avenue", "ave": "avenue", "bd": "boulevard", "blvd": "boulevard", "pl": "place", "crs": "cours",
    "rte": "route", "che": "chemin", "chem": "chemin", "all": "allee", "imp": "impasse", "sq": "square",
    "esp": "esplanade", "fg": "faubourg", "r": "rue", "qu": "quai", "tra": "traverse", "pass": "passage",
}  # fmt: skip
_EMPTY = frozenset(
    fold(
        "a au aux d de des du en et l la le les rue avenue boulevard place cours route chemin allee impasse square"
        " quai esplanade faubourg traverse passage voie parvis cour mail general gal marechal mal docteur dr president"
        " pdt bp cedex cs bat batiment bis ter quater rez chaussee etage"
    ).split()
)
_NUMBERS = re.compile(r"^\D{0,3}(\d{1,4})(?:\s*(?:-|/|,|à|et)\s*(\d{1,4}))?(?=\D|$)")
_ALIKE = 88.0

Agreement = Literal["same_number", "same_street", "other_number", "other_street", "unknown"]


@dataclass(frozen=True, slots=True)
class Street:
    """A street line: ``numbers`` on it (``2-4`` gives two) and the ``words`` that name the street."""

    numbers: frozenset[int]
    words: tuple[str, ...]


@lru_cache(maxsize=65536)
def read_street(line: str | None) -> Street:
    """The parts of a street line; nothing where there is none."""
    text = line or ""
    found = _NUMBERS.match(text)
    numbers = frozenset(int(part) for part in found.groups() if part) if found else frozenset()
    rest = fold(text[found.end() :] if found else text)
    words = (_WAYS.get(word, word) for word in rest.split())
    return Street(numbers, tuple(word for word in words if word not in _EMPTY and len(word) > 1))


def numbered(line: str | None) -> tuple[int, str] | None:
    """The number and the last word of a street line, under which one address is found again whatever the spelling
    before them; ``None`` where either is missing."""
    street = read_street(line)
    return (min(street.numbers), street.words[-1]) if street.numbers and street.words else None


def compare_streets(one: Street, other: Street) -> Agreement:
    """``same_number`` needs a number on both; ``same_street`` lacks one; ``unknown`` where a street is not named."""
    if not one.words or not other.words:
        return "unknown"
    if not _same_words(one.words, other.words):
        return "other_street"
    if not one.numbers or not other.numbers:
        return "same_street"
    return "same_number" if one.numbers & other.numbers else "other_number"


def _same_words(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    if fuzz.ratio("".join(one), "".join(other)) >= _ALIKE:
        return True
    shorter, longer = sorted((set(one), set(other)), key=len)
    return max(map(len, shorter)) >= 4 and all(
        any(word == there or (len(word) > 3 and fuzz.ratio(word, there) >= _ALIKE) for there in longer)
        for word in shorter
    )
