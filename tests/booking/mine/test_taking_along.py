"""Calendars, the monthly statement, favourites."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from psycopg.types.json import Jsonb

from tests.booking.mine.guest import Guest, read, sign_in
from tests.booking.mine.test_my_bookings import key_of
from tests.booking.mine.test_on_the_day import slug_of
from tests.booking.test_closing import decided, done, near_by, undone
from tests.booking.world import MONDAY, TUESDAY, WEDNESDAY, World
from tests.factories import make_booking, make_closure, make_place


def parts(text: str) -> list[Any]:
    """The events of a calendar file."""
    return list(Calendar.from_ical(text).walk("VEVENT"))


def events(text: str) -> list[tuple[str, str, datetime]]:
    """UID, status and start of each event."""
    return [(str(each["uid"]), str(each["status"]), each["dtstart"].dt) for each in parts(text)]


async def feed_of(guest: Guest) -> str:
    page = (await guest.open("/mes-reservations/agenda")).text
    return "/feeds/me/" + page.split("/feeds/me/")[1].split('"')[0]


async def test_a_booking_is_one_event_the_same_in_its_file_its_mail_and_the_feed(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.set_clock(f"{MONDAY}T08:01:00+01:00")
    mail = (await world.client.get("/dev/outbox?format=json")).json()[0]
    file = await guest.open(f"/mes-reservations/{booking['id']}/evenement.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    feed = await Guest(world.client).open(await feed_of(guest))
    assert events(file.text)[0] == events(feed.text)[0] == events(mail["calendar"])[0]
    sequences = {int(parts(text)[0]["sequence"]) for text in (feed.text, mail["calendar"])}
    assert len(sequences) == 1


async def test_the_feed_takes_back_what_was_cancelled_and_leaves_out_what_was_only_kept(
    world: World, guest: Guest
) -> None:
    booking = await world.book()
    await world.post("/holds", world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00"))
    await guest.send(f"/mes-reservations/{booking['id']}/annuler")
    found = events((await guest.open(await feed_of(guest))).text)
    assert [status for _, status, _ in found] == ["CANCELLED"]


async def mailed(world: World, minute: int) -> list[tuple[str, int, str, str]]:
    """The events of all mails, the oldest first, once the jobs due at 8:``minute`` are done: UID to method."""
    await world.set_clock(f"{MONDAY}T08:{minute:02}:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    found: list[Any] = [
        Calendar.from_ical(mail["calendar"]) for mail in sorted(mails, key=lambda mail: str(mail["at"]))
    ]
    return [
        (str(each["uid"]).partition("@")[0], int(each["sequence"]), str(each["status"]), str(calendar["method"]))
        for calendar in found
        for each in calendar.walk("VEVENT")
    ]


async def in_feed(guest: Guest) -> list[tuple[str, int, str]]:
    text = (await guest.open(await feed_of(guest))).text
    return [(str(each["uid"]).partition("@")[0], int(each["sequence"]), str(each["status"])) for each in parts(text)]


async def sent_elsewhere(world: World, host: dict[str, str], booking: dict[str, Any]) -> dict[str, Any]:
    """Close the day and send the booking to another place; the closure."""
    _, resource = await near_by(world, at=(-4.11, 48.0))
    return await done(world, host, choices=[decided(booking, "move", {"resource_id": resource})])


async def test_a_booking_that_goes_to_another_place_stays_the_same_event(world: World, guest: Guest) -> None:
    booking = await world.book()
    first = (booking["id"], 1, "CONFIRMED", "REQUEST")
    assert await mailed(world, 1) == [first]
    closure = await sent_elsewhere(world, world.host(), booking)
    there = closure["bookings"][0]["moved_to"]["booking_id"]
    moved = (booking["id"], 2, "CONFIRMED", "REQUEST")
    assert await mailed(world, 2) == [first, moved]
    assert await in_feed(guest) == [moved[:3]]
    later = {"start": f"{TUESDAY}T15:00:00+01:00", "end": f"{TUESDAY}T16:00:00+01:00"}
    assert (await world.patch(f"/bookings/{there}", later)).status_code == 200
    changed = (booking["id"], 3, "CONFIRMED", "REQUEST")
    assert await mailed(world, 3) == [first, moved, changed]
    assert (await world.post(f"/bookings/{there}/cancel")).status_code == 200
    cancelled = (booking["id"], 4, "CANCELLED", "CANCEL")
    assert await mailed(world, 4) == [first, moved, changed, cancelled]
    assert await in_feed(guest) == [cancelled[:3]]


async def test_a_booking_that_comes_back_from_another_place_is_the_same_event_still(world: World, guest: Guest) -> None:
    host, booking = world.host(), await world.book()
    await mailed(world, 1)
    closure = await sent_elsewhere(world, host, booking)
    await mailed(world, 2)
    await undone(world, host, closure)
    back = (booking["id"], 3, "CONFIRMED")
    assert [event[:3] for event in await mailed(world, 3)] == [
        (booking["id"], 1, "CONFIRMED"),
        (booking["id"], 2, "CONFIRMED"),
        back,
    ]
    assert await in_feed(guest) == [back]


async def test_a_second_move_to_yet_another_place_goes_on_with_the_first_event(world: World, guest: Guest) -> None:
    booking = await world.book()
    await mailed(world, 1)
    closure = await sent_elsewhere(world, world.host(), booking)
    hit = closure["bookings"][0]["moved_to"]
    await mailed(world, 2)
    world.place_id = int(hit["place_id"])
    await sent_elsewhere(world, world.host(), {"id": hit["booking_id"]})
    assert [event[:2] for event in await mailed(world, 3)] == [
        (booking["id"], 1),
        (booking["id"], 2),
        (booking["id"], 3),
    ]
    assert await in_feed(guest) == [(booking["id"], 3, "CONFIRMED")]


async def test_how_to_get_in_is_in_no_calendar(world: World, guest: Guest) -> None:
    world.place(resource={"how_to_get_in": "Boîte à clés : 1234"})
    booking = await world.book()
    for path in (f"/mes-reservations/{booking['id']}/evenement.ics", await feed_of(guest)):
        assert "1234" not in (await guest.open(path)).text


async def test_a_new_address_of_the_feed_ends_the_one_before(world: World, guest: Guest) -> None:
    old = await feed_of(guest)
    assert (await Guest(world.client).open(old)).status_code == 200
    answer = await guest.send("/mes-reservations/agenda")
    assert "L'ancienne ne montre plus rien" in read(await guest.open(answer.headers["location"]))
    new = await feed_of(guest)
    assert old != new
    assert (await Guest(world.client).open(old)).status_code == 404
    assert (await Guest(world.client).open(new)).status_code == 200


@pytest.mark.parametrize("name", ["x.ics", "0" * 72 + ".ics", "é.ics", "0" * 72])
async def test_a_secret_that_is_none_opens_no_feed(world: World, name: str) -> None:
    assert (await Guest(world.client).open(f"/feeds/me/{name}")).status_code == 404


async def test_a_mails_key_gives_its_event_too(world: World, guest: Guest) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}/evenement.ics?cle={key_of(world, booking['id'])}"
    assert len(events((await Guest(world.client).open(path)).text)) == 1


async def test_a_places_feed_is_busy_where_no_seat_of_any_resource_is_free_and_names_nobody(
    world: World, guest: Guest
) -> None:
    world.place(seats=1)
    world.resource(seats=1)
    day = datetime.fromisoformat(f"{TUESDAY}T00:00:00+01:00")
    ten, eleven, twelve = (day + timedelta(hours=hour) for hour in (10, 11, 12))
    make_booking(world.base, world.place_id, 1, (ten, twelve), 1, guest_id=world.account_id)
    make_booking(world.base, world.place_id, 2, (eleven, twelve), 2)
    make_closure(world.base, world.place_id, (day + timedelta(days=1), day + timedelta(days=2)), reason="travaux")
    answer = await Guest(world.client).open(f"/feeds/places/{world.place_id}.ics")
    assert answer.headers["cache-control"] == "public, max-age=300"
    busy = sorted((each["dtstart"].dt, each["dtend"].dt) for each in parts(answer.text))
    morning = (day + timedelta(hours=33), day + timedelta(hours=36, minutes=30))
    afternoon = (day + timedelta(hours=37, minutes=30), day + timedelta(hours=42))
    assert busy == [(eleven, twelve), morning, afternoon]
    assert "travaux" not in answer.text
    assert str(world.account_id) not in answer.text


async def test_a_place_without_online_booking_has_no_feed(world: World) -> None:
    other = make_place(world.base)
    for name in (f"{other}.ics", "99999.ics", "x.ics", f"{world.place_id}"):
        assert (await world.client.get(f"/feeds/places/{name}")).status_code == 404


async def test_the_statement_holds_what_took_place_in_the_month_with_its_total(world: World, guest: Guest) -> None:
    world.place(resource={"prices": Jsonb({"hour": 250})}, seats=5)
    await world.book()
    await world.book(world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:30:00+01:00"))
    cancelled = await world.book(world.wish("2027-03-25T10:00:00+01:00", "2027-03-25T11:00:00+01:00"))
    await guest.send(f"/mes-reservations/{cancelled['id']}/annuler")
    await world.book(world.wish("2027-04-01T10:00:00+02:00", "2027-04-01T11:00:00+02:00"))
    await world.set_clock("2027-04-02T12:00:00+02:00")
    words = read(await guest.open("/mes-reservations/releve?mois=2027-03"))
    assert "Relevé du mois (ce n'est pas une facture)" in words
    assert "mardi 23 mars 2027, 10 h – 11 h" in words
    assert "jeudi 25 mars" not in words
    assert "Total : 2 visites 2 h 30 6,25 €" in words
    april = read(await guest.open("/mes-reservations/releve"))
    assert "avril 2027" in april
    assert "Total : 1 visite 1 h 2,50 €" in april
    other = read(await sign_in(world.base, world.client).open("/mes-reservations/releve?mois=2027-03"))
    assert "Aucune réservation n'a eu lieu ce mois-là." in other


@pytest.mark.parametrize("month", ["2027-13", "mars", "9999-12", "2027-3"])
async def test_a_month_that_is_none_is_refused(world: World, guest: Guest, month: str) -> None:
    assert (await guest.open(f"/mes-reservations/releve?mois={month}")).status_code == 400


async def test_a_place_is_kept_at_hand_and_let_go(world: World, guest: Guest) -> None:
    path = f"/lieux/{slug_of(world)}/favori"
    anyone = (await world.client.get(f"/lieux/{slug_of(world)}")).text
    assert "Se connecter pour l'ajouter à mes lieux favoris" in anyone
    led = await Guest(world.client).send(path, etat="garder")
    assert led.headers["location"] == f"/connexion?next=%2Flieux%2F{slug_of(world)}"
    for _ in range(2):
        assert (await guest.send(path, etat="garder")).headers["location"] == f"/lieux/{slug_of(world)}"
    assert f'href="/lieux/{slug_of(world)}"' in (await guest.open("/mes-reservations")).text
    assert "Retirer de mes lieux favoris" in (await guest.open(f"/lieux/{slug_of(world)}")).text
    await guest.send(path, etat="retirer")
    assert f'href="/lieux/{slug_of(world)}"' not in (await guest.open("/mes-reservations")).text
    assert (await guest.send("/lieux/nulle-part-99999/favori", etat="garder")).status_code == 404
