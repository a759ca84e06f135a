"""Several seats in one booking, and people in one room."""

from __future__ import annotations

from psycopg.types.json import Jsonb

from tests.booking.world import TUESDAY, World, codes


async def test_three_of_eight_desks_are_one_booking(world: World) -> None:
    world.place(seats=8, resource={"prices": Jsonb({"hour": 200}), "modes": ["hour"]})
    booking = await world.book(world.wish(seats=3))
    assert booking["seats"] == 3
    assert len(set(booking["seat_ids"])) == 3
    assert booking["price"] == {"amount": 600, "currency": "EUR"}
    assert len(world.rows()) == 3
    for _ in range(5):
        await world.book(headers=world.guest())
    full = await world.post("/bookings", world.wish(), world.guest())
    assert (full.status_code, codes(full)) == (409, ["slot_taken"])
    cancelled = await world.post(f"/bookings/{booking['id']}/cancel")
    assert cancelled.status_code == 200
    assert len(world.rows()) == 5
    await world.book(world.wish(seats=3), world.guest())
    world.invariants()


async def test_a_group_grows_and_shrinks_within_the_desks_that_are_free(world: World) -> None:
    world.place(seats=4)
    booking = await world.book(world.wish(seats=2))
    await world.book(headers=world.guest())
    path = f"/bookings/{booking['id']}"
    grown = await world.patch(path, {"seats": 3})
    assert (grown.status_code, len(grown.json()["seat_ids"])) == (200, 3)
    refused = await world.patch(path, {"seats": 4})
    assert (refused.status_code, codes(refused)) == (409, ["slot_taken"])
    assert (await world.get(path)).json()["seats"] == 3
    shrunk = await world.patch(path, {"seats": 1})
    assert (shrunk.status_code, len(shrunk.json()["seat_ids"])) == (200, 1)
    world.invariants()


async def test_more_people_than_desks_are_told_how_many_there_are(world: World) -> None:
    answer = await world.post("/bookings", world.wish(seats=3))
    assert (answer.status_code, codes(answer)) == (422, ["too_many_seats"])
    assert (answer.json()["broken_rules"][0]["limit"], answer.json()["broken_rules"][0]["value"]) == (2, 3)


async def test_a_room_is_one_seat_for_as_many_people_as_it_holds(world: World) -> None:
    world.place(
        seats=1, resource={"kind": "meeting_room", "head_count": 6, "prices": Jsonb({"hour": 1500}), "modes": ["hour"]}
    )
    booking = await world.book(world.wish(seats=5))
    assert (booking["seats"], len(booking["seat_ids"])) == (5, 1)
    assert booking["price"] == {"amount": 1500, "currency": "EUR"}
    second = await world.post("/bookings", world.wish(), world.guest())
    assert codes(second) == ["slot_taken"]
    times = (f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00")
    crowd = await world.post("/bookings", world.wish(*times, seats=7), world.guest())
    assert (crowd.status_code, codes(crowd)) == (422, ["too_many_seats"])
    assert crowd.json()["broken_rules"][0]["limit"] == 6
    world.invariants()
