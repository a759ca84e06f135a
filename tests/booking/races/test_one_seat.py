"""Two hundred clients race for one seat, over HTTP, against two server processes: exactly one has it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.booking.races.checks import assert_sound
from tests.booking.races.processes import ServerProcess, server_processes
from tests.booking.world import HOURS, NOW
from tests.conftest import cloned
from tests.factories import make_account, make_place, make_resource, make_token

CLIENTS = 200
TUESDAY = datetime.fromisoformat("2027-03-30T09:00:00+02:00")
STARTS = [
    TUESDAY + timedelta(days=day % 2 + day // 2 * 7, hours=hour) for day in range(10) for hour in (0, 1, 2, 5, 6, 7)
]
"""An hour for each round: who won one has a booking of their own in the way of asking for it again."""


@dataclass
class Arena:
    """A desk that everybody wants, the people, and the two doors."""

    base: psycopg.Connection[Any]
    servers: list[ServerProcess]
    place_id: int
    people: list[dict[str, str]]


@pytest.fixture(scope="module")
def arena(template: str) -> Iterator[Arena]:
    with cloned(template) as url, psycopg.connect(url, autocommit=True) as base:
        place_id = make_place(base, welcome="bookable", hours_osm=HOURS, policy=Jsonb({}))
        people = [make_token(base, make_account(base), "bookings:write") for _ in range(CLIENTS)]
        with server_processes(url) as servers:
            set_clock(servers[0])
            yield Arena(base, servers, place_id, people)


def set_clock(server: ServerProcess) -> None:
    httpx.put(f"{server.address}/dev/clock", json={"now": NOW}, timeout=30).raise_for_status()


async def race(arena: Arena, body: dict[str, str], *, one_person: bool) -> list[httpx.Response]:
    """All ask for the same at once, half of them at either process."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(limits=limits, timeout=120) as client:
        asked = [
            client.post(
                f"{arena.servers[number % 2].address}/api/v1/bookings",
                json=body,
                headers=arena.people[0 if one_person else number],
            )
            for number in range(CLIENTS)
        ]
        return await asyncio.gather(*asked)


def assert_exactly_one(arena: Arena, start: datetime, *, one_person: bool = False) -> None:
    resource_id = make_resource(arena.base, arena.place_id)
    body = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    answers = asyncio.run(race(arena, body | {"resource_id": f"{arena.place_id}-{resource_id}"}, one_person=one_person))
    refused = 422 if one_person else 409  # one's own booking is in the way as well: two rules, so 422
    assert Counter(answer.status_code for answer in answers) == {201: 1, refused: CLIENTS - 1}
    codes = {rule["code"] for answer in answers if answer.status_code != 201 for rule in answer.json()["broken_rules"]}
    assert codes == ({"slot_taken", "overlapping_own_booking"} if one_person else {"slot_taken"})
    (made,) = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    found = arena.base.execute(
        "SELECT booking_id FROM booking WHERE place_id = %s AND resource_id = %s", (arena.place_id, resource_id)
    ).fetchall()
    assert [f"{arena.place_id}-{row[0].hex}" for row in found] == [made]


def test_of_two_hundred_clients_exactly_one_has_the_seat(arena: Arena) -> None:
    for start in STARTS[50:55]:
        assert_exactly_one(arena, start)
    assert_sound(arena.base)


def test_one_person_who_asks_two_hundred_times_at_once_has_it_once(arena: Arena) -> None:
    assert_exactly_one(arena, STARTS[-1], one_person=True)
    assert_sound(arena.base)


@pytest.mark.endurance
def test_of_two_hundred_clients_exactly_one_has_the_seat_fifty_times(arena: Arena) -> None:
    for start in STARTS[:50]:
        assert_exactly_one(arena, start)
    assert_sound(arena.base)
