"""What guests and teams are mailed, through the real queue, into the local outbox."""

from __future__ import annotations

from tests.booking.world import MONDAY, TUESDAY, World


async def test_a_booking_is_mailed_with_an_event_that_its_cancellation_takes_back(world: World) -> None:
    booking = await world.book()
    await world.set_clock(f"{MONDAY}T08:01:00+01:00")
    assert (await world.post(f"/bookings/{booking['id']}/cancel")).status_code == 200
    await world.set_clock(f"{MONDAY}T08:02:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    by_subject = sorted(mails, key=lambda mail: mail["at"])
    assert len(by_subject) == 2
    first, last = by_subject
    assert "Réservation confirmée" in first["subject"]
    assert "Annuler la réservation" in first["text"]
    assert f"/mes-reservations/{booking['id']}/annuler?cle=" in first["text"]
    assert "METHOD:REQUEST" in first["calendar"]
    assert "METHOD:CANCEL" in last["calendar"]
    uid = f"UID:{booking['id']}@"
    assert uid in first["calendar"].replace("\r\n ", "")
    assert uid in last["calendar"].replace("\r\n ", "")


async def test_a_request_is_mailed_to_the_team_and_its_answer_to_the_guest(world: World) -> None:
    world.place(policy={"requires_approval": True})
    host = world.host()
    booking = await world.book()
    await world.set_clock(f"{MONDAY}T08:01:00+01:00")
    assert (await world.post(f"/bookings/{booking['id']}/decline", {"reason": "complet"}, host)).status_code == 200
    await world.set_clock(f"{MONDAY}T08:02:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    assert len({mail["to"] for mail in mails}) == 2
    assert len(mails) == 3
    assert any("complet" in mail["text"] for mail in mails)


async def test_a_refused_booking_and_a_kept_desk_mail_nothing(world: World) -> None:
    await world.post("/holds", world.wish())
    await world.post("/bookings", world.wish(f"{TUESDAY}T20:00:00+01:00", f"{TUESDAY}T21:00:00+01:00"))
    await world.set_clock(f"{MONDAY}T08:30:00+01:00")
    assert (await world.client.get("/dev/outbox?format=json")).json() == []


async def test_a_mail_that_could_not_be_stored_is_stored_when_it_can_be(world: World) -> None:
    await world.rework("ALTER TABLE mail RENAME TO mail_away")
    await world.book()
    await world.set_clock(f"{MONDAY}T08:01:00+01:00")
    await world.rework("ALTER TABLE mail_away RENAME TO mail")
    assert world.base.execute("SELECT count(*) FROM mail").fetchall() == [(0,)]
    await world.set_clock(f"{MONDAY}T08:02:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    assert ["Réservation confirmée" in mail["subject"] for mail in mails] == [True]
