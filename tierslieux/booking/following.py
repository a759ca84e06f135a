"""What follows from a change of bookings, after its COMMIT: one job for each transaction."""

from __future__ import annotations

import procrastinate
from procrastinate import JobContext

jobs = procrastinate.Blueprint()
"""The jobs of this slice."""


@jobs.task(name="follow_up", pass_context=True)
async def follow_up(context: JobContext, place_id: int, events: list[list[object]]) -> None:
    """Mail each event of a booking to whom it concerns, once."""
