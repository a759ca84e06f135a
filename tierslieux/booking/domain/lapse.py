"""When a request that nobody answers lapses (booking.md, "Pending"; api.md, "Settled details")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tierslieux.booking.domain.opening import joined, pieces
from tierslieux.places.hours.days import DayHours

LAST_CALL = timedelta(hours=1)
ALWAYS_OPEN = timedelta(hours=24)


def lapses_at(days: Sequence[DayHours], start: datetime, now: datetime) -> datetime:
    """The end of the place's next opening period, or one hour before ``start``, whichever comes first.

    ``days`` are those from today on. The period under way counts. Where none ends within a week (a place that never
    closes) it is after 24 hours. Never before ``now`` plus a minute: the answer must be possible at all.
    """
    periods = [span for span in joined(pieces(days)) if span.end > now]
    end = periods[0].end if periods else now + ALWAYS_OPEN
    if periods and periods[0].end - periods[0].start > timedelta(days=3):
        end = now + ALWAYS_OPEN
    return max(min(end, start - LAST_CALL), now + timedelta(minutes=1))
