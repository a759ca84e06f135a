"""Chance that repeats itself: every draw and every id follows from the seed and from what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

T = TypeVar("T")
_NAMESPACE = UUID("0f1d3c52-4a0e-5a53-9b5e-2d64c1c0de29")


def chance(seed: int, *words: object) -> Random:
    """A source of draws of its own for ``words``: what is drawn elsewhere does not change it."""
    return Random(f"{seed} {words!r}")  # noqa: S311 - to be repeatable is its purpose


def made_id(seed: int, *words: object) -> UUID:
    """The id of what ``words`` name."""
    return uuid5(_NAMESPACE, f"{seed} {words!r}")


def pick(draw: Random, weights: Mapping[T, float]) -> T:
    """One of the keys, by weight."""
    return draw.choices(list(weights), list(weights.values()))[0]


def how_many(draw: Random, mean: float) -> int:
    """A count around ``mean``, never below 0 (a sum of many small chances)."""
    tries = max(8, int(mean * 3))
    return sum(draw.random() < mean / tries for _ in range(tries))


def instant(day: date, minutes: float, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of ``zone`` show ``minutes`` after midnight of ``day``, to the second."""
    seconds = int(minutes * 60)
    wall = time(seconds // 3600, seconds // 60 % 60, seconds % 60)
    return datetime.combine(day, wall, zone).astimezone(UTC)


def between(draw: Random, first: datetime, last: datetime) -> datetime:
    """An instant of ``[first, last)``, to the second; ``first`` where there is none."""
    seconds = int((last - first).total_seconds())
    return first + timedelta(seconds=draw.randrange(seconds)) if seconds > 0 else first
