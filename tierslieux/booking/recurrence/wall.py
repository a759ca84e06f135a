"""From the time that the clocks of a zone show to an instant, where there is exactly one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

WallFault = Literal["nonexistent_time", "ambiguous_time"]
"""Why a wall time is no instant: the clocks skip it, or it comes twice."""


def resolve_wall(wall: datetime, zone: ZoneInfo) -> datetime | WallFault:
    """The instant (aware, in ``zone``) at which the clocks of ``zone`` show ``wall`` (naive), or why there is none."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != wall.replace(fold=0):
        return "nonexistent_time"
    return first if first.utcoffset() == second.utcoffset() else "ambiguous_time"
