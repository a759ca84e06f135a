"""A worker in a process of its own, for the test that kills it in the middle of a job."""

from __future__ import annotations

import asyncio
import sys

import procrastinate

from tierslieux.shared.time import SystemClock
from tierslieux.web.db import Database
from tierslieux.web.jobs import JobServices, create_queue, open_queue
from tierslieux.web.worker import running_worker

jobs = procrastinate.Blueprint()


@jobs.task(name="never_ends")
async def never_ends() -> None:
    """Say that the job began, then wait to be killed."""
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def main(url: str) -> None:
    database = Database.create(url, "postgresql+psycopg" + url[url.index("://") :], read_pool_size=1)
    queue = create_queue(database, [jobs])
    async with open_queue(queue, database), running_worker(queue, JobServices(database, SystemClock())):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
