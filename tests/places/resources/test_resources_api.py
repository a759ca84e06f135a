"""What a place has to book, over HTTP: read by anyone, written by its hosts."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient, Response

from tests.factories import (
    Base,
    make_account,
    make_booking,
    make_closure,
    make_host,
    make_place,
    make_resource,
    make_token,
)

DESKS = {"name": "Open space", "kind": "desk", "seats": 3, "modes": ["hour", "half_day", "day"]}
NOW = "2027-03-24T13:00:00+01:00"
TOMORROW = datetime(2027, 3, 25, 9, tzinfo=UTC)
EVERY_KEY = {
    "id", "place_id", "name", "kind", "seats", "seat_list", "head_count", "modes", "prices", "currency",
    "turnaround_minutes", "policy", "effective_policy", "archived", "opening_hours", "how_to_get_in", "version",
}  # fmt: skip
HUGE = 10**30


@pytest.fixture
async def place(base: Base, client: AsyncClient) -> int:
    """A place, on a Wednesday in March."""
    await client.put("/dev/clock", json={"now": NOW})
    return make_place(base, welcome="bookable")


@pytest.fixture
def host(base: Base, place: int) -> dict[str, str]:
    """The header of the place's host."""
    account = make_account(base)
    make_host(base, place, account)
    return make_token(base, account, "places:write")


def path(place: int) -> str:
    return f"/api/v1/places/{place}/resources"


async def created(client: AsyncClient, place: int, host: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await client.post(path(place), json=DESKS | more, headers=host)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def patched(client: AsyncClient, resource: dict[str, Any], host: dict[str, str], **changes: Any) -> Response:
    return await client.patch(f"/api/v1/resources/{resource['id']}", json=changes, headers=host)


async def test_a_resource_is_created_with_its_seats_and_read_by_anyone(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    answer = await client.post(path(place), json=DESKS, headers=host)
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/resources/{place}-1")
    made = answer.json()
    assert set(made) == EVERY_KEY
    assert (made["id"], made["place_id"], made["seats"]) == (f"{place}-1", str(place), 3)
    assert made["seat_list"][2] == {"id": f"{place}-3", "label": "3", "attributes": []}
    assert (made["prices"], made["currency"], made["archived"], made["policy"]) == ({}, "EUR", False, {})
    assert made["effective_policy"]["slot_minutes"] == 30
    assert (await client.get(path(place))).json() == {"items": [made], "links": []}
    assert (await client.get(f"/api/v1/places/{place}")).json()["resources"] == [made]
    assert (await client.get(f"/api/v1/resources/{place}-1")).json() == made


async def test_seats_of_a_second_resource_count_on_within_the_place(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    await created(client, place, host)
    room = await created(client, place, host, name="Salle", kind="meeting_room", seats=2, head_count=6)
    assert (room["id"], room["head_count"]) == (f"{place}-2", 6)
    assert [(seat["id"], seat["label"]) for seat in room["seat_list"]] == [(f"{place}-4", "1"), (f"{place}-5", "2")]


async def test_resources_created_at_once_get_different_numbers(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    made = await asyncio.gather(*(created(client, place, host) for _ in range(4)))
    assert {each["id"] for each in made} == {f"{place}-{number}" for number in range(1, 5)}
    assert len({seat["id"] for each in made for seat in each["seat_list"]}) == 12


async def test_ten_thousand_seats_are_stored(client: AsyncClient, base: Base, place: int, host: dict[str, str]) -> None:
    made = await created(client, place, host, seats=10_000)
    assert (made["seats"], made["seat_list"][-1]["label"]) == (10_000, "10000")
    days = base.execute("SELECT DISTINCT in_service::text FROM seat").fetchall()
    assert days == [("[2027-03-24,)",)]


async def test_a_place_holds_no_more_seats_than_any_place_has(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    for _ in range(5):
        await created(client, place, host, seats=10_000)
    answer = await client.post(path(place), json=DESKS, headers=host)
    assert (answer.status_code, answer.json()["broken_rules"][0]["code"]) == (422, "too_many_seats")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"seats": 10_001}, "seats"),
        ({"seats": 0}, "seats"),
        ({"seats": HUGE}, "seats"),
        ({"seats": "3"}, "seats"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "a\tb"}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "sofa"}, "kind"),
        ({"modes": []}, "modes"),
        ({"modes": ["week"]}, "modes[0]"),
        ({"prices": {"week": 100}}, "prices.week"),
        ({"prices": {"hour": -1}}, "prices.hour"),
        ({"prices": {"hour": HUGE}}, "prices.hour"),
        ({"head_count": 0}, "head_count"),
        ({"turnaround_minutes": 1441}, "turnaround_minutes"),
        ({"turnaround_minutes": -HUGE}, "turnaround_minutes"),
        ({"how_to_get_in": "\x07"}, "how_to_get_in"),
        ({"policy": {"slot_minutes": 0}}, "policy.slot_minutes"),
        ({"policy": {"horizon_days": HUGE}}, "policy.horizon_days"),
        ({"policy": {"colour": 1}}, "policy.colour"),
        ({"policy": {"min_minutes": 700}}, "policy.min_minutes"),
        ({"colour": "red"}, "colour"),
        ({"archived": True}, "archived"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    client: AsyncClient, base: Base, place: int, host: dict[str, str], more: dict[str, Any], field: str
) -> None:
    answer = await client.post(path(place), json=DESKS | more, headers=host)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert base.execute("SELECT count(*) FROM resource").fetchone() == (0,)


async def test_hours_that_cannot_be_read_are_refused_with_where(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    answer = await client.post(path(place), json=DESKS | {"opening_hours": "Mo-Fr 25:99-"}, headers=host)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_hours")


async def test_only_those_in_charge_write(client: AsyncClient, base: Base, place: int, host: dict[str, str]) -> None:
    made = await created(client, place, host)
    other = make_token(base, make_account(base), "places:write")
    wrong_scope = make_token(base, make_account(base, "moderator"), "bookings:write")
    for headers, status in ((other, 404), (wrong_scope, 403), ({}, 401)):
        assert (await client.post(path(place), json=DESKS, headers=headers)).status_code == status
        assert (await patched(client, made, headers, name="À moi")).status_code == status
    moderator = make_token(base, make_account(base, "moderator"), "places:write")
    assert (await patched(client, made, moderator, name="Calme")).json()["name"] == "Calme"


@pytest.mark.parametrize(
    "resource_id", ["1", "x-1", "1-x", f"{HUGE}-1", f"1-{HUGE}", "1-1", "01-1", "1--1", "2147483648-1", "1-1\x00"]
)
async def test_an_id_that_names_nothing_is_not_found(
    client: AsyncClient, base: Base, place: int, resource_id: str
) -> None:
    moderator = make_token(base, make_account(base, "moderator"), "places:write")
    address = f"/api/v1/resources/{resource_id.replace(chr(0), '%00')}"
    assert (await client.get(address)).status_code == 404
    assert (await client.patch(address, json={"name": "x"}, headers=moderator)).status_code == 404


async def test_lists_of_places_that_are_not_there_are_not_found(client: AsyncClient) -> None:
    for place_id in ("999999", str(HUGE), "x", "-1"):
        assert (await client.get(f"/api/v1/places/{place_id}/resources")).status_code == 404


async def test_a_stale_version_is_refused_and_the_current_one_accepted(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    first = await client.post(path(place), json=DESKS, headers=host)
    address, etag = f"/api/v1/resources/{place}-1", first.headers["etag"]
    other = (await client.post(path(place), json=DESKS, headers=host)).headers["etag"]
    changed = await client.patch(address, json={"name": "Calme"}, headers=host | {"If-Match": etag})
    assert changed.status_code == 200
    for stale in (etag, other, '"x"', ""):
        answer = await client.patch(address, json={"name": "Bruyant"}, headers=host | {"If-Match": stale})
        assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")
    current = (await client.get(address)).headers["etag"]
    assert (await client.patch(address, json={}, headers=host | {"If-Match": current})).status_code == 200


async def test_a_copy_that_is_still_right_is_not_sent_again(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    made = await created(client, place, host)
    for address in (path(place), f"/api/v1/resources/{made['id']}", f"/api/v1/places/{place}"):
        etag = (await client.get(address)).headers["etag"]
        assert (await client.get(address, headers={"If-None-Match": etag})).status_code == 304
        await patched(client, made, host, seats=4)
        assert (await client.get(address, headers={"If-None-Match": etag})).status_code == 200
        await patched(client, made, host, seats=3)


async def test_rules_hold_what_differs_from_the_places_and_null_brings_these_back(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    rules = {"slot_minutes": 60, "min_minutes": 60, "quota_hours_per_week": 10}
    await client.patch(f"/api/v1/places/{place}", json={"policy": rules}, headers=host)
    made = await created(client, place, host, policy={"slot_minutes": 30, "min_minutes": 60, "horizon_days": 90})
    assert made["policy"] == {"slot_minutes": 30, "horizon_days": 90}
    assert made["effective_policy"]["slot_minutes"] == 30
    assert (made["effective_policy"]["min_minutes"], made["effective_policy"]["quota_hours_per_week"]) == (60, 10)
    changed = (await patched(client, made, host, policy={"slot_minutes": None, "notice_minutes": 5})).json()
    assert changed["policy"] == {"horizon_days": 90, "notice_minutes": 5}
    assert changed["effective_policy"]["slot_minutes"] == 60
    assert (await patched(client, made, host, policy=None)).json()["policy"] == {}


async def test_prices_are_set_mode_by_mode(client: AsyncClient, place: int, host: dict[str, str]) -> None:
    made = await created(client, place, host, prices={"hour": 200, "day": None})
    assert made["prices"] == {"hour": 200, "day": None}
    assert (await patched(client, made, host, prices={"day": 1200})).json()["prices"] == {"hour": 200, "day": 1200}
    assert (await patched(client, made, host, prices=None)).json()["prices"] == {}


async def test_how_to_get_in_is_read_by_hosts_only(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    made = await created(client, place, host, how_to_get_in="Code 1234\nà gauche")
    assert made["how_to_get_in"] == "Code 1234\nà gauche"
    guest = make_token(base, make_account(base), "places:write", "bookings:write")
    for address in (path(place), f"/api/v1/resources/{made['id']}", f"/api/v1/places/{place}", f"/lieux/x-{place}"):
        for headers in ({}, guest):
            assert "1234" not in (await client.get(address, headers=headers)).text
    assert (await client.get(path(place), headers=host)).json()["items"][0]["how_to_get_in"].startswith("Code")


async def test_seats_are_renamed_and_described_by_id(client: AsyncClient, place: int, host: dict[str, str]) -> None:
    made = await created(client, place, host)
    change = {"id": f"{place}-2", "label": "Fenêtre", "attributes": ["socket", "wheelchair", "socket"]}
    seats = (await patched(client, made, host, seat_list=[change])).json()["seat_list"]
    assert seats[1] == {"id": f"{place}-2", "label": "Fenêtre", "attributes": ["wheelchair", "socket"]}
    assert [seat["label"] for seat in seats] == ["1", "Fenêtre", "3"]
    kept = (await patched(client, made, host, seat_list=[{"id": f"{place}-2", "attributes": []}])).json()["seat_list"]
    assert kept[1] == {"id": f"{place}-2", "label": "Fenêtre", "attributes": []}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1-99"},
        {"id": "x"},
        {"id": f"{HUGE}-1"},
        {"id": "SEAT", "attributes": ["throne"]},
        {"id": "SEAT", "label": ""},
        {"id": "SEAT", "label": "a\nb"},
        {"id": "SEAT", "label": " "},
        {"id": "SEAT", "colour": "red"},
        {"label": "sans"},
    ],
)
async def test_a_seat_that_is_not_there_or_cannot_be_so_is_named(
    client: AsyncClient, place: int, host: dict[str, str], change: dict[str, Any]
) -> None:
    made = await created(client, place, host)
    given = {name: f"{place}-1" if value == "SEAT" else value for name, value in change.items()}
    answer = await patched(client, made, host, seat_list=[given], name="Autre")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].startswith("seat_list")
    assert (await client.get(path(place))).json()["items"][0]["name"] == "Open space"


async def test_a_seat_of_another_resource_or_named_twice_is_refused(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    made = await created(client, place, host)
    await created(client, place, host)
    answer = await patched(client, made, host, seat_list=[{"id": f"{place}-4"}, *[{"id": f"{place}-1"}] * 2])
    assert [error["field"] for error in answer.json()["errors"]] == ["seat_list[0].id", "seat_list[2].id"]


async def test_an_archived_resource_is_shown_to_its_hosts_only_and_comes_back(
    client: AsyncClient, place: int, host: dict[str, str]
) -> None:
    made = await created(client, place, host)
    assert (await patched(client, made, host, archived=True)).json()["archived"] is True
    assert (await client.get(path(place))).json()["items"] == []
    assert (await client.get(f"/api/v1/resources/{made['id']}")).status_code == 404
    assert (await client.get(path(place), headers=host)).json()["items"][0]["archived"] is True
    assert (await patched(client, made, host, archived=False)).json()["seats"] == 3
    assert len((await client.get(path(place))).json()["items"]) == 1


async def test_more_seats_serve_from_today_and_fewer_leave_from_today(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = {"id": f"{place}-{make_resource(base, place, seats=3)}"}
    more = (await patched(client, resource, host, seats=5)).json()
    assert [seat["label"] for seat in more["seat_list"]] == ["1", "2", "3", "4", "5"]
    fewer = (await patched(client, resource, host, seats=2)).json()
    assert [seat["label"] for seat in fewer["seat_list"]] == ["1", "2"]
    days = base.execute("SELECT seat_id, in_service::text FROM seat ORDER BY seat_id").fetchall()
    assert days == [(1, "[2020-01-01,)"), (2, "[2020-01-01,)"), (3, "[2020-01-01,2027-03-24)")]
    again = (await patched(client, resource, host, seats=3)).json()
    assert [seat["label"] for seat in again["seat_list"]] == ["1", "2", "3"]


async def test_seats_without_bookings_leave_first_and_adapted_ones_last(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=4)
    make_booking(base, place, resource, (TOMORROW, TOMORROW + timedelta(hours=1)), 4)
    base.execute("UPDATE seat SET attributes = '{wheelchair}' WHERE seat_id = 3")
    left = []
    for seats in (3, 2, 1):
        answer = await patched(client, {"id": f"{place}-{resource}"}, host, seats=seats)
        left.append([seat["label"] for seat in answer.json()["seat_list"]])
    assert left == [["1", "3", "4"], ["3", "4"], ["4"]]


async def test_seats_that_are_booked_do_not_leave_and_the_bookings_are_listed(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=2)
    during = (TOMORROW, TOMORROW + timedelta(hours=1))
    bookings = {seat: make_booking(base, place, resource, during, seat) for seat in (1, 2)}
    answer = await patched(client, {"id": f"{place}-{resource}"}, host, seats=1, name="Autre")
    assert (answer.status_code, answer.json()["code"]) == (409, "bookings_affected")
    (hit,) = answer.json()["bookings"]
    assert (hit["id"], hit["start"]) == (f"{place}-{bookings[2].hex}", "2027-03-25T10:00:00+01:00")
    assert (hit["resource_id"], hit["status"], hit["seats"]) == (f"{place}-{resource}", "confirmed", 1)
    assert base.execute("SELECT count(*) FROM seat WHERE upper_inf(in_service)").fetchone() == (2,)
    archived = await patched(client, {"id": f"{place}-{resource}"}, host, archived=True)
    assert (archived.status_code, len(archived.json()["bookings"])) == (409, 2)


async def test_bookings_that_are_kept_keep_their_seat_until_the_day_after_and_it_may_stay(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=2)
    for seat in (1, 2):
        make_booking(base, place, resource, (TOMORROW, TOMORROW + timedelta(hours=1)), seat)
    asked = {"id": f"{place}-{resource}"}
    answer = await patched(client, asked, host, seats=1, existing="keep")
    assert (answer.status_code, answer.json()["seats"]) == (200, 1)
    ends = base.execute("SELECT upper(in_service)::text FROM seat ORDER BY seat_id").fetchall()
    assert ends == [(None,), ("2027-03-26",)]
    assert (await patched(client, asked, host, seats=3)).json()["seats"] == 3
    assert base.execute("SELECT count(*) FROM seat").fetchone() == (3,)


async def test_what_is_over_or_has_lapsed_keeps_no_seat(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=3)
    long_ago = datetime(2027, 3, 1, 9, tzinfo=UTC)
    make_booking(base, place, resource, (long_ago, long_ago + timedelta(hours=1)), 2)
    make_booking(
        base, place, resource, (TOMORROW, TOMORROW + timedelta(hours=1)), 3, status="held", expires_at=long_ago
    )
    assert (await patched(client, {"id": f"{place}-{resource}"}, host, seats=1)).json()["seats"] == 1


async def test_a_seat_that_is_given_to_someone_does_not_leave(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=2)
    given = (TOMORROW, TOMORROW + timedelta(days=30))
    residents = [make_closure(base, place, given, "resident", resource_id=resource, seat_id=seat) for seat in (1, 2)]
    answer = await patched(client, {"id": f"{place}-{resource}"}, host, seats=1, existing="keep")
    assert (answer.status_code, answer.json()["residents"]) == (409, [f"{place}-{residents[1].hex}"])


async def test_a_room_does_not_shrink_below_who_booked_it(
    client: AsyncClient, base: Base, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, kind="meeting_room", head_count=8)
    make_booking(base, place, resource, (TOMORROW, TOMORROW + timedelta(hours=1)), 1, seats=6)
    asked = {"id": f"{place}-{resource}"}
    assert (await patched(client, asked, host, head_count=5)).status_code == 409
    assert (await patched(client, asked, host, head_count=6)).json()["head_count"] == 6
    assert (await patched(client, asked, host, head_count=5, existing="keep")).json()["head_count"] == 5


async def test_two_places_that_both_have_something_to_book_are_not_merged(
    client: AsyncClient, base: Base, place: int
) -> None:
    other = make_place(base, welcome="bookable")
    make_resource(base, place)
    second = make_resource(base, other)
    pair = base.execute(
        "INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state) VALUES (%s, %s, 0.9, '{}', 'to_review')"
        " RETURNING pair_id",
        (place, other),
    ).fetchone()
    assert pair is not None
    moderator = make_token(base, make_account(base, "moderator"), "moderation:write")
    decision = f"/api/v1/duplicates/{pair[0]}/decision"
    answer = await client.post(decision, json={"answer": "same"}, headers=moderator)
    assert (answer.status_code, answer.json()["code"]) == (409, "both_own_resources")
    base.execute("UPDATE resource SET archived_at = now() WHERE place_id = %s AND resource_id = %s", (other, second))
    assert (await client.post(decision, json={"answer": "same"}, headers=moderator)).status_code == 200
    merged = base.execute("SELECT place_id FROM place WHERE merged_into IS NOT NULL").fetchall()
    assert merged == [(other,)]
    assert (await client.get(path(other))).status_code == 404


async def test_who_lowers_the_seats_waits_for_a_booking_under_way_and_then_sees_it(
    client: AsyncClient, base: Base, database_url: str, place: int, host: dict[str, str]
) -> None:
    resource = make_resource(base, place, seats=1)
    make_resource(base, place)
    with psycopg.connect(database_url) as booking:
        booking.execute("SELECT FROM resource WHERE resource_id = %s FOR NO KEY UPDATE", (resource,))
        asked = asyncio.create_task(patched(client, {"id": f"{place}-{resource}"}, host, archived=True))
        await asyncio.to_thread(wait_for_a_waiter, base)
        make_booking(booking, place, resource, (TOMORROW, TOMORROW + timedelta(hours=1)), 1)
    answer = await asked
    assert (answer.status_code, len(answer.json()["bookings"])) == (409, 1)


def wait_for_a_waiter(base: Base) -> None:
    """Until some session of this database waits for a lock."""
    pause = threading.Event()
    for _ in range(2000):
        waiting = base.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if waiting and waiting[0]:
            return
        pause.wait(0.01)
    pytest.fail("nobody waits for the booking")
