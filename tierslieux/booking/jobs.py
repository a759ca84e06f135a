"""What time does to bookings, minute by minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from procrastinate import JobContext

from tierslieux.booking.following import follow_up, jobs
from tierslieux.booking.queries.reminders import due_reminders
from tierslieux.booking.reminding import remind
from tierslieux.booking.repository.writing import Changed
from tierslieux.booking.service import passing
from tierslieux.web.jobs import JobServices, defer, services_of
from tierslieux.web.plans import Plan, read_plan, run_plan_in

__all__ = ["follow_up", "jobs", "keep_time", "remind_guests"]


@jobs.periodic(cron="* * * * *")
@jobs.task(name="keep_time", pass_context=True)
async def keep_time(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Lapse, note absences, complete. Twice at once does no harm: each change is a compare-and-swap."""
    services = services_of(context)
    await _pass(services, passing.due_lapses, passing.lapse)
    await _pass(services, passing.due_ends, passing.end)


async def _pass(
    services: JobServices,
    find: Callable[[datetime], Plan[list[passing.Due]]],
    change: Callable[[passing.Due, datetime], Plan[list[Changed]]],
) -> None:
    now = services.clock.now()
    async with services.database.read_pool.connection() as reads:
        found = await read_plan(reads, find(now))
    for due in found:
        async with services.database.write() as session:
            changed = await run_plan_in(session, change(due, now))
            told = [[each.booking_id.hex, each.seq] for each in changed if each.was != "held"]
            if changed:
                await defer(session, follow_up, place_id=due.place_id, events=told)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="remind_guests", pass_context=True)
async def remind_guests(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Remind of tomorrow's bookings, each in its own transaction. Twice at once does no harm: a mail is one row."""
    services = services_of(context)
    async with services.database.read_pool.connection() as reads:
        due = await read_plan(reads, due_reminders(services.clock.now()))
    for each in due:
        async with services.database.write() as session:
            await remind(session, services, each)
