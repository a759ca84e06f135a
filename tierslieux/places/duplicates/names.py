"""Names of places, taken apart: what says which kind of place it is, and what says which one it is.

"Bibliothèque municipale" is borne by one row in ten and tells no place from another; "Louis Aragon" does. So the words
that describe (``FAMILIES``, ``PLAIN_WORDS``) and the words of the commune are set aside, and what is left is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from tierslieux.shared.text import fold

FAMILIES: dict[str, tuple[str, ...]] = {
    "library": (
        "bibliotheque", "bibliotheques", "mediatheque", "mediatheques", "ludomediatheque", "ludotheque", "biblio",
        "point lecture", "relais lecture", "point livre", "depot livres", "depot de livres", "lecture publique", "bdp",
        "bm", "bu", "centre de documentation", "documentation", "archives",
    ),
    "bus": ("bibliobus", "mediabus", "bus", "ordi bus", "itinerante", "itinerant", "ludobus"),
    "town_hall": ("mairie", "hotel de ville", "commune", "ville", "municipalite"),
    "france_services": (
        "france services", "france service", "msap", "mfs", "rfs", "maison de services au public",
        "maison des services au public", "maison de services", "maison des services",
    ),
    "intercommunality": (
        "communaute de communes", "communaute d agglomeration", "communaute urbaine", "agglomeration", "agglo",
        "metropole", "communaute", "cc", "ca",
    ),
    "departement": ("departement", "conseil departemental", "sdsei", "utas"),
    "social_aid": ("ccas", "cias", "centre communal d action sociale", "centre intercommunal d action sociale"),
    "medical_social": ("centre medico social", "cms", "maison des solidarites", "maison de la solidarite", "pms"),
    "social_centre": (
        "centre social", "centres sociaux", "centre socioculturel", "centre socio culturel", "socioculturel",
        "espace de vie sociale", "evs", "maison de quartier", "mjc", "maison pour tous", "foyer rural",
    ),
    "employment": ("mission locale", "pole emploi", "maison de l emploi", "cap emploi", "espace emploi"),
    "post": ("la poste", "agence postale"),
    "digital": ("espace public numerique", "espace numerique", "epn", "cyber base", "cyberbase", "cyber espace",
                "cyberespace", "atelier numerique"),
    "work": ("coworking", "cowork", "co working", "fablab", "fab lab", "tiers lieu", "tiers lieux"),
    "cafe": ("coffee shop",),
    "museum": ("musee",),
    "school": ("college", "lycee", "ecole"),
    "associations": ("maison des associations", "maison de la vie associative", "vie associative"),
}  # fmt: skip
"""Words that say what a place is. Two names of different families are two things, even under one roof."""

PLAIN_WORDS = frozenset(
    fold(
        "a au aux d de des du en et l la le les pour sur sous the of s n c municipal municipale communal communale"
        " communautaire intercommunal intercommunale associative associatif departementale departemental reseau annexe"
        " antenne relais point lecture lire livre livres espace maison centre service services public publique culturel"
        " culturelle multimedia numerique pole site lieu salle association ass asso accueil section locale principale"
        " centrale vocation cu sivom fixe communes pays"
    ).split()
)
"""Words that tell nothing of which place it is."""

KIND_FAMILIES = {"library": "library", "france_services": "france_services", "coworking": "work", "fablab": "work",
                 "third_place": "work", "digital_space": "digital", "social_centre": "social_centre",
                 "cafe": "cafe"}  # fmt: skip
"""The family of a place whose name has none."""

GENERIC_FROM = 25
"""A whole name borne by so many places of the directory tells nothing of which one it is, whatever its words."""

_PHRASES = {tuple(phrase.split()): family for family, phrases in FAMILIES.items() for phrase in phrases}
_LONGEST_PHRASE = max(map(len, _PHRASES))
_LINKS = frozenset({"sur", "sous", "en", "les", "lez", "de", "d", "du", "la", "le", "l", "vallee", "val"})
_NEAR = 86.0
_WHOLE = 90.0

Agreement = Literal["agree", "subset", "partial", "conflict", "one_generic", "both_generic"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart: ``families`` it speaks of, and the ``words`` (in order) that tell it from others."""

    folded: str
    families: frozenset[str]
    words: tuple[str, ...]
    names_commune: bool

    @property
    def is_generic(self) -> bool:
        """Whether nothing in it says which place it is."""
        return not self.words


@lru_cache(maxsize=65536)
def take_apart(name: str, communes: frozenset[str], *, bearers: int = 1) -> Name:
    """The parts of ``name``; ``communes`` are names of its commune, ``bearers`` how many places bear the name."""
    words = tuple(fold(name).split())
    known = _commune_phrases(communes)
    families, rest, names_commune = set(), [], False
    place = 0
    while place < len(words):
        length, family = _phrase_at(words, place, known)
        if family:
            families.add(family)
        elif length:
            names_commune = True
        elif words[place] not in PLAIN_WORDS:
            rest.append(words[place])
        place += max(length, 1)
    telling = () if bearers >= GENERIC_FROM else tuple(rest)
    return Name(" ".join(words), frozenset(families), telling, names_commune)


def _phrase_at(words: tuple[str, ...], place: int, communes: frozenset[tuple[str, ...]]) -> tuple[int, str]:
    """How many words from ``place`` on are a known phrase, and its family ("" for a commune); ``(0, "")``: none."""
    for length in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
        phrase = words[place : place + length]
        if phrase in communes:
            return length, ""
        if phrase in _PHRASES:
            return length, _PHRASES[phrase]
    return 0, ""


@lru_cache(maxsize=65536)
def _commune_phrases(communes: frozenset[str]) -> frozenset[tuple[str, ...]]:
    """The names of a commune as people write them: whole, or its head ("Mézidon" of Mézidon Vallée d'Auge)."""
    whole = {tuple(fold(commune).split()) for commune in communes}
    heads = {tuple(_head(words)) for words in whole}
    return frozenset(words for words in whole | heads if words and len(words) <= _LONGEST_PHRASE)


def _head(words: tuple[str, ...]) -> list[str]:
    head = []
    for word in words:
        if word in _LINKS:
            break
        head.append(word)
    return head if len("".join(head)) >= 5 and head != ["saint"] else []


def compare_names(one: Name, other: Name) -> Agreement:
    """How two names agree.

    ``subset``: all of the shorter is in the longer, which says more. ``conflict``: little in common.
    """
    if one.is_generic or other.is_generic:
        return "both_generic" if one.is_generic and other.is_generic else "one_generic"
    ours, theirs = "".join(one.words), "".join(other.words)
    if ours == theirs or (_numbers(one) == _numbers(other) and fuzz.ratio(ours, theirs) >= _WHOLE):
        return "agree"
    least, most = sorted((_found_in(one.words, other.words), _found_in(other.words, one.words)))
    if least >= 0.8:
        return "agree"
    if most >= 0.95:
        return "subset"
    return "partial" if most >= 0.5 else "conflict"


def _found_in(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """The share of ``words`` that stand in ``others``, longer words counting more; spelling may differ a little."""
    found = sum(_weight(word) for word in words if _has(others, word))
    return found / sum(_weight(word) for word in words)


def _has(words: tuple[str, ...], word: str) -> bool:
    if word in words:
        return True
    if len(word) < 4 or word.isdigit():
        return False
    return any(fuzz.ratio(word, other) >= _NEAR for other in words)


def _weight(word: str) -> int:
    return 6 if word.isdigit() else min(len(word), 8)


def _numbers(name: Name) -> list[str]:
    return sorted(word for word in name.words if word.isdigit())
