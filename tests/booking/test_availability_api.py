"""What is free when: intervals, states and reasons, always as of now."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.booking.world import MONDAY, TUESDAY, World
from tierslieux.places.local_ids import parse_local_id

DAY = f"from={TUESDAY}T00:00:00%2B01:00&to=2027-03-24T00:00:00%2B01:00"


async def intervals(world: World, query: str = DAY) -> list[dict[str, Any]]:
    answer = await world.get(f"/places/{world.place_id}/availability?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["resources"][0]["intervals"]
    return found


def at(found: list[dict[str, Any]], clock: str, day: str = TUESDAY) -> dict[str, Any]:
    return next(each for each in found if each["start"].startswith(f"{day}T{clock}"))


async def test_an_hourly_day_is_cut_into_slots_within_opening_hours(world: World) -> None:
    found = await intervals(world)
    assert len(found) == 7 + 9
    assert (found[0]["start"], found[-1]["end"]) == (f"{TUESDAY}T09:00:00+01:00", f"{TUESDAY}T18:00:00+01:00")
    assert {(each["free"], each["capacity"], each["state"]) for each in found} == {(2, 2, "free")}


async def test_what_was_booked_a_second_ago_is_gone(world: World) -> None:
    await world.book()
    await world.book(headers=world.guest())
    full = at(await intervals(world), "10:30")
    assert (full["free"], full["state"], full["reasons"]) == (0, "full", ["slot_taken"])


async def test_a_half_day_and_a_day_are_free_where_a_seat_is_free_by_re_seating(world: World) -> None:
    await world.book(world.wish(f"{TUESDAY}T09:00:00+01:00", f"{TUESDAY}T10:00:00+01:00"))
    await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00"))
    halves = await intervals(world, DAY + "&mode=half_day")
    assert [(each["start"][11:16], each["free"]) for each in halves] == [("09:00", 1), ("13:30", 1)]
    days = await intervals(world, DAY + "&mode=day")
    assert [each["free"] for each in days] == [1]


async def test_past_and_far_slots_say_so(world: World) -> None:
    await world.set_clock(f"{MONDAY}T10:10:00+01:00")
    world.base.execute("UPDATE place SET policy = %s", (Jsonb({"notice_minutes": 60, "horizon_days": 0}),))
    found = await intervals(world, f"from={MONDAY}T00:00:00%2B01:00&to=2027-03-24T00:00:00%2B01:00")
    assert at(found, "10:00", MONDAY)["reasons"] == ["in_the_past"]
    assert at(found, "10:30", MONDAY)["state"] == "not_yet"
    assert at(found, "11:30", MONDAY)["state"] == "free"
    assert at(found, "10:00")["reasons"] == ["beyond_horizon"]


async def test_the_booking_being_moved_can_be_left_out(world: World) -> None:
    booking = await world.book()
    found = await intervals(world, f"{DAY}&ignore_booking={booking['id']}")
    assert at(found, "10:00")["free"] == 2


async def test_a_day_of_twenty_three_hours_has_no_slot_that_does_not_exist(world: World) -> None:
    world.place(hours="24/7", policy={"slot_minutes": 60})
    found = await intervals(world, "from=2027-03-28T00:00:00%2B01:00&to=2027-03-29T00:00:00%2B02:00")
    assert len(found) == 23
    assert [each["start"][11:16] for each in found[:4]] == ["00:00", "01:00", "03:00", "04:00"]
    back = await intervals(world, "from=2027-10-31T00:00:00%2B02:00&to=2027-11-01T00:00:00%2B01:00")
    assert len(back) == 25


async def test_ten_thousand_seats_are_counted(world: World) -> None:
    world.base.execute(
        """INSERT INTO seat (place_id, resource_id, seat_id, label, in_service, attributes)
        SELECT %s, %s, n, n::text, daterange(%s, NULL), '{}' FROM generate_series(3, 10000) n""",
        (*parse_local_id(world.resource_id), date(2020, 1, 1)),
    )
    await world.book()
    assert at(await intervals(world), "10:00")["free"] == 9_999


@pytest.mark.parametrize(
    "query",
    [
        "", "from=x&to=y", DAY + "&mode=week", DAY + "&seats=0", DAY + "&colour=red", DAY + "&ignore_booking=1",
        f"from={TUESDAY}T00:00:00&to=2027-03-24T00:00:00%2B01:00",
        f"from={TUESDAY}T00:00:00%2B01:00&to={TUESDAY}T00:00:00%2B01:00",
        f"from={TUESDAY}T00:00:00%2B01:00&to=2027-05-24T00:00:00%2B01:00",
        "from=9999-01-01T00:00:00%2B01:00&to=9999-01-02T00:00:00%2B01:00",
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused(world: World, query: str) -> None:
    answer = await world.get(f"/places/{world.place_id}/availability?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]


async def test_an_unknown_place_is_not_there(world: World) -> None:
    assert (await world.get(f"/places/999999/availability?{DAY}")).status_code == 404
