"""The jobs of the waitlist: what frees is offered at once, and each minute what time alone has freed."""

from __future__ import annotations

from procrastinate import JobContext

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
    """Every place where somebody waits: offers that lapsed, the morning, a new day of the horizon. Twice is once."""
    services = services_of(context)
    async with services.database.read_pool.connection() as reads:
        places = await read_plan(reads, places_that_wait())
    for place_id in places:
        await offer_freed(services.database, place_id, services.clock.now())
