"""The jobs of the waitlist: what frees is offered at once, and each minute what time alone has freed."""

from __future__ import annotations

from contextlib import suppress

from procrastinate import JobContext
from procrastinate.exceptions import AlreadyEnqueued

from tierslieux.booking.jobs import jobs
from tierslieux.booking.repository.waitlist import places_that_wait
from tierslieux.booking.service.waitlist import offer_freed
from tierslieux.web.jobs import services_of
from tierslieux.web.plans import read_plan

__all__ = ["jobs", "offer_seats", "offer_what_is_free"]


@jobs.task(name="offer_seats", pass_context=True)
async def offer_seats(context: JobContext, place_id: int) -> None:
    """Offer what has become free at a place; stored by ``follow_up``, after the COMMIT that freed it."""
    services = services_of(context)
    await offer_freed(services.database, place_id, services.clock.now())


@jobs.periodic(cron="* * * * *")
@jobs.task(name="offer_what_is_free", pass_context=True)
async def offer_what_is_free(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - given by the scheduler
    """Every place where somebody waits: offers that lapsed, the morning, a new day of the horizon.

    A job for each, so that none waits for another; one that is still waiting is not stored twice.
    """
    services = services_of(context)
    async with services.database.read_pool.connection() as reads:
        places = await read_plan(reads, places_that_wait())
    for place_id in places:
        job = context.app.configure_task("offer_seats", queueing_lock=f"offer_seats {place_id}")
        with suppress(AlreadyEnqueued):
            await job.defer_async(place_id=place_id)
