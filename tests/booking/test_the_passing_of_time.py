"""Lapses, absences and ends happen by themselves, to the minute, once."""

from __future__ import annotations

from tests.booking.world import MONDAY, TUESDAY, World


async def status_of(world: World, booking: dict[str, str]) -> str:
    return str((await world.get(f"/bookings/{booking['id']}")).json()["status"])


def stored_status(world: World) -> list[str]:
    return [row[0] for row in world.base.execute("SELECT status FROM booking ORDER BY booking_id").fetchall()]


async def test_a_kept_desk_is_swept_when_its_time_is_over(world: World) -> None:
    held = (await world.post("/holds", world.wish())).json()
    await world.set_clock(f"{MONDAY}T08:11:00+01:00")
    assert stored_status(world) == ["expired"]
    assert world.rows() == []
    events = (await world.get(f"/bookings/{held['id']}/events")).json()["items"]
    assert [(event["becomes"], event["by"]) for event in events] == [("held", "guest"), ("expired", "service")]


async def test_a_request_that_nobody_answers_lapses(world: World) -> None:
    world.place(policy={"requires_approval": True})
    await world.book()
    await world.set_clock(f"{MONDAY}T12:31:00+01:00")
    assert stored_status(world) == ["expired"]
    world.invariants()


async def test_a_visit_is_over_at_its_end_where_nobody_checks_arrivals(world: World) -> None:
    booking = await world.book()
    await world.set_clock(f"{TUESDAY}T10:59:00+01:00")
    assert await status_of(world, booking) == "confirmed"
    await world.set_clock(f"{TUESDAY}T11:00:00+01:00")
    assert await status_of(world, booking) == "completed"
    world.invariants()


async def test_where_arrivals_are_checked_an_absence_frees_the_desk(world: World) -> None:
    world.place(seats=1, policy={"no_show_after_minutes": 15})
    booking = await world.book()
    await world.set_clock(f"{TUESDAY}T10:14:00+01:00")
    assert await status_of(world, booking) == "confirmed"
    await world.set_clock(f"{TUESDAY}T10:15:00+01:00")
    assert await status_of(world, booking) == "no_show"
    late = world.wish(f"{TUESDAY}T10:30:00+01:00", f"{TUESDAY}T11:00:00+01:00")
    assert (await world.post("/bookings", late, world.guest())).status_code == 201
    world.invariants()


async def test_who_has_arrived_is_completed_at_the_end(world: World) -> None:
    world.place(policy={"no_show_after_minutes": 15})
    host, booking = world.host(), await world.book()
    await world.set_clock(f"{TUESDAY}T10:05:00+01:00")
    assert (await world.post(f"/bookings/{booking['id']}/check-in", headers=host)).status_code == 200
    await world.set_clock(f"{TUESDAY}T11:00:00+01:00")
    assert await status_of(world, booking) == "completed"
