"""Folding of names so that people find them: one function for what is stored and for what is asked."""

from __future__ import annotations

import re
import unicodedata

_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SLUG_LENGTH = 80


def fold(text: str) -> str:
    """``text`` in lower case without accents, ligatures or punctuation, single spaces, "st" written "saint".

    ``fold("ST-ÉTIENNE-de-Montluc") == "saint etienne de montluc"``. Idempotent.
    """
    lowered = text.casefold()
    bare = lowered if lowered.isascii() else _without_accents(lowered)
    return " ".join(_WORDS.get(word, word) for word in _NOT_WORD.split(bare) if word)


def _without_accents(lowered: str) -> str:
    decomposed = unicodedata.normalize("NFKD", lowered.translate(_LIGATURES))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def slugify(text: str, number: int) -> str:
    """A readable address that ends in the place's number: ``mediatheque-quimper-4821``."""
    words = fold(text).replace(" ", "-")[:_SLUG_LENGTH].strip("-")
    return f"{words}-{number}" if words else str(number)
