"""Another time for a booking: what is free, one press, and every reason where it is refused."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.booking.mine.guest import Guest, read
from tests.booking.world import TUESDAY, WEDNESDAY, World
from tests.factories import make_booking


def times(text: str) -> list[str]:
    """The starts that the page offers, as wall times."""
    return [value[11:16] for value in re.findall(r'type="radio" name="horaire" value="([^"]+)"', text)]


def at(clock: str, day: str = TUESDAY) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}:00+01:00")


async def start_of(world: World, booking_id: str) -> str:
    booking = (await world.get(f"/bookings/{booking_id}")).json()
    return f"{booking['start'][:16]} {booking['end'][11:16]}"


async def test_free_times_are_those_of_the_resource_as_if_the_booking_were_not_there(
    world: World, guest: Guest
) -> None:
    world.place(seats=1)
    booking = await world.book()
    make_booking(world.base, world.place_id, 1, (at("14:00"), at("16:00")), 1)
    page = await guest.open(f"/mes-reservations/{booking['id']}/changer")
    assert times(page.text) == [
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "16:00", "16:30", "17:00",
    ]  # fmt: skip
    assert "10 h – 11 h (maintenant)" in read(page)
    longer = await guest.open(f"/mes-reservations/{booking['id']}/changer?jour={TUESDAY}&duree=180")
    assert times(longer.text) == ["09:00", "09:30"]


async def test_half_days_and_days_are_offered_where_the_resource_has_them(world: World, guest: Guest) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}/changer?jour={WEDNESDAY}&duree="
    assert times((await guest.open(f"{path}half_day")).text) == ["09:00", "13:30"]
    assert times((await guest.open(f"{path}day")).text) == ["09:00"]


async def test_a_closed_day_says_so_and_leads_on(world: World, guest: Guest) -> None:
    booking = await world.book()
    page = await guest.open(f"/mes-reservations/{booking['id']}/changer?jour=2027-03-27")
    assert "Le lieu est fermé ce jour-là." in read(page)
    assert "jour=2027-03-28" in page.text


async def test_the_booking_moves_and_keeps_its_number(world: World, guest: Guest) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    page = (await guest.open(f"{path}/changer?jour={WEDNESDAY}&duree=60")).text
    value = re.findall(r'name="horaire" value="([^"]+)"', page)[0]
    answer = await guest.send(f"{path}/changer", horaire=value, mode="hour", jour=WEDNESDAY, duree="60")
    assert answer.headers["location"] == f"{path}?fait=changee"
    assert await start_of(world, booking["id"]) == f"{WEDNESDAY}T09:00 10:00"
    words = read(await guest.open(answer.headers["location"]))
    assert "L'horaire est changé." in words
    assert "Horaire changé ; avant : mardi 23 mars 2027, 10 h – 11 h" in words
    world.invariants()


async def test_a_refused_move_says_every_reason_and_what_could_be_had_and_changes_nothing(
    world: World, guest: Guest
) -> None:
    world.place(seats=1, policy={"min_minutes": 60, "max_minutes": 120})
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    wrong = f"{TUESDAY}T16:00:00+01:00/{TUESDAY}T19:00:00+01:00"
    answer = await guest.send(f"{path}/changer", horaire=wrong, mode="hour")
    assert answer.status_code == 422
    words = read(answer)
    assert "Le lieu ouvre de 9 h – 12 h 30, 13 h 30 – 18 h ce jour-là." in words
    assert "La durée doit être entre 1 h et 2 h." in words
    assert "Votre réservation n'a pas changé." in words
    assert "Passer au" in words
    assert await start_of(world, booking["id"]) == f"{TUESDAY}T10:00 11:00"


async def test_a_time_that_was_taken_meanwhile_offers_another_that_one_press_takes(world: World, guest: Guest) -> None:
    world.place(seats=1)
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00"), world.guest())
    wanted = f"{TUESDAY}T14:00:00+01:00/{TUESDAY}T15:00:00+01:00"
    answer = await guest.send(f"{path}/changer", horaire=wanted, mode="hour")
    assert answer.status_code == 409
    assert "La dernière place vient d'être réservée." in read(answer)
    form = answer.text.split('<form method="post"')[1]
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form.split("</form>")[0]))
    assert (await guest.send(f"{path}/changer", **fields)).status_code == 303
    assert await start_of(world, booking["id"]) == f"{TUESDAY}T15:00 16:00"
    world.invariants()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"jour": WEDNESDAY}, 400),
        ({"horaire": "demain"}, 400),
        ({"horaire": f"{WEDNESDAY}T10:00:00/{WEDNESDAY}T11:00:00"}, 400),
        ({"horaire": f"{WEDNESDAY}T10:00:00Z/{WEDNESDAY}T11:00:00Z", "ressource": "77"}, 404),
        ({"horaire": "9999-12-31T10:00:00Z/9999-12-31T11:00:00Z"}, 422),
        ({"horaire": f"{WEDNESDAY}T11:00:00Z/{WEDNESDAY}T10:00:00Z"}, 422),
    ],
)
async def test_what_cannot_be_a_time_of_the_list_is_refused(
    world: World, guest: Guest, fields: dict[str, str], status: int
) -> None:
    booking = await world.book()
    answer = await guest.send(f"/mes-reservations/{booking['id']}/changer", **fields)
    assert answer.status_code == status
    assert await start_of(world, booking["id"]) == f"{TUESDAY}T10:00 11:00"


@pytest.mark.parametrize("query", ["jour=9999-12-31", "jour=0001-01-01", "jour=hier&duree=abc", "duree=999999999999"])
async def test_a_strange_day_or_length_is_answered_with_a_page(world: World, guest: Guest, query: str) -> None:
    booking = await world.book()
    assert (await guest.open(f"/mes-reservations/{booking['id']}/changer?{query}")).status_code == 200


async def test_a_chosen_seat_is_kept_unless_one_gives_it_up(world: World, guest: Guest) -> None:
    booking = await world.book(world.wish(seat_ids=[f"{world.place_id}-1"]))
    path = f"/mes-reservations/{booking['id']}/changer"
    theirs = world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00", seat_ids=[f"{world.place_id}-1"])
    await world.book(theirs, world.guest())
    assert "Garder la place choisie (1)" in read(await guest.open(path))
    wanted = f"{TUESDAY}T14:00:00+01:00/{TUESDAY}T15:00:00+01:00"
    assert (await guest.send(path, horaire=wanted, places="", garder_place="1")).status_code == 409
    assert (await guest.send(path, horaire=wanted, places="")).status_code == 303
    world.invariants()


async def test_what_has_begun_can_be_given_another_end(world: World, guest: Guest) -> None:
    world.place(seats=1)
    booking = await world.book()
    await world.book(world.wish(f"{TUESDAY}T12:00:00+01:00", f"{TUESDAY}T12:30:00+01:00"), world.guest())
    path = f"/mes-reservations/{booking['id']}"
    await world.set_clock(f"{TUESDAY}T10:35:00+01:00")
    assert f"{path}/changer" in (await guest.open(path)).text
    page = (await guest.open(f"{path}/changer")).text
    ends = [value[-14:-9] for value in re.findall(r'type="radio" name="horaire" value="([^"]+)"', page)]
    assert ends == ["11:00", "11:30", "12:00"]
    longest = re.findall(r'type="radio" name="horaire" value="([^"]+)"', page)[-1]
    answer = await guest.send(f"{path}/changer", horaire=longest, mode="")
    assert answer.headers["location"] == f"{path}?fait=changee"
    assert await start_of(world, booking["id"]) == f"{TUESDAY}T10:00 12:00"
    world.invariants()


async def test_an_end_that_cannot_be_had_is_refused_with_other_ends_and_what_is_free_beside(
    world: World, guest: Guest
) -> None:
    world.place(seats=1)
    other = world.resource(seats=1, resource_id=2, name="Salle calme")
    booking = await world.book()
    await world.book(world.wish(f"{TUESDAY}T11:00:00+01:00", f"{TUESDAY}T12:00:00+01:00"), world.guest())
    path = f"/mes-reservations/{booking['id']}"
    await world.set_clock(f"{TUESDAY}T10:35:00+01:00")
    wanted = f"{TUESDAY}T10:00:00+01:00/{TUESDAY}T12:00:00+01:00"
    answer = await guest.send(f"{path}/changer", horaire=wanted, mode="")
    assert answer.status_code == 409
    assert "Votre réservation n'a pas changé." in read(answer)
    assert f"ressource={other.partition('-')[2]}&amp;jour={TUESDAY}&amp;de=11%3A00&amp;a=12%3A00" in answer.text
    assert await start_of(world, booking["id"]) == f"{TUESDAY}T10:00 11:00"


async def test_what_has_begun_is_not_moved_to_another_day_and_what_has_ended_not_at_all(
    world: World, guest: Guest
) -> None:
    booking = await world.book()
    path = f"/mes-reservations/{booking['id']}"
    wanted = f"{WEDNESDAY}T10:00:00+01:00/{WEDNESDAY}T11:00:00+01:00"
    await world.set_clock(f"{TUESDAY}T10:05:00+01:00")
    assert (await guest.send(f"{path}/changer", horaire=wanted)).status_code == 422
    await world.set_clock(f"{TUESDAY}T11:05:00+01:00")
    assert "/changer" not in (await guest.open(path)).text
    assert (await guest.open(f"{path}/changer")).headers["location"] == path
    assert (await guest.send(f"{path}/changer", horaire=wanted)).status_code == 409
