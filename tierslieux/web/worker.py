"""The worker: runs the queue's jobs in this process, until it is told to stop, and starts again where it broke down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import procrastinate
import structlog
from procrastinate import JobContext
from procrastinate.worker import Worker

from tierslieux.shared.time import Clock, SystemClock
from tierslieux.web.db import Database, Reads
from tierslieux.web.jobs import UNFINISHED_SQL, JobServices

CONCURRENCY = 2
GRACE_SECONDS = 5.0
REST_SECONDS = 2.0

ClockSource = Callable[[], Awaitable[Clock]]
Pause = Callable[[], Awaitable[None]]

logger = structlog.get_logger()


@dataclass(slots=True)
class Runner:
    """Keeps one worker at work. A worker ends by itself where its connection is lost: the next one takes over.

    Stopping asks the worker, and cancels nothing: Python 3.11 can lose a cancellation that arrives as a query ends
    (``asyncio.wait_for``), and a worker that missed it would never end.
    """

    queue: procrastinate.App
    services: JobServices
    clocks: ClockSource | None = None
    pause: Pause | None = None
    worker: Worker | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Work until ``stop``."""
        while not self.stopping.is_set():
            self.worker = self._hire()
            work = asyncio.create_task(self.worker.run())  # type: ignore[no-untyped-call]
            # the worker forgets a stop that comes before its first step
            await asyncio.sleep(0)
            if self.stopping.is_set():
                self.worker.stop()  # type: ignore[no-untyped-call]
            await asyncio.wait({work})
            if not self.stopping.is_set():
                await self._rest(work)

    def stop(self) -> None:
        """Take no more jobs, finish those under way (aborted after ``GRACE_SECONDS``), then end."""
        self.stopping.set()
        if self.worker is not None:
            self.worker.stop()  # type: ignore[no-untyped-call]

    async def run_due(self) -> None:
        """Run what is due now, then end."""
        worker = self._hire(wait=False)
        await worker.run()  # type: ignore[no-untyped-call]

    def _hire(self, **how: Any) -> Worker:
        return Worker(
            self.queue,
            concurrency=CONCURRENCY,
            install_signal_handlers=False,
            delete_jobs="successful",
            shutdown_graceful_timeout=GRACE_SECONDS,
            worker_middleware=[self._around],
            **how,
        )

    async def _around(self, run_job: Callable[[], Awaitable[Any]], context: JobContext, _worker: Worker) -> Any:
        """Give a job its services with the clock of this moment, and note its failure without any of its data."""
        if self.pause:
            await self.pause()
        clock = await self.clocks() if self.clocks else self.services.clock
        context.additional_context["services"] = replace(self.services, clock=clock)
        try:
            return await run_job()
        except Exception as exc:
            logger.warning("job_failed", task=context.job.task_name, job_id=context.job.id, error=type(exc).__name__)
            raise

    async def _rest(self, ended: asyncio.Task[None]) -> None:
        error = None if ended.cancelled() else ended.exception()
        logger.warning("worker_ended", error=type(error).__name__)
        try:
            await asyncio.wait_for(self.stopping.wait(), REST_SECONDS)
        except TimeoutError:
            return


@asynccontextmanager
async def running_worker(
    queue: procrastinate.App,
    services: JobServices,
    clocks: ClockSource | None = None,
    pause: Pause | None = None,
) -> AsyncIterator[None]:
    """Run jobs in this process until the end of the block, then wait for those under way.

    ``clocks`` gives each job the clock of its moment; without it all get ``services.clock``.
    ``pause`` is waited for before each job.
    """
    runner = Runner(queue, services, clocks, pause)
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        runner.stop()
        await task


async def run_due_jobs(queue: procrastinate.App, services: JobServices, clocks: ClockSource | None = None) -> None:
    """Run what is due now, then return: ``tierslieux jobs run`` and the tests."""
    await Runner(queue, services, clocks).run_due()


async def until_idle(database: Database, *, seconds: float) -> bool:
    """Wait until no job is due or under way, at most ``seconds``; whether that came true. For the test clock."""
    try:
        async with asyncio.timeout(seconds), database.read_pool.connection() as reads:
            while await _unfinished(reads):  # noqa: ASYNC110 - see below
                # the queue announces new jobs, not finished ones
                await asyncio.sleep(0.01)
    except TimeoutError:
        return False
    return True


async def _unfinished(reads: Reads) -> bool:
    row = await (await reads.execute(UNFINISHED_SQL, (SystemClock().now(),))).fetchone()
    return row != (0,)
