"""Once a booking has begun, its end may still move, and nothing else; a price follows what is booked."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.booking.world import TUESDAY, WEDNESDAY, World, codes

HALF_PAST = f"{TUESDAY}T10:35:00+01:00"


def at(clock: str, day: str = TUESDAY) -> str:
    return f"{day}T{clock}:00+01:00"


async def begun(world: World, **more: Any) -> dict[str, Any]:
    """A booking from ten to eleven, at 10:35."""
    booking = await world.book(world.wish(**more))
    await world.set_clock(HALF_PAST)
    return booking


@pytest.mark.parametrize("end", ["11:30", "12:30"])
async def test_a_booking_that_runs_is_made_longer(world: World, end: str) -> None:
    booking = await begun(world)
    answer = await world.patch(f"/bookings/{booking['id']}", {"end": at(end)})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["id"], found["start"], found["end"]) == (booking["id"], booking["start"], at(end))
    assert found["seat_ids"] == booking["seat_ids"]
    assert found["seats_chosen"] is False
    world.invariants()


async def test_a_booking_that_runs_is_made_shorter_and_frees_the_rest(world: World) -> None:
    world.place(seats=1)
    booking = await world.book(world.wish(end=at("12:00")))
    await world.set_clock(HALF_PAST)
    assert (await world.patch(f"/bookings/{booking['id']}", {"end": at("11:00")})).status_code == 200
    await world.book(world.wish(at("11:00"), at("12:00")), world.guest())
    world.invariants()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"start": at("11:00"), "end": at("12:00")}, "in_the_past"),
        ({"start": at("09:30")}, "in_the_past"),
        ({"start": at("10:00", WEDNESDAY), "end": at("11:00", WEDNESDAY)}, "in_the_past"),
        ({"end": at("10:30")}, "in_the_past"),
        ({"end": at("13:00")}, "outside_opening_hours"),
        ({"end": at("11:10")}, "off_grid"),
    ],
)
async def test_what_is_past_of_a_booking_that_runs_stays_and_the_rules_hold(
    world: World, change: dict[str, str], code: str
) -> None:
    booking = await begun(world)
    answer = await world.patch(f"/bookings/{booking['id']}", change)
    assert answer.status_code == 422
    assert code in codes(answer)
    now = (await world.get(f"/bookings/{booking['id']}")).json()
    assert (now["start"], now["end"], now["version"]) == (booking["start"], booking["end"], 1)


async def test_a_booking_that_runs_keeps_its_resource(world: World) -> None:
    other = world.resource(seats=1, resource_id=2)
    booking = await begun(world)
    answer = await world.patch(f"/bookings/{booking['id']}", {"resource_id": other})
    assert codes(answer) == ["in_the_past"]


async def test_a_longer_stay_on_a_taken_desk_is_refused_with_what_is_free_for_the_rest(world: World) -> None:
    world.place(seats=1)
    other = world.resource(seats=1, resource_id=2)
    booking = await world.book()
    await world.book(world.wish(at("11:00"), at("12:00")), world.guest())
    await world.set_clock(HALF_PAST)
    answer = await world.patch(f"/bookings/{booking['id']}", {"end": at("12:00")})
    assert (answer.status_code, codes(answer)) == (409, ["slot_taken"])
    beside = [each for each in answer.json()["alternatives"] if each["resource_id"] == other]
    assert [(each["start"], each["end"]) for each in beside] == [(at("11:00"), at("12:00"))]
    assert (await world.post("/bookings", {**world.wish(at("11:00"), at("12:00")), "resource_id": other})).is_success


async def test_who_has_arrived_stays_on_their_seat_and_others_make_room(world: World) -> None:
    host = world.host()
    booking = await world.book()
    await world.book(world.wish(at("11:00"), at("12:00")), world.guest())
    await world.set_clock(HALF_PAST)
    assert (await world.post(f"/bookings/{booking['id']}/check-in", headers=host)).status_code == 200
    answer = await world.patch(f"/bookings/{booking['id']}", {"end": at("12:00")})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["seat_ids"]) == ("checked_in", booking["seat_ids"])
    rows = world.base.execute("SELECT pinned FROM occupied_seat ORDER BY upper(busy) - lower(busy)").fetchall()
    assert rows == [(False,), (True,)]
    world.invariants()


async def test_a_longer_stay_is_mailed_as_the_same_event(world: World) -> None:
    booking = await begun(world)
    await world.patch(f"/bookings/{booking['id']}", {"end": at("12:00")})
    await world.set_clock(at("10:36"))
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    [changed] = [mail for mail in mails if mail["subject"].startswith("Réservation changée")]
    assert f"UID:{booking['id']}@" in changed["calendar"].replace("\r\n ", "")
    assert "SEQUENCE:2" in changed["calendar"]


async def test_what_is_over_is_not_made_longer(world: World) -> None:
    booking = await world.book()
    await world.set_clock(at("11:00"))
    answer = await world.patch(f"/bookings/{booking['id']}", {"end": at("12:00")})
    assert (answer.status_code, answer.json()["code"]) == (409, "status_changed")


async def test_the_price_follows_the_length_the_seats_and_the_resource_of_a_move(world: World) -> None:
    world.place(resource={"prices": Jsonb({"hour": 200})})
    dear = world.resource(seats=1, resource_id=2, prices=Jsonb({"hour": 500}))
    booking = await world.book()
    path = f"/bookings/{booking['id']}"
    prices = [booking["price"]["amount"]]
    for change in ({"end": at("12:00")}, {"seats": 2}, {"seats": 1, "resource_id": dear}, {"end": at("10:30")}):
        answer = await world.patch(path, change)
        assert answer.status_code == 200, answer.text
        prices.append(answer.json()["price"]["amount"])
    assert prices == [200, 400, 800, 1000, 250]


async def test_the_price_of_a_longer_stay_is_that_of_its_whole_length(world: World) -> None:
    world.place(resource={"prices": Jsonb({"hour": 200})})
    booking = await begun(world)
    answer = await world.patch(f"/bookings/{booking['id']}", {"end": at("11:30")})
    assert answer.json()["price"]["amount"] == 300


async def test_a_refused_move_leaves_the_price(world: World) -> None:
    world.place(resource={"prices": Jsonb({"hour": 200})})
    booking = await world.book()
    assert (await world.patch(f"/bookings/{booking['id']}", {"end": at("20:00")})).status_code == 422
    assert (await world.get(f"/bookings/{booking['id']}")).json()["price"]["amount"] == 200
