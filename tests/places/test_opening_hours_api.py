"""Opening hours of a place over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import Base, make_account, make_host, make_place, make_token

Client = AsyncTestClient[Litestar]
MONDAY = {"now": "2027-09-06T09:12:00+02:00"}


@pytest.fixture
def place(base: Base) -> int:
    return make_place(base)


@pytest.fixture
def host(base: Base, place: int) -> dict[str, str]:
    account = make_account(base)
    make_host(base, place, account)
    return make_token(base, account, "places:write")


async def put(client: Client, place: int, host: dict[str, str], body: dict[str, Any], query: str = "") -> Any:
    await client.put("/dev/clock", json=MONDAY)
    return await client.put(f"/api/v1/places/{place}/opening-hours{query}", json=body, headers=host)


async def test_osm_text_sets_the_days_that_follow(client: Client, base: Base, place: int, host: dict[str, str]) -> None:
    answer = await put(client, place, host, {"opening_hours": "Mo-Fr 09:00-12:00; PH off"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["opening_hours"], body["bookings"], body["exceptions"]) == ("Mo-Fr 09:00-12:00; PH off", [], [])
    assert body["next_days"][0] == {
        "day": "2027-09-06",
        "state": "open",
        "reason": None,
        "open": [{"start": "2027-09-06T09:00:00+02:00", "end": "2027-09-06T12:00:00+02:00"}],
    }
    assert body["next_days"][5]["state"] == "closed"
    assert len(body["next_days"]) == 14
    read = (await client.get(f"/api/v1/places/{place}")).json()
    assert read["hours"] == {
        "state": "open",
        "reason": None,
        "until": "2027-09-06T12:00:00+02:00",
        "checked_on": "2027-09-06",
    }
    stored = base.execute("SELECT count(*) FROM place_day WHERE place_id = %s AND state = 'known'", (place,)).fetchone()
    assert stored == (61,)


async def test_french_text_is_read_and_kept_beside(client: Client, place: int, host: dict[str, str]) -> None:
    answer = await put(client, place, host, {"text": "du mardi au samedi 10h-12h30 et 14h-18h"})
    assert answer.json()["opening_hours"] == "Tu-Sa 10:00-12:30,14:00-18:00"
    read = (await client.get(f"/api/v1/places/{place}")).json()
    assert read["hours_text"] == "du mardi au samedi 10h-12h30 et 14h-18h"


@pytest.mark.parametrize(
    "body",
    [{"opening_hours": "Mo 25:99-xx"}, {"text": "quand la lune est pleine"},
     {"exceptions": [{"from": "2027-07-05", "to": "2027-07-09", "opening_hours": "nope nope"}]}],
)  # fmt: skip
async def test_hours_that_cannot_be_read_are_refused_with_place_and_part(
    client: Client, place: int, host: dict[str, str], body: dict[str, Any]
) -> None:
    answer = await put(client, place, host, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_hours")
    rule = answer.json()["broken_rules"][0]
    assert isinstance(rule["value"]["position"], int)
    assert rule["value"]["part"]
    assert rule["message"]


async def test_a_dated_exception_wins_and_a_new_set_replaces_the_old_one(
    client: Client, place: int, host: dict[str, str]
) -> None:
    await put(client, place, host, {"opening_hours": "Mo-Fr 09:00-12:00"})
    short = {"from": "2027-09-06", "to": "2027-09-07", "opening_hours": "10:00-11:00"}
    body = (await put(client, place, host, {"exceptions": [short]})).json()
    assert (body["opening_hours"], body["exceptions"]) == ("Mo-Fr 09:00-12:00", [short])
    assert body["next_days"][0]["open"][0]["start"] == "2027-09-06T10:00:00+02:00"
    assert (await put(client, place, host, {})).json()["exceptions"] == []
    assert (await client.get(f"/api/v1/places/{place}/opening-hours")).json()["exceptions"] == []


async def test_a_preview_says_what_would_be_and_changes_nothing(
    client: Client, place: int, host: dict[str, str]
) -> None:
    before = (await client.get(f"/api/v1/places/{place}")).json()
    answer = await put(client, place, host, {"opening_hours": "24/7"}, "?preview=true")
    assert (answer.status_code, answer.json()["opening_hours"]) == (200, "24/7")
    assert answer.json()["next_days"][0]["state"] == "open"
    after = (await client.get(f"/api/v1/places/{place}")).json()
    assert (after["version"], after["opening_hours"]) == (before["version"], None)


async def test_null_takes_the_hours_away(client: Client, base: Base, place: int, host: dict[str, str]) -> None:
    await put(client, place, host, {"opening_hours": "24/7"})
    assert (await put(client, place, host, {"opening_hours": None})).json()["opening_hours"] is None
    assert base.execute("SELECT count(*) FROM place_day").fetchone() == (0,)


@pytest.mark.parametrize(
    "body",
    [{"opening_hours": "24/7", "text": "lundi"}, {"hours": "24/7"}, {"existing": "drop"},
     {"exceptions": [{"from": "2027-07-09", "to": "2027-07-05", "opening_hours": "off"}]},
     {"exceptions": [{"from": "2027-02-30", "to": "2027-07-05", "opening_hours": "off"}]}],
)  # fmt: skip
async def test_a_body_that_cannot_be_read_is_refused(
    client: Client, place: int, host: dict[str, str], body: dict[str, Any]
) -> None:
    assert (await put(client, place, host, body)).status_code == 400


async def test_nobody_else_sets_them(client: Client, base: Base, place: int) -> None:
    other = make_token(base, make_account(base), "places:write")
    assert (await put(client, place, other, {"opening_hours": "24/7"})).status_code == 404
