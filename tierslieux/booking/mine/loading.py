"""One booking with all that its page says of it."""

from __future__ import annotations

from datetime import datetime

from tierslieux.booking.mine.presenter import booking_page, event_lines, summary_of
from tierslieux.booking.mine.queries import is_reported, seat_labels
from tierslieux.booking.mine.reach import Opened
from tierslieux.booking.mine.reports import report_id
from tierslieux.booking.mine.views import BookingPage, Said, Summary
from tierslieux.booking.queries.bookings import load_events
from tierslieux.booking.queries.notices import PlaceForMail, load_place_for_mail
from tierslieux.web.plans import Plan


def load_summary(opened: Opened) -> Plan[tuple[Summary, PlaceForMail]]:
    """What the booking is, and where."""
    booking = opened.booking
    place = yield from load_place_for_mail(booking.place_id, booking.resource_id)
    seats = (yield from seat_labels(booking.place_id, booking.seat_ids)) if booking.seats_chosen else []
    return summary_of(booking, place, seats), place


def load_page(opened: Opened, now: datetime, done: str | None, fault: str | None = None) -> Plan[BookingPage]:
    """The booking's page; ``done`` says what was just done, ``fault`` what could not be."""
    booking = opened.booking
    summary, place = yield from load_summary(opened)
    events = yield from load_events(booking.place_id, booking.booking_id)
    reported = yield from is_reported(booking.place_id, report_id(booking))
    said = Said(done=done, fault=fault, is_reported=reported, events=event_lines(events, booking))
    return booking_page(opened, summary, place, now, said)
