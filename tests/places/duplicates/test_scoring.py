"""Scoring on real pairs that were judged by reading before any weight was set (``pairs_checked.csv``)."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.places.duplicates.domain import Candidate, Score, metres_between, score_pair
from tierslieux.places.duplicates.identifiers import valid_siret, web_page

PAIRS = Path(__file__).with_name("pairs_checked.csv")
METRES_A_DEGREE = 111_195.08


def checked() -> Iterator[tuple[str, Score]]:
    """Each pair's verdict by reading, and ours."""
    with PAIRS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            metres = float(row["metres"]) if row["metres"] else None
            one = candidate(row, "_a", 1, None if metres is None else (2.0, 45.0))
            other = candidate(row, "_b", 2, None if metres is None else (2.0, 45.0 + metres / METRES_A_DEGREE))
            yield row["verdict"], score_pair(one, other)


def candidate(row: dict[str, str], side: str, place_id: int, position: tuple[float, float] | None) -> Candidate:
    return Candidate(
        place_id=place_id,
        name=row[f"name{side}"],
        kind=row[f"kind{side}"],
        position=position,
        communes=frozenset({row[f"commune{side}"]}),
        commune_code=row[f"commune_code{side}"] or None,
        street=row[f"street{side}"] or None,
        phone=row[f"phone{side}"] or None,
        siret=row[f"siret{side}"] or None,
        website=row[f"website{side}"] or None,
        sources=frozenset({row[f"source{side}"]}),
        bearers=int(row[f"bearers{side}"]),
        only_one=row[f"only_one{side}"] == "yes",
    )


def test_no_pair_that_is_not_surely_one_place_is_merged() -> None:
    wrong = [score for verdict, score in checked() if score.verdict == "same" and verdict != "same"]
    assert wrong == []


def test_nine_of_ten_pairs_that_are_one_place_are_found() -> None:
    counts = Counter(score.verdict for verdict, score in checked() if verdict == "same")
    assert counts["same"] / counts.total() >= 0.9


def test_pairs_that_are_clearly_two_places_seldom_bother_a_person() -> None:
    counts = Counter(score.verdict for verdict, score in checked() if verdict == "different")
    assert counts["different"] / counts.total() >= 0.9


LIBRARY = Candidate(
    place_id=1,
    name="Médiathèque Louis Aragon",
    kind="library",
    position=(2.0, 48.0),
    communes=frozenset({"Bagneux"}),
    commune_code="92007",
    street="12, avenue Louis Pasteur",
    sources=frozenset({"a"}),
)


def other(**changes: object) -> Candidate:
    return Candidate(**({name: getattr(LIBRARY, name) for name in LIBRARY.__slots__} | {"place_id": 2} | changes))


def test_a_name_that_every_library_bears_proves_nothing_by_itself() -> None:
    plain = [
        other(place_id=number, name="Bibliothèque municipale", street=None, sources=frozenset({source}))
        for number, source in ((1, "a"), (2, "b"))
    ]
    score = score_pair(*plain)
    assert score.verdict != "same"
    assert next(reason["weight"] for reason in score.reasons if reason["what"] == "name_both_generic") == 0


def test_a_library_and_a_town_hall_at_one_address_are_two_places() -> None:
    town_hall = other(name="Mairie de Bagneux", kind="public_body", sources=frozenset({"b"}))
    assert score_pair(LIBRARY, town_hall).verdict == "different"


def test_a_town_hall_and_the_france_services_inside_it_are_left_to_a_person() -> None:
    pair = [
        other(place_id=1, name="Mairie de Bagneux", kind="public_body", phone="+33140000000"),
        other(name="France Services de Bagneux", kind="france_services", phone="+33140000000", sources=frozenset("b")),
    ]
    assert score_pair(*pair).verdict == "unsure"


def test_a_coworking_space_listed_by_two_sources_thirty_metres_apart_is_one_place() -> None:
    listed = other(name="Le Hub Coworking", kind="coworking", street="3 rue Papin", sources=frozenset({"cget"}))
    mapped = other(place_id=1, name="Le Hub", kind="coworking", street=None, position=(2.0, 48.00027))
    assert score_pair(listed, mapped).verdict == "same"


def test_two_branches_of_a_chain_are_two_places() -> None:
    branch = {"name": "WeWork", "kind": "coworking", "bearers": 7, "street": None}
    assert score_pair(other(place_id=1, **branch), other(position=(2.03, 48.0), **branch)).verdict == "different"


def test_one_number_of_an_organisation_does_not_make_its_sites_one() -> None:
    siret = "77558121100129"
    sites = [
        other(place_id=1, name="Maison de quartier Orgeval", kind="social_centre", siret=siret, street="1 place A"),
        other(name="Maison de quartier Trois Piliers", kind="social_centre", siret=siret, position=(2.02, 48.0)),
    ]
    assert score_pair(*sites).verdict == "different"


@pytest.mark.parametrize(
    ("given_number", "valid"),
    [("00000000000000", None), ("73282932000074", "73282932000074"), ("732 829 320 00074", "73282932000074"),
     ("73282932000075", None), ("7328293200007", None), (None, None), ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", None)],
)  # fmt: skip
def test_only_a_number_that_adds_up_is_a_siret(given_number: str | None, valid: str | None) -> None:
    assert valid_siret(given_number) == valid


@pytest.mark.parametrize(
    ("address", "page"),
    [("https://www.exemple.fr/", "exemple.fr"), ("HTTP://exemple.fr/a/?b=c#d", "exemple.fr/a"),
     ("http://[broken", None), ("", None), (None, None), ("exemple.fr", "exemple.fr")],
)  # fmt: skip
def test_addresses_of_one_page_are_told_however_they_are_written(address: str | None, page: str | None) -> None:
    assert web_page(address) == page


CANDIDATES = st.builds(
    other,
    place_id=st.integers(1, 9),
    name=st.text(max_size=40) | st.sampled_from(["Mairie", "Médiathèque Jean Moulin", "Bibliothèque 12"]),
    kind=st.sampled_from(["library", "coworking", "other", "wifi_spot", "public_body"]),
    position=st.none() | st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    street=st.none() | st.text(max_size=30),
    website=st.none() | st.text(max_size=30),
    siret=st.none() | st.text(max_size=15),
    sources=st.frozensets(st.sampled_from("abc")),
)


@given(CANDIDATES, CANDIDATES)
def test_the_judgement_does_not_depend_on_who_comes_first(one: Candidate, two: Candidate) -> None:
    forth, back = score_pair(one, two), score_pair(two, one)
    assert (forth.value, forth.verdict, forth.is_weak) == (back.value, back.verdict, back.is_weak)


@given(CANDIDATES, CANDIDATES)
def test_a_score_is_between_nought_and_one_and_distances_are_never_negative(one: Candidate, two: Candidate) -> None:
    assert 0 <= score_pair(one, two).value <= 1
    metres = metres_between(one, two)
    assert metres is None or 0 <= metres <= 20_040_000


def twin(place_id: int, **more: object) -> Candidate:
    facts = {"name": "Bibliothèque municipale", "kind": "library", "position": (2.0, 48.0), "street": "16 rue Carnot"}
    return Candidate(place_id, **{**facts, "sources": frozenset({f"s{place_id}"}), "bearers": 900, **more})  # type: ignore[arg-type]


def test_one_name_at_one_address_is_one_place_even_where_the_name_tells_nothing() -> None:
    assert score_pair(twin(1), twin(2, position=(2.0, 48.001))).is_twin
    assert score_pair(twin(1, website="https://a.fr"), twin(2, website="https://b.fr")).verdict == "same"


@pytest.mark.parametrize(
    "other",
    [
        twin(2, street="80 rue Carnot"),
        twin(2, position=(2.0, 48.01)),
        twin(2, name="Bibliothèque Carnot"),
        twin(2, phone="+33298000001", sources=frozenset({"s1"})),
    ],
    ids=["number", "far", "name", "phones of one source"],
)
def test_what_differs_between_neighbours_makes_no_twins(other: Candidate) -> None:
    assert not score_pair(twin(1, phone="+33298000000"), other).is_twin


@pytest.mark.parametrize(("street", "is_weak"), [("8 PL du Marché", False), ("12 rue Haute", True)])
def test_one_whole_plain_name_is_sure_beside_others_only_at_one_address(street: str, is_weak: bool) -> None:
    one = Candidate(1, "Bibliothèque municipale", "library", commune_code="29232", street="8 place du Marché")
    other = Candidate(2, "Bibliothèque Municipale", "library", commune_code="29232", street=street)
    assert score_pair(one, other).is_weak == is_weak


def test_one_plain_name_at_one_number_of_a_street_is_one_place_though_its_positions_differ_a_little() -> None:
    one = Candidate(1, "Bibliothèque municipale", "library", (2.25, 48.9), commune_code="92026", street="41 rue Haute")
    other = Candidate(
        2, "Bibliothèque municipale", "library", (2.251, 48.9), commune_code="92026", street="41, rue Haute"
    )
    assert score_pair(one, other).verdict == "same"
