"""Bookings, broken rules and alternatives as programs read them (api.md, "Bookings", "Errors")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from tierslieux.booking.alternatives import Alternative
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.queries.bookings import BookingEvent, BookingView
from tierslieux.booking.schemas import (
    AlternativeBody,
    BookingBody,
    EventBody,
    GuestBody,
    LinkBody,
    Money,
    PlaceBrief,
    RuleBody,
)
from tierslieux.booking.sentences import sentence_of
from tierslieux.booking.service.changes import CHECK_IN_EARLY, free_cancellation_until
from tierslieux.places.local_ids import local_id
from tierslieux.shared.time import TimeRange

CURRENCY = "EUR"


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """In the place's zone, whole seconds."""
    return instant.astimezone(zone).replace(microsecond=0)


def wire_value(value: Any, zone: ZoneInfo) -> Any:
    """A limit or value of a rule: instants in the place's zone, ranges as ``{start, end}``, days as text."""
    if isinstance(value, TimeRange):
        return {"start": _text(value.start, zone), "end": _text(value.end, zone)}
    if isinstance(value, datetime):
        return _text(value, zone)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: wire_value(each, zone) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [wire_value(each, zone) for each in value]
    return value


def _text(instant: datetime, zone: ZoneInfo) -> str:
    try:
        return local(instant, zone).isoformat()
    except OverflowError:  # the first and the last hours of what a date can be
        return instant.isoformat()


def rule_bodies(rules: Iterable[BrokenRule], zone: ZoneInfo, facts: Mapping[str, Any] | None = None) -> list[RuleBody]:
    """Each broken rule with its sentence in the language of the request."""
    return [
        RuleBody(rule.code, wire_value(rule.limit, zone), wire_value(rule.value, zone), sentence_of(rule, zone, facts))
        for rule in rules
    ]


def money(cents: int | None) -> Money | None:
    """A price; ``None`` is pay what you can."""
    return None if cents is None else Money(cents, CURRENCY)


def booking_body(booking: BookingView, guest: GuestBody | None = None) -> BookingBody:
    """A booking; ``guest`` only for the place's team."""
    zone = ZoneInfo(booking.time_zone)
    return BookingBody(
        id=booking.public_id,
        status=booking.status,
        place=PlaceBrief(str(booking.place_id), booking.slug, booking.place_name, booking.time_zone),
        resource_id=local_id(booking.place_id, booking.resource_id),
        resource_name=booking.resource_name,
        mode=booking.mode,
        start=local(booking.start, zone),
        end=local(booking.end, zone),
        seats=booking.seats,
        seat_ids=[local_id(booking.place_id, seat_id) for seat_id in booking.seat_ids],
        seats_chosen=booking.seats_chosen,
        price=money(booking.price_cents),
        series_id=None if booking.series_id is None else local_id(booking.place_id, booking.series_id),
        expires_at=None if booking.expires_at is None else local(booking.expires_at, zone),
        free_cancellation_until=local(free_cancellation_until(booking), zone),
        check_in_from=local(booking.start - CHECK_IN_EARLY, zone),
        checked_in_at=None if booking.checked_in_at is None else local(booking.checked_in_at, zone),
        guest=guest,
        moved_from=booking.moved_from,
        created_at=local(booking.created_at, zone),
        version=booking.version,
        links=[LinkBody("calendar", f"/mes-reservations/{booking.public_id}/evenement.ics")],
    )


def event_body(event: BookingEvent, zone: ZoneInfo, guest_id: object) -> EventBody:
    """An event; who acted is said as a role, never as a person."""
    who: Literal["guest", "host", "service"] = (
        "service" if event.actor_id is None else "guest" if event.actor_id == guest_id else "host"
    )
    return EventBody(event.seq, local(event.at, zone), who, event.was, event.becomes, event.why, event.facts)


def minutes(value: timedelta) -> int:
    """Elapsed whole minutes."""
    return int(value.total_seconds() // 60)


def alternative_body(each: Alternative) -> AlternativeBody:
    """An alternative, times in the zone of its place."""
    zone = ZoneInfo(each.time_zone)
    return AlternativeBody(
        why=each.why,
        place_id=str(each.place_id),
        place_name=each.place_name,
        resource_id=local_id(each.place_id, each.resource_id),
        start=local(each.during.start, zone),
        end=local(each.during.end, zone),
        mode=each.mode,
        free=each.free,
        distance_m=each.distance_m,
    )
