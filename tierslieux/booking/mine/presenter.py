"""From bookings to the pages of their guest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.mine import words
from tierslieux.booking.mine.queries import OwnBooking
from tierslieux.booking.mine.reach import Opened
from tierslieux.booking.mine.views import BookingPage, CancelPage, Event, Line, Said, Summary, Terms, WayIn
from tierslieux.booking.queries.bookings import BookingEvent, BookingView
from tierslieux.booking.queries.notices import PlaceForMail
from tierslieux.booking.service.changes import CHECK_IN_EARLY, check_in_until, free_cancellation_until
from tierslieux.booking.service.moving import is_changeable
from tierslieux.places.views import commune_label
from tierslieux.web.i18n import current_locale, current_path, localised
from tierslieux.web.wording import day, day_without_year

_A_DAY, _A_WEEK = timedelta(days=1), timedelta(days=7)
_CANCELLABLE: frozenset[Status] = frozenset({"held", "pending", "confirmed"})
_ON_THE_DAY: frozenset[Status] = frozenset({"confirmed", "checked_in", "no_show", "completed"})


def line_of(booking: OwnBooking, now: datetime) -> Line:
    """A booking in a list."""
    zone = ZoneInfo(booking.time_zone)
    address = localised(f"/mes-reservations/{booking.public_id}")
    is_now = booking.status == "confirmed" and booking.start - CHECK_IN_EARLY <= now < booking.end
    return Line(
        address=address,
        when=words.capital(words.when_words(booking.start, booking.end, booking.time_zone)),
        shape=words.SHAPES[booking.status],
        state=words.state_words(booking.status, booking.expires_at, zone),
        place=booking.place_name,
        commune=booking.commune_label,
        resource=f"{booking.resource_name}, {words.people_words(booking.seats)}",
        price=words.price_of(booking.status, booking.price_cents),
        arrive_address=f"{address}#arrivee" if is_now else None,
    )


def summary_of(booking: BookingView, place: PlaceForMail, seats: Sequence[str]) -> Summary:
    """What a booking is."""
    zone = ZoneInfo(booking.time_zone)
    town = " ".join(part for part in (place.postal_code, place.commune_name) if part)
    return Summary(
        when=words.capital(words.when_words(booking.start, booking.end, booking.time_zone)),
        title=day(booking.start.astimezone(zone).date()),
        shape=words.SHAPES[booking.status],
        state=words.state_words(booking.status, booking.expires_at, zone),
        place=booking.place_name,
        place_address=localised(f"/lieux/{booking.slug}"),
        commune=commune_label(place.commune_name, place.commune_code),
        street=", ".join(part for part in (place.street, town) if part) if place.street or place.postal_code else "",
        resource=booking.resource_name,
        people=words.people_words(booking.seats),
        seats=", ".join(seats),
        price=words.price_of(booking.status, booking.price_cents),
    )


def way_in(booking: BookingView, directions: str | None, now: datetime) -> WayIn | None:
    """How to get in: with a confirmed booking only, from the day before in the place's own time."""
    if booking.status not in {"confirmed", "checked_in"} or not directions or now >= booking.end:
        return None
    zone = ZoneInfo(booking.time_zone)
    first = booking.start.astimezone(zone).date() - _A_DAY
    if now.astimezone(zone).date() < first:
        return WayIn((), day_without_year(first))
    return WayIn(tuple(line.strip() for line in directions.splitlines() if line.strip()), None)


def booking_page(opened: Opened, summary: Summary, place: PlaceForMail, now: datetime, said: Said) -> BookingPage:
    """The page of one booking."""
    booking = opened.booking
    is_over, is_own = now >= booking.end, not opened.key
    can_cancel = booking.status in _CANCELLABLE and not is_over
    can_move = is_changeable(booking, now) and is_own
    return BookingPage(
        summary=summary,
        said=said,
        terms=_terms(booking, now),
        way_in=way_in(booking, place.how_to_get_in, now),
        cancel_address=opened.address("/annuler") if can_cancel else None,
        move_address=opened.address("/changer") if can_move else None,
        arrive_address=opened.address("/arrivee") if is_own and can_arrive(booking, now) else None,
        closed_address=opened.address("/ferme") if is_own and can_report(booking, now) else None,
        near_address=localised("/recherche", commune=place.commune_code),
        again_address=again_address(booking, now) if booking.status != "held" else None,
        calendar_address=opened.address("/evenement.ics") if _has_event(booking) else None,
        with_key=bool(opened.key),
        own_address=localised(f"/mes-reservations/{booking.public_id}"),
        language_address=other_language(opened.key),
    )


def cancel_page(opened: Opened, summary: Summary, now: datetime) -> CancelPage:
    """The page that asks before a booking is cancelled."""
    booking = opened.booking
    return CancelPage(
        summary=summary,
        terms=_terms(booking, now),
        action=opened.address("/annuler"),
        keep_address=opened.address(),
        is_request=booking.status in {"held", "pending"},
        language_address=other_language(opened.key),
    )


def _terms(booking: BookingView, now: datetime) -> Terms:
    """Until when a cancellation is without consequence; after that it counts where bookings are counted."""
    until, policy = free_cancellation_until(booking), booking.policy
    has_quota = policy.quota_bookings_per_week is not None or policy.quota_hours_per_week is not None
    applies = booking.status == "confirmed" and now < booking.end
    told = words.until_words(until, booking.time_zone) if applies else None
    return Terms(told, applies and now > until, has_quota)


def can_arrive(booking: BookingView, now: datetime) -> bool:
    """Whether an arrival can be noted now."""
    return booking.status == "confirmed" and booking.start - CHECK_IN_EARLY <= now < check_in_until(booking)


def can_report(booking: BookingView, now: datetime) -> bool:
    """Whether the guest can say that the place is closed: on the day, once their time is about to begin."""
    zone = ZoneInfo(booking.time_zone)
    is_today = booking.start.astimezone(zone).date() <= now.astimezone(zone).date() <= _last_day(booking, zone)
    return booking.status in _ON_THE_DAY and is_today and now >= booking.start - CHECK_IN_EARLY


def _last_day(booking: BookingView, zone: ZoneInfo) -> date:
    return booking.end.astimezone(zone).date()


def again_address(booking: BookingView, now: datetime) -> str:
    """The page that books the same in the next week that has not begun: resource, weekday and wall times."""
    zone = ZoneInfo(booking.time_zone)
    start, end = booking.start.astimezone(zone), booking.end.astimezone(zone)
    first, today = start.date() + _A_WEEK, now.astimezone(zone).date()
    weeks = max(0, (today - first).days // 7 + 1)
    return localised(
        f"/lieux/{booking.slug}/reserver",
        ressource=booking.resource_id,
        jour=(first + weeks * _A_WEEK).isoformat(),
        de=f"{start:%H:%M}",
        a=f"{end:%H:%M}",
        personnes=booking.seats,
    )


def _has_event(booking: BookingView) -> bool:
    return booking.status in {"pending", "confirmed", "checked_in", "completed"}


def event_lines(events: Sequence[BookingEvent], booking: BookingView) -> tuple[Event, ...]:
    """What happened, the latest first; that a desk was kept for a while is not worth a line."""
    told = [event for event in events if event.becomes != "held"]
    return tuple(
        Event(
            words.capital(words.until_words(event.at, booking.time_zone)),
            words.event_words(event, booking.time_zone),
            event.why if event.actor_id != booking.guest_id else None,
        )
        for event in reversed(told)
    )


def other_language(key: str, **query: object) -> str:
    """This page in the other language, with the key that opens it."""
    return localised(current_path(), "fr" if current_locale() == "en" else "en", cle=key, **query)


def with_query(address: str, **query: object) -> str:
    """``address`` with more in its query."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"
