"""How words are written in the names of places (``words.toml``), by their letters in capitals without accents."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib import resources

CAPITALS = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸŒÆ"
"""The capitals of French, for a class of a regular expression."""


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """``word`` in capitals without accents: the key under which a spelling is known."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).upper()


@cache
def known_words() -> dict[str, str]:
    """Every known word as it is written inside a name."""
    return {bare(word): word for group in ("small", "proper", "acronyms") for word in _list(group)}


@cache
def common_words() -> dict[str, str]:
    """The known words that take a small letter inside a name."""
    return {bare(word): word for word in _list("small")}


@cache
def acronyms() -> frozenset[str]:
    """The known words that are written in capitals."""
    return frozenset(_list("acronyms"))


def _list(group: str) -> list[str]:
    text = resources.files("tierslieux.places.importing").joinpath("words.toml").read_text("utf-8")
    words: str = tomllib.loads(text)[group]
    return words.split()
