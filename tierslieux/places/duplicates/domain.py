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

from tierslieux.places.duplicates import addresses, names
from tierslieux.places.duplicates.identifiers import valid_siret, web_page

Verdict = Literal["same", "different", "unsure"]

SAME_FROM = 0.88
"""The least score of ``same``."""
REVIEW_FROM = 0.25
"""The least score of what a person is asked about; below it two places are different."""
_MIDDLE = 2.5
_EARTH_METRES = 6_371_008.8
_NEAR_NUMBERS = 6
_FAR_METRES = 300
_RARE_BEARERS = 2
_NEAR_METRES = 150
_FEW_STEPS_METRES = 50
_ONE_SPOT_METRES = 15

NAME_WEIGHTS: dict[names.Agreement, float] = {
    "agree": 4.0, "subset": 2.0, "partial": -1.0, "conflict": -4.0, "one_generic": 0.0, "both_generic": 0.0,
}  # fmt: skip
STREET_WEIGHTS: dict[addresses.Agreement, float] = {
    "same_number": 3.0, "same_street": 1.5, "other_number": -0.5, "other_street": -1.5, "unknown": 0.0,
}  # fmt: skip
METRES_WEIGHTS = ((15, 1.5), (50, 1.0), (150, 0.0), (500, -1.0), (5000, -2.0))
"""``(at most so many metres, weight)``; farther: -3."""
WEAK_NAMES = frozenset({"subset", "one_generic", "both_generic"})
"""Agreements that leave open which of several neighbours is meant: sure only with one candidate, or one address."""
ONE_ROOF = frozenset(
    {"france_services", "town_hall", "intercommunality", "departement", "social_aid", "medical_social",
     "social_centre", "employment", "post", "digital", "work", "associations", "cafe"}
)  # fmt: skip
"""Families that often share a counter: two of them at one address may be one place or two, so a person decides."""
DECISIVE = frozenset({"library", "bus"})
"""Families that both places must have or neither: a museum is not its library, a library not its bus."""
HOSTS_OF_OTHERS = frozenset({"town_hall", "intercommunality", "departement", "associations"})
"""Families that a name often mentions as owner or address of the place ("bibliothèque de la mairie")."""

DOUBTS = frozenset(
    {"families_under_one_roof", "listed_twice", "two_phones_in_one_source", "two_addresses_in_one_source",
     "two_websites_in_one_source", "name_partial", "elsewhere", "kind_unproved"}
)  # fmt: skip
"""Reasons after which ``same`` is not said, whatever the score."""


TOLD_APART = frozenset({"families_differ", "two_phones_in_one_source", "two_addresses_in_one_source"})
"""What tells two places of one name at one address apart all the same."""


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
    """The judgement of a pair. ``is_weak``: sure only if neither place has another candidate of its family near.

    ``is_twin``: the same name at the same address, which nobody could tell apart.
    """

    value: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_weak: bool
    is_twin: bool = False


def metres_between(one: Candidate, other: Candidate) -> float | None:
    """Great-circle distance in metres (haversine), ``None`` where a position is unknown."""
    if one.position is None or other.position is None:
        return None
    (lon1, lat1), (lon2, lat2) = one.position, other.position
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_METRES * math.asin(math.sqrt(min(1.0, half)))


@dataclass(frozen=True, slots=True)
class _Pair:
    one: Candidate
    other: Candidate
    metres: float | None
    names: tuple[names.Name, names.Name]
    streets: tuple[addresses.Street, addresses.Street]
    families: tuple[frozenset[str], frozenset[str]]

    @classmethod
    def of(cls, one: Candidate, other: Candidate) -> _Pair:
        communes = one.communes | other.communes
        both = (
            names.take_apart(one.name, communes, bearers=one.bearers),
            names.take_apart(other.name, communes, bearers=other.bearers),
        )
        streets = addresses.read_street(one.street), addresses.read_street(other.street)
        families = _families(both[0], one.kind), _families(both[1], other.kind)
        return cls(one, other, metres_between(one, other), both, streets, families)

    @property
    def is_one_street(self) -> bool:
        return addresses.compare_streets(*self.streets) in {"same_number", "same_street"}

    @property
    def is_one_spot(self) -> bool:
        """Whether both stand at one number of one street, or in one street at one point of the map."""
        is_one_point = self.metres is not None and self.metres <= _ONE_SPOT_METRES
        return addresses.compare_streets(*self.streets) == "same_number" or (self.is_one_street and is_one_point)

    @property
    def shared_sources(self) -> list[str]:
        return sorted(self.one.sources & self.other.sources)


def score_pair(one: Candidate, other: Candidate) -> Score:
    """The judgement of two places; symmetric but for the sides of its reasons."""
    pair = _Pair.of(one, other)
    agreement = names.compare_names(*pair.names)
    reasons = [
        Reason(what=f"name_{agreement}", a=one.name, b=other.name, weight=NAME_WEIGHTS[agreement]),
        *_place_reasons(pair),
        *_family_reasons(*pair.families),
        *_identifier_reasons(pair),
        *_source_reasons(pair),
        *_plain_name_reasons(pair),
    ]
    is_one_name = pair.names[0].folded == pair.names[1].folded
    if agreement in WEAK_NAMES and not is_one_name and not _is_kind_proved(agreement, reasons):
        reasons.append(Reason(what="kind_unproved", a=one.kind, b=other.kind, weight=-1.5))
    value = 1 / (1 + math.exp(_MIDDLE - sum(reason["weight"] for reason in reasons)))
    if is_one_name and _is_one_address(pair) and not TOLD_APART & {reason["what"] for reason in reasons}:
        return Score(round(value, 4), "same", tuple(reasons), is_weak=False, is_twin=True)
    is_weak = agreement in WEAK_NAMES and not (is_one_name and pair.is_one_spot)
    return Score(round(value, 4), _verdict(value, reasons), tuple(reasons), is_weak)


def _is_one_address(pair: _Pair) -> bool:
    """One street and number as geocoders place it; or one street, or a name borne nowhere else, within a few steps."""
    street, metres = addresses.compare_streets(*pair.streets), pair.metres
    if street == "same_number":
        return metres is None or metres <= _NEAR_METRES
    if metres is None or street in {"other_street", "other_number"}:
        return False
    is_rare = max(pair.one.bearers, pair.other.bearers) <= _RARE_BEARERS and not pair.names[0].is_generic
    return metres <= _FEW_STEPS_METRES if street == "same_street" else is_rare and metres <= _ONE_SPOT_METRES


def _verdict(value: float, reasons: Iterable[Reason]) -> Verdict:
    if value < REVIEW_FROM:
        return "different"
    doubted = any(reason["what"] in DOUBTS for reason in reasons)
    return "same" if value >= SAME_FROM and not doubted else "unsure"


def _is_kind_proved(agreement: names.Agreement, reasons: Iterable[Reason]) -> bool:
    """Whether two places whose names tell little are at least the same sort of thing."""
    agreed = {reason["what"] for reason in reasons if reason["weight"] > 0}
    return "families_agree" in agreed or (agreement == "subset" and "phone" in agreed)


def _place_reasons(pair: _Pair) -> list[Reason]:
    """Where they stand: metres, street; far apart in other streets they are branches of a chain, unless the name is
    borne nowhere else (then the place may have moved)."""
    street = addresses.compare_streets(*pair.streets)
    ours, theirs = pair.one.street, pair.other.street
    reasons = [Reason(what=f"street_{street}", a=ours, b=theirs, weight=_street_weight(pair, street))]
    if pair.metres is None:
        return reasons
    near = next((weight for most, weight in METRES_WEIGHTS if pair.metres <= most), -3.0)
    reasons.append(Reason(what="metres", a=f"{pair.metres:.0f}", b=None, weight=near))
    is_rare = max(pair.one.bearers, pair.other.bearers) <= _RARE_BEARERS
    if pair.metres > _FAR_METRES and not pair.is_one_street and not is_rare:
        reasons.append(Reason(what="elsewhere", a=ours, b=theirs, weight=-3.0))
    return reasons


def _street_weight(pair: _Pair, street: addresses.Agreement) -> float:
    if street == "other_street" and pair.metres is not None and pair.metres <= _ONE_SPOT_METRES:
        return -0.5  # a corner, or two ways of writing one street
    if street != "other_number":
        return STREET_WEIGHTS[street]
    ours, theirs = (street.numbers for street in pair.streets)
    apart = min(abs(left - right) for left in ours for right in theirs)
    return 0.5 if apart <= _NEAR_NUMBERS else STREET_WEIGHTS[street]


def _families(name: names.Name, kind: str) -> frozenset[str]:
    """The families of a place: its name's, without owners and addresses that it only mentions, else its kind's.

    A library is one whatever its name: "Mairie de X" in a list of libraries is the shelf in the town hall.
    """
    of_kind = frozenset({names.KIND_FAMILIES[kind]} if kind in names.KIND_FAMILIES else ())
    found = name.families | of_kind if kind == "library" else name.families or of_kind
    return found - HOSTS_OF_OTHERS or found


def _family_reasons(one: frozenset[str], other: frozenset[str]) -> list[Reason]:
    if not one or not other:
        return []
    ours, theirs = ", ".join(sorted(one)), ", ".join(sorted(other))
    if one & other and not (one ^ other) & DECISIVE:
        return [Reason(what="families_agree", a=ours, b=theirs, weight=1.0)]
    if one | other <= ONE_ROOF:
        return [Reason(what="families_under_one_roof", a=ours, b=theirs, weight=-1.5)]
    return [Reason(what="families_differ", a=ours, b=theirs, weight=-6.0)]


def _identifier_reasons(pair: _Pair) -> list[Reason]:
    one, other = pair.one, pair.other
    reasons = []
    if one.phone and other.phone:
        weight = 2.0 if one.phone == other.phone else -0.5
        reasons.append(Reason(what="phone", a=one.phone, b=other.phone, weight=weight))
    ours, theirs = valid_siret(one.siret), valid_siret(other.siret)
    if ours and theirs:
        # an organisation gives the number of its seat for all its sites: it counts only where the site agrees too
        is_near = pair.is_one_street or (pair.metres is not None and pair.metres <= _NEAR_METRES)
        weight = (1.0 if is_near else 0.0) if ours == theirs else -1.0
        reasons.append(Reason(what="siret", a=ours, b=theirs, weight=weight))
    page, other_page = web_page(one.website), web_page(other.website)
    if page and page == other_page:
        reasons.append(Reason(what="website", a=page, b=other_page, weight=1.0))
    if one.commune_code and other.commune_code and one.commune_code != other.commune_code:
        reasons.append(Reason(what="commune", a=one.commune_code, b=other.commune_code, weight=-1.0))
    return reasons


def _source_reasons(pair: _Pair) -> list[Reason]:
    """A source seldom lists one place under two names, two phones or two addresses."""
    if not pair.shared_sources:
        return []
    one, other, source = pair.one, pair.other, pair.shared_sources[0]
    reasons = []
    if pair.names[0].folded != pair.names[1].folded:
        reasons.append(Reason(what="listed_twice", a=source, b=source, weight=-2.0))
    if one.phone and other.phone and one.phone != other.phone:
        reasons.append(Reason(what="two_phones_in_one_source", a=one.phone, b=other.phone, weight=-1.5))
    page, other_page = web_page(one.website), web_page(other.website)
    if page and other_page and page != other_page:
        reasons.append(Reason(what="two_websites_in_one_source", a=page, b=other_page, weight=-1.0))
    if addresses.compare_streets(*pair.streets) in {"other_street", "other_number"}:
        reasons.append(Reason(what="two_addresses_in_one_source", a=one.street, b=other.street, weight=-2.0))
    return reasons


def _plain_name_reasons(pair: _Pair) -> list[Reason]:
    """What speaks for two names that tell nothing: each source's only such place; one commune named; one address."""
    one, other, (first, second) = pair.one, pair.other, pair.names
    reasons = []
    is_plain = first.is_generic or second.is_generic
    is_alone = one.only_one and other.only_one and not pair.shared_sources
    is_there = one.commune_code is not None and one.commune_code == other.commune_code
    if is_plain and is_alone and is_there and pair.families[0] & pair.families[1]:
        reasons.append(Reason(what="only_ones_of_the_commune", a=one.kind, b=other.kind, weight=3.0))
    tells_where = first.names_commune or (is_there and addresses.compare_streets(*pair.streets) == "same_number")
    if first.is_generic and tells_where and first.folded == second.folded:
        reasons.append(Reason(what="whole_name", a=one.name, b=other.name, weight=1.0))
    return reasons
