"""Several workers and guests at once: a freed seat is given once, to the first in line, and to nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.range import Range

from tests.booking.world import World
from tests.factories import insert, make_booking
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order
from tierslieux.booking.errors import Refused
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import place
from tierslieux.booking.service.waitlist import offer_freed
from tierslieux.places.local_ids import parse_local_id
from tierslieux.settings import Settings
from tierslieux.web.db import Database

NINE = datetime(2027, 3, 22, 8, 0, tzinfo=UTC)
TEN = datetime(2027, 3, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUNDS = 8


@pytest.fixture
async def workers(settings: Settings, world: World) -> AsyncIterator[list[Database]]:
    """Two processes' ways to the database."""
    made = [Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=6) for _ in range(2)]
    for each in made:
        await each.open()
    yield made
    for each in made:
        await each.close()


def wish(world: World, number: int) -> UUID:
    """Somebody who waits for Tuesday at ten, the ``number``th in line."""
    guest = uuid4()
    columns = {
        "place_id": world.place_id,
        "entry_id": uuid4(),
        "guest_id": guest,
        "wish": Range(TEN, TEN + HOUR),
        "minutes": 60,
        "seats": 1,
        "state": "waiting",
        "notices": 0,
        "created_at": NINE - HOUR + timedelta(seconds=number),
    }
    insert(world.base, "waitlist_entry", columns)
    return guest


def states(world: World) -> list[str]:
    """What has become of the line, in its order."""
    rows = world.base.execute(
        "SELECT state FROM waitlist_entry WHERE place_id = %s::integer ORDER BY created_at", (world.place_id,)
    )
    return [row[0] for row in rows.fetchall()]


def held(world: World) -> list[tuple[int, UUID]]:
    """Which seat is held for whom at the place."""
    return world.base.execute(
        """SELECT o.seat_id, b.guest_id FROM occupied_seat o
        JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
        WHERE o.place_id = %s::integer AND b.status = 'held' ORDER BY o.seat_id""",
        (world.place_id,),
    ).fetchall()


async def test_two_workers_give_two_freed_seats_to_the_first_two_of_three(
    world: World, workers: list[Database]
) -> None:
    for _ in range(ROUNDS):
        world.place(seats=2)
        guests = [wish(world, number) for number in range(3)]
        offers = await asyncio.gather(*(offer_freed(each, world.place_id, NINE) for each in workers for _ in range(2)))
        assert sum(offers) == 2
        assert states(world) == ["offered", "offered", "waiting"]
        assert {guest for _, guest in held(world)} == set(guests[:2])
        assert len({seat for seat, _ in held(world)}) == 2
    world.invariants()


async def test_whoever_books_while_a_seat_is_offered_either_has_it_or_is_refused(
    world: World, workers: list[Database]
) -> None:
    for _ in range(ROUNDS):
        world.place(seats=1)
        wish(world, 0)
        booked, offered = await asyncio.gather(book(workers[0], world), offer_freed(workers[1], world.place_id, NINE))
        assert booked + offered == 1
    world.invariants()


async def book(database: Database, world: World) -> int:
    place_id, resource_id = parse_local_id(world.resource_id)
    order = Order(place_id, resource_id, Wish(TEN, TEN + HOUR, 1), uuid4(), Actor(None, NINE))
    try:
        async with database.write() as session:
            await place(session, order)
    except Refused:
        return 0
    return 1


async def test_a_guest_in_two_lines_who_books_at_once_never_holds_more_than_the_rules_allow(
    world: World, workers: list[Database]
) -> None:
    for _ in range(ROUNDS):
        world.place(seats=3)
        guest = wish(world, 0)
        place_id, resource_id = parse_local_id(world.resource_id)
        order = Order(place_id, resource_id, Wish(TEN, TEN + HOUR, 1), guest, Actor(guest, NINE))

        async def book_too(order: Order = order) -> int:
            try:
                async with workers[0].write() as session:
                    await place(session, order)
            except Refused:
                return 0
            return 1

        booked, offered = await asyncio.gather(book_too(), offer_freed(workers[1], place_id, NINE))
        assert booked + offered == 1
    world.invariants()


async def test_an_offer_that_breaks_off_leaves_the_line_as_it_was(world: World, workers: list[Database]) -> None:
    world.place(seats=1)
    wish(world, 0)
    world.base.execute(
        """CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'power cut'; END $$"""
    )
    world.base.execute(
        "CREATE TRIGGER break_off BEFORE UPDATE OF offer_booking_id ON waitlist_entry EXECUTE FUNCTION break_off()"
    )
    with pytest.raises(psycopg.errors.RaiseException):
        await offer_freed(workers[0], world.place_id, NINE)
    assert states(world) == ["waiting"]
    assert world.rows() == []


async def test_a_line_of_hundreds_is_looked_through_without_a_lock(world: World, workers: list[Database]) -> None:
    world.place(seats=1)
    seat = world.base.execute("SELECT seat_id, resource_id FROM seat WHERE place_id = %s", (world.place_id,)).fetchone()
    assert seat is not None
    make_booking(world.base, world.place_id, seat[1], (TEN, TEN + HOUR), seat[0])
    for number in range(300):
        wish(world, number)
    assert await offer_freed(workers[0], world.place_id, NINE) == 0
    assert world.base.execute("SELECT count(*) FROM guest_at_place").fetchone() == (0,)


async def test_a_place_that_is_no_longer_shown_offers_nothing(world: World, workers: list[Database]) -> None:
    wish(world, 0)
    world.base.execute("UPDATE place SET state = 'draft' WHERE place_id = %s::integer", (world.place_id,))
    assert await offer_freed(workers[0], world.place_id, NINE) == 0
    assert states(world) == ["waiting"]
