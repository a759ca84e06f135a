"""What the directory does by itself."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import procrastinate
import psycopg
from procrastinate import JobContext
from sqlalchemy import update

from tierslieux.places import place_days
from tierslieux.places.models import ContributionRow
from tierslieux.places.resources.days import extend_resource_days, freeze_past_resource_days
from tierslieux.places.resources.residents import FORGET_RESIDENTS
from tierslieux.web.db import raw_connection
from tierslieux.web.jobs import services_of

CONTRIBUTOR_KEPT = timedelta(days=30)

jobs = procrastinate.Blueprint()
"""The jobs of this slice; ``create_app`` joins them to the queue."""


@jobs.periodic(cron="23 3 * * *")
@jobs.task(name="forget_contributors", pass_context=True)
async def forget_contributors(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Erase the e-mail address of who reported something 30 days after the answer."""
    services = services_of(context)
    answered_long_ago = ContributionRow.answered_at < services.clock.now() - CONTRIBUTOR_KEPT
    async with services.database.write() as session:
        await session.execute(
            update(ContributionRow).where(answered_long_ago, ContributionRow.email.is_not(None)).values(email=None)
        )


@jobs.periodic(cron="31 3 * * *")
@jobs.task(name="forget_residents", pass_context=True)
async def forget_residents(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Erase who had a seat for a period that is over."""
    services = services_of(context)
    async with services.database.write() as session:
        await (await raw_connection(session)).execute(FORGET_RESIDENTS, {"now": services.clock.now()})


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
