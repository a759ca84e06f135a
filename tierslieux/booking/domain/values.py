"""What bookings are made of: frozen values, apart from where they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.places.hours.days import DayHours
from tierslieux.places.policy import Policy
from tierslieux.shared.time import TimeRange

Mode = Literal["hour", "half_day", "day"]
MODES: tuple[Mode, ...] = ("hour", "half_day", "day")
ADAPTED = frozenset({"wheelchair", "height_adjustable"})
"""Attributes that make a seat an adapted one: given last, never moved."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One desk. ``serves_from`` and ``serves_until`` bound its days in service as instants; ``None``: no end."""

    seat_id: int
    label: str
    attributes: frozenset[str]
    serves_from: datetime
    serves_until: datetime | None

    @property
    def is_adapted(self) -> bool:
        """Whether it is kept for those who need it."""
        return bool(self.attributes & ADAPTED)

    def serves(self, during: TimeRange) -> bool:
        """Whether it is in service throughout."""
        return self.serves_from <= during.start and (self.serves_until is None or during.end <= self.serves_until)


@dataclass(frozen=True, slots=True)
class TakenSeat:
    """A seat that a booking blocks for ``busy``; its guest is there ``during``, the rest is turnaround."""

    booking_id: UUID
    seat_id: int
    busy: TimeRange
    during: TimeRange
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class SeatOutage:
    """A single seat that nobody can be given: closed, or a resident's."""

    seat_id: int
    during: TimeRange


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure that takes the whole resource out of use."""

    during: TimeRange
    reason: str | None


@dataclass(frozen=True, slots=True)
class Resource:
    """What is booked, with the rules that hold for it (the place's, with its own over them)."""

    place_id: int
    resource_id: int
    name: str
    kind: str
    head_count: int
    modes: tuple[Mode, ...]
    prices: Mapping[str, int | None]
    turnaround_minutes: int
    policy: Policy
    seats: tuple[Seat, ...]

    def rows_for(self, people: int) -> int:
        """How many seats ``people`` take: one each at desks, one in all in a room that holds them."""
        return -(-people // self.head_count)

    def price_of(self, mode: Mode, during: TimeRange, people: int) -> int | None:
        """Cents for the whole booking; 0 free, ``None`` pay what you can. By the hour in exact minutes, rounded."""
        each = self.prices.get(mode, 0)
        if not each:
            return each
        units = self.rows_for(people)
        if mode != "hour":
            return each * units
        minutes = int((during.end - during.start).total_seconds() // 60)
        return (each * units * minutes + 30) // 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked: a range that may still end before it starts, for ``seats`` people."""

    start: datetime
    end: datetime
    seats: int
    mode: Mode | None = None
    seat_ids: tuple[int, ...] = ()

    @property
    def during(self) -> TimeRange | None:
        """The range, or ``None`` where it ends before it starts."""
        return TimeRange(self.start, self.end) if self.start < self.end else None


@dataclass(frozen=True, slots=True)
class OwnBooking:
    """Another booking of the same guest that counts or blocks."""

    booking_id: str
    place_id: int
    during: TimeRange
    is_counted: bool
    is_blocking: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that a wish is judged by, at one moment. ``days`` are the local days that the wish touches.

    ``own`` holds the guest's other bookings: here in the weeks that the wish touches, anywhere in its range.
    """

    now: datetime
    zone: ZoneInfo
    welcome: str
    is_published: bool
    resource: Resource
    days: tuple[DayHours, ...]
    closed: tuple[Closed, ...] = ()
    outages: tuple[SeatOutage, ...] = ()
    taken: tuple[TakenSeat, ...] = ()
    own: tuple[OwnBooking, ...] = ()
    pending: int = 0
    unchanged_start: datetime | None = None
    """The start of the booking that is being moved: keeping it is not asking for the past."""

    @property
    def today(self) -> date:
        """The place's own day."""
        return self.now.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule that a wish breaks; ``limit`` and ``value`` by ``code`` as in api.md, as domain values."""

    code: str
    limit: Any = None
    value: Any = None
