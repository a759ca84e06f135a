"""A booking in words on its guest's pages: state, time, price, people, what happened."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

from tierslieux.booking.domain.statuses import BLOCKING, Status
from tierslieux.booking.mails.times import moment, range_words, zone_suffix
from tierslieux.booking.queries.bookings import BookingEvent
from tierslieux.booking.words import price_words, status_words
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import current_locale, gettext, mark, ngettext
from tierslieux.web.wording import clock, unbroken

SHAPES: dict[Status, str] = {
    "held": "unknown",
    "pending": "unknown",
    "confirmed": "open",
    "checked_in": "open",
    "completed": "past",
    "cancelled_by_guest": "closed",
    "cancelled_by_host": "closed",
    "declined": "closed",
    "expired": "closed",
    "no_show": "closed",
}
"""The shape and colour beside the word."""
_EVENTS: dict[tuple[Status | None, Status], str] = {
    (None, "confirmed"): mark("Réservée"),
    ("held", "confirmed"): mark("Réservée"),
    (None, "pending"): mark("Demandée"),
    ("held", "pending"): mark("Demandée"),
    ("pending", "confirmed"): mark("Acceptée par le lieu"),
    ("checked_in", "confirmed"): mark("Arrivée retirée"),
    ("cancelled_by_host", "confirmed"): mark("Rétablie par le lieu"),
}


def state_words(status: Status, expires_at: datetime | None, zone: ZoneInfo) -> str:
    """The state; of a desk that is kept, until when."""
    if status == "held" and expires_at is not None:
        return gettext("Gardée pour vous jusqu'à {time}").format(time=clock(expires_at.astimezone(zone)))
    return status_words(status)


def when_words(start: datetime, end: datetime, time_zone: str) -> str:
    """ "mardi 23 mars 2027, 10 h – 11 h (heure de La Réunion)"."""
    return range_words(TimeRange(start, end), ZoneInfo(time_zone)) + zone_suffix(time_zone)


def until_words(instant: datetime, time_zone: str) -> str:
    """ "mardi 23 mars 2027, 8 h", with the name of a time that is not most readers'."""
    return moment(instant, ZoneInfo(time_zone)) + zone_suffix(time_zone)


def price_of(status: Status, cents: int | None) -> str:
    """The price, and before it is over that it is paid at the place; nothing for what did not take place."""
    if SHAPES[status] == "closed":
        return ""
    if cents and status in BLOCKING:
        return gettext("{price}, à payer sur place").format(price=price_words(cents))
    return price_words(cents)


def people_words(seats: int) -> str:
    """ "pour 2 personnes"."""
    return ngettext("pour {n} personne", "pour {n} personnes", seats).format(n=seats)


def capital(text: str) -> str:
    """``text`` at the beginning of a line."""
    return text[:1].upper() + text[1:]


def event_words(event: BookingEvent, time_zone: str) -> str:
    """What happened, without who: "Réservée", "Horaire changé (avant : …)"."""
    before = (event.facts or {}).get("from")
    if event.was == event.becomes and before:
        told = when_words(datetime.fromisoformat(before["start"]), datetime.fromisoformat(before["end"]), time_zone)
        return unbroken(gettext("Horaire changé ; avant : {when}")).format(when=told)
    known = _EVENTS.get((event.was, event.becomes))
    return gettext(known) if known else status_words(event.becomes)


def month_words(month: date) -> str:
    """ "mars 2027"."""
    return format_date(month, "LLLL y", locale="fr_FR" if current_locale() == "fr" else "en_GB")
