"""What the directory does by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime

import procrastinate
import psycopg
from procrastinate import JobContext

from tierslieux.places import place_days
from tierslieux.places.resources.days import extend_resource_days, freeze_past_resource_days
from tierslieux.web.jobs import services_of

jobs = procrastinate.Blueprint()
"""The jobs of this slice; ``create_app`` joins them to the queue."""


@jobs.periodic(cron="40 0 * * *")
@jobs.task(name="keep_place_days", pass_context=True)
async def keep_place_days(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Freeze the days that are over and keep those ahead worked out, also what an interrupted import left out."""
    services = services_of(context)
    await asyncio.to_thread(_keep_days, services.database.url, services.clock.now())


def _keep_days(database_url: str, now: datetime) -> None:
    with psycopg.connect(database_url, autocommit=True, application_name="tierslieux-days") as connection:
        place_days.freeze_past(connection, now)
        freeze_past_resource_days(connection, now)
        place_days.extend(connection, now)
        extend_resource_days(connection, now)
