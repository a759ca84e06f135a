"""The mail of the evening before: that a place is kept, how to get in, and how to give it up."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.following import notice_of, send, sender_of
from tierslieux.booking.notices import guest_mail
from tierslieux.booking.queries.people import load_people
from tierslieux.booking.queries.reminders import DueReminder, version_to_remind_of
from tierslieux.web.jobs import JobServices
from tierslieux.web.plans import run_plan_in


async def remind(session: AsyncSession, services: JobServices, due: DueReminder) -> None:
    """Store the reminder in the session's transaction, unless the booking has changed since it was found due."""
    version = await run_plan_in(session, version_to_remind_of(due))
    if version is None:
        return
    notice = await run_plan_in(session, notice_of(services, due.place_id, (due.booking_id, version)))
    if notice is None:
        return
    guest_id = notice.booking.guest_id
    guest = (await run_plan_in(session, load_people([guest_id]))).get(guest_id) if guest_id else None
    if guest is not None:
        mail = guest_mail("reminder", notice, guest, sender_of(services))
        await send(session, services, guest, mail, (due.place_id, due.cause))
