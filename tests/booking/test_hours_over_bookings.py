"""Shorter hours, fewer seats, a place that closes: bookings are listed, and become what the team says."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from tests.booking.world import TUESDAY, WEDNESDAY, World

AFTERNOONS = "Mo-Fr 13:30-18:00; PH off"


@pytest.fixture
def host(world: World) -> dict[str, str]:
    return world.host()


async def set_hours(world: World, host: dict[str, str], *, preview: bool = False, **body: Any) -> Response:
    path = f"/api/v1/places/{world.place_id}/opening-hours" + ("?preview=true" if preview else "")
    return await world.client.put(path, json={"opening_hours": AFTERNOONS} | body, headers=host)


async def status_of(world: World, booking: dict[str, Any]) -> str:
    status: str = (await world.get(f"/bookings/{booking['id']}")).json()["status"]
    return status


async def test_shorter_hours_list_the_bookings_that_lose_their_time_and_are_refused(
    world: World, host: dict[str, str]
) -> None:
    morning = await world.book()
    await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00"), world.guest())
    answer = await set_hours(world, host)
    assert answer.status_code == 409, answer.text
    [hit] = answer.json()["bookings"]
    assert (hit["id"], hit["outcome"]) == (morning["id"], None)
    assert hit["suggestion"]["to"]["start"] == f"{TUESDAY}T13:30:00+01:00"
    hours = await world.get(f"/places/{world.place_id}/opening-hours")
    assert hours.json()["opening_hours"] != AFTERNOONS


async def test_a_preview_of_hours_lists_the_bookings_and_changes_nothing(world: World, host: dict[str, str]) -> None:
    morning = await world.book()
    answer = await set_hours(world, host, preview=True)
    assert answer.status_code == 200, answer.text
    assert answer.json()["opening_hours"] == AFTERNOONS
    assert [each["id"] for each in answer.json()["bookings"]] == [morning["id"]]
    hours = await world.get(f"/places/{world.place_id}/opening-hours")
    assert hours.json()["opening_hours"] != AFTERNOONS
    assert await status_of(world, morning) == "confirmed"


@pytest.mark.parametrize(
    ("existing", "outcome", "status", "start"),
    [
        ("keep", "kept", "confirmed", f"{TUESDAY}T10:00:00+01:00"),
        ("cancel", "cancelled", "cancelled_by_host", f"{TUESDAY}T10:00:00+01:00"),
        ("move", "moved", "confirmed", f"{TUESDAY}T13:30:00+01:00"),
    ],
)
async def test_shorter_hours_do_with_bookings_what_the_team_says(
    world: World, host: dict[str, str], existing: str, outcome: str, status: str, start: str
) -> None:
    booking = await world.book()
    answer = await set_hours(world, host, existing=existing)
    assert answer.status_code == 200, answer.text
    assert [(each["id"], each["outcome"]) for each in answer.json()["bookings"]] == [(booking["id"], outcome)]
    found = (await world.get(f"/bookings/{booking['id']}")).json()
    assert (found["status"], found["start"]) == (status, start)
    world.invariants()


async def test_choices_beat_what_is_said_of_all_bookings_in_shorter_hours(world: World, host: dict[str, str]) -> None:
    kept, cancelled = await world.book(), await world.book(headers=world.guest())
    choices = [{"booking_id": kept["id"], "do": "keep"}]
    answer = await set_hours(world, host, existing="cancel", choices=choices)
    assert {each["id"]: each["outcome"] for each in answer.json()["bookings"]} == {
        kept["id"]: "kept",
        cancelled["id"]: "cancelled",
    }


async def test_a_booking_kept_out_of_hours_is_not_hit_again(world: World, host: dict[str, str]) -> None:
    await world.book()
    await set_hours(world, host, existing="keep")
    answer = await set_hours(world, host, opening_hours="Mo-Fr 14:00-18:00; PH off")
    assert answer.status_code == 200, answer.text
    assert answer.json()["bookings"] == []


async def test_a_dated_exception_hits_only_its_own_day(world: World, host: dict[str, str]) -> None:
    tuesday = await world.book()
    await world.book(world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00"))
    exception = {"from": TUESDAY, "to": TUESDAY, "opening_hours": "off"}
    same = "Mo-Fr 09:00-12:30,13:30-18:00; PH off"
    answer = await set_hours(world, host, opening_hours=same, exceptions=[exception])
    assert [each["id"] for each in answer.json()["bookings"]] == [tuesday["id"]]


async def test_a_day_with_its_break_loses_time_only_where_it_was_open(world: World, host: dict[str, str]) -> None:
    await world.book(world.wish(f"{TUESDAY}T09:00:00+01:00", f"{TUESDAY}T18:00:00+01:00", mode="day"))
    longer = await set_hours(world, host, opening_hours="Mo-Fr 08:00-12:30,13:30-19:00; PH off")
    assert longer.status_code == 200
    shorter = await set_hours(world, host, opening_hours="Mo-Fr 09:00-12:00,13:30-19:00; PH off")
    assert shorter.status_code == 409


@pytest.mark.parametrize("change", [{"state": "closed"}, {"welcome": "no_booking"}, {"opening_hours": AFTERNOONS}])
async def test_a_place_that_closes_or_is_no_longer_bookable_says_what_becomes_of_its_bookings(
    world: World, host: dict[str, str], change: dict[str, Any]
) -> None:
    booking = await world.book()
    path = f"/places/{world.place_id}"
    refused = await world.patch(path, change, host)
    assert refused.status_code == 409, refused.text
    assert [each["id"] for each in refused.json()["bookings"]] == [booking["id"]]
    assert await status_of(world, booking) == "confirmed"
    done = await world.patch(path, change | {"existing": "cancel"}, host)
    assert done.status_code == 200, done.text
    assert await status_of(world, booking) == "cancelled_by_host"


async def test_a_change_that_takes_no_time_away_asks_nothing(world: World, host: dict[str, str]) -> None:
    await world.book()
    assert (await world.patch(f"/places/{world.place_id}", {"name": "Autre nom"}, host)).status_code == 200


async def test_a_resource_with_hours_of_its_own_says_what_becomes_of_its_bookings(
    world: World, host: dict[str, str]
) -> None:
    booking = await world.book()
    path = f"/resources/{world.resource_id}"
    refused = await world.patch(path, {"opening_hours": "Mo-Fr 14:00-18:00"}, host)
    assert refused.status_code == 409, refused.text
    assert [each["id"] for each in refused.json()["bookings"]] == [booking["id"]]
    assert (await world.patch(path, {"opening_hours": "Mo-Su 00:00-24:00"}, host)).status_code == 200
    done = await world.patch(path, {"opening_hours": "Mo-Fr 14:00-18:00", "existing": "move"}, host)
    assert done.status_code == 200, done.text
    found = (await world.get(f"/bookings/{booking['id']}")).json()
    assert found["start"] == f"{TUESDAY}T14:00:00+01:00"


async def fewer(world: World, host: dict[str, str], seats: int, **more: Any) -> Response:
    return await world.patch(f"/resources/{world.resource_id}", {"seats": seats} | more, host)


async def test_fewer_seats_re_seat_who_neither_chose_nor_arrived(world: World, host: dict[str, str]) -> None:
    world.place(seats=3)
    host = world.host()
    first = await world.book(headers=world.guest())
    second = await world.book(world.wish(f"{TUESDAY}T10:30:00+01:00", f"{TUESDAY}T11:30:00+01:00"))
    answer = await fewer(world, host, 2)
    assert answer.status_code == 200, answer.text
    again = [(await world.get(f"/bookings/{each['id']}", host)).json() for each in (first, second)]
    assert [each["version"] for each in again] == [first["version"], second["version"]]
    assert len({row[0] for row in world.rows()}) == 2
    left = {seat["id"] for seat in answer.json()["seat_list"]}
    assert {f"{world.place_id}-{row[0]}" for row in world.rows()} == left
    world.invariants()


async def test_fewer_seats_than_bookings_list_those_that_cannot_stay(world: World, host: dict[str, str]) -> None:
    bookings = [await world.book(headers=world.guest()) for _ in range(2)]
    before = world.rows()
    refused = await fewer(world, host, 1)
    assert refused.status_code == 409, refused.text
    [hit] = refused.json()["bookings"]
    assert hit["id"] in {each["id"] for each in bookings}
    assert hit["suggestion"]["to"]["start"].startswith(TUESDAY)
    assert world.rows() == before


@pytest.mark.parametrize(
    ("existing", "status"), [("keep", "confirmed"), ("cancel", "cancelled_by_host"), ("move", "confirmed")]
)
async def test_fewer_seats_do_with_bookings_what_the_team_says(
    world: World, host: dict[str, str], existing: str, status: str
) -> None:
    bookings = [await world.book(headers=world.guest()) for _ in range(2)]
    hit = (await fewer(world, host, 1)).json()["bookings"][0]
    answer = await fewer(world, host, 1, existing=existing)
    assert answer.status_code == 200, answer.text
    found = (await world.get(f"/bookings/{hit['id']}", host)).json()
    assert found["status"] == status
    assert (found["start"] != bookings[0]["start"]) == (existing == "move")
    assert world.base.execute("SELECT count(*) FROM closure").fetchone() == (0,)
    world.invariants()


async def test_a_choice_keeps_one_booking_on_a_seat_that_goes(world: World, host: dict[str, str]) -> None:
    for _ in range(2):
        await world.book(headers=world.guest())
    hit = (await fewer(world, host, 1)).json()["bookings"][0]
    answer = await fewer(world, host, 1, choices=[{"booking_id": hit["id"], "do": "keep"}])
    assert answer.status_code == 200, answer.text
    refused = await world.post("/bookings", world.wish(), world.guest())
    assert refused.status_code == 409


async def test_an_archived_resource_moves_its_bookings_to_another_one(world: World, host: dict[str, str]) -> None:
    other = world.resource(seats=1)
    booking = await world.book()
    answer = await world.patch(f"/resources/{world.resource_id}", {"archived": True, "existing": "move"}, host)
    assert answer.status_code == 200, answer.text
    found = (await world.get(f"/bookings/{booking['id']}")).json()
    assert (found["resource_id"], found["start"]) == (other, booking["start"])


async def test_a_resident_takes_a_seat_from_whom_can_sit_elsewhere(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    resident = {"seat_id": booking["seat_ids"][0], "from": TUESDAY, "name": "Une entreprise"}
    answer = await world.post(f"/places/{world.place_id}/residents", resident, host)
    assert answer.status_code == 201, answer.text
    found = (await world.get(f"/bookings/{booking['id']}")).json()
    assert found["seat_ids"] != booking["seat_ids"]
    assert found["version"] == booking["version"]
    world.invariants()


async def test_a_chosen_seat_is_not_taken_away_for_a_resident(world: World, host: dict[str, str]) -> None:
    seat = f"{world.place_id}-1"
    booking = await world.book({**world.wish(), "seat_ids": [seat]})
    resident = {"seat_id": seat, "from": TUESDAY, "name": "Une entreprise"}
    answer = await world.post(f"/places/{world.place_id}/residents", resident, host)
    assert answer.status_code == 409, answer.text
    assert [each["id"] for each in answer.json()["bookings"]] == [booking["id"]]


@pytest.mark.parametrize(
    "choices",
    [
        [{"booking_id": "nonsense", "do": "keep"}],
        [{"booking_id": "{place}-" + "0" * 32, "do": "keep"}],
        [{"booking_id": "2-" + "0" * 32, "do": "keep"}],
        [{"do": "keep"}],
        [{"booking_id": "{place}-" + "0" * 32, "do": "lose"}],
    ],
)
async def test_wrong_choices_are_named_wherever_they_are_given(
    world: World, host: dict[str, str], choices: list[dict[str, Any]]
) -> None:
    given = [{name: text.replace("{place}", str(world.place_id)) for name, text in each.items()} for each in choices]
    answers = [
        await set_hours(world, host, choices=given),
        await world.patch(f"/places/{world.place_id}", {"state": "closed", "choices": given}, host),
        await fewer(world, host, 1, choices=given),
    ]
    for answer in answers:
        assert answer.status_code == 400, answer.text
        assert answer.json()["errors"][0]["field"].startswith("choices[0]")
