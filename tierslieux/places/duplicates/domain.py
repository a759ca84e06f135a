"""Whether two places are one: facts weighed, with the reasons kept so that a person can judge the judgement.

Each reason adds its weight; the sum becomes a score between 0 and 1. ``same`` is said only where nothing speaks
against it; what is likely but not sure is ``unsure`` and goes to a person. The weights were set on pairs of real
places judged by reading (``tests/places/duplicates/pairs_checked.csv``).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from tierslieux.places.duplicates import addresses, names

Verdict = Literal["same", "different", "unsure"]

SAME_FROM = 0.88
"""The least score of ``same``."""
REVIEW_FROM = 0.3
"""The least score of what a person is asked about; below it two places are different."""
_MIDDLE = 2.5
_EARTH_METRES = 6_371_008.8
_NEAR_NUMBERS = 6

NAME_WEIGHTS: dict[names.Agreement, float] = {
    "agree": 4.0, "subset": 2.0, "partial": -1.0, "conflict": -4.0, "one_generic": 0.0, "both_generic": 0.0,
}  # fmt: skip
STREET_WEIGHTS: dict[addresses.Agreement, float] = {
    "same_number": 3.0, "same_street": 1.5, "other_number": -0.5, "other_street": -1.5, "unknown": 0.0,
}  # fmt: skip
METRES_WEIGHTS = ((15, 1.5), (50, 1.0), (150, 0.0), (500, -1.0), (5000, -2.0))
"""``(at most so many metres, weight)``; farther: -3."""
WEAK_NAMES = frozenset({"subset", "one_generic", "both_generic"})
"""Agreements that leave open which of several neighbours is meant: sure only where there is a single candidate."""
ONE_ROOF = frozenset(
    {"france_services", "town_hall", "intercommunality", "departement", "social_aid", "medical_social",
     "social_centre", "employment", "post", "digital", "work", "associations", "cafe"}
)  # fmt: skip
"""Families that often share a counter: two of them at one address may be one place or two, so a person decides."""
HOSTS_OF_OTHERS = frozenset({"town_hall", "intercommunality", "departement", "associations"})
"""Families that a name often mentions as owner or address of the place ("bibliothèque de la mairie")."""


class Reason(TypedDict):
    """What was compared, the two values as shown to a person, and what it added to the score."""

    what: str
    a: str | None
    b: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """What is compared of a place. ``only_one``: no other place of its kind stands in its commune in its sources.

    ``communes`` are the names of its commune, ``bearers`` how many places bear its name, ``known`` how many fields of
    it are known, ``sources`` who speaks of it.
    """

    place_id: int
    name: str
    kind: str
    position: tuple[float, float] | None = None
    communes: frozenset[str] = frozenset()
    commune_code: str | None = None
    street: str | None = None
    phone: str | None = None
    siret: str | None = None
    website: str | None = None
    sources: frozenset[str] = frozenset()
    bearers: int = 1
    known: int = 0
    only_one: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The judgement of a pair. ``is_weak``: sure only if neither place has another candidate of its family near."""

    value: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_weak: bool


def metres_between(one: Candidate, other: Candidate) -> float | None:
    """Great-circle distance in metres (haversine), ``None`` where a position is unknown."""
    if one.position is None or other.position is None:
        return None
    (lon1, lat1), (lon2, lat2) = one.position, other.position
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


def score_pair(one: Candidate, other: Candidate, metres: float | None) -> Score:
    """The judgement of ``one`` and ``other``, ``metres`` apart; symmetric but for the order in the reasons."""
    communes = one.communes | other.communes
    first = names.take_apart(one.name, communes, bearers=one.bearers)
    second = names.take_apart(other.name, communes, bearers=other.bearers)
    agreement, _ = names.compare_names(first, second)
    street = addresses.compare_streets(addresses.read_street(one.street), addresses.read_street(other.street))
    families = _families(first, one.kind), _families(second, other.kind)
    reasons = [
        Reason(what=f"name_{agreement}", a=one.name, b=other.name, weight=NAME_WEIGHTS[agreement]),
        Reason(what="metres", a=_shown(metres), b=None, weight=_metres_weight(metres, street)),
        Reason(what=f"street_{street}", a=one.street, b=other.street, weight=_street_weight(one, other, street)),
        *_family_reasons(*families),
        *_identifier_reasons(one, other, metres, street),
        *_source_reasons(one, other, first, second, families),
    ]
    value = 1 / (1 + math.exp(_MIDDLE - sum(reason["weight"] for reason in reasons)))
    return Score(round(value, 4), _verdict(value, reasons), tuple(reasons), agreement in WEAK_NAMES)


def _verdict(value: float, reasons: Iterable[Reason]) -> Verdict:
    if value < REVIEW_FROM:
        return "different"
    doubted = any(reason["what"] in DOUBTS for reason in reasons)
    return "same" if value >= SAME_FROM and not doubted else "unsure"


DOUBTS = frozenset({"families_under_one_roof", "listed_twice", "two_phones_in_one_source", "name_partial"})
"""Reasons after which ``same`` is not said, whatever the score."""


def _metres_weight(metres: float | None, street: addresses.Agreement) -> float:
    if metres is None:
        return 0.0
    weight = next((weight for most, weight in METRES_WEIGHTS if metres <= most), -3.0)
    is_elsewhere = metres > 300 and street not in {"same_number", "same_street"}
    return weight - 3.0 if is_elsewhere else weight


def _street_weight(one: Candidate, other: Candidate, street: addresses.Agreement) -> float:
    if street != "other_number":
        return STREET_WEIGHTS[street]
    numbers = addresses.read_street(one.street).numbers, addresses.read_street(other.street).numbers
    apart = min(abs(left - right) for left in numbers[0] for right in numbers[1])
    return 0.5 if apart <= _NEAR_NUMBERS else STREET_WEIGHTS[street]


def _families(name: names.Name, kind: str) -> frozenset[str]:
    """The families of a place: its name's, without owners and addresses that it only mentions, else its kind's."""
    found = name.families - HOSTS_OF_OTHERS or name.families
    if found:
        return found
    return frozenset({names.KIND_FAMILIES[kind]}) if kind in names.KIND_FAMILIES else frozenset()


def _family_reasons(one: frozenset[str], other: frozenset[str]) -> list[Reason]:
    if not one or not other:
        return []
    shown = {"a": ", ".join(sorted(one)), "b": ", ".join(sorted(other))}
    if one & other:
        return [Reason(what="families_agree", **shown, weight=1.0)]
    if one | other <= ONE_ROOF:
        return [Reason(what="families_under_one_roof", **shown, weight=-1.5)]
    return [Reason(what="families_differ", **shown, weight=-6.0)]


def _identifier_reasons(
    one: Candidate, other: Candidate, metres: float | None, street: addresses.Agreement
) -> list[Reason]:
    reasons = []
    if one.phone and other.phone:
        weight = 2.0 if one.phone == other.phone else -0.5
        reasons.append(Reason(what="phone", a=one.phone, b=other.phone, weight=weight))
    ours, theirs = valid_siret(one.siret), valid_siret(other.siret)
    if ours and theirs:
        # an organisation gives the number of its seat for all its sites: it counts only where the site agrees too
        is_near = street in {"same_number", "same_street"} or (metres is not None and metres <= 150)
        weight = (1.0 if is_near else 0.0) if ours == theirs else -1.0
        reasons.append(Reason(what="siret", a=ours, b=theirs, weight=weight))
    page, other_page = web_page(one.website), web_page(other.website)
    if page and page == other_page:
        reasons.append(Reason(what="website", a=page, b=other_page, weight=1.0))
    if one.commune_code and other.commune_code and one.commune_code != other.commune_code:
        reasons.append(Reason(what="commune", a=one.commune_code, b=other.commune_code, weight=-1.0))
    return reasons


def _source_reasons(
    one: Candidate, other: Candidate, first: names.Name, second: names.Name, families: tuple[frozenset[str], ...]
) -> list[Reason]:
    """A source seldom lists one place under two names; and where each knows one such place only, it is that one."""
    shared = sorted(one.sources & other.sources)
    reasons = []
    if shared and first.folded != second.folded:
        reasons.append(Reason(what="listed_twice", a=shared[0], b=shared[0], weight=-2.0))
    if shared and one.phone and other.phone and one.phone != other.phone:
        reasons.append(Reason(what="two_phones_in_one_source", a=one.phone, b=other.phone, weight=-1.5))
    is_plain = first.is_generic or second.is_generic
    if is_plain and not shared and one.only_one and other.only_one and families[0] & families[1]:
        if one.commune_code and one.commune_code == other.commune_code:
            reasons.append(Reason(what="only_ones_of_the_commune", a=one.kind, b=other.kind, weight=3.0))
    if first.is_generic and first.folded == second.folded and first.names_commune:
        reasons.append(Reason(what="whole_name", a=one.name, b=other.name, weight=1.0))
    return reasons


def valid_siret(siret: str | None) -> str | None:
    """``siret`` without spaces if it is one (14 digits, Luhn, not all zero), else ``None``."""
    digits = "".join((siret or "").split())
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return None
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return digits if sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 else None


def web_page(address: str | None) -> str | None:
    """Host without ``www.`` and path, which tell a page of one place; a bare host is often a whole network's."""
    parts = urlsplit(address or "")
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    return f"{host}{path}" if host else None


def _shown(metres: float | None) -> str | None:
    return None if metres is None else f"{metres:.0f}"

