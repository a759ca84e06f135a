"""The worker: it starts, stops, breaks and comes back without losing a job."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import procrastinate
import psycopg
import pytest
from litestar import Litestar
from procrastinate import JobContext

from tests.conftest import CHECKOUT, NOON, running_client
from tests.web.worker_process import jobs as dying_jobs
from tests.web.worker_process import never_ends
from tierslieux.app import create_app
from tierslieux.places.jobs import jobs as places_jobs
from tierslieux.settings import Settings
from tierslieux.shared.time import Clock, FixedClock, SystemClock
from tierslieux.web.clock import ClockMiddleware, clock_setter
from tierslieux.web.db import Database
from tierslieux.web.jobs import (
    JobServices,
    create_queue,
    defer,
    defer_at,
    open_queue,
    retry_stalled_jobs,
    services_of,
)
from tierslieux.web.versions import CatalogueVersion
from tierslieux.web.worker import run_due_jobs, running_worker, until_idle

jobs = procrastinate.Blueprint()
ran: list[str] = []
begun = asyncio.Event()


@jobs.task(name="note", pass_context=True)
async def note(context: JobContext, what: str) -> None:
    ran.append(f"{what} at {services_of(context).clock.now().isoformat()}")


@jobs.task(name="take_a_while")
async def take_a_while() -> None:
    ran.append("begun")
    begun.set()
    for _ in range(50):
        await asyncio.sleep(0.005)
    ran.append("finished")


@pytest.fixture(autouse=True)
def nothing_ran() -> None:
    ran.clear()


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    await database.open()
    yield database
    await database.close()


@asynccontextmanager
async def at_work(database: Database, clock: Clock | None = None) -> AsyncIterator[procrastinate.App]:
    queue = create_queue(database, [jobs, dying_jobs])
    services = JobServices(database, clock or SystemClock())
    async with open_queue(queue, database), running_worker(queue, services):
        yield queue


async def store(database: Database, task: procrastinate.tasks.Task[Any, Any, Any], **arguments: object) -> None:
    async with database.write() as session:
        await defer(session, task, **arguments)


async def test_stopping_at_any_moment_of_the_start_never_hangs(database: Database) -> None:
    for steps in range(60):
        async with asyncio.timeout(10), at_work(database):
            for _ in range(steps):
                await asyncio.sleep(0)


async def test_a_listener_stopped_at_any_moment_never_hangs(database: Database) -> None:
    version = CatalogueVersion(database)
    for steps in range(60):
        async with asyncio.timeout(10), version.listening():
            for _ in range(steps):
                await asyncio.sleep(0)


async def test_a_listener_stopped_while_news_arrives_never_hangs(database: Database) -> None:
    version = CatalogueVersion(database)
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as writer:
        for number in range(40):
            async with asyncio.timeout(10), version.listening():
                for _ in range(number):
                    await writer.execute("SELECT pg_notify('catalogue', %s)", (str(number),))


async def test_the_service_starts_and_stops_again_and_again(settings: Settings) -> None:
    for _ in range(8):
        async with asyncio.timeout(15), running_client(create_app(settings)) as client:
            assert (await client.get("/health/ready")).status_code == 200


async def test_a_job_under_way_is_finished_before_the_worker_stops(database: Database) -> None:
    async with at_work(database):
        await store(database, take_a_while)
        await begun.wait()
    assert ran == ["begun", "finished"]


async def test_a_worker_whose_connections_are_cut_is_followed_by_another(database: Database) -> None:
    async with asyncio.timeout(30), at_work(database, FixedClock(NOON)):
        await store(database, note, what="before")
        assert await until_idle(database, seconds=10)
        async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as admin:
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND application_name IN ('tierslieux-jobs', '')"
            )
        await store(database, note, what="after")
        assert await until_idle(database, seconds=20)
    assert [line.split()[0] for line in ran] == ["before", "after"]


async def test_the_job_of_a_killed_process_is_done_by_another(database: Database) -> None:
    await store(database, never_ends)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.web.worker_process", database.url, cwd=CHECKOUT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"begun\n"
        process.kill()
        await process.wait()
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as admin:
        assert await statuses(admin) == ["doing"]
        # as if thirty seconds had passed without a sign of life
        await admin.execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'")
        await admin.execute(
            "UPDATE procrastinate_jobs SET task_name = 'note', args = %s WHERE status = 'doing'", ('{"what": "again"}',)
        )
        queue = create_queue(database, [jobs])
        async with open_queue(queue, database):
            services = JobServices(database, FixedClock(NOON))
            await store(database, retry_stalled_jobs, timestamp=0)
            await run_due_jobs(queue, services)
            await run_due_jobs(queue, services)
        assert await statuses(admin) == []
    # at least once is what the queue promises: every job is written so that a second run changes nothing
    assert set(ran) == {"again at 2027-03-24T12:00:00+00:00"}


_STATUS_SQL = "SELECT status::text FROM procrastinate_jobs WHERE task_name IN ('never_ends', 'note')"


async def statuses(admin: psycopg.AsyncConnection) -> list[str]:
    return [row[0] for row in await (await admin.execute(_STATUS_SQL)).fetchall()]


async def test_moving_the_clock_runs_the_jobs_that_become_due_at_the_new_time(database: Database) -> None:
    middleware = ClockMiddleware(database, settable=True)
    queue = create_queue(database, [jobs])
    services = JobServices(database, SystemClock())
    app = Litestar([clock_setter(middleware, queue)])
    async with (
        open_queue(queue, database),
        running_worker(queue, services, middleware.current),
        running_client(app) as client,
    ):
        await client.put("/clock", json={"now": "2027-03-24T12:00:00Z"})
        clock = await middleware.current()
        async with database.write() as session:
            await defer_at(session, note, NOON + timedelta(days=1), clock, what="reminder")
            await defer_at(session, note, NOON + timedelta(days=3), clock, what="later")
        assert (await client.put("/clock", json={"now": "2027-03-25T12:00:00Z"})).status_code == 200
    assert [line[:30] for line in ran] == ["reminder at 2027-03-25T12:00:0"]


async def test_periodic_jobs_keep_their_names_however_many_queues_a_process_makes(database: Database) -> None:
    queues = [create_queue(database, [places_jobs]) for _ in range(30)]
    names = [{name for name, _ in queue.periodic_registry.periodic_tasks} for queue in queues]
    told = [{each.task.name for each in queue.periodic_registry.periodic_tasks.values()} for queue in queues]
    assert names == told == [{"forget_personal_data", "keep_place_days", "retry_stalled_jobs", "tidy"}] * 30
