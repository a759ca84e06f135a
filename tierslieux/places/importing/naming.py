"""Names for the screen: "MEDIATHEQUE DE QUIMPER" becomes "Médiathèque de Quimper". The given one is kept too.

So does "Mediatheque De Quimper", which a program gave a capital to each word.

Known words (``words.toml``) get their accents and their small letter; what is unknown is taken for a proper name and
gets a capital. Words with digits, and short words without a vowel, stay as they are: they are acronyms.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_VOWEL = re.compile("[AEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ]")
_ELISION = {"d", "l", "n", "s", "c", "j", "m", "t", "qu"}
_SHOUTED_LETTERS = 4
_INNER_CAPITAL = re.compile(r"(?<=[^\W\d_][ '’-])(De|Du|Des|Et|Aux)(?=[ '’-])|\b[DL]['’][a-zà-ÿ]")
_AFTER_ELISION = re.compile(r"(?<=\b[DL]['’])[^\W\d_]+")
_FEWEST_WORDS = 3
_NUMBERED = re.compile(r"(\d{2,3}|2[AB])\s+-\s+(?=\w)", re.ASCII)


def is_shouted(name: str) -> bool:
    """Whether a name is all in capitals, a lone acronym of up to four letters aside ("CCAS")."""
    return name.isupper() and sum(map(str.isalpha, name)) > _SHOUTED_LETTERS


def is_capitalised_throughout(name: str) -> bool:
    """Whether each word has a capital, "De" and "Du" inside too, or the letter after "D'" has none."""
    words = _WORD.findall(_AFTER_ELISION.sub(lambda match: match.group().capitalize(), name))
    if len(words) < _FEWEST_WORDS or not _INNER_CAPITAL.search(name) or len(name.upper()) != len(name):
        return False
    return all(word == word.capitalize() for word in words if word.isalpha())


def tone_down(name: str, near: str = "") -> str:
    """``name`` as a French reader would write it; unchanged unless it is in capitals, whole or each word.

    ``near`` is text of the same row in ordinary letters (its commune) that shows how proper names are written.
    """
    if not is_shouted(name) and not is_capitalised_throughout(name):
        return _WORD.sub(_known_word_in_capitals, name)
    known = _learn(near) if near and not is_shouted(near) and not is_capitalised_throughout(near) else {}
    toned = _WORD.sub(lambda match: _word(match, name.upper(), known) or name[slice(*match.span())], name.upper())
    return _capital_first(toned)


def without_departement(name: str, commune_code: str | None) -> str:
    """ "29 - Bibliothèque du Finistère" without the number that its commune tells; another one is part of a name."""
    found = _NUMBERED.match(name)
    return name[found.end() :] if found and (commune_code or "").startswith(found[1]) else name


def _word(match: re.Match[str], name: str, known: dict[str, str]) -> str | None:
    """The word of ``name``, all in capitals, as it is written; ``None`` for as it was given."""
    word = match.group()
    key = bare(word)
    elided = name[match.end() : match.end() + 1] in ("'", "’") and key.lower() in _ELISION
    spelled = known.get(key) or _words().get(key)
    if elided or (match.start() > 0 and _is_elision(word, name, match)):
        return word.lower()
    if spelled:
        return spelled if key != word or spelled.upper() == word or bare(spelled) == key else None
    return None if _is_acronym(word) else word.capitalize()


def _known_word_in_capitals(match: re.Match[str]) -> str:
    """ "BIBLIOTHEQUE de Landrévarzec": a word of several that is shouted alone, if it is no name."""
    word = match.group()
    spelled = _common_words().get(bare(word)) if len(word) > _SHOUTED_LETTERS and word.isupper() else None
    return word if spelled is None else spelled.capitalize() if match.start() == 0 else spelled


def _is_elision(word: str, name: str, match: re.Match[str]) -> bool:
    """The "D" of "CENTRE D ACTION" that lost its apostrophe."""
    return word in ("D", "L") and name[match.end() : match.end() + 1] == " "


def _is_acronym(word: str) -> bool:
    return any(char.isdigit() for char in word) or (len(word) <= _SHOUTED_LETTERS and not _VOWEL.search(word))


def _capital_first(name: str) -> str:
    """With a capital on the first letter, and after " - " or "/" where a second name begins."""
    for place, char in enumerate(name):
        if char.isalpha():
            return name[:place] + char.upper() + name[place + 1 :]
    return name


def bare(word: str) -> str:
    """``word`` in capitals without accents: the key under which a spelling is known."""
    decomposed = unicodedata.normalize("NFKD", word)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).upper()


def _learn(text: str) -> dict[str, str]:
    return {bare(word): word for word in _WORD.findall(text) if len(word) > 1}


@cache
def _words() -> dict[str, str]:
    return {bare(word): word for group in ("small", "proper", "acronyms") for word in _list(group)}


@cache
def _common_words() -> dict[str, str]:
    return {bare(word): word for word in _list("small")}


def _list(group: str) -> list[str]:
    text = resources.files("tierslieux.places.importing").joinpath("words.toml").read_text("utf-8")
    words: str = tomllib.loads(text)[group]
    return words.split()
