"""Some hundred invented places for properties of the search, the same for a seed, and a connection that only reads."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import psycopg

from tests.factories import make_day, make_place
from tierslieux.places.domain import PlaceDetails
from tierslieux.places.grid import rebuild_grid
from tierslieux.web.db import READ_OPTIONS, Reads

T = TypeVar("T")
NOW = datetime(2027, 3, 24, 12, 0, tzinfo=UTC)
SPOTS = ((2.35, 48.85), (-4.1, 48.0), (55.45, -20.9), (179.9, -16.5), (-179.9, -16.6), (0.0, 89.9), (180.0, 0.0))
KINDS = ("library", "coworking", "cafe", "wifi_spot", "other")


def fill(url: str, count: int = 240) -> None:
    """Make the places, with the hours of a day and the counts of the map."""
    chance = random.Random(7)
    with psycopg.connect(url) as base:
        for number in range(count):
            place_id = make_place(
                base,
                f"{chance.choice(['Atelier', 'Médiathèque', 'Zinc'])} {number % 40}",
                at=position(chance),
                kind=chance.choice(KINDS),
                welcome=chance.choice(["unknown", "unknown", "bookable", "no"]),
                details=PlaceDetails(amenities={"wifi": chance.choice(["yes", "no", "unknown"])}),
            )
            if number % 3 == 0:
                start = NOW - timedelta(hours=chance.randrange(6))
                make_day(base, place_id, date(2027, 3, 24), (start, start + timedelta(hours=4)))
        rebuild_grid(base)


def position(chance: random.Random) -> tuple[float, float]:
    """Near one of the spots, which lie in dense and empty parts, on the antimeridian and at the pole."""
    lon, lat = chance.choice(SPOTS)
    return max(-180.0, min(180.0, chance.gauss(lon, 0.2))), max(-90.0, min(90.0, chance.gauss(lat, 0.2)))


def reading(url: str, query: Callable[[Reads], Awaitable[T]]) -> T:
    """The answer of ``query`` on a connection that cannot write."""

    async def run() -> T:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True, options=READ_OPTIONS)
        async with connection:
            return await query(connection)

    return asyncio.run(run())
