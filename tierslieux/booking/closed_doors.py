"""What a team learns at once when a guest stands before a closed door."""

from __future__ import annotations

from uuid import UUID

from procrastinate import JobContext

from tierslieux.booking.following import jobs, notice_of, send, sender_of
from tierslieux.booking.notices import closed_mail
from tierslieux.booking.queries.notices import load_hosts
from tierslieux.web.jobs import PATIENTLY, services_of
from tierslieux.web.plans import run_plan_in


@jobs.task(name="tell_hosts_it_is_closed", pass_context=True, retry=PATIENTLY)
async def tell_hosts(context: JobContext, place_id: int, event: list[object], cause: str) -> None:
    """Mail each host of the place once; ``event`` is the booking's id and the number of its last event."""
    services = services_of(context)
    async with services.database.write() as session:
        notice = await run_plan_in(session, notice_of(services, place_id, (UUID(str(event[0])), int(str(event[1])))))
        if notice is None:
            return
        for host in await run_plan_in(session, load_hosts(place_id)):
            await send(session, services, host, closed_mail(notice, sender_of(services)), (place_id, cause))
