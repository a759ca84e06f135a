"""From scored pairs to groups of one place each: sure pairs joined, doubtful ones left to a person, no contradiction.

Twins (one name at one address) are joined first, then each pair that is sure by itself. A *weak* pair (a name that
tells nothing, or less than the other's) is joined only if neither place has another candidate that is not the same one:
of two named libraries next door, which is "the library"? And no join may put two places in one group that contradict
each other: another name, another kind of place, one source that lists both apart, a person's word, or bookable
resources in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tierslieux.places.duplicates.domain import Candidate, Score, score_pair

Pair = tuple[int, int]
"""Two place_ids, the smaller first."""

CONTRADICTIONS = frozenset(
    {"name_conflict", "families_differ", "elsewhere", "two_phones_in_one_source", "two_addresses_in_one_source",
     "families_under_one_roof"}
)  # fmt: skip
"""Reasons for which two places of one group would contradict each other where their own score does not say ``same``."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """``groups``: keeper -> the others, each place in one group only. ``to_review``: pairs for a person."""

    groups: dict[int, tuple[int, ...]]
    to_review: tuple[Pair, ...]


@dataclass(slots=True)
class _Groups:
    candidates: Mapping[int, Candidate]
    scores: Mapping[Pair, Score]
    kept_apart: Collection[Pair]
    owners: Collection[int]
    neighbours: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    group_of: dict[int, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.group_of = {place_id: frozenset({place_id}) for place_id in self.candidates}
        for (one, other), score in self.scores.items():
            if score.verdict != "different":
                self.neighbours[one].append(other)
                self.neighbours[other].append(one)

    def score(self, one: int, other: int) -> Score:
        pair = ordered(one, other)
        return self.scores.get(pair) or score_pair(self.candidates[pair[0]], self.candidates[pair[1]])

    def join(self, one: int, other: int) -> bool:
        """Join the groups of two places, unless that contradicts something."""
        ours, theirs = self.group_of[one], self.group_of[other]
        if ours is theirs:
            return True
        if any(self._contradict(left, right) for left in ours for right in theirs):
            return False
        joined = ours | theirs
        for place_id in joined:
            self.group_of[place_id] = joined
        return True

    def _contradict(self, one: int, other: int) -> bool:
        if ordered(one, other) in self.kept_apart or (one in self.owners and other in self.owners):
            return True
        score = self.score(one, other)
        if score.verdict == "same":
            return False
        is_apart = bool(self.candidates[one].sources & self.candidates[other].sources)
        return is_apart or any(reason["what"] in CONTRADICTIONS for reason in score.reasons)

    def has_rival(self, one: int, other: int) -> bool:
        """Whether ``one`` might as well be a place that is not ``other``."""
        settled = self.group_of[one] | self.group_of[other]
        rivals = (place_id for place_id in self.neighbours[one] if place_id not in settled)
        return any(self.score(rival, other).verdict != "same" for rival in rivals)


def group_places(
    candidates: Mapping[int, Candidate],
    scores: Mapping[Pair, Score],
    kept_apart: Collection[Pair] = (),
    owners: Collection[int] = (),
) -> Grouping:
    """The groups that ``scores`` are sure of, and the pairs that a person should see, likeliest first.

    ``kept_apart`` are pairs that a person judged; ``owners`` the places that own bookable resources.
    """
    groups = _Groups(candidates, scores, frozenset(kept_apart), frozenset(owners))
    by_likelihood = sorted(scores, key=lambda pair: (not scores[pair].is_twin, -scores[pair].value, pair))
    sure = [pair for pair in by_likelihood if scores[pair].verdict == "same"]
    for pair in sure:
        if not scores[pair].is_weak:
            groups.join(*pair)
    for one, other in sure:
        if scores[one, other].is_weak and not groups.has_rival(one, other) and not groups.has_rival(other, one):
            groups.join(one, other)
    return Grouping(_keepers(groups), tuple(_open_pairs(groups, by_likelihood)))


def _keepers(groups: _Groups) -> dict[int, tuple[int, ...]]:
    found = {}
    for group in set(groups.group_of.values()):
        if len(group) > 1:
            keeper = choose_keeper([groups.candidates[place_id] for place_id in group], groups.owners)
            found[keeper] = tuple(sorted(group - {keeper}))
    return found


def _open_pairs(groups: _Groups, by_likelihood: Iterable[Pair]) -> Iterable[Pair]:
    """Likely pairs between two groups, the likeliest of each two groups; what a person judged is not asked again."""
    asked = set()
    for pair in by_likelihood:
        ours, theirs = (groups.group_of[place_id] for place_id in pair)
        if groups.scores[pair].verdict == "different" or ours is theirs or pair in groups.kept_apart:
            continue
        between = frozenset({ours, theirs})
        if between not in asked:
            asked.add(between)
            yield pair


def choose_keeper(group: Sequence[Candidate], owners: Collection[int] = ()) -> int:
    """The place of a group that stays: it owns resources, else most is known of it, else it is the oldest."""
    return min(group, key=lambda place: (place.place_id not in owners, -place.known, place.place_id)).place_id


def ordered(one: int, other: int) -> Pair:
    """The pair with its smaller place_id first."""
    return (one, other) if one < other else (other, one)
