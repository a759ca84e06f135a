"""The job queue: jobs are stored in the transaction of the facts that cause them, and run after its COMMIT.

A rolled-back request leaves no job; a crash loses none (procrastinate over PostgreSQL). A job may run twice: each is
written so that the second run changes nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, LiteralString, cast

import procrastinate
import structlog
from procrastinate import JobContext, RetryStrategy
from procrastinate.tasks import Task
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock, SystemClock
from tierslieux.web.db import Database, raw_connection
from tierslieux.web.demonstration import DemonstrationMark
from tierslieux.web.personal import PersonalData
from tierslieux.web.plans import Plan, run_plan_in
from tierslieux.web.smtp import Outbox, Post

logger = structlog.get_logger()

jobs = procrastinate.Blueprint()
"""Jobs of the edge itself; each slice has its own blueprint, and ``create_app`` joins them."""


PATIENTLY = RetryStrategy(max_attempts=8, exponential_wait=4)
"""``retry`` of a job that must not be lost, where the base or a server is away meanwhile: nine tries over a day."""

_OUTBOX = Outbox()
_NO_SLICES = PersonalData()
_DEFER = """
SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(%(queue)s, %(task)s, %(priority)s, NULL, NULL, %(args)s::jsonb, NULL)
  ::procrastinate_job_to_defer_v1])
"""


@dataclass(frozen=True, slots=True)
class JobServices:
    """What a job works with, given to it as ``context.additional_context["services"]``.

    ``clock`` is the clock of the moment at which the job begins. ``public_url`` and ``secret`` are for links in mails,
    ``personal`` is the table of what is forgotten.
    """

    database: Database
    clock: Clock
    post: Post = _OUTBOX
    public_url: str = "http://127.0.0.1:8000"
    secret: bytes = b""
    mark: DemonstrationMark = field(default_factory=DemonstrationMark)
    personal: PersonalData = _NO_SLICES

    @property
    def demonstration(self) -> bool:
        """Whether mails must say that bookings and people are made up."""
        return self.mark.is_on


def services_of(context: JobContext) -> JobServices:
    """The services of a running job."""
    return cast("JobServices", context.additional_context["services"])


def create_queue(database: Database, blueprints: Iterable[procrastinate.Blueprint]) -> procrastinate.App:
    """The queue over ``database`` with the jobs of all slices; open it with ``open_queue``."""
    queue = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database.url))
    for blueprint in (jobs, *blueprints):
        # not by add_tasks_from: it renames the tasks at every call, and tests make many queues in one process
        queue.tasks.update(blueprint.tasks)
        queue.periodic_registry.periodic_tasks.update(blueprint.periodic_registry.periodic_tasks)
        for task in blueprint.tasks.values():
            task.blueprint = queue
    return queue


@asynccontextmanager
async def open_queue(queue: procrastinate.App, database: Database) -> AsyncIterator[None]:
    """Open the queue on a small pool of its own (one connection listens, the others fetch and finish)."""
    pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
        database.url,
        min_size=1,
        max_size=4,
        timeout=5,
        open=False,
        kwargs={"options": "-c timezone=UTC -c application_name=tierslieux-jobs"},
    )
    async with pool, queue.open_async(pool):
        yield


async def defer(session: AsyncSession, job: Task[Any, Any, Any], **arguments: Any) -> None:
    """Store ``job`` in the session's transaction, to run after its COMMIT."""
    await run_plan_in(session, deferring(job, **arguments))


def deferring(job: Task[Any, Any, Any], **arguments: Any) -> Plan[None]:
    """``defer`` as a plan: the job is stored by whatever runs the plan, in its transaction."""
    yield (
        _DEFER,
        {"queue": job.queue, "task": job.name, "priority": job.priority, "args": Jsonb(arguments)},
    )


async def defer_at(
    session: AsyncSession, job: Task[Any, Any, Any], at: datetime, clock: Clock, **arguments: Any
) -> None:
    """Store ``job`` to run when ``clock`` shows ``at``."""
    due = SystemClock().now() + max(at - clock.now(), timedelta())
    await job.configure(connection=await raw_connection(session), schedule_at=due).defer_async(**arguments)


async def defer_periodic(session: AsyncSession, queue: procrastinate.App, clock: Clock) -> None:
    """Store every periodic job once, to run now."""
    for periodic in queue.periodic_registry.periodic_tasks.values():
        await defer(session, periodic.task, timestamp=int(clock.now().timestamp()))


async def bring_nearer(session: AsyncSession, shift: timedelta) -> None:
    """The test clock moved by ``shift``: waiting jobs are due that much earlier (later, where it is negative)."""
    await session.execute(
        text(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - CAST(:shift AS interval)"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL"
        ),
        {"shift": shift},
    )


UNFINISHED_SQL: LiteralString = (
    "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
    " OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s))"
)
"""How many jobs are due at the machine's time that is given, or under way."""


@jobs.periodic(cron="* * * * *")
@jobs.task(name="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Give back the jobs of killed workers (no sign of life for 30 s), which stay "doing" for ever otherwise."""
    for job in await context.app.job_manager.get_stalled_jobs():
        logger.warning("job_stalled", job_id=job.id, task=job.task_name)
        await context.app.job_manager.retry_job(job)
