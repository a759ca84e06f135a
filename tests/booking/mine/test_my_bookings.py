"""A person's bookings on their own page: seen, opened by a link, cancelled after one press."""

from __future__ import annotations

import pytest

from tests.booking.mine.guest import Guest, read, sign_in
from tests.booking.world import MONDAY, TUESDAY, World
from tests.conftest import SECRET
from tierslieux.booking.keys import link_key
from tierslieux.booking.queries.bookings import load_booking
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.web.plans import run_plan


def key_of(world: World, booking_id: str) -> str:
    place_id, number = parse_local_uuid(booking_id)
    now = world.base.execute("SELECT now()").fetchone()
    assert now is not None
    return link_key(run_plan(world.base, load_booking(place_id, number, now[0])), SECRET)


def status_of(world: World, booking_id: str) -> str:
    row = world.base.execute(
        "SELECT status FROM booking WHERE booking_id = %s", (parse_local_uuid(booking_id)[1],)
    ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("path", ["/mes-reservations", "/mes-reservations/passees", "/mes-reservations/1-" + "0" * 32])
async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(world: World, path: str) -> None:
    answer = await Guest(world.client).open(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/connexion?next={path.replace('/', '%2F')}"


async def test_an_empty_page_says_where_to_begin(guest: Guest) -> None:
    answer = await guest.open("/mes-reservations")
    assert answer.status_code == 200
    assert "Vous n'avez pas de réservation à venir." in read(answer)
    assert 'href="/recherche"' in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


async def test_bookings_are_told_with_state_time_and_price(world: World, guest: Guest) -> None:
    await world.book()
    words = read(await guest.open("/mes-reservations"))
    assert "Mardi 23 mars 2027, 10 h – 11 h" in words
    assert "Confirmée" in words
    assert "Gratuit" in words
    english = read(await guest.open("/en/mes-reservations"))
    assert "Tuesday 23 March 2027, 10 am – 11 am" in english
    assert "Confirmed" in english


async def test_the_time_of_a_place_far_away_is_named(world: World, guest: Guest) -> None:
    world.place(time_zone="Indian/Reunion", commune_code="97411", commune_name="Saint-Denis")
    await world.book(world.wish(f"{TUESDAY}T10:00:00+04:00", f"{TUESDAY}T11:00:00+04:00"))
    assert "10 h – 11 h (heure de La Réunion)" in read(await guest.open("/mes-reservations"))


async def test_a_desk_that_was_only_kept_is_no_booking_once_let_go(world: World, guest: Guest) -> None:
    await world.post("/holds", world.wish())
    assert "Gardée pour vous jusqu'à 8 h 10" in read(await guest.open("/mes-reservations"))
    await world.set_clock(f"{MONDAY}T09:00:00+01:00")
    words = read(await guest.open("/mes-reservations"))
    assert "Vous n'avez pas de réservation à venir." in words
    assert "Aucune pour l'instant" in words


async def test_long_lists_go_on_without_a_booking_lost_or_shown_twice(world: World, guest: Guest) -> None:
    world.place(policy={"allow_overlapping_own_bookings": True}, seats=30)
    for _ in range(23):
        await world.book()
    seen: list[str] = []
    path: str | None = "/mes-reservations"
    while path:
        page = (await guest.open(path)).text
        seen += [part.split('"')[0] for part in page.split('href="/mes-reservations/')[1:] if part[:1].isdigit()]
        path = None
        if "/mes-reservations/a-venir?apres=" in page:
            path = "/mes-reservations/a-venir?apres=" + page.split("a-venir?apres=")[1].split('"')[0]
    assert len(seen) == len(set(seen)) == 23
    assert (await guest.open("/mes-reservations/a-venir?apres=abc")).status_code == 400


async def test_another_persons_booking_is_not_there(world: World, guest: Guest) -> None:
    booking = await world.book()
    other = sign_in(world.base, world.client)
    for path in ("", "/annuler", "/evenement.ics"):
        assert (await other.open(f"/mes-reservations/{booking['id']}{path}")).status_code == 404
    assert (await other.send(f"/mes-reservations/{booking['id']}/annuler")).status_code == 404
    assert status_of(world, booking["id"]) == "confirmed"


async def test_a_booking_is_cancelled_after_one_press_and_a_second_one_changes_nothing(
    world: World, guest: Guest
) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    page = read(await guest.open(path))
    assert "Annulation sans conséquence jusqu'au mardi 23 mars 2027, 8 h." in page
    asked = read(await guest.open(f"{path}/annuler"))
    assert "Garder la réservation" in asked
    assert status_of(world, booking["id"]) == "confirmed"
    for _ in range(2):
        answer = await guest.send(f"{path}/annuler")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"{path}?fait=annulee"
    words = read(await guest.open(answer.headers["location"]))
    assert "La réservation est annulée." in words
    assert "Réserver de nouveau" in words
    assert "Annuler la réservation" not in words
    world.invariants()


async def test_a_booking_that_is_over_cannot_be_cancelled(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.set_clock(f"{TUESDAY}T12:00:00+01:00")
    path = f"/mes-reservations/{booking['id']}"
    assert (await guest.open(f"{path}/annuler")).status_code == 303
    answer = await guest.send(f"{path}/annuler")
    assert answer.status_code == 409
    assert "Rien n'a été enregistré." in read(answer)
    assert status_of(world, booking["id"]) == "completed"


async def test_the_link_of_a_mail_opens_one_booking_and_cancels_it_after_a_press(world: World, guest: Guest) -> None:
    booking, other = (
        await world.book(),
        await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00")),
    )
    key, nobody = key_of(world, booking["id"]), Guest(world.client)
    path = f"/mes-reservations/{booking['id']}"
    page = await nobody.open(f"{path}?cle={key}")
    assert page.status_code == 200
    assert f'href="{path}/annuler?cle={key}"' in page.text
    assert f'href="/en{path}?cle={key}"' in page.text
    assert "/changer" not in page.text
    assert (await nobody.open(f"{path}/annuler?cle={key}")).status_code == 200
    assert status_of(world, booking["id"]) == "confirmed"
    assert (await nobody.open(f"/mes-reservations/{other['id']}?cle={key}")).status_code == 303
    assert (await nobody.open("/mes-reservations?cle=" + key)).headers[
        "location"
    ] == "/connexion?next=%2Fmes-reservations"
    answer = await nobody.send(f"{path}/annuler?cle={key}")
    assert answer.headers["location"] == f"{path}?fait=annulee&cle={key}"
    assert status_of(world, booking["id"]) == "cancelled_by_guest"
    assert "La réservation est annulée." in read(await nobody.open(answer.headers["location"]))


async def test_a_link_ends_thirty_days_after_its_booking(world: World, guest: Guest) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}?cle={key_of(world, booking['id'])}"
    await world.set_clock("2027-04-22T10:59:00+02:00")
    assert (await Guest(world.client).open(path)).status_code == 200
    await world.set_clock("2027-04-22T13:00:00+02:00")
    answer = await Guest(world.client).open(path)
    assert answer.status_code == 303
    assert "cle" not in answer.headers["location"]


async def test_a_key_that_is_none_opens_nothing(world: World, guest: Guest) -> None:
    booking = await world.book()
    for key in ("x", "é" * 20, key_of(world, booking["id"])[:-1]):
        assert (await Guest(world.client).open(f"/mes-reservations/{booking['id']}?cle={key}")).status_code == 303


async def test_how_to_get_in_is_shown_from_the_day_before_with_a_confirmed_booking(world: World, guest: Guest) -> None:
    world.place(resource={"how_to_get_in": "Boîte à clés : 1234"})
    booking = await world.book(world.wish("2027-03-24T10:00:00+01:00", "2027-03-24T11:00:00+01:00"))
    path = f"/mes-reservations/{booking['id']}"
    early = read(await guest.open(path))
    assert "1234" not in early
    assert "à partir du mardi 23 mars" in early
    await world.set_clock(f"{TUESDAY}T00:01:00+01:00")
    assert "Boîte à clés : 1234" in read(await guest.open(path))
    await guest.send(f"{path}/annuler")
    assert "1234" not in read(await guest.open(path))


async def test_a_request_that_waits_does_not_tell_how_to_get_in(world: World, guest: Guest) -> None:
    world.place(policy={"requires_approval": True}, resource={"how_to_get_in": "Boîte à clés : 1234"})
    booking = await world.book()
    words = read(await guest.open(f"/mes-reservations/{booking['id']}"))
    assert "En attente de l'accord du lieu" in words
    assert "1234" not in words


async def test_book_again_leads_to_the_same_time_of_the_next_week(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.set_clock("2027-05-04T12:00:00+02:00")
    page = (await guest.open(f"/mes-reservations/{booking['id']}")).text
    assert "reserver?ressource=1&amp;jour=2027-05-11&amp;de=10%3A00&amp;a=11%3A00&amp;personnes=1" in page


async def test_where_one_would_have_worked_is_asked_once_and_not_again_for_thirty_days(
    world: World, guest: Guest
) -> None:
    first = await world.book()
    again = await world.book(world.wish("2027-03-24T10:00:00+01:00", "2027-03-24T11:00:00+01:00"))
    question = "Où auriez-vous travaillé sans ce lieu ?"
    assert question not in read(await guest.open("/mes-reservations"))
    await world.set_clock(f"{TUESDAY}T12:00:00+01:00")
    assert question in read(await guest.open("/mes-reservations"))
    path = f"/mes-reservations/{first['id']}/sans-ce-lieu"
    assert (await guest.send(path, reponse="ailleurs")).status_code == 400
    assert (await guest.send(path, reponse="home")).status_code == 303
    await guest.send(path, reponse="not")
    await world.set_clock("2027-03-24T12:00:00+01:00")
    assert question not in read(await guest.open("/mes-reservations"))
    rows = world.base.execute("SELECT instead FROM booking ORDER BY booking_id").fetchall()
    assert rows == [("home",), (None,)]
    assert again["status"] == "confirmed"
