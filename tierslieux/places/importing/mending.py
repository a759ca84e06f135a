"""Names in ordinary letters, mended where there is no doubt; everything else stays as its source writes it.

The accents of "bibliothèque" and its sisters, the small letter of "De" inside a name, the capital of its first word,
and the commune's own name as the commune writes it: "Mediatheque D'arquenay" in Arquenay is a "Médiathèque d'Arquenay".
"""

from __future__ import annotations

import re
from itertools import pairwise

from tierslieux.places.importing.spelling import acronyms, bare, common_words

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_SHELVES = ("THEQUE", "THEQUES")
_INNER = re.compile(
    r"(?<=[^\W\d_] )(?:De|Du|Des)(?= )|(?<=[a-zà-ÿ] )(?:DE|DU|DES|ET|AUX)(?= )"
    r"|(?<=[^\W\d_]-)(?:De|Du|Des|Et|En|Sur|Sous|La|Le|Les|Lès|Aux)(?=-)"
    r"|(?<=[^\W\d_][ -])D(?=['’])|(?<=[ -]de )L(?=['’][a-zà-ÿ])|(?<=[ -]de-)L(?=['’])"
)
_ARTICLES = {"LE": ("DU ", "AU "), "LES": ("DES ", "AUX ")}
_BEFORE_COMMUNE = ("DE ", "D'", "D’", " A ", "- ", "/")
_COMMUNE_LETTERS = 5
_CLOSED = re.compile(
    r"\bINACTIF\b|\bNE PAS REMPLIR\b|[(–-]\s*(?:[Aa]ctuellement\s+)?[Ff]ermée?(?:\s*\)|\s+depuis\b|\s*$)"
)


def mend(name: str, near: str = "") -> str:
    """``name`` mended: only capitals and accents change. ``near`` is the name of its commune."""
    mended = _INNER.sub(lambda match: match.group().lower(), _WORD.sub(_shelf, name))
    mended = _INNER.sub(lambda match: match.group().lower(), mended)  # the "L" after a "De" that is small now
    return _capital_first(_as_its_commune(mended, near) if near else mended)


def _shelf(match: re.Match[str]) -> str:
    """ "Mediatheque" with its accents."""
    word = match.group()
    key = bare(word)
    if not key.endswith(_SHELVES) or key not in common_words() or word.isupper():
        return word
    spelled = common_words()[key]
    return spelled.capitalize() if word[0].isupper() else spelled


def _capital_first(name: str) -> str:
    """With a capital where the first word is a common one, or an acronym in small letters; a brand keeps its own."""
    first = _WORD.match(name)
    if first is None or not first.group().islower():
        return name
    key = bare(first.group())
    if key in acronyms():
        return key + name[first.end() :]
    return name[0].upper() + name[1:] if key in common_words() else name


def _as_its_commune(name: str, near: str) -> str:
    """The commune's name inside ``name`` as the commune writes it, if it surely is meant."""
    words, plain = _WORD.findall(near), bare(name)
    if len(plain) != len(name) or not words or max(map(len, words)) < _COMMUNE_LETTERS:
        return name
    name = _spelled(name, plain, words, () if len(words) > 1 else _BEFORE_COMMUNE)
    article = _ARTICLES.get(bare(words[0]))
    return _spelled(name, plain, words[1:], article) if article and words[1:] else name


def _spelled(name: str, plain: str, words: list[str], before: tuple[str, ...]) -> str:
    """``name`` with each run of ``words`` written like them, where one of ``before`` (if any) stands in front."""
    keys, found = [bare(word) for word in words], list(_WORD.finditer(name))
    for first in range(len(found) - len(words) + 1):
        run = found[first : first + len(words)]
        if [bare(match.group()) for match in run] != keys or not _is_one_run(name, run):
            continue
        if before and not plain[: run[0].start()].endswith(before):
            continue
        for match, word in zip(run, words, strict=True):
            name = name[: match.start()] + _better(match.group(), word) + name[match.end() :]
    return name


def _is_one_run(name: str, run: list[re.Match[str]]) -> bool:
    """Whether nothing but spaces, hyphens and apostrophes stands between words that follow each other."""
    return all(not name[one.end() : other.start()].strip(" '’-") for one, other in pairwise(run))


def _better(given: str, known: str) -> str:
    """The commune's spelling, unless it would take an accent away."""
    gains = bare(given) == given.upper() or given.lower() == known.lower()
    return known if gains and len(given) == len(known) else given


def says_closed(name: str) -> bool:
    """Whether the given name itself says that the place is no more: "Bibliothèque de Brion INACTIF", "(fermé)"."""
    return bool(_CLOSED.search(name))


def without_departement(name: str, commune_code: str | None) -> str:
    """``name`` without the number of its département, which lists put first: "29 - Bibliothèque du Finistère"."""
    number, dash, rest = name.partition(" - ")
    is_number = commune_code is not None and number in (commune_code[:2], commune_code[:3]) and number.strip("0")
    return rest.lstrip() if dash and is_number and rest.strip() else name
