"""Names for the screen: "MEDIATHEQUE DE QUIMPER" becomes "Médiathèque de Quimper". The given one is kept too.

So does "Mediatheque De Quimper", which a program gave a capital to each word. A name in ordinary letters is only mended
where there is no doubt (``mending``): "Bibliotheque de Messia Sur Sorne" in Messia-sur-Sorne.

Known words (``words.toml``) get their accents and their small letter; what is unknown is taken for a proper name and
gets a capital. Words with digits, and short words without a vowel, stay as they are: they are acronyms.
"""

from __future__ import annotations

import re

from tierslieux.places.importing.mending import mend
from tierslieux.places.importing.spelling import CAPITALS, bare, common_words, known_words

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_VOWEL = re.compile("[AEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜŒÆ]")
_ELISION = {"d", "l", "n", "s", "c", "j", "m", "t", "qu"}
_SHOUTED_LETTERS = 4
_ARTICLES = frozenset({"LE", "LA", "LES", "L"})
"""A name inside the name begins with one: "Médiathèque LE MOULIN"."""
_SHOUTED_RUN = re.compile(rf"(?<![^\W_])[{CAPITALS}]+(?:[ '’-][{CAPITALS}]+)+(?![^\W_])")
_INNER_CAPITAL = re.compile(r"(?<=[^\W\d_][ '’-])(De|Du|Des|Et|Aux)(?=[ '’-])|\b[DL]['’][a-zà-ÿ]")
_AFTER_ELISION = re.compile(r"(?<=\b[DL]['’])[^\W\d_]+")
_FEWEST_WORDS = 3
_WAYS = {
    "RUE": "rue", "PL": "place", "BD": "boulevard", "BLD": "boulevard", "CRS": "cours", "SQ": "square",
    "AV": "avenue", "AVE": "avenue", "RTE": "route", "CHE": "chemin", "IMP": "impasse", "ALL": "allée",
    "PLACE": "place", "AVENUE": "avenue", "ROUTE": "route", "CHEMIN": "chemin", "ALLEE": "allée", "QUAI": "quai",
}  # fmt: skip
_WAY = re.compile(rf"^(\d[\d/-]*(?: ?(?:bis|ter|[A-D]))?,? +)({'|'.join(_WAYS)})(?= )")


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
    """``name`` as a French reader would write it: no letter more or less, only capitals and accents change.

    ``near`` is text of the same row in ordinary letters (its commune) that shows how proper names are written.
    """
    if "://" in name:
        return name
    if not is_shouted(name) and not is_capitalised_throughout(name):
        mended = mend(_SHOUTED_RUN.sub(_run, _WORD.sub(_known_word_in_capitals, name)), near)
        # with its first capital "a:AAAA" is a shouted name
        return tone_down(mended, near) if is_shouted(mended) or is_capitalised_throughout(mended) else mended
    known = _learn(near) if near and not is_shouted(near) and not is_capitalised_throughout(near) else {}
    toned = _WORD.sub(lambda match: _word(match, name.upper(), known) or name[slice(*match.span())], name.upper())
    return _capital_first(toned)


def tone_down_street(line: str, near: str = "") -> str:
    """A street line as ``tone_down`` writes it, its kind in full: "8 PL Jean Moulin" is "8 place Jean Moulin"."""
    return _WAY.sub(lambda match: match[1] + _WAYS[match[2]], tone_down(line, near))


def _word(match: re.Match[str], name: str, known: dict[str, str]) -> str | None:
    """The word of ``name``, all in capitals, as it is written; ``None`` for as it was given."""
    word = match.group()
    key = bare(word)
    elided = name[match.end() : match.end() + 1] in ("'", "’") and key.lower() in _ELISION
    spelled = known.get(key) or known_words().get(key)
    if elided or (match.start() > 0 and _is_elision(word, name, match)):
        return word.lower()
    if spelled:
        return spelled if key != word or spelled.upper() == word or bare(spelled) == key else None
    return None if _is_acronym(word) else word.capitalize()


def _known_word_in_capitals(match: re.Match[str]) -> str:
    """ "BIBLIOTHEQUE de Landrévarzec": a word of several that is shouted alone, if it is no name."""
    word = match.group()
    spelled = common_words().get(bare(word)) if len(word) > _SHOUTED_LETTERS and word.isupper() else None
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


def _run(match: re.Match[str]) -> str:
    """ "ANDRE MALRAUX" inside a name in ordinary letters; acronyms side by side stay as they are."""
    run = match.group()
    words = _WORD.findall(run)
    if not all(map(_is_shouted_word, words)) or max(map(len, words)) <= _SHOUTED_LETTERS:
        return run
    toned = _WORD.sub(lambda found: _word(found, run, {}) or found.group(), run)
    return _capital_first(toned) if match.start() == 0 or words[0] in _ARTICLES else toned


def _is_shouted_word(word: str) -> bool:
    key = bare(word)
    if key.lower() in _ELISION or key in common_words():
        return True
    known = known_words().get(key)
    return known != known.upper() if known else len(word) > _SHOUTED_LETTERS and bool(_VOWEL.search(word))


def _learn(text: str) -> dict[str, str]:
    return {bare(word): word for word in _WORD.findall(text) if len(word) > 1}
