"""Criteria: read once, every fault named, and back into a query string."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.map.criteria import Area, Circle, InCommune, InTerritory, SearchCriteria, Trip, default_sort, has_center
from tierslieux.map.parameters import (
    CRITERIA_NAMES,
    PAGING_NAMES,
    Reader,
    pairs_of,
    read_criteria,
    read_limit,
    read_viewport,
)
from tierslieux.map.values import KINDS
from tierslieux.places.domain import AMENITIES
from tierslieux.shared.errors import FieldError, InvalidRequest
from tierslieux.shared.geo import Bbox, Position
from tierslieux.shared.time import TimeRange

LONGITUDES = st.floats(-180, 180)
LATITUDES = st.floats(-90, 90)
POSITIONS = st.builds(Position, LONGITUDES, LATITUDES)
BOXES = st.builds(
    lambda west, east, one, other: Bbox(west, min(one, other), east, max(one, other)),
    LONGITUDES, LONGITUDES, LATITUDES, LATITUDES,
)  # fmt: skip
RADII = st.integers(1, 200_000)
AREAS: st.SearchStrategy[Area | None] = st.one_of(
    st.none(),
    BOXES,
    st.builds(Circle, POSITIONS, RADII),
    st.builds(InCommune, st.sampled_from(["29232", "2A004", "97411"]), st.none() | RADII),
    st.builds(InTerritory, st.sampled_from(["29232", "200068120", "dep-29", "dep-2B", "dep-974", "reg-53"])),
)
SUMMER = timezone(timedelta(hours=2))
INSTANTS = st.integers(0, 4_000_000_000).map(lambda second: datetime.fromtimestamp(second, SUMMER))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=50).map(
    lambda text: " ".join(text.split()) or None
)
FACTS = ("accessible", "free", *AMENITIES)


@st.composite
def criteria(draw: st.DrawFn) -> SearchCriteria:
    area = draw(AREAS)
    trip = draw(st.none() | st.builds(Trip, POSITIONS, POSITIONS, st.just(30_000)))
    yes = draw(st.frozensets(st.sampled_from(FACTS)))
    not_no = draw(st.frozensets(st.sampled_from(FACTS))) - yes
    kinds = draw(st.frozensets(st.sampled_from(KINDS)))
    start = draw(st.none() | INSTANTS)
    sorts = ["name", "first_free", *(["distance"] if has_center(area) else [])]
    return SearchCriteria(
        area=area,
        text=draw(TEXTS),
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        facts_yes=tuple(sorted(yes)),
        facts_not_no=tuple(sorted(not_no)),
        hours=draw(st.sampled_from([None, "open", "open_or_unknown"])),
        at=draw(st.none() | INSTANTS),
        free=None if start is None else TimeRange(start, start + timedelta(minutes=draw(st.integers(1, 10_000)))),
        seats=draw(st.integers(1, 1000)),
        max_price_cents=draw(st.none() | st.integers(0, 1_000_000)),
        sort="detour" if trip else draw(st.sampled_from([default_sort(area), *sorts])),
        trip=trip,
    )


def read(query: str) -> SearchCriteria:
    return read_criteria(pairs_of(query.encode()))


def errors_of(query: bytes) -> list[FieldError]:
    try:
        read_criteria(pairs_of(query))
    except InvalidRequest as refusal:
        return refusal.errors
    return []


def faults(query: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as caught:
        read(query)
    return [(error.field, error.code) for error in caught.value.errors]


@given(criteria())
def test_a_query_string_reads_back_as_the_same_criteria(value: SearchCriteria) -> None:
    assert read(value.query_string()) == value


@given(criteria())
def test_the_filters_alone_are_the_criteria_without_area_and_order(value: SearchCriteria) -> None:
    alone = read(value.filter_string())
    assert (alone.area, alone.trip, alone.sort) == (None, None, "name")
    assert alone.pairs() == value.filter_pairs()


@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(CRITERIA_NAMES | PAGING_NAMES)) | st.text(max_size=8), st.text(max_size=40)),
        max_size=6,
    )
)
def test_any_text_in_any_parameter_is_read_or_refused_by_name(pairs: list[tuple[str, str]]) -> None:
    query = "&".join(
        f"{quote(name, errors='surrogatepass')}={quote(text, errors='surrogatepass')}" for name, text in pairs
    )
    assert all(error.where == "query" and error.code and error.message for error in errors_of(query.encode()))


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(query: bytes) -> None:
    assert all(error.where == "query" and error.code and error.message for error in errors_of(query))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bbox=1,2,3", ("bbox", "wrong_length")),
        ("bbox=1,2,3,x", ("bbox", "wrong_format")),
        ("bbox=nan,2,3,4", ("bbox", "not_finite")),
        ("bbox=1,2,3,Infinity", ("bbox", "not_finite")),
        ("bbox=1,2,3,1e999", ("bbox", "not_finite")),
        ("bbox=1,50,3,40", ("bbox", "upside_down")),
        ("bbox=-181,2,3,4", ("bbox", "out_of_range")),
        ("near=48.85,181", ("near", "out_of_range")),
        ("near=652709,6862305", ("near", "out_of_range")),
        ("near=2.35", ("near", "wrong_length")),
        ("near=2,48&radius_m=200001", ("radius_m", "out_of_range")),
        ("near=2,48&radius_m=1e3", ("radius_m", "wrong_format")),
        ("radius_m=100", ("radius_m", "needs_near")),
        ("near=2,48&commune=29232", ("commune", "exclusive")),
        ("commune=Quimper", ("commune", "wrong_format")),
        ("territory=53", ("territory", "ambiguous_code")),
        ("territory=dep-1234", ("territory", "wrong_format")),
        ("kind=castle", ("kind", "unknown_value")),
        ("amenities=pool", ("amenities", "unknown_value")),
        ("accessible=no", ("accessible", "unknown_value")),
        ("hours=closed", ("hours", "unknown_value")),
        ("at=2027-03-24T10:00:00", ("at", "naive_time")),
        ("at=tomorrow", ("at", "wrong_format")),
        ("at=2027-13-24T10:00:00Z", ("at", "wrong_format")),
        ("free_from=2027-03-24T10:00:00Z", ("free_to", "missing")),
        ("free_from=2027-03-24T10:00:00Z&free_to=2027-03-24T10:00:00Z", ("free_to", "end_before_start")),
        ("seats=0", ("seats", "out_of_range")),
        ("sort=price", ("sort", "unknown_value")),
        ("sort=distance", ("sort", "needs_near")),
        ("sort=detour&home=2,48", ("work", "missing")),
        ("home=2,48", ("home", "needs_detour")),
        ("q=a%00b", ("q", "wrong_character")),
        ("q=%ff%fe", ("q", "wrong_character")),
        (f"q={'x' * 201}", ("q", "too_long")),
        ("colour=red", ("colour", "unknown_field")),
        ("hours=open&hours=open", ("hours", "repeated")),
    ],
)
def test_a_fault_names_its_parameter_and_its_kind(query: str, expected: tuple[str, str]) -> None:
    assert expected in faults(query)


def test_every_fault_of_a_query_is_named_at_once() -> None:
    assert faults("bbox=1,2&kind=castle&seats=x&colour=red") == [
        ("colour", "unknown_field"),
        ("bbox", "wrong_length"),
        ("kind", "unknown_value"),
        ("seats", "wrong_format"),
    ]


def test_a_fault_says_what_was_received() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read("bbox=1,2,3")
    assert caught.value.errors[0].message == "bbox\N{NO-BREAK SPACE}: quatre nombres attendus, trois reçus"
    assert caught.value.errors[0].value == "1,2,3"


def test_more_parameters_than_anyone_needs_are_refused() -> None:
    assert faults("&".join(["kind=cafe"] * 101)) == [("", "too_many")]


@pytest.mark.parametrize("limit", ["0", "101", "1000000000", "-1", "ten", "1.5", "9" * 400])
def test_a_page_has_between_one_and_a_hundred_rows(limit: str) -> None:
    reader = Reader([("limit", limit)])
    read_limit(reader)
    assert [error.field for error in reader.errors] == ["limit"]


def test_a_plus_that_was_not_escaped_is_still_an_offset() -> None:
    assert read("at=2027-03-24T10:00:00+01:00").at == datetime(2027, 3, 24, 9, tzinfo=UTC)


def test_a_map_must_say_its_box_and_its_zoom() -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_viewport([])
    assert [(error.field, error.code) for error in caught.value.errors] == [("bbox", "missing"), ("zoom", "missing")]


def test_yes_is_stricter_than_yes_or_unknown() -> None:
    value = read(urlencode([("wifi", "yes_or_unknown"), ("amenities", "wifi")]))
    assert (value.facts_yes, value.facts_not_no) == (("wifi",), ())


def test_places_are_sorted_by_distance_where_there_is_a_point() -> None:
    assert read("near=2,48").sort == "distance"
    assert read("commune=29232&radius_m=5000").sort == "distance"
    assert read("commune=29232").sort == "name"
