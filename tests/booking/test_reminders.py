"""The evening before, whoever has booked is reminded: once, of what still stands, and of nothing booked since."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.booking.world import MONDAY, TUESDAY, WEDNESDAY, World

SIX = f"{MONDAY}T18:00:00+01:00"


async def reminders(world: World) -> list[dict[str, Any]]:
    """The reminders that were mailed, the first one first."""
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    found = [mail for mail in mails if mail["subject"].startswith(("Rappel", "Reminder"))]
    return sorted(found, key=lambda mail: str(mail["at"]))


async def test_a_guest_is_reminded_the_evening_before_with_how_to_get_in(world: World) -> None:
    world.place(resource={"how_to_get_in": "Sonner à la porte de gauche."})
    booking = await world.book()
    await world.set_clock(f"{MONDAY}T17:59:00+01:00")
    assert await reminders(world) == []
    await world.set_clock(SIX)
    (mail,) = await reminders(world)
    assert "Sonner à la porte de gauche." in mail["text"]
    assert f"/mes-reservations/{booking['id']}/annuler?cle=" in mail["text"]
    assert mail["calendar"] is None


async def test_nobody_is_reminded_twice_however_often_the_job_runs(world: World) -> None:
    await world.book()
    for clock in (SIX, f"{MONDAY}T18:01:00+01:00", f"{MONDAY}T23:59:00+01:00", f"{TUESDAY}T09:59:00+01:00"):
        await world.set_clock(clock)
    assert len(await reminders(world)) == 1


async def test_a_reminder_that_could_not_be_stored_comes_later_and_never_after_the_start(world: World) -> None:
    await world.book()
    await world.rework("ALTER TABLE mail RENAME TO mail_away")
    await world.set_clock(SIX)
    await world.rework("ALTER TABLE mail_away RENAME TO mail")
    await world.set_clock(f"{TUESDAY}T07:00:00+01:00")
    assert len(await reminders(world)) == 1


async def test_nobody_is_reminded_of_what_has_begun(world: World) -> None:
    await world.book()
    await world.set_clock(f"{TUESDAY}T10:00:00+01:00")
    assert await reminders(world) == []


async def test_what_is_booked_after_the_time_of_reminders_is_not_told_again(world: World) -> None:
    await world.set_clock(SIX)
    await world.book()
    await world.set_clock(f"{TUESDAY}T08:00:00+01:00")
    assert await reminders(world) == []


@pytest.mark.parametrize("ending", ["cancel", "team"])
async def test_what_was_cancelled_is_not_reminded_of(world: World, ending: str) -> None:
    booking, host = await world.book(), world.host()
    answer = await world.post(f"/bookings/{booking['id']}/cancel", headers=None if ending == "cancel" else host)
    assert answer.status_code == 200
    await world.set_clock(SIX)
    assert await reminders(world) == []


async def test_a_request_is_reminded_of_once_it_was_accepted_in_time(world: World) -> None:
    world.place(policy={"requires_approval": True})
    host = world.host()
    await world.book()
    accepted = await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00"))
    assert (await world.post(f"/bookings/{accepted['id']}/approve", headers=host)).status_code == 200
    await world.set_clock(SIX)
    assert ["14 h" in mail["subject"].replace("\xa0", " ") for mail in await reminders(world)] == [True]


async def test_a_booking_that_moves_to_another_day_is_reminded_of_before_that_day(world: World) -> None:
    booking = await world.book()
    await world.set_clock(SIX)
    there = {"start": f"{WEDNESDAY}T14:00:00+01:00", "end": f"{WEDNESDAY}T15:00:00+01:00"}
    assert (await world.patch(f"/bookings/{booking['id']}", there)).status_code == 200
    await world.set_clock(f"{TUESDAY}T17:59:00+01:00")
    assert len(await reminders(world)) == 1
    await world.set_clock(f"{TUESDAY}T18:00:00+01:00")
    assert len(await reminders(world)) == 2


async def test_a_booking_that_moves_within_its_day_after_the_reminder_is_not_told_again(world: World) -> None:
    booking = await world.book()
    await world.set_clock(SIX)
    there = {"start": f"{TUESDAY}T14:00:00+01:00", "end": f"{TUESDAY}T15:00:00+01:00"}
    assert (await world.patch(f"/bookings/{booking['id']}", there)).status_code == 200
    await world.set_clock(f"{TUESDAY}T09:00:00+01:00")
    assert len(await reminders(world)) == 1


@pytest.mark.parametrize("zone", ["Indian/Reunion", "Pacific/Noumea", "America/Miquelon"])
async def test_six_in_the_evening_is_that_of_the_place(world: World, zone: str) -> None:
    world.place(time_zone=zone)
    place = ZoneInfo(zone)
    start = datetime(2027, 3, 24, 10, tzinfo=place)
    await world.book(world.wish(start.isoformat(), start.replace(hour=11).isoformat()))
    await world.set_clock(datetime(2027, 3, 23, 17, 59, tzinfo=place).isoformat())
    assert await reminders(world) == []
    await world.set_clock(datetime(2027, 3, 23, 18, 0, tzinfo=place).isoformat())
    assert len(await reminders(world)) == 1


async def test_the_last_hour_of_the_day_on_which_clocks_go_back_is_reminded_of_in_time(world: World) -> None:
    await world.set_clock("2027-10-29T08:00:00+02:00")
    world.place(hours="24/7")
    await world.book(world.wish("2027-10-31T23:00:00+01:00", "2027-10-31T23:30:00+01:00"))
    await world.set_clock("2027-10-30T18:00:00+02:00")
    assert len(await reminders(world)) == 1


async def test_a_guest_who_reads_english_is_reminded_in_english(world: World) -> None:
    await world.book()
    await world.rework("UPDATE account SET locale = 'en'")
    await world.set_clock(SIX)
    (mail,) = await reminders(world)
    assert mail["subject"].startswith("Reminder: Tuesday 23 March")


async def test_made_up_people_are_sent_nothing(world: World) -> None:
    await world.book()
    await world.rework("UPDATE account SET email = account_id || '@demonstration.invalid'")
    await world.set_clock(SIX)
    assert await reminders(world) == []
