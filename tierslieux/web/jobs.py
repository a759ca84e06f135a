"""The job queue: jobs are stored in the transaction of the facts that cause them, and run after its COMMIT.

A rolled-back request leaves no job; a crash loses none (procrastinate over PostgreSQL). A job may run twice: each is
written so that the second run changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import procrastinate
import structlog
from procrastinate import JobContext
from procrastinate.tasks import Task
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock, SystemClock
from tierslieux.web.db import Database, raw_connection

logger = structlog.get_logger()

jobs = procrastinate.Blueprint()
"""Jobs of the edge itself; each slice has its own blueprint, and ``create_app`` joins them."""


@dataclass(frozen=True, slots=True)
class JobServices:
    """What a job works with, given to it as ``context.additional_context["services"]``."""

    database: Database
    clock: Clock


def services_of(context: JobContext) -> JobServices:
    """The services that the worker was started with."""
    return cast("JobServices", context.additional_context["services"])


def create_queue(database: Database, blueprints: Iterable[procrastinate.Blueprint]) -> procrastinate.App:
    """The queue over ``database`` with the jobs of all slices; open it with ``open_queue``."""
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.url))
    for blueprint in (jobs, *blueprints):
        queue.add_tasks_from(blueprint, namespace="tierslieux")
    return queue


@asynccontextmanager
async def open_queue(queue: procrastinate.App, database: Database) -> AsyncIterator[None]:
    """Open the queue on a small pool of its own (one connection listens, the others fetch and finish)."""
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        database.url,
        min_size=1,
        max_size=4,
        open=False,
        kwargs={"options": "-c timezone=UTC -c application_name=tierslieux-jobs"},
    )
    async with pool, queue.open_async(pool):
        yield


@asynccontextmanager
async def running_worker(queue: procrastinate.App, services: JobServices) -> AsyncIterator[None]:
    """Run jobs in this process until the end of the block, then wait for those under way."""
    worker = asyncio.create_task(
        queue.run_worker_async(
            concurrency=2,
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=5,
            additional_context={"services": services},
        )
    )
    try:
        yield
    finally:
        worker.cancel()
        await asyncio.wait({worker}, timeout=10)


async def run_due_jobs(queue: procrastinate.App, services: JobServices) -> None:
    """Run what is due now, then return: ``tierslieux jobs run`` and the tests."""
    await queue.run_worker_async(
        wait=False,
        install_signal_handlers=False,
        delete_jobs="successful",
        additional_context={"services": services},
    )


async def defer(session: AsyncSession, job: Task[Any, Any, Any], **arguments: Any) -> None:
    """Store ``job`` in the session's transaction, to run after its COMMIT."""
    await job.configure(connection=await raw_connection(session)).defer_async(**arguments)


async def defer_at(
    session: AsyncSession, job: Task[Any, Any, Any], at: datetime, clock: Clock, **arguments: Any
) -> None:
    """Store ``job`` to run when ``clock`` shows ``at``."""
    due = SystemClock().now() + max(at - clock.now(), timedelta())
    await job.configure(connection=await raw_connection(session), schedule_at=due).defer_async(**arguments)


async def run_jobs_after_clock_change(session: AsyncSession, shift: timedelta) -> None:
    """The test clock moved by ``shift``: bring waiting jobs as much nearer, and wake the workers."""
    await session.execute(
        text(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - CAST(:shift AS interval)"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL"
        ),
        {"shift": shift},
    )
    await defer(session, wake)


@jobs.task(name="wake")
async def wake() -> None:
    """Do nothing: its arrival makes idle workers look for jobs that have become due."""


@jobs.periodic(cron="*/10 * * * *")
@jobs.task(name="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Give back the jobs of killed workers, which stay "doing" for ever otherwise."""
    for job in await context.app.job_manager.get_stalled_jobs():
        logger.warning("job_stalled", job_id=job.id, task=job.task_name)
        await context.app.job_manager.retry_job(job)
