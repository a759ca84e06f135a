"""What a team decides of the bookings that a change of theirs hits, and which bookings shorter hours hit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from tierslieux.booking.domain.opening import joined
from tierslieux.shared.time import TimeRange

Existing = Literal["refuse", "keep", "cancel", "move"]
Do = Literal["keep", "cancel", "move"]
Outcome = Literal["kept", "cancelled", "moved", "lost"]


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a booking is to go: a resource, here or near by; a time that is ``None`` stays."""

    place_id: int
    resource_id: int
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of one booking. ``move`` without ``to``: to the first alternative that there is."""

    do: Do
    to: Goal | None = None


@dataclass(frozen=True, slots=True)
class Decisions:
    """What becomes of all bookings hit, and of single ones; ``choices`` beats ``existing``."""

    existing: Existing = "refuse"
    choices: Mapping[UUID, Choice] = field(default_factory=dict)

    def of(self, booking_id: UUID) -> Choice | None:
        """What becomes of this booking; ``None``: nothing was said, so that the whole change is refused."""
        if booking_id in self.choices:
            return self.choices[booking_id]
        return None if self.existing == "refuse" else Choice(self.existing)


def loses_open_time(during: TimeRange, before: Iterable[TimeRange], after: Iterable[TimeRange]) -> bool:
    """Whether a part of ``during`` that was open ``before`` is not open ``after``.

    What was closed before (a booking that the team made against its own hours) cannot be lost again.
    """
    opened = joined(after)
    had = (
        TimeRange(max(piece.start, during.start), min(piece.end, during.end))
        for piece in joined(before)
        if piece.overlaps(during)
    )
    return any(not any(each.start <= part.start and part.end <= each.end for each in opened) for part in had)
