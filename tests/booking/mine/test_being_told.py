"""Where a range is full, its page offers to tell when a seat frees up."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from tests.booking.mine.guest import Guest, read
from tests.booking.world import TUESDAY, World
from tests.factories import make_booking

FORM = {"ressource": "1", "jour": TUESDAY, "de": "10:00", "a": "11:00", "personnes": "1", "mode": "hour"}


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"{TUESDAY}T{clock}:00+01:00")


async def full(world: World, guest: Guest) -> str:
    """The path of the form of a place whose one desk is taken from ten to eleven."""
    world.place(seats=1)
    make_booking(world.base, world.place_id, 1, (at("10:00"), at("11:00")), 1)
    return (await guest.open(f"/lieux/{world.place_id}/reserver?ressource=1")).headers["location"].partition("?")[0]


async def page_of(guest: Guest, path: str, **changes: str) -> str:
    return read(await guest.open(f"{path}?{urlencode(FORM | changes)}"))


def states(world: World) -> list[str]:
    found = world.base.execute("SELECT state FROM waitlist_entry WHERE place_id = %s", (world.place_id,)).fetchall()
    return [row[0] for row in found]


async def test_a_full_range_offers_to_tell_says_that_it_will_and_can_be_stopped(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    assert "Me prévenir si une place se libère" in await page_of(guest, path)
    told = await guest.send(path.replace("/reserver", "/prevenir"), **FORM)
    assert told.status_code == 303
    assert told.headers["location"].startswith(f"{path}?ressource=1&jour=")
    assert "Vous serez prévenu par mail" in await page_of(guest, path)
    assert "Vous serez prévenu" not in await page_of(guest, path, de="09:30")
    assert states(world) == ["waiting"]
    await guest.send(path.replace("/reserver", "/prevenir"), **FORM, arret="1")
    assert "Me prévenir si une place se libère" in await page_of(guest, path)
    assert "waiting" not in states(world)


async def test_pressed_twice_it_waits_once(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    for _ in range(2):
        await guest.send(path.replace("/reserver", "/prevenir"), **FORM)
    assert states(world) == ["waiting"]


async def test_a_visitor_signs_in_first(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    answer = await Guest(guest.client).send(path.replace("/reserver", "/prevenir"), **FORM)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?next=%2Flieux%2F")
    assert states(world) == []


async def test_what_is_refused_for_another_reason_offers_nothing(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    assert "Me prévenir" not in await page_of(guest, path, de="12:00", a="14:00")


async def test_the_summary_is_found_in_the_other_language_with_all_that_was_asked(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    french = (await guest.open(f"{path}?{urlencode(FORM)}")).text
    assert f'href="/en{path}?ressource=1&amp;jour={TUESDAY}&amp;de=10%3A00&amp;a=11%3A00&amp;personnes=1' in french
    english = (await guest.open(f"/en{path}?{urlencode(FORM)}")).text
    assert f'href="{path}?ressource=1&amp;jour={TUESDAY}' in english


async def test_what_is_free_instead_is_named_where_it_is_another_resource(world: World, guest: Guest) -> None:
    path = await full(world, guest)
    world.resource(seats=1, resource_id=2, name="Cabine bleue")
    page = await page_of(guest, path)
    assert "10 h – 11 h, Cabine bleue" in page.replace("\xa0", " ").replace("\u2060", "")
