"""The search by free desk against worlds counted minute by minute, and each rule by name."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from tests.conftest import cloned
from tests.factories import Base, insert, make_booking, make_closure, make_day, make_place, make_resource, make_seats
from tests.map.crowd import reading
from tests.map.free_worlds import DAYS, FIRST, NOW, QUARTER, Place, Span, random_place
from tierslieux.map.clusters import Cluster, MapContent, find_clusters
from tierslieux.map.criteria import Circle, SearchCriteria
from tierslieux.map.queries import search
from tierslieux.map.results import PlaceHit, SearchResult
from tierslieux.places.seat_counts import recount_all_seats
from tierslieux.shared.geo import Bbox, Position
from tierslieux.shared.time import TimeRange
from tierslieux.web.db import Reads

PLACES, WINDOWS = 70, 60
HERE = Circle(Position(-4.0, 48.0), 200_000)
AROUND = Bbox(-6, 46, 0, 50)
COUNTRY, NEAR = 4, 11
"""Zooms of a map whose cells are counted for the whole country at once, and place by place."""


@dataclass
class World:
    """A stored world."""

    url: str
    places: dict[int, Place]


@pytest.fixture(scope="module")
def world(template: str) -> Iterator[World]:
    with cloned(template) as url:
        chance = random.Random(20270327)
        with psycopg.connect(url, autocommit=True) as base:
            places = [
                random_place(chance, base, (-4 + chance.random() / 20, 48 + chance.random() / 20))
                for _ in range(PLACES)
            ]
        yield World(url, {place.place_id: place for place in places})


def window_of(seed: int) -> tuple[Span, int]:
    chance = random.Random(seed)
    start = datetime.combine(FIRST, datetime.min.time(), UTC) + chance.randrange(DAYS * 96) * QUARTER
    return (start, start + chance.choice((1, 2, 4, 8, 12, 36, 100)) * QUARTER), chance.choice((1, 1, 2, 4, 5))


def wanted(window: Span, people: int, area: Any = HERE) -> SearchCriteria:
    sort = "distance" if area is HERE else "name"
    return SearchCriteria(area=area, free=TimeRange(*window), seats=people, sort=sort)  # type: ignore[arg-type]


def found(url: str, criteria: SearchCriteria) -> SearchResult:
    return reading(url, lambda reads: search(reads, criteria, NOW, limit=100))


def drawn(url: str, criteria: SearchCriteria, zoom: int) -> MapContent:
    return reading(url, lambda reads: find_clusters(reads, criteria, zoom, NOW))


@pytest.mark.parametrize("seed", range(WINDOWS))
def test_the_list_holds_the_places_with_seats_in_every_quarter_and_says_how_many(world: World, seed: int) -> None:
    window, people = window_of(seed)
    free = {number: place.free(window) for number, place in world.places.items()}
    result = found(world.url, wanted(window, people))
    assert {hit.place_id: hit.free_seats for hit in result.hits} == {
        number: seats for number, seats in free.items() if seats >= people
    }
    assert result.matched == len(result.hits)


@pytest.mark.parametrize("seed", range(WINDOWS))
@pytest.mark.parametrize("zoom", [COUNTRY, NEAR])
def test_the_map_counts_the_places_of_the_list_and_their_seats(world: World, seed: int, zoom: int) -> None:
    window, people = window_of(seed)
    free = [seats for place in world.places.values() if (seats := place.free(window)) >= people]
    content = drawn(world.url, wanted(window, people, AROUND), zoom)
    assert content.matched == len(free)
    assert sum(item.free_seats or 0 for item in content.items) == sum(free)


def drawn_by_two(url: str, criteria: SearchCriteria, *, second_is_lost: bool) -> MapContent:
    async def both(reads: Reads) -> MapContent:
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as other:
            if second_is_lost:
                await other.close()
            return await find_clusters(reads, criteria, COUNTRY, NOW, lambda: nullcontext(other))

    return reading(url, both)


@pytest.mark.parametrize("seed", range(8))
def test_two_connections_side_by_side_count_the_country_as_one_does(world: World, seed: int) -> None:
    criteria = wanted(*window_of(seed), AROUND)
    assert drawn_by_two(world.url, criteria, second_is_lost=False) == drawn(world.url, criteria, COUNTRY)


def test_a_connection_that_is_lost_on_one_side_is_said_as_such(world: World) -> None:
    with pytest.raises(psycopg.OperationalError):
        drawn_by_two(world.url, wanted(*window_of(0), AROUND), second_is_lost=True)


@pytest.mark.parametrize("seed", range(20))
def test_the_first_free_time_is_the_first_of_the_grid_that_holds(world: World, seed: int) -> None:
    window, people = window_of(seed)
    result = found(world.url, wanted(window, people))
    for hit in result.hits:
        expected = world.places[hit.place_id].first_free(max(window[0], NOW), window[1] - window[0], people)
        assert hit.first_free == expected, hit.place_id


def test_without_a_window_seats_are_those_of_this_moment_and_the_first_time_is_for_the_shortest_stay(
    world: World,
) -> None:
    result = found(world.url, SearchCriteria(area=HERE, sort="distance"))
    assert len(result.hits) == PLACES
    for hit in result.hits:
        place = world.places[hit.place_id]
        assert hit.free_seats == place.free((NOW, NOW + QUARTER), pad=False), hit.place_id
        assert hit.first_free == place.first_free(NOW, None, 1), hit.place_id


def test_the_order_by_first_free_time_is_kept_over_pages(world: World) -> None:
    criteria = SearchCriteria(area=HERE, sort="first_free")
    whole = reading(world.url, lambda reads: search(reads, criteria, NOW, limit=100)).hits
    starts = [hit.first_free for hit in whole]
    known = [start for start in starts if start]
    assert known == sorted(known)
    assert starts[len(known) :] == [None] * (len(starts) - len(known))
    pages: list[PlaceHit] = []
    after: Any = None
    for _ in range(20):
        page = reading(world.url, lambda reads, after=after: search(reads, criteria, NOW, limit=9, after=after))  # type: ignore[misc]
        pages += page.hits
        if (after := page.next_key) is None:
            break
    assert [hit.place_id for hit in pages] == [hit.place_id for hit in whole]


NINE = datetime(2027, 3, 30, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
TUESDAY = NINE.date()


def hours(start: float, end: float) -> Span:
    """From so many to so many hours after nine."""
    return NINE + timedelta(hours=start), NINE + timedelta(hours=end)


def make_desks(base: Base, seats: int = 2, **columns: Any) -> tuple[int, int]:
    """A place that is open from 9 to 12 and from 14 to 18, and its desks."""
    place_id = make_place(base, at=(-4.0, 48.0), welcome="bookable")
    make_day(base, place_id, TUESDAY, hours(0, 3), hours(5, 9))
    return place_id, make_resource(base, place_id, seats=seats, **columns)


def free_in(url: str, window: Span, people: int = 1) -> int | None:
    """The seats that list and both kinds of map say are free; they agree. ``None``: no place is found."""
    hits = found(url, wanted(window, people)).hits
    listed = hits[0].free_seats if hits else None
    for zoom in (COUNTRY, NEAR):
        items = drawn(url, wanted(window, people, AROUND), zoom).items
        assert [item.free_seats for item in items] == ([] if listed is None else [listed])
        assert not any(isinstance(item, Cluster) for item in items)
    return listed


def test_a_window_over_the_lunch_break_is_not_open_throughout(base: Base, database_url: str) -> None:
    make_desks(base)
    assert free_in(database_url, hours(0, 3)) == 2
    assert free_in(database_url, hours(2, 6)) is None


def test_a_window_over_midnight_is_free_where_the_days_touch(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base)
    make_day(base, place_id, date(2027, 4, 1), hours(39, 63))
    make_day(base, place_id, date(2027, 4, 2), hours(63, 65))
    assert free_in(database_url, hours(62, 64)) == 2
    assert free_in(database_url, hours(62, 66)) is None


def test_a_night_that_goes_on_into_the_next_day_is_one_range(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base)
    make_day(base, place_id, date(2027, 4, 1), hours(60, 65))
    make_day(base, place_id, date(2027, 4, 2), hours(65, 70))
    assert free_in(database_url, hours(64, 66)) == 2


def test_a_closed_seat_is_one_less_and_a_resident_s_too(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base, seats=3)
    make_closure(base, place_id, hours(1, 2), "block", resource_id=resource_id, seat_id=1)
    make_closure(base, place_id, hours(-500, 500), "resident", resource_id=resource_id, seat_id=2)
    assert free_in(database_url, hours(0, 1)) == 2
    assert free_in(database_url, hours(0, 2)) == 1
    assert free_in(database_url, hours(0, 2), people=2) is None


def test_a_seat_that_is_closed_twice_counts_once(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base)
    for kind in ("block", "resident"):
        make_closure(base, place_id, hours(0, 2), kind, resource_id=resource_id, seat_id=1)
    assert free_in(database_url, hours(0, 2)) == 1


@pytest.mark.parametrize("kind", ["closure", "block", "external_busy"])
def test_no_seat_is_free_while_the_place_or_the_resource_is_closed(base: Base, database_url: str, kind: str) -> None:
    place_id, resource_id = make_desks(base)
    make_closure(base, place_id, hours(0, 1), kind)
    make_closure(base, place_id, hours(1, 2), kind, resource_id=resource_id)
    assert free_in(database_url, hours(0, 1)) is None
    assert free_in(database_url, hours(1, 2)) is None
    assert free_in(database_url, hours(2, 3)) == 2


def test_a_withdrawn_closure_closes_nothing(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base)
    make_closure(base, place_id, hours(0, 1), withdrawn_at=NOW)
    assert free_in(database_url, hours(0, 1)) == 2


def test_a_hold_takes_its_seat_until_it_expires_and_not_after(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base)
    make_booking(base, place_id, resource_id, hours(0, 1), 1, status="held", expires_at=NOW + QUARTER)
    make_booking(base, place_id, resource_id, hours(0, 1), 2, status="held", expires_at=NOW)
    assert free_in(database_url, hours(0, 1)) == 1


def test_bookings_one_after_the_other_take_one_seat(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base)
    make_booking(base, place_id, resource_id, hours(0, 1), 1)
    make_booking(base, place_id, resource_id, hours(1, 2), 2)
    assert free_in(database_url, hours(0, 3)) == 1
    make_booking(base, place_id, resource_id, hours(1, 2), 1)
    assert free_in(database_url, hours(0, 3)) is None


def test_a_new_booking_needs_its_turnaround_before_the_next_and_may_run_past_closing(
    base: Base, database_url: str
) -> None:
    place_id, resource_id = make_desks(base, seats=1, turnaround_minutes=30)
    make_booking(base, place_id, resource_id, hours(1, 2), 1, turnaround_minutes=30)
    assert free_in(database_url, hours(0, 1)) is None
    assert free_in(database_url, hours(0, 0.5)) == 1
    assert free_in(database_url, hours(2, 3)) is None
    assert free_in(database_url, hours(2.5, 3)) == 1


def test_an_archived_resource_has_no_seats(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base, archived_at=NOW)
    assert free_in(database_url, hours(0, 1)) is None
    make_resource(base, place_id, seats=1)
    assert free_in(database_url, hours(0, 1)) == 1


def test_a_resource_with_hours_of_its_own_keeps_those_only(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base, hours_osm="11:00-14:00")
    row = {"place_id": place_id, "resource_id": resource_id, "day": TUESDAY, "state": "known", "frozen": False}
    insert(base, "resource_day", row | {"open": f"{{[{hours(2, 5)[0]},{hours(2, 5)[1]})}}"})
    assert free_in(database_url, hours(0, 1)) is None
    assert free_in(database_url, hours(2, 5)) == 2


def test_a_resource_with_a_rule_of_its_own_on_public_holidays_keeps_its_own_days(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base, policy=Jsonb({"open_on_public_holidays": True}))
    assert free_in(database_url, hours(0, 1)) is None
    row = {"place_id": place_id, "resource_id": resource_id, "day": TUESDAY, "state": "known", "frozen": False}
    insert(base, "resource_day", row | {"open": f"{{[{hours(0, 3)[0]},{hours(0, 3)[1]})}}"})
    assert free_in(database_url, hours(0, 1)) == 2


def test_on_the_day_of_23_hours_the_hour_that_is_missing_is_not_missed(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base)
    before, after = datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 2, 0, tzinfo=UTC)
    make_day(base, place_id, date(2027, 3, 28), (before, after))
    assert free_in(database_url, (before, after)) == 2  # 1.30 to 4 on the clocks: an hour and a half


def test_a_room_takes_as_many_people_as_it_has_heads(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base, seats=1, kind="meeting_room", head_count=6)
    assert free_in(database_url, hours(0, 1), people=6) == 6
    assert free_in(database_url, hours(0, 1), people=7) is None
    make_booking(base, place_id, resource_id, hours(0, 1), 1)
    assert free_in(database_url, hours(0, 1)) is None


def test_seats_of_two_resources_are_not_added_up(base: Base, database_url: str) -> None:
    place_id, _ = make_desks(base, seats=2)
    make_resource(base, place_id, seats=1)
    assert free_in(database_url, hours(0, 1), people=2) == 2
    assert free_in(database_url, hours(0, 1), people=3) is None


def test_a_seat_counts_on_the_days_of_its_service_only_counted_or_not(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base, seats=1)
    make_seats(base, place_id, resource_id, in_service=Range(date(2027, 3, 1), TUESDAY))
    make_seats(base, place_id, resource_id, in_service=Range(TUESDAY + timedelta(days=1), None))
    make_seats(base, place_id, resource_id, in_service=Range(TUESDAY, TUESDAY + timedelta(days=1)))
    assert free_in(database_url, hours(0, 1)) == 2
    recount_all_seats(base)
    assert base.execute("SELECT steady_from, steady_seats FROM resource").fetchone() == (date(2027, 3, 31), 2)
    assert free_in(database_url, hours(0, 1)) == 2


def test_a_place_that_is_not_bookable_or_not_published_is_never_free(base: Base, database_url: str) -> None:
    make_desks(base)
    base.execute("UPDATE place SET welcome = 'no_booking'")
    assert free_in(database_url, hours(0, 1)) is None
    base.execute("UPDATE place SET welcome = 'bookable', state = 'draft'")
    assert free_in(database_url, hours(0, 1)) is None
    base.execute("UPDATE place SET state = 'published'")
    assert free_in(database_url, hours(0, 1)) == 2


def test_a_booking_of_a_week_is_seen_from_its_last_day(base: Base, database_url: str) -> None:
    place_id, resource_id = make_desks(base)
    make_booking(base, place_id, resource_id, hours(-180, 2), 1)
    assert free_in(database_url, hours(1, 3)) == 1
