"""What follows from a change of bookings, after its COMMIT: one job for each transaction."""

from __future__ import annotations

from uuid import UUID

import procrastinate
from procrastinate import JobContext
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.alternatives import Alternative, find_alternatives
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.mails import BookingMail, booking_mail, mail_to
from tierslieux.booking.notices import Notice, Sender, cause_of, guest_mail, host_mail, kind_of
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.queries.notices import load_event, load_hosts, load_place_for_mail
from tierslieux.booking.queries.people import Person, load_people
from tierslieux.booking.repository.loading import Asked
from tierslieux.shared.errors import NotFound
from tierslieux.web.jobs import JobServices, services_of
from tierslieux.web.mailer import enqueue_mail
from tierslieux.web.plans import Plan, run_plan_in

jobs = procrastinate.Blueprint()
"""The jobs of this slice."""


@jobs.task(name="follow_up", pass_context=True)
async def follow_up(context: JobContext, place_id: int, events: list[list[object]]) -> None:
    """Mail each event of a booking to whom it concerns, once."""
    services = services_of(context)
    for booking_id, seq in events:
        async with services.database.write() as session:
            await _tell(session, services, place_id, (UUID(str(booking_id)), int(str(seq))))


async def _tell(session: AsyncSession, services: JobServices, place_id: int, event: tuple[UUID, int]) -> None:
    notice = await run_plan_in(session, _notice(services, place_id, event))
    if notice is None:
        return
    booking = notice.booking
    people = await run_plan_in(session, load_people([booking.guest_id]))
    guest = people.get(booking.guest_id) if booking.guest_id else None
    sender = sender_of(services)
    kind = kind_of(notice.event, booking)
    cause = cause_of(*event)
    if kind is not None and guest is not None:
        await _send(session, services, guest, guest_mail(kind, notice, guest, sender), (place_id, cause))
    if kind == "pending":
        for host in await run_plan_in(session, load_hosts(place_id)):
            await _send(session, services, host, host_mail(notice, guest, sender), (place_id, f"{cause} team"))


def _notice(services: JobServices, place_id: int, event: tuple[UUID, int]) -> Plan[Notice | None]:
    now = services.clock.now()
    try:
        booking = yield from load_booking(place_id, event[0], now)
    except NotFound:  # erased meanwhile
        return None
    happened = yield from load_event(place_id, *event)
    if happened is None:
        return None
    place = yield from load_place_for_mail(place_id, booking.resource_id)
    alternatives: tuple[Alternative, ...] = ()
    if happened.becomes in {"cancelled_by_host", "declined"} and booking.start > now:
        alternatives = tuple((yield from _instead(booking, services)))
    return Notice(happened, booking, place, now, alternatives)


def _instead(booking: BookingView, services: JobServices) -> Plan[list[Alternative]]:
    asked = Asked(booking.place_id, booking.resource_id, booking.guest_id, services.clock.now(), booking.booking_id)
    try:
        return (yield from find_alternatives(asked, Wish(booking.start, booking.end, booking.seats)))
    except NotFound:  # the resource is no longer offered
        return []


def sender_of(services: JobServices) -> Sender:
    """The service as mails name it."""
    return Sender(services.public_url, services.post.sender, services.secret, services.demonstration)


async def _send(
    session: AsyncSession, services: JobServices, to: Person, mail: BookingMail, about: tuple[int, str]
) -> None:
    place_id, cause = about
    if to.email is None:
        return
    parts = booking_mail(mail, "en" if to.locale == "en" else "fr")
    await enqueue_mail(session, services.clock, mail_to(to.email, to.account_id, parts, place_id, cause))
