"""Seats given to a person for a period: they count as taken, and who it is, is forgotten when the period is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.factories import Base, make_account, make_booking, make_host, make_place, make_resource, make_token
from tierslieux.places.resources.residents import FORGET_RESIDENTS

FIRST, LAST = "2027-04-01", "2027-06-30"


@pytest.fixture
async def place(base: Base, client: AsyncClient) -> int:
    """A place with two desks, in March."""
    await client.put("/dev/clock", json={"now": "2027-03-24T13:00:00+01:00"})
    place = make_place(base, welcome="bookable")
    make_resource(base, place, seats=2)
    return place


@pytest.fixture
def host(base: Base, place: int) -> dict[str, str]:
    """The header of the place's host."""
    account = make_account(base)
    make_host(base, place, account)
    return make_token(base, account, "places:write")


async def give(client: AsyncClient, place: int, host: dict[str, str], **more: Any) -> Response:
    body = {"seat_id": f"{place}-1", "from": FIRST, "to": LAST, "name": "Atelier bois"} | more
    return await client.post(f"/api/v1/places/{place}/residents", json=body, headers=host)


async def test_a_seat_is_given_listed_and_taken_back(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    answer = await give(client, place, host)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["seat_id"], made["resource_id"], made["seat_label"]) == (f"{place}-1", f"{place}-1", "1")
    assert (made["from"], made["to"], made["name"]) == (FIRST, LAST, "Atelier bois")
    during = base.execute("SELECT kind, lower(during), upper(during) FROM closure").fetchone()
    assert during == ("resident", datetime(2027, 3, 31, 22, tzinfo=UTC), datetime(2027, 6, 30, 22, tzinfo=UTC))
    listed = f"/api/v1/places/{place}/residents"
    assert (await client.get(listed, headers=host)).json() == {"items": [made], "links": []}
    assert (await client.delete(answer.headers["location"], headers=host)).status_code == 204
    assert (await client.get(listed, headers=host)).json()["items"] == []
    assert (await client.delete(answer.headers["location"], headers=host)).status_code == 404
    assert base.execute("SELECT reason, withdrawn_at IS NULL FROM closure").fetchone() == (None, False)


async def test_a_period_that_has_begun_ends_when_it_is_taken_back(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    answer = await give(client, place, host, **{"from": "2027-03-24", "to": None})
    assert answer.json()["to"] is None
    await client.put("/dev/clock", json={"now": "2027-05-01T12:00:00+02:00"})
    assert (await client.delete(answer.headers["location"], headers=host)).status_code == 204
    row = base.execute("SELECT upper(during)::date::text, withdrawn_at, reason FROM closure").fetchone()
    assert row == ("2027-05-01", None, None)


async def test_the_answer_does_not_say_whether_an_address_has_an_account(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    account = make_account(base, email="connue@exemple.fr")
    known = (await give(client, place, host, name=None, email="Connue@exemple.fr ")).json()
    other = (await give(client, place, host, seat_id=f"{place}-2", name=None, email="autre@exemple.fr")).json()
    assert set(known) == set(other)
    assert (known["name"], other["name"]) == ("Connue@exemple.fr", "autre@exemple.fr")
    tied = base.execute("SELECT guest_id FROM closure ORDER BY seat_id").fetchall()
    assert tied == [(account,), (None,)]


async def test_who_had_a_seat_is_forgotten_when_the_period_is_over(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    make_account(base, email="connue@exemple.fr")
    await give(client, place, host, email="connue@exemple.fr")
    for now, kept in ((datetime(2027, 6, 30, 21, tzinfo=UTC), 1), (datetime(2027, 6, 30, 22, tzinfo=UTC), 0)):
        base.execute(FORGET_RESIDENTS, {"now": now})
        found = base.execute("SELECT count(guest_id), count(reason) FROM closure").fetchone()
        assert found == (kept, kept)


async def test_a_seat_is_given_to_one_person_at_a_time(client: AsyncClient, place: int, host: dict[str, str]) -> None:
    await give(client, place, host)
    again = await give(client, place, host, **{"from": LAST, "to": None})
    assert (again.status_code, again.json()["code"]) == (409, "seat_given")
    assert (await give(client, place, host, **{"from": "2027-07-01", "to": None})).status_code == 201


async def test_a_seat_that_a_guest_chose_is_not_given(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    start = datetime(2027, 4, 2, 8, tzinfo=UTC)
    booking = make_booking(base, place, 1, (start, start + timedelta(hours=2)), 1, seats_chosen=True, pinned=True)
    answer = await give(client, place, host)
    assert (answer.status_code, answer.json()["code"]) == (409, "bookings_affected")
    assert [each["id"] for each in answer.json()["bookings"]] == [f"{place}-{booking.hex}"]
    assert (await give(client, place, host, **{"from": "2027-04-03"})).status_code == 201


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"from": "2027-03-23"}, "from"),
        ({"from": "9999-12-31", "to": None}, "from"),
        ({"to": "2027-03-31"}, "to"),
        ({"to": "9999-12-31"}, "to"),
        ({"from": "2027-02-30"}, "from"),
        ({"from": 5}, "from"),
        ({"name": None}, "name"),
        ({"name": " "}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"colour": 1}, "colour"),
    ],
)
async def test_a_period_or_person_that_cannot_be_is_refused_by_name(
    client: AsyncClient, place: int, host: dict[str, str], more: dict[str, Any], field: str
) -> None:
    answer = await give(client, place, host, **more)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field), answer.text


async def test_a_seat_that_is_not_the_places_is_not_found(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    other = make_place(base)
    make_resource(base, other)
    for seat_id in (f"{other}-1", f"{place}-3", "x", f"{place}-{10**30}"):
        assert (await give(client, place, host, seat_id=seat_id)).status_code == 404


async def test_only_those_in_charge_give_seats_and_read_who_has_one(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    location = (await give(client, place, host)).headers["location"]
    other = make_token(base, make_account(base), "places:write")
    wrong_scope = make_token(base, make_account(base, "moderator"), "bookings:write")
    for headers, status in ((other, 404), (wrong_scope, 403), ({}, 401)):
        assert (await give(client, place, headers)).status_code == status
        assert (await client.get(f"/api/v1/places/{place}/residents", headers=headers)).status_code == status
        assert (await client.delete(location, headers=headers)).status_code == status
    assert (await client.delete(location.replace(f"/{place}-", "/999-"), headers=host)).status_code == 404
