"""Who is told what about an event of a booking: from the event to the mails (``mails`` says how they read)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.booking.alternatives import Alternative
from tierslieux.booking.calendar_files import Party
from tierslieux.booking.domain.statuses import BLOCKING
from tierslieux.booking.keys import link_key
from tierslieux.booking.mails import (
    BookingMail,
    MailAlternative,
    MailCalendar,
    MailDate,
    MailKind,
    MailLinks,
    MailPlace,
    SkippedDate,
)
from tierslieux.booking.queries.bookings import BookingEvent, BookingView
from tierslieux.booking.queries.notices import PlaceForMail
from tierslieux.booking.queries.people import Person, shown_name
from tierslieux.places.views import commune_label
from tierslieux.shared.geo import Position
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import Locale, localised

_KINDS: dict[tuple[str | None, str], MailKind] = {
    (None, "confirmed"): "confirmed",
    ("held", "confirmed"): "confirmed",
    (None, "pending"): "pending",
    ("held", "pending"): "pending",
    ("pending", "confirmed"): "approved",
    ("cancelled_by_host", "confirmed"): "confirmed",
    ("cancelled_by_host", "pending"): "pending",
    ("pending", "declined"): "declined",
    ("pending", "expired"): "lapsed",
    ("confirmed", "confirmed"): "moved",
    ("pending", "pending"): "moved",
    ("checked_in", "checked_in"): "moved",
    ("pending", "cancelled_by_guest"): "cancelled_by_guest",
    ("confirmed", "cancelled_by_guest"): "cancelled_by_guest",
    ("pending", "cancelled_by_host"): "cancelled_by_host",
    ("confirmed", "cancelled_by_host"): "cancelled_by_host",
    ("confirmed", "no_show"): "no_show",
}
_GIVING_REASON: frozenset[MailKind] = frozenset(
    {"declined", "cancelled_by_host", "series_cancelled_by_host", "closure_moved"}
)


@dataclass(frozen=True, slots=True)
class Sender:
    """The service as mails name it."""

    public_url: str
    address: str
    secret: bytes
    demonstration: bool

    @property
    def organizer(self) -> Party:
        """Who organises the events of calendars."""
        name, mail = parseaddr(self.address)
        return Party(mail, name or "tierslieux")


@dataclass(frozen=True, slots=True)
class Notice:
    """An event, the booking as it is now, and where it is."""

    event: BookingEvent
    booking: BookingView
    place: PlaceForMail
    now: datetime
    alternatives: tuple[Alternative, ...] = ()


def kind_of(event: BookingEvent, booking: BookingView) -> MailKind | None:
    """What the guest is told of an event; ``None``: nothing."""
    if event.becomes == "held":
        return "waitlist_offer" if booking.origin == "waitlist" else None
    if booking.series_id is not None and event.was is None:
        return None  # one mail for the whole series
    kind = _KINDS.get((event.was, event.becomes))
    facts = event.facts or {}
    if kind == "moved" and facts.get("closure_id"):
        return "closure_moved"
    if kind == "confirmed" and booking.moved_from is not None and "from" in facts:
        return "closure_moved"  # the first event of a booking that came from another place
    return kind


def guest_mail(kind: MailKind, notice: Notice, guest: Person, sender: Sender) -> BookingMail:
    """The mail to the guest, in whose language it is rendered."""
    locale: Locale = "en" if guest.locale == "en" else "fr"
    return _mail(
        kind, notice, (guest.name or "").partition(" ")[0], _links(notice.booking, sender, locale), sender, guest
    )


def series_mail(
    first: Notice, dates: Sequence[BookingView], skipped: Sequence[Mapping[str, Any]], guest: Person, sender: Sender
) -> BookingMail:
    """The one mail about a series; ``skipped`` as in ``wire_series.news_of``. Of ``dates``, those that still stand."""
    kind: MailKind = "pending" if first.event.becomes == "pending" else "series_confirmed"
    locale = "en" if guest.locale == "en" else "fr"
    return replace(
        guest_mail(kind, first, guest, sender),
        dates=_dates(first, [each for each in dates if each.status in BLOCKING], guest, sender),
        skipped=tuple(SkippedDate(datetime.fromisoformat(each["start"]), each["reason"][locale]) for each in skipped),
    )


def series_end_mail(first: Notice, dates: Sequence[BookingView], guest: Person, sender: Sender) -> BookingMail:
    """The one mail about dates of a series that were cancelled together, by the guest or by the team."""
    by_guest = first.event.becomes == "cancelled_by_guest"
    kind: MailKind = "series_cancelled_by_guest" if by_guest else "series_cancelled_by_host"
    return replace(guest_mail(kind, first, guest, sender), dates=_dates(first, dates, guest, sender))


def _dates(first: Notice, dates: Sequence[BookingView], guest: Person, sender: Sender) -> tuple[MailDate, ...]:
    return tuple(
        MailDate(TimeRange(each.start, each.end), _calendar(replace(first, booking=each), sender, guest))
        for each in dates
    )


def host_mail(notice: Notice, guest: Person | None, sender: Sender) -> BookingMail:
    """The mail to the team about a new request."""
    booking = notice.booking
    name = shown_name(guest.name if guest else booking.guest_label, booking.end, notice.now) or ""
    links = MailLinks(booking=f"{sender.public_url}/gestion/{booking.slug}/demandes")
    return _mail("host_pending", notice, name, links, sender, None)


def closed_mail(notice: Notice, sender: Sender) -> BookingMail:
    """The mail to the team about a guest who found the place closed; it does not say who."""
    links = MailLinks(booking=f"{sender.public_url}/lieux/{notice.booking.slug}")
    return _mail("host_closed", notice, "", links, sender, None)


def _mail(
    kind: MailKind, notice: Notice, name: str, links: MailLinks, sender: Sender, guest: Person | None
) -> BookingMail:
    booking, place = notice.booking, notice.place
    return BookingMail(
        kind=kind,
        now=notice.now,
        place=_place(booking, place, sender),
        resource_name=booking.resource_name,
        during=TimeRange(booking.start, booking.end),
        seats=booking.seats,
        price_cents=booking.price_cents,
        guest_name=name,
        links=links,
        access=place.how_to_get_in if booking.status == "confirmed" else None,
        reason=notice.event.why if kind in _GIVING_REASON else None,
        kept_until=booking.expires_at or notice.now,
        previous=_previous(notice.event),
        previous_place=_previous_place(notice),
        alternatives=tuple(_alternatives(notice, sender, guest)),
        calendar=_calendar(notice, sender, guest) if guest else None,
        demonstration=sender.demonstration,
    )


def _place(booking: BookingView, place: PlaceForMail, sender: Sender) -> MailPlace:
    has_position = place.lon is not None and place.lat is not None
    town = " ".join(part for part in (place.postal_code, place.commune_name) if part)
    return MailPlace(
        name=booking.place_name,
        commune=commune_label(place.commune_name, place.commune_code),
        address=", ".join(part for part in (place.street, town) if part),
        url=f"{sender.public_url}/lieux/{booking.slug}",
        time_zone=booking.time_zone,
        position=Position(place.lon or 0.0, place.lat or 0.0) if has_position else None,
    )


def _links(booking: BookingView, sender: Sender, locale: Locale) -> MailLinks:
    key, path = link_key(booking, sender.secret), f"/mes-reservations/{booking.public_id}"

    def address(action: str = "") -> str:
        return sender.public_url + localised(path + action, locale, cle=key)

    if booking.status == "held":
        return MailLinks(booking=sender.public_url + localised(f"/reserver/{booking.public_id}", locale, cle=key))
    return MailLinks(booking=address(), cancel=address("/annuler"), move=address("/changer"))


def _previous(event: BookingEvent) -> TimeRange | None:
    before: dict[str, Any] | None = (event.facts or {}).get("from")
    if before is None:
        return None
    return TimeRange(datetime.fromisoformat(before["start"]), datetime.fromisoformat(before["end"]))


def _previous_place(notice: Notice) -> str | None:
    before: dict[str, Any] = (notice.event.facts or {}).get("from") or {}
    return before.get("place") if before.get("place_id") not in {None, notice.booking.place_id} else None


def _calendar(notice: Notice, sender: Sender, guest: Person) -> MailCalendar:
    return MailCalendar(
        uid=uid_of(notice.booking, sender.public_url),
        sequence=notice.booking.sequence,
        stamp=notice.event.at,
        organizer=sender.organizer,
        attendee=Party(guest.email, guest.name or guest.email) if guest.email else None,
    )


def uid_of(booking: BookingView, public_url: str) -> str:
    """The UID of a booking's event, the same in mails and feeds for good, at whatever place it is."""
    return f"{booking.event_id}@{public_url.partition('://')[2].partition(':')[0] or 'localhost'}"


def _alternatives(notice: Notice, sender: Sender, guest: Person | None) -> Iterator[MailAlternative]:
    locale: Locale = "en" if guest and guest.locale == "en" else "fr"
    for each in notice.alternatives:
        yield MailAlternative(
            each.place_name,
            each.during,
            each.time_zone,
            sender.public_url + localised(reserve_path(each, notice.booking.seats), locale),
        )


def reserve_path(each: Alternative, people: int) -> str:
    """The address of the page that books an alternative for so many people."""
    zone = ZoneInfo(each.time_zone)
    start, end = each.during.start.astimezone(zone), each.during.end.astimezone(zone)
    return (
        f"/lieux/{each.place_id}/reserver?ressource={each.resource_id}&jour={start.date().isoformat()}"
        f"&de={start:%H:%M}&a={end:%H:%M}&personnes={people}&mode={each.mode}"
    )


def cause_of(booking_id: UUID, seq: int) -> str:
    """What a mail is about, once: the event of a booking."""
    return f"booking {booking_id.hex} {seq}"
