"""A resource of a demonstration with all that its life follows from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.domain.values import Resource, Wish
from tierslieux.demo.domain.people import Person
from tierslieux.demo.domain.profiles import Profile, RoomPlan
from tierslieux.places.hours.days import DayHours

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a demonstration: bookings from ``first`` to ``last``, both included; ``now`` is in between."""

    first: date
    today: date
    last: date
    now: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """What is booked, by whom, when it is open. ``popularity`` is 1 for an ordinary place."""

    seed: int
    number: int
    plan: RoomPlan
    profile: Profile
    resource: Resource
    zone: ZoneInfo
    days: Mapping[date, DayHours]
    guests: tuple[Person, ...]
    team_id: UUID
    popularity: float

    @property
    def key(self) -> tuple[int, int]:
        """What draws and ids of this room follow from: its place's number in the demonstration, and its own."""
        return self.number, self.resource.resource_id

    def around(self, day: date, before: int = 1, after: int = 0) -> tuple[DayHours, ...]:
        """The hours of ``day`` and of the days around it, as far as they are known."""
        wanted = (day + offset * ONE_DAY for offset in range(-before, after + 1))
        return tuple(self.days[each] for each in wanted if each in self.days)


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish that somebody has: when they say so, and how. Without a person it is a walk-in or a visitor's hold."""

    booking_id: UUID
    wish: Wish
    at: datetime
    origin: str
    person: Person | None = None
    series_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a booking, when, by whom (``None``: the service)."""

    at: datetime
    becomes: Status
    actor_id: UUID | None
    is_counted: bool = True
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """A wish and all that is to become of it, in order; the first step makes the booking."""

    ask: Ask
    steps: tuple[Step, ...]
