"""Fifty resources at ten places, people who book there, and a clock that both processes read."""

from __future__ import annotations

import select
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.booking.races.chronicle import Key, keep_chronicle
from tests.factories import make_account, make_host, make_place, make_resource, make_token
from tierslieux.shared.time import SystemClock

Base = psycopg.Connection[Any]
BEGIN = datetime.fromisoformat("2027-03-23T08:55:00+01:00")
"""A Tuesday, just before the first bookings begin."""
PLACES, EACH, GUESTS = 10, 5, 40
SEATS = (1, 2, 2, 3, 3, 4, 4, 5, 6, 6, 8, 12)
TURNAROUNDS = (0, 0, 0, 15, 30)
POLICY = {
    "slot_minutes": 30, "min_minutes": 30, "max_minutes": 600, "horizon_days": 60, "notice_minutes": 0,
    "allow_overlapping_own_bookings": True, "pending_limit": 1000, "hold_minutes": 5, "free_cancellation_minutes": 0,
}  # fmt: skip
HOURS = ("Mo-Su 08:00-20:00", "Mo-Su 08:00-12:30,13:30-20:00")


def seconds() -> float:
    """The machine's own time, in seconds since 1970."""
    return SystemClock().now().timestamp()


def again(act: Callable[[], None]) -> None:
    """Do what may be done twice, until the base lives long enough."""
    deadline = seconds() + 60
    while True:
        try:
            return act()
        except psycopg.OperationalError:
            if seconds() > deadline:
                raise
            select.select([], [], [], 0.2)


@dataclass(frozen=True)
class Pool:
    """A resource as the judge knows it."""

    key: Key
    seats: tuple[int, ...]
    adapted: frozenset[int]
    turnaround_minutes: int

    @property
    def public_id(self) -> str:
        return f"{self.key[0]}-{self.key[1]}"


@dataclass
class Hands:
    """The hands of the test clock, and when they were moved (seconds since 1970): a request's now is between two."""

    url: str
    moved: list[tuple[float, float, float]] = field(default_factory=list)

    def set(self, now: datetime) -> None:
        self._write(now.timestamp() - seconds())

    def advance(self, by: timedelta) -> None:
        self._write(self.moved[-1][2] + by.total_seconds())

    def _write(self, shift: float) -> None:
        """What is written is the shift itself: where the base died meanwhile, it is written once more."""
        before = seconds()
        again(lambda: self._store(shift))
        self.moved.append((before, seconds(), shift))

    def _store(self, shift: float) -> None:
        with psycopg.connect(self.url, autocommit=True) as base:
            base.execute(
                "INSERT INTO dev_clock (clock_id, shift) VALUES (1, make_interval(secs => %s::float8))"
                " ON CONFLICT (clock_id) DO UPDATE SET shift = excluded.shift",
                (shift,),
            )

    def now(self) -> datetime:
        return datetime.fromtimestamp(seconds() + self.moved[-1][2], BEGIN.tzinfo)

    def earliest(self, at: float) -> float:
        """The least that a request at ``at`` may have taken for now."""
        return at + next(shift for _, after, shift in reversed(self.moved) if after <= at)

    def latest(self, at: float) -> float:
        """The most."""
        return at + next(shift for before, _, shift in reversed(self.moved) if before <= at)


@dataclass
class Field:
    """The whole of it."""

    base: Base
    url: str
    hands: Hands
    pools: list[Pool]
    guests: list[dict[str, str]]
    team: dict[str, str]


def make_field(base: Base, url: str, places: int = PLACES) -> Field:
    """Five resources a place. Every third place agrees to each booking; seats, turnaround, hours differ."""
    team = make_account(base)
    pools = []
    for number in range(places):
        policy = POLICY | ({"requires_approval": True} if number % 3 == 1 else {})
        at = (-4.0 + number / 50, 48.0)
        place_id = make_place(base, at=at, welcome="bookable", hours_osm=HOURS[number % 2], policy=Jsonb(policy))
        make_host(base, place_id, team)
        pools += [_pool(base, place_id, number * EACH + each) for each in range(EACH)]
    keep_chronicle(base)
    hands = Hands(url)
    hands.set(BEGIN)
    guests = [make_token(base, make_account(base), "bookings:write") for _ in range(GUESTS)]
    return Field(base, url, hands, pools, guests, make_token(base, team, "bookings:write", "places:write"))


def _pool(base: Base, place_id: int, number: int) -> Pool:
    count, turnaround = SEATS[number % len(SEATS)], TURNAROUNDS[number % len(TURNAROUNDS)]
    resource_id = make_resource(base, place_id, seats=count, turnaround_minutes=turnaround)
    rows = base.execute(
        "SELECT seat_id FROM seat WHERE place_id = %s AND resource_id = %s ORDER BY 1", (place_id, resource_id)
    )
    seats = tuple(row[0] for row in rows)
    adapted = frozenset(seats[:1] if count in {3, 5} else ())
    base.execute(
        "UPDATE seat SET attributes = '{wheelchair}' WHERE place_id = %s AND seat_id = ANY(%s::integer[])",
        (place_id, list(adapted)),
    )
    return Pool((place_id, resource_id), seats, adapted, turnaround)
