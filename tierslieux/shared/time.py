"""Time: aware, half-open, given. The only place that reads the machine's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """Gives the present instant, aware, in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant of the machine."""
        return datetime.now(UTC)  # noqa: TID251


@dataclass(slots=True)
class OffsetClock:
    """The machine's clock shifted by ``offset``: what tests set; it goes on from there."""

    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The shifted instant."""
        return SystemClock().now() + self.offset

    def set(self, now: datetime) -> None:
        """Make ``now`` the present instant."""
        self.offset = now - SystemClock().now()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always the same instant."""

    instant: datetime

    def now(self) -> datetime:
        """The fixed instant."""
        return self.instant


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """``[start, end)``, both aware, never empty (RFC 5545: DTEND is non-inclusive)."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a time range needs aware times")
        if self.end <= self.start:
            raise ValueError("a time range ends after it starts")

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def overlaps(self, other: TimeRange) -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end


@lru_cache(maxsize=65536)
def midnight(day: date, zone: tzinfo) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
