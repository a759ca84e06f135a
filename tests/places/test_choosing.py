"""What a place shows when several sources speak of it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tierslieux.places.choosing import (
    CommuneFact,
    HoursFact,
    PlaceFacts,
    SourceValue,
    choose_fields,
    chosen_place,
    facts_of,
    fields_of,
)
from tierslieux.places.domain import Accessibility, Description, PlaceDetails

HOST = UUID(int=7)
FULL = PlaceFacts(
    name="Médiathèque",
    kind="library",
    position=(-4.1, 47.99),
    street="1 rue du Port",
    postal_code="29000",
    commune=CommuneFact("29232", "29232", "Quimper"),
    phone="+33298000000",
    opening_hours=HoursFact("Tu 10:00-12:00", "mardi 10h-12h"),
    weekly_minutes=120,
    time_zone="Europe/Paris",
    welcome="bookable",
    policy={"slot_minutes": 30},
    details=PlaceDetails(
        website="https://exemple.fr",
        description=Description(fr="Au calme"),
        amenities={"wifi": "yes"},
        accessibility=Accessibility(ramp="no", door_width_cm=90),
        price="free",
        services=("impression",),
        is_self_declared_third_place=True,
    ),
)


def value(
    field: str, said: Any, source: str = "a", dated: date | None = None, by: UUID | None = None, place_id: int = 1
) -> SourceValue:
    return SourceValue(place_id, field, source, said, "LO", dated, by)


def test_fields_and_facts_say_the_same() -> None:
    assert facts_of(fields_of(FULL)) == FULL


def test_what_is_unknown_has_no_field() -> None:
    assert fields_of(PlaceFacts(name="X", kind="cafe")) == {"name": "X", "kind": "cafe"}


def test_what_someone_in_charge_confirmed_beats_a_newer_source() -> None:
    chosen = choose_fields(
        [value("phone", "+331", "team", date(2020, 1, 1), HOST), value("phone", "+332", "osm", date(2026, 1, 1))]
    )
    assert chosen["phone"].value == "+331"


def test_what_someone_in_charge_took_away_stays_away() -> None:
    rows = [
        *(value(field, said) for field, said in fields_of(FULL).items()),
        value("phone", None, "team", date(2026, 1, 1), HOST),
    ]
    assert chosen_place(choose_fields(rows)).facts.phone is None


def test_the_newest_date_wins_and_no_date_is_the_oldest() -> None:
    rows = [
        value("name", "Old", "a", date(2019, 1, 1)),
        value("name", "Undated", "b"),
        value("name", "New", "c", date(2024, 1, 1)),
    ]
    assert choose_fields(rows)["name"].value == "New"
    assert choose_fields(rows[:2])["name"].value == "Old"


def test_of_two_sources_without_date_the_one_that_knows_more_is_believed() -> None:
    rows = [value("name", "Poor", "a"), value("name", "Rich", "b", place_id=2), value("phone", "+33", "b", place_id=2)]
    assert choose_fields(rows)["name"].value == "Rich"


def test_a_kind_that_says_nothing_gives_way_to_an_older_one_that_does() -> None:
    rows = [value("kind", "other", "a", date(2026, 1, 1)), value("kind", "library", "b", date(2019, 1, 1))]
    assert choose_fields(rows)["kind"].value == "library"


def test_hours_are_checked_on_the_day_of_the_source_they_come_from() -> None:
    rows = [
        value("name", "X", "a", date(2026, 1, 1)),
        value("kind", "cafe", "a", date(2026, 1, 1)),
        value("opening_hours", {"osm": "24/7"}, "b", date(2024, 5, 1)),
    ]
    place = chosen_place(choose_fields(rows))
    assert (place.hours_checked_on, place.dated) == (date(2024, 5, 1), date(2026, 1, 1))


SAID = st.builds(
    SourceValue,
    st.integers(1, 3),
    st.sampled_from(["name", "kind", "phone"]),
    st.sampled_from(["a", "b", "team"]),
    st.sampled_from(["x", "other", None]),
    st.just("LO"),
    st.none() | st.dates(date(2019, 1, 1), date(2019, 1, 3)),
    st.none() | st.just(HOST),
)


@given(st.lists(SAID, unique_by=lambda row: row[:3]), st.randoms())
def test_the_choice_does_not_depend_on_the_order(rows: list[SourceValue], random: Any) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert choose_fields(shuffled) == choose_fields(rows)


@given(st.lists(SAID, unique_by=lambda row: row[:3]))
def test_each_field_that_is_said_is_chosen_from_what_was_said(rows: list[SourceValue]) -> None:
    chosen = choose_fields(rows)
    assert set(chosen) == {row.field for row in rows}
    assert all(row in rows for row in chosen.values())
