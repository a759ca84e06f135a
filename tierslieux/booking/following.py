"""What follows from a change of bookings, after its COMMIT: one job for each transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate import JobContext
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.alternatives import Alternative, find_alternatives
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.mails import BookingMail, booking_mail, mail_to
from tierslieux.booking.notices import (
    Notice,
    Sender,
    cause_of,
    guest_mail,
    host_mail,
    kind_of,
    series_end_mail,
    series_mail,
)
from tierslieux.booking.queries.bookings import BookingView, load_booking, load_bookings
from tierslieux.booking.queries.notices import load_event, load_hosts, load_place_for_mail
from tierslieux.booking.queries.people import Person, load_people
from tierslieux.booking.queries.series import load_dates
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.waitlist import is_waited_for
from tierslieux.shared.errors import NotFound
from tierslieux.web.jobs import PATIENTLY, JobServices, services_of
from tierslieux.web.mailer import enqueue_mail
from tierslieux.web.plans import Plan, read_plan, run_plan_in

jobs = procrastinate.Blueprint()
"""The jobs of this slice."""


@jobs.task(name="follow_up", pass_context=True, retry=PATIENTLY)
async def follow_up(
    context: JobContext, place_id: int, events: list[list[object]], series: dict[str, Any] | None = None
) -> None:
    """Mail each event of a booking to whom it concerns, once, then let what has become free be offered.

    ``series``: the event is that of the first date of a series, which is told as a whole (``wire_series.news_of``).
    """
    services = services_of(context)
    for booking_id, seq in events:
        async with services.database.write() as session:
            event = (UUID(str(booking_id)), int(str(seq)))
            await _tell(session, services, place_id, event, series)
    await _offer_what_freed(context, place_id)


@jobs.task(name="follow_end_of_series", pass_context=True, retry=PATIENTLY)
async def follow_end_of_series(context: JobContext, place_id: int, events: list[list[object]]) -> None:
    """Tell the guest once of all dates of a series that were cancelled together, then offer what has become free."""
    services = services_of(context)
    async with services.database.write() as session:
        ended = {UUID(str(booking_id)): int(str(seq)) for booking_id, seq in events}
        await _tell_of_end(session, services, place_id, ended)
    await _offer_what_freed(context, place_id)


async def _offer_what_freed(context: JobContext, place_id: int) -> None:
    async with services_of(context).database.read_pool.connection() as reads:
        waits = await read_plan(reads, is_waited_for(place_id))
    if waits:  # by its name: that job needs the service, and the service stores this one
        await context.app.configure_task("offer_seats").defer_async(place_id=place_id)


async def _tell(
    session: AsyncSession,
    services: JobServices,
    place_id: int,
    event: tuple[UUID, int],
    series: Mapping[str, Any] | None = None,
) -> None:
    notice = await run_plan_in(session, _notice_with_alternatives(services, place_id, event))
    if notice is None:
        return
    if series is not None and _is_of(notice, series):  # beside it there may be what had lapsed on the way
        await _tell_of_series(session, services, notice, series)
        return
    booking = notice.booking
    people = await run_plan_in(session, load_people([booking.guest_id]))
    guest = people.get(booking.guest_id) if booking.guest_id else None
    sender = sender_of(services)
    kind = kind_of(notice.event, booking)
    cause = cause_of(*event)
    if kind is not None and guest is not None:
        await send(session, services, guest, guest_mail(kind, notice, guest, sender), (place_id, cause))
    if kind == "pending":
        for host in await run_plan_in(session, load_hosts(place_id)):
            await send(session, services, host, host_mail(notice, guest, sender), (place_id, f"{cause} team"))


def _is_of(notice: Notice, series: Mapping[str, Any]) -> bool:
    series_id = notice.booking.series_id
    return series_id is not None and series_id.hex == series["series_id"]


async def _tell_of_series(
    session: AsyncSession, services: JobServices, first: Notice, series: Mapping[str, Any]
) -> None:
    """One mail with every date to the guest, and one about the requests to each host where the place approves."""
    booking, sender = first.booking, sender_of(services)
    cause = cause_of(booking.booking_id, first.event.seq)
    dates = await run_plan_in(session, load_dates(booking.place_id, UUID(series["series_id"]), first.now))
    people = await run_plan_in(session, load_people([booking.guest_id]))
    guest = people.get(booking.guest_id) if booking.guest_id else None
    if guest is not None:
        mail = series_mail(first, dates, series["skipped"], guest, sender)
        await send(session, services, guest, mail, (booking.place_id, cause))
    if first.event.becomes == "pending":
        about = (booking.place_id, f"{cause} team")
        for host in await run_plan_in(session, load_hosts(booking.place_id)):
            await send(session, services, host, host_mail(first, guest, sender), about)


async def _tell_of_end(session: AsyncSession, services: JobServices, place_id: int, ended: Mapping[UUID, int]) -> None:
    dates = await run_plan_in(session, load_bookings(place_id, sorted(ended), services.clock.now()))
    if not dates or dates[0].guest_id is None:
        return
    first_event = dates[0].booking_id, ended[dates[0].booking_id]
    first = await run_plan_in(session, notice_of(services, place_id, first_event))
    guest = (await run_plan_in(session, load_people([dates[0].guest_id]))).get(dates[0].guest_id)
    if first is not None and guest is not None:
        mail = series_end_mail(first, dates, guest, sender_of(services))
        await send(session, services, guest, mail, (place_id, cause_of(*min(ended.items()))))


def notice_of(services: JobServices, place_id: int, event: tuple[UUID, int]) -> Plan[Notice | None]:
    """What a mail about an event of a booking (its id, its number) is made of; ``None`` where it was erased."""
    now = services.clock.now()
    try:
        booking = yield from load_booking(place_id, event[0], now)
    except NotFound:  # erased meanwhile
        return None
    happened = yield from load_event(place_id, *event)
    if happened is None:
        return None
    place = yield from load_place_for_mail(place_id, booking.resource_id)
    return Notice(happened, booking, place, now)


def _notice_with_alternatives(services: JobServices, place_id: int, event: tuple[UUID, int]) -> Plan[Notice | None]:
    """Whoever a team turns away reads what could be had instead."""
    notice = yield from notice_of(services, place_id, event)
    if notice is None or notice.event.becomes not in {"cancelled_by_host", "declined"}:
        return notice
    if notice.booking.start <= notice.now:
        return notice
    return replace(notice, alternatives=tuple((yield from _instead(notice.booking, services))))


def _instead(booking: BookingView, services: JobServices) -> Plan[list[Alternative]]:
    asked = Asked(booking.place_id, booking.resource_id, booking.guest_id, services.clock.now(), booking.booking_id)
    try:
        return (yield from find_alternatives(asked, Wish(booking.start, booking.end, booking.seats)))
    except NotFound:  # the resource is no longer offered
        return []


def sender_of(services: JobServices) -> Sender:
    """The service as mails name it."""
    return Sender(services.public_url, services.post.sender, services.secret, services.demonstration)


async def send(
    session: AsyncSession, services: JobServices, to: Person, mail: BookingMail, about: tuple[int, str]
) -> None:
    """Store ``mail`` in the language of ``to``; ``about`` is the place and the cause, which is mailed once."""
    place_id, cause = about
    if to.email is None:
        return
    parts = booking_mail(mail, "en" if to.locale == "en" else "fr")
    await enqueue_mail(session, services.clock, mail_to(to.email, to.account_id, parts, place_id, cause))
