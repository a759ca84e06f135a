"""Groups of places that are one: consistent, whatever the pairs say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tierslieux.places.duplicates.domain import Candidate, Score, Verdict
from tierslieux.places.duplicates.groups import Grouping, Pair, choose_keeper, group_places

NAMES = {
    number: Candidate(number, f"Place {number}", "coworking", sources=frozenset({str(number)})) for number in range(8)
}


def judged(verdict: Verdict, value: float = 0.9, *, weak: bool = False) -> Score:
    return Score(value, verdict, (), weak)


def grouped(scores: dict[Pair, Score], apart: set[Pair] | None = None, owners: set[int] | None = None) -> Grouping:
    return group_places(NAMES, scores, apart or set(), owners or set())


def members(grouping: Grouping) -> set[frozenset[int]]:
    return {frozenset({keeper, *rest}) for keeper, rest in grouping.groups.items()}


def test_what_is_the_same_as_the_same_is_one_group() -> None:
    pairs = {(1, 2): judged("same"), (2, 3): judged("same"), (1, 3): judged("same")}
    assert members(grouped(pairs)) == {frozenset({1, 2, 3})}


def test_two_places_that_a_person_kept_apart_never_meet_through_a_third() -> None:
    pairs = {(1, 2): judged("same", 0.95), (2, 3): judged("same", 0.9), (1, 3): judged("same", 0.99)}
    grouping = grouped(pairs, apart={(1, 3)})
    assert members(grouping) == {frozenset({1, 2})}
    assert grouping.to_review == ((2, 3),)


def test_two_owners_of_resources_never_meet_through_a_third() -> None:
    pairs = {(1, 2): judged("same", 0.95), (2, 3): judged("same", 0.9), (1, 3): judged("same", 0.85)}
    grouping = grouped(pairs, owners={1, 3})
    assert members(grouping) == {frozenset({1, 2})}
    assert set(grouping.groups) == {1}


def test_a_nameless_place_between_two_named_ones_is_left_to_a_person() -> None:
    pairs = {(1, 2): judged("same", weak=True), (2, 3): judged("same", weak=True), (1, 3): judged("different", 0.01)}
    grouping = grouped(pairs)
    assert grouping.groups == {}
    assert set(grouping.to_review) == {(1, 2), (2, 3)}


def test_a_nameless_place_beside_one_place_of_two_sources_joins_it() -> None:
    pairs = {(1, 2): judged("same", weak=True), (2, 3): judged("same", weak=True), (1, 3): judged("same", 0.99)}
    assert members(grouped(pairs)) == {frozenset({1, 2, 3})}


def test_only_the_likeliest_pair_between_two_groups_is_asked_about() -> None:
    pairs = {(1, 2): judged("same"), (1, 3): judged("unsure", 0.5), (2, 3): judged("unsure", 0.6)}
    assert grouped(pairs).to_review == ((2, 3),)


def test_the_richer_place_stays_and_of_equals_the_older() -> None:
    poor, rich, older = (Candidate(number, "x", "cafe", known=known) for number, known in ((5, 3), (6, 9), (4, 3)))
    assert choose_keeper([poor, rich, older]) == 6
    assert choose_keeper([poor, older]) == 4
    assert choose_keeper([poor, rich, older], owners={5}) == 5


SCORES = st.dictionaries(
    st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]),
    st.builds(judged, st.sampled_from(["same", "different", "unsure"]), st.floats(0, 1), weak=st.booleans()),
)
SETS = st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] < pair[1]))


@given(SCORES, SETS, st.sets(st.integers(0, 7)))
def test_groups_never_overlap_nor_break_what_keeps_places_apart(
    scores: dict[Pair, Score], apart: set[Pair], owners: set[int]
) -> None:
    grouping = grouped(scores, apart, owners)
    groups = members(grouping)
    assert sum(map(len, groups)) == len(set().union(*groups)) if groups else True
    for group in groups:
        assert not any(one in group and two in group for one, two in apart)
        assert len(group & owners) <= 1
    assert not set(grouping.to_review) & apart
