"""``tierslieux jobs``: the queue without a server."""

from __future__ import annotations

import asyncio
import json

import click
import psycopg
from psycopg_pool import PoolTimeout

from tierslieux.app import PERSONAL
from tierslieux.booking.waitlist_jobs import jobs as booking_jobs
from tierslieux.cli.context import EXIT_NO_BASE, refuse, settings_or_exit
from tierslieux.places.jobs import jobs as places_jobs
from tierslieux.settings import Settings
from tierslieux.shared.time import SystemClock
from tierslieux.web.clock import ClockMiddleware
from tierslieux.web.db import Database
from tierslieux.web.demonstration import DemonstrationMark
from tierslieux.web.jobs import JobServices, create_queue, defer_periodic, open_queue
from tierslieux.web.smtp import post_of
from tierslieux.web.worker import run_due_jobs


@click.group()
def jobs() -> None:
    """Mails, reminders and upkeep, which the server runs by itself."""


@jobs.command("run")
def run_command() -> None:
    """Run every job that is due, and all upkeep once; print {"waiting", "failed"} as JSON.

    Exit codes: 0 done, 3 some job failed for good, 4 refused as a whole, 5 no base.
    """
    settings = settings_or_exit()
    try:
        counts = asyncio.run(run_all(settings))
    except (psycopg.OperationalError, PoolTimeout):
        refuse("The database does not answer: start it (tierslieux db start), then run this again.", EXIT_NO_BASE)
    click.echo(json.dumps(counts))
    if counts["failed"]:
        raise SystemExit(3)


async def run_all(settings: Settings) -> dict[str, int]:
    """Run what is due; how many jobs wait for their time, and how many failed for good."""
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    queue = create_queue(database, [places_jobs, booking_jobs])
    clocks = ClockMiddleware(database, settable=settings.test_clock)
    mark = DemonstrationMark()
    await database.open()
    try:
        await mark.read_from(database)
        async with open_queue(queue, database):
            async with database.write() as session:
                await defer_periodic(session, queue, SystemClock())
            services = JobServices(
                database,
                SystemClock(),
                post_of(settings.smtp_url, settings.mail_from),
                settings.public_url,
                settings.secret,
                mark=mark,
                personal=PERSONAL,
            )
            await run_due_jobs(queue, services, clocks.current)
        return await _counts(database)
    finally:
        await database.close()


async def _counts(database: Database) -> dict[str, int]:
    statement = "SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed')"
    async with database.read_pool.connection() as reads:
        row = await (await reads.execute(f"{statement} FROM procrastinate_jobs".encode())).fetchone()
    return {"waiting": row[0], "failed": row[1]} if row else {"waiting": 0, "failed": 0}
