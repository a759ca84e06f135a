"""The calendar file that goes with a mail: only where the booking's event begins, changes or ends."""

from __future__ import annotations

from dataclasses import replace

from tierslieux.booking.calendar_files import CalendarEvent, invitation, method_of, publication
from tierslieux.booking.mails.content import people, place_name
from tierslieux.booking.mails.facts import BookingMail, MailCalendar
from tierslieux.booking.mails.kinds import KINDS
from tierslieux.booking.mails.saying import one_line
from tierslieux.booking.mails.saying import say as _
from tierslieux.booking.words import price_words
from tierslieux.shared.time import TimeRange
from tierslieux.web.mailer import CalendarFile


def calendar_of(mail: BookingMail) -> CalendarFile | None:
    """The file in the language in force, or ``None`` where no event changes or the facts name none."""
    if KINDS[mail.kind].event is None:
        return None
    if mail.dates:
        return _of_series(mail)
    if mail.calendar is None:
        return None
    event = event_of(mail, mail.calendar, mail.during)
    return CalendarFile(invitation(event), method_of(event))


def event_of(mail: BookingMail, calendar: MailCalendar, during: TimeRange) -> CalendarEvent:
    """The booking as the calendar holds it. How to get in is not in it: a calendar is shared, and kept."""
    return CalendarEvent(
        uid=calendar.uid,
        sequence=calendar.sequence,
        start=during.start,
        end=during.end,
        time_zone=mail.place.time_zone,
        summary=f"{one_line(mail.resource_name)} \N{EN DASH} {place_name(mail)}",
        location=one_line(f"{mail.place.name}, {mail.place.address}"),
        position=mail.place.position,
        url=mail.links.booking,
        description=_description(mail),
        status=KINDS[mail.kind].event or "CONFIRMED",
        organizer=calendar.organizer,
        attendee=calendar.attendee,
        stamp=calendar.stamp,
    )


def _of_series(mail: BookingMail) -> CalendarFile | None:
    """One file with every date: several events cannot be one invitation, nor one cancellation (RFC 5546, 3.2.2 and
    3.2.5), so they are published, as cancelled where they are."""
    events = [event_of(mail, date.calendar, date.during) for date in mail.dates if date.calendar is not None]
    if not events:
        return None
    return CalendarFile(publication([replace(event, attendee=None) for event in events]), "PUBLISH")


def _description(mail: BookingMail) -> str:
    lines = [
        f"{one_line(mail.resource_name)}, {people(mail.seats)}",
        price_words(mail.price_cents),
        _(KINDS[mail.kind].status),
        mail.links.booking,
    ]
    if mail.demonstration:
        lines.insert(0, _("Démonstration : les réservations et les personnes sont inventées."))
    return "\n".join(lines)
