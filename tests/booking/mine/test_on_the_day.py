"""Arriving, and finding the door closed."""

from __future__ import annotations

import pytest

from tests.booking.mine.guest import Guest, read, sign_in
from tests.booking.mine.test_my_bookings import key_of, status_of
from tests.booking.world import TUESDAY, World
from tests.conftest import SECRET
from tierslieux.booking.presence import check_in_token

TEN_TO_TEN = f"{TUESDAY}T09:50:00+01:00"


def slug_of(world: World) -> str:
    row = world.base.execute("SELECT slug FROM place WHERE place_id = %s", (world.place_id,)).fetchone()
    assert row is not None
    return str(row[0])


def code_of(world: World) -> str:
    return check_in_token(world.place_id, SECRET)


async def test_the_posters_code_opens_my_bookings_there_and_one_press_notes_the_arrival(
    world: World, guest: Guest
) -> None:
    booking = await world.book()
    await world.set_clock(TEN_TO_TEN)
    page = await guest.open(f"/lieux/{slug_of(world)}/arrivee?code={code_of(world)}")
    assert "Mardi 23 mars 2027, 10 h – 11 h" in read(page)
    assert status_of(world, booking["id"]) == "confirmed"
    path = f"/mes-reservations/{booking['id']}/arrivee"
    assert f'action="{path}"' in page.text
    for _ in range(2):
        answer = await guest.send(path, code=code_of(world))
        assert answer.headers["location"] == f"/mes-reservations/{booking['id']}?fait=arrivee"
    assert status_of(world, booking["id"]) == "checked_in"
    again = read(await guest.open(f"/lieux/{slug_of(world)}/arrivee?code={code_of(world)}"))
    assert "Arrivée notée" in again


async def test_the_posters_page_says_when_there_is_nothing_to_note(world: World, guest: Guest) -> None:
    path = f"/lieux/{slug_of(world)}/arrivee?code="
    assert "Vous n'avez pas de réservation ici en ce moment." in read(await guest.open(path + code_of(world)))
    await world.book()
    assert "Votre prochaine réservation ici" in read(await guest.open(path + code_of(world)))
    assert "Ce code n'est pas (ou plus) celui du lieu." in read(await guest.open(path + "abc"))
    led = await Guest(world.client).open(path + code_of(world))
    assert led.status_code == 303
    assert "arrivee%3Fcode%3D" in led.headers["location"]


async def test_a_position_at_the_place_notes_the_arrival_and_one_far_away_does_not(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.set_clock(TEN_TO_TEN)
    path = f"/mes-reservations/{booking['id']}/arrivee"
    far = await guest.send(path, position="2.35,48.85")
    assert far.status_code == 409
    assert "Vous ne semblez pas être au lieu." in read(far)
    for nothing in ("", "x", "1,2,3", "500,500", "nan,nan", "1e400,1"):
        assert (await guest.send(path, position=nothing)).status_code == 409
    assert status_of(world, booking["id"]) == "confirmed"
    assert (await guest.send(path, position="-4.1024,47.9961")).status_code == 303
    assert status_of(world, booking["id"]) == "checked_in"


async def test_an_arrival_is_not_noted_hours_before(world: World, guest: Guest) -> None:
    booking = await world.book()
    answer = await guest.send(f"/mes-reservations/{booking['id']}/arrivee", code=code_of(world))
    assert answer.status_code == 409
    assert "d'un quart d'heure avant le début" in read(answer)


async def test_a_closed_door_is_reported_once_a_booking_and_without_a_name(world: World, guest: Guest) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    assert "C'est fermé" not in read(await guest.open(path))
    assert (await guest.send(f"{path}/ferme")).status_code == 409
    await world.set_clock(f"{TUESDAY}T10:05:00+01:00")
    assert "C'est fermé" in read(await guest.open(path))
    for _ in range(2):
        assert (await guest.send(f"{path}/ferme")).headers["location"] == f"{path}?fait=signale"
    rows = world.base.execute("SELECT kind, subject, message, email, state FROM contribution").fetchall()
    assert len(rows) == 1
    kind, subject, message, email, state = rows[0]
    assert (kind, subject, email, state) == ("error", "found_closed", None, "open")
    assert "mardi 23 mars 2027" in message
    assert booking["id"] not in message
    assert "C'est signalé" in read(await guest.open(path))


async def test_hosts_are_mailed_once_that_a_guest_found_the_place_closed(world: World, guest: Guest) -> None:
    booking = await world.book()
    for _ in range(2):
        world.host()
    await world.set_clock(f"{TUESDAY}T10:05:00+01:00")
    for _ in range(2):
        await guest.send(f"/mes-reservations/{booking['id']}/ferme")
    await world.set_clock(f"{TUESDAY}T10:06:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    told = [mail for mail in mails if mail["subject"].startswith("Signalé fermé")]
    hosts = world.base.execute("SELECT a.email FROM membership m JOIN account a USING (account_id)").fetchall()
    assert sorted(mail["to"] for mail in told) == sorted(row[0] for row in hosts)
    assert len(told) == 2
    assert "mardi 23 mars 2027" in told[0]["text"].replace("\xa0", " ")
    assert booking["id"] not in told[0]["text"]
    assert "Prix" not in told[0]["text"]


async def test_a_team_reads_the_reports_of_its_place_page_by_page_and_nobody_else_does(
    world: World, guest: Guest
) -> None:
    host = world.host()
    first = await world.book()
    second = await world.book(world.wish(f"{TUESDAY}T11:00:00+01:00", f"{TUESDAY}T12:00:00+01:00"))
    path = f"/places/{world.place_id}/closed-reports"
    assert (await world.get(path, host)).json() == {"items": [], "links": []}
    await world.set_clock(f"{TUESDAY}T11:05:00+01:00")
    for booking in (first, second):
        await guest.send(f"/mes-reservations/{booking['id']}/ferme")
    page = (await world.get(f"{path}?limit=1", host)).json()
    [latest] = page["items"]
    assert "11 h – 12 h" in latest["message"].replace("\xa0", " ").replace("\u2060", "")
    assert (latest["reported_at"], latest["state"]) == (f"{TUESDAY}T11:05:00+01:00", "open")
    following = page["links"][0]["href"].removeprefix("/api/v1")
    last = (await world.get(following, host)).json()
    assert (len(last["items"]), last["links"]) == (1, [])
    assert last["items"][0]["id"] != latest["id"]
    assert (await world.get(path)).status_code == 404
    assert (await world.get(f"{path}?cursor=1-x", host)).status_code == 400


async def test_the_next_day_is_too_late_to_say_that_it_was_closed(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.set_clock("2027-03-24T10:05:00+01:00")
    assert (await guest.send(f"/mes-reservations/{booking['id']}/ferme")).status_code == 409


@pytest.mark.parametrize("action", ["arrivee", "ferme", "sans-ce-lieu", "changer"])
async def test_a_mails_key_is_not_enough_for_anything_but_cancelling(world: World, guest: Guest, action: str) -> None:
    booking = await world.book()
    await world.set_clock(TEN_TO_TEN)
    key = key_of(world, booking["id"])
    path = f"/mes-reservations/{booking['id']}/{action}?cle={key}"
    fields = {"code": code_of(world), "reponse": "home", "horaire": "x"}
    answer = await Guest(world.client).send(path, **fields)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?next=")
    other = await sign_in(world.base, world.client).send(path, **fields)
    assert other.status_code == 404
    assert status_of(world, booking["id"]) == "confirmed"


async def test_the_place_of_a_poster_that_does_not_exist_is_not_found(world: World, guest: Guest) -> None:
    assert (await guest.open("/lieux/nulle-part-99999/arrivee?code=x")).status_code == 404
