"""What places of each kind offer in a demonstration, and how much they are used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tierslieux.booking.domain.values import Mode

MODE_WEIGHTS: Mapping[Mode, float] = {"hour": 5, "half_day": 4, "day": 3}
START_WEIGHTS: Mapping[int, float] = {
    7: 0.2, 8: 1.5, 9: 5, 10: 4, 11: 1.5, 12: 0.5, 13: 1.5, 14: 4, 15: 2, 16: 1.2, 17: 0.7, 18: 0.5, 19: 0.2,
}  # fmt: skip
"""When an hourly booking begins, by the hour of the local clock."""
LENGTH_WEIGHTS: Mapping[int, float] = {60: 2, 90: 1.5, 120: 4, 150: 1, 180: 3, 240: 2}
"""How long it lasts, in minutes."""
_WEEKDAYS = (0.85, 1.15, 0.8, 1.2, 0.7, 0.45, 0.35)
_QUIET_MONTHS = {7: 0.7, 8: 0.45, 12: 0.8}


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """A resource to make. ``demand``: wishes on an ordinary weekday for each seat. ``seats``: from, to."""

    name: str
    kind: str
    seats: tuple[int, int]
    demand: float
    modes: tuple[Mode, ...] = ("hour", "half_day", "day")
    prices: Mapping[str, int | None] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    head_count: int = 1
    turnaround_minutes: int = 0
    adapted: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of place: hours where none are known, rules, rooms, walk-ins a day, how many are counted at the door.

    ``notes_arrivals``: the share of guests whose arrival is noted.
    """

    hours: str
    rooms: tuple[RoomPlan, ...]
    policy: Mapping[str, Any] = field(default_factory=dict)
    walk_ins: float = 0.3
    counted_a_day: int = 0
    notes_arrivals: float = 0.7


_MEETING = RoomPlan(
    "Salle de réunion", "meeting_room", (1, 1), 1.3, ("hour", "half_day"), {"hour": 1500, "half_day": 4500},
    {"requires_approval": True}, head_count=8, turnaround_minutes=15,
)  # fmt: skip
_BOOTH = RoomPlan("Cabine téléphonique", "phone_booth", (1, 2), 1.2, ("hour",), {"hour": 200}, {"max_minutes": 120})

PROFILES: Mapping[str, Profile] = {
    "coworking": Profile(
        "Mo-Fr 08:30-18:30; PH off",
        (
            RoomPlan(
                "Espace partagé", "desk", (8, 16), 1.05, prices={"hour": 300, "half_day": 1000, "day": 1800}, adapted=1
            ),
            _MEETING,
            _BOOTH,
        ),
        {"no_show_after_minutes": 45, "free_cancellation_minutes": 240},
        walk_ins=0.6,
        notes_arrivals=1.0,
    ),
    "library": Profile(
        "Tu-Fr 10:00-12:30,14:00-18:00; Sa 10:00-17:00; PH off",
        (
            RoomPlan("Tables de travail", "desk", (5, 10), 0.6, ("hour", "half_day"), adapted=1),
            RoomPlan("Salle de groupe", "meeting_room", (1, 1), 0.8, ("hour",), head_count=6),
        ),
        {"quota_bookings_per_week": 4},
        counted_a_day=9,
    ),
    "third_place": Profile(
        "Mo-Fr 09:00-18:00; PH off",
        (
            RoomPlan("Grande table", "desk", (6, 12), 0.8, prices={"hour": None, "half_day": None, "day": None}),
            _MEETING,
        ),
        counted_a_day=6,
    ),
    "fablab": Profile(
        "Tu-Fr 10:00-18:00; Sa 10:00-13:00; PH off",
        (
            RoomPlan("Bureaux", "desk", (4, 8), 0.7, prices={"hour": 150, "half_day": 500, "day": 800}),
            RoomPlan(
                "Établis", "workshop", (2, 4), 0.35, ("half_day",), {"half_day": 1200}, {"requires_approval": True},
                turnaround_minutes=30,
            ),
        ),
        counted_a_day=4,
    ),
    "shop": Profile(
        "Tu-Sa 09:30-12:30,14:00-19:00; PH off",
        (RoomPlan("Bureau de l'arrière-boutique", "desk", (2, 4), 0.45, prices={"hour": 200, "half_day": 700}),),
    ),
    "cafe": Profile(
        "Tu-Su 08:00-18:00; PH off",
        (RoomPlan("Coin au calme", "desk", (3, 6), 0.5, ("hour",), {"hour": 0}, {"max_minutes": 240}),),
        walk_ins=1.2,
    ),
}  # fmt: skip
"""The kinds that a demonstration gives desks, in the order in which they are chosen."""


def season(day: date, first: date, today: date) -> float:
    """How a day compares with an ordinary one: weekday, holidays, and the growth of a young service."""
    month = _QUIET_MONTHS.get(day.month, 1.0)
    turn_of_year = 0.25 if (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2) else 1.0
    grown = min(1.0, (day - first).days / max(1, (today - first).days))
    return _WEEKDAYS[day.weekday()] * month * turn_of_year * (0.6 + 0.4 * grown)
