"""What people and programs read of free desks: the form, the cards, the files, and that nothing stale is ever given."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from httpx import AsyncClient

from tests.factories import Base, make_booking, make_day, make_place, make_resource

PARIS = ZoneInfo("Europe/Paris")
DAY = date(2027, 3, 25)
WINDOW = "free_from=2027-03-25T09:00:00%2B01:00&free_to=2027-03-25T12:00:00%2B01:00"
FORM = "near=-4.1,48&day=2027-03-25&from=09:00&to=12:00"
HERE = "near=-4.1,48"
MAP = "/api/v1/places/clusters?bbox=-5,47,-3,49&zoom=4"


def at(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS)


@pytest.fixture
async def wednesday(client: AsyncClient) -> AsyncClient:
    """A client on Wednesday 24 March 2027 at ten in the morning, in France."""
    answer = await client.put("/dev/clock", json={"now": "2027-03-24T10:00:00+01:00"})
    assert answer.status_code < 300
    return client


@pytest.fixture
def desks(base: Base) -> tuple[int, int]:
    """A library with three desks, open from 9 to 18 on Wednesday and Thursday."""
    place_id = make_place(base, "Médiathèque", welcome="bookable", at=(-4.1, 48.0))
    for day in (date(2027, 3, 24), DAY):
        make_day(base, place_id, day, (at(9, day), at(18, day)))
    return place_id, make_resource(base, place_id, seats=3)


async def properties(client: AsyncClient, query: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/places?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["features"][0]["properties"])


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.replace("\N{NO-BREAK SPACE}", " ").replace("&nbsp;", " ")))


async def test_a_place_says_how_many_seats_are_free_and_when_the_next_is(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    make_booking(base, *desks, (at(9), at(13)), 1)
    found = await properties(wednesday, f"{HERE}&{WINDOW}&seats=2")
    assert (found["free_seats"], found["first_free"]) == (2, "2027-03-25T09:00:00+01:00")
    assert found["as_of"].startswith("2027-03-24T10:00:0")
    found = await properties(wednesday, HERE)
    assert (found["free_seats"], found["first_free"]) == (3, "2027-03-24T10:30:00+01:00")


async def test_what_was_booked_a_second_ago_is_gone(wednesday: AsyncClient, base: Base, desks: tuple[int, int]) -> None:
    for query in (f"/api/v1/places?{HERE}&{WINDOW}", f"{MAP}&{WINDOW}"):
        answer = await wednesday.get(query)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers
        assert len(answer.json()["features"]) == 1
    make_booking(base, *desks, (at(9), at(10)), 1, 2, 3)
    for query in (f"/api/v1/places?{HERE}&{WINDOW}", f"{MAP}&{WINDOW}"):
        answer = await wednesday.get(query, headers={"if-none-match": "*"})
        assert (answer.status_code, answer.json()["features"]) == (200, [])


async def test_a_list_without_a_window_is_only_kept_where_it_says_nothing_of_seats(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    make_place(base, "Ailleurs", at=(2.0, 48.0))
    kept = await wednesday.get("/api/v1/places?near=2,48")
    assert "etag" in kept.headers
    passing = await wednesday.get(f"/api/v1/places?{HERE}")
    assert passing.headers["cache-control"] == "no-store"
    make_booking(base, *desks, (at(9, date(2027, 3, 24)), at(11, date(2027, 3, 24))), 1)
    assert (await properties(wednesday, HERE))["free_seats"] == 2


async def test_a_place_that_cannot_be_booked_says_nothing_of_seats(wednesday: AsyncClient, base: Base) -> None:
    make_place(base, welcome="no_booking", at=(-4.1, 48.0))
    found = await properties(wednesday, HERE)
    assert (found["free_seats"], found["first_free"]) == (None, None)


async def test_tiles_hold_the_places_with_free_seats_only(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    tile = "/tiles/places/0/0/0.mvt"
    answer = await wednesday.get(f"{tile}?{WINDOW}&seats=3")
    assert answer.headers["cache-control"] == "no-store"
    assert b"free_seats" in answer.content
    assert (await wednesday.get(f"{tile}?{WINDOW}&seats=4")).content == b""


async def test_files_hold_the_places_with_free_seats_only(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    make_place(base, "Sans réservation", at=(-4.1, 48.0))
    answer = await wednesday.get(f"/recherche/lieux.csv?{HERE}&{WINDOW}")
    assert answer.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["name"], row["free_seats"], row["first_free"]) for row in rows] == [
        ("Médiathèque", "3", "2027-03-25T09:00:00+01:00")
    ]
    features = (await wednesday.get(f"/recherche/lieux.geojson?{HERE}&{WINDOW}")).json()["features"]
    assert [feature["properties"]["free_seats"] for feature in features] == [3]


async def test_the_form_asks_for_a_day_from_when_to_when_and_for_how_many_people(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    make_place(base, "Sans réservation", at=(-4.1, 48.0))
    page = await wednesday.get(f"/recherche?{FORM}&seats=2")
    assert page.headers["cache-control"] == "no-store"
    for label in ("Jour", "De", "À", "Pour combien de personnes"):
        assert re.search(rf"<label for=\"\w+\">{label}</label>", page.text)
    assert 'name="to" type="time" step="900" value="12:00"' in page.text
    assert 'name="seats" type="number" min="1" max="1000" value="2"' in page.text
    assert "3 places libres" in words(page.text)
    assert re.search(r'href="/lieux/[^"]+\?jour=2027-03-2\d&amp;personnes=2"', page.text), "the page of that day"
    assert "Sans réservation," not in words(page.text)


@pytest.mark.parametrize(
    ("hour", "prefix", "expected"),
    [
        (10, "", "Complet · Prochaine place libre : jeudi 9 h"),
        (10, "/en", "Full · Next free desk: Thursday 9 am"),
        (7, "", "Prochaine place libre : jeudi 9 h"),
        (7, "/en", "Next free desk: Thursday 9 am"),
    ],
)
async def test_a_card_says_that_a_place_is_full_and_when_the_next_seat_is_free(
    client: AsyncClient, base: Base, desks: tuple[int, int], hour: int, prefix: str, expected: str
) -> None:
    await client.put("/dev/clock", json={"now": f"2027-03-24T{hour:02d}:00:00+01:00"})
    make_booking(base, *desks, (at(9, date(2027, 3, 24)), at(18, date(2027, 3, 24))), 1, 2, 3)
    page = words((await client.get(f"{prefix}/recherche?{HERE}")).text)
    assert expected in page
    assert ("Complet" in page or "Full" in page) == (hour == 10)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("day=2027-03-25&from=09:00&to=09:00", "À"),
        ("from=09:00&to=10:00", "Jour"),
        ("day=2027-03-25&to=10:00", "De"),
        ("day=2027-03-25&from=09:00&to=midi", "À"),
        ("day=2027-03-28&from=02:30&to=10:00", "Cette heure n'existe pas"),
        ("day=2027-10-31&from=02:30&to=10:00", "Cette heure vient deux fois"),
    ],
)
async def test_a_window_that_cannot_be_is_refused_with_what_to_change(
    wednesday: AsyncClient, query: str, field: str
) -> None:
    page = await wednesday.get(f"/recherche?{HERE}&{query}", headers={"accept": "text/html"})
    assert page.status_code == 400
    assert field in words(page.text).replace("&#39;", "'").replace("’", "'")


async def test_a_window_longer_than_any_booking_is_refused(wednesday: AsyncClient) -> None:
    answer = await wednesday.get("/api/v1/places?free_from=2027-03-01T00:00:00Z&free_to=2027-03-09T00:00:01Z")
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("free_to", "too_long")]


async def test_an_empty_list_offers_the_places_without_booking(wednesday: AsyncClient, base: Base) -> None:
    make_place(base, at=(-4.1, 48.0))
    page = await wednesday.get(f"/recherche?{FORM}")
    assert "Montrer aussi les lieux sans réservation" in words(page.text)


async def test_the_first_free_of_a_past_window_is_not_in_the_past(
    wednesday: AsyncClient, base: Base, desks: tuple[int, int]
) -> None:
    window = "free_from=2027-03-24T09:00:00%2B01:00&free_to=2027-03-24T10:00:00%2B01:00"
    found = await properties(wednesday, f"{HERE}&{window}")
    assert datetime.fromisoformat(found["first_free"]) > datetime(2027, 3, 24, 9, tzinfo=UTC)
