"""What a wish is judged by, read in one statement after the locks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.booking.domain.rules import EARLIEST, LATEST, is_judgeable
from tierslieux.booking.domain.values import Closed, OwnBooking, Resource, Seat, SeatOutage, Situation, TakenSeat, Wish
from tierslieux.places.hours.days import DatedHours, DayHours, Hours, work_out_days
from tierslieux.places.local_ids import local_id
from tierslieux.places.policy import Policy
from tierslieux.places.resources.hours import resource_hours
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange, midnight
from tierslieux.territories.zones import locality_of
from tierslieux.web.plans import Plan

AROUND = timedelta(hours=12)
"""How far around a wish seats are looked at, to leave the least gap."""
FARTHEST = timedelta(days=62)
"""How far a chain of stays is followed when bookings are re-seated."""

_TAKEN = """(SELECT jsonb_agg(jsonb_build_array(o.booking_id, o.seat_id, extract(epoch FROM lower(o.busy))::bigint,
    extract(epoch FROM upper(o.busy))::bigint, extract(epoch FROM upper(b.during))::bigint, o.pinned,
    o.expires_at <= %(now)s::timestamptz))
  FROM occupied_seat o JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
  WHERE o.place_id = %(place_id)s::integer AND o.resource_id = %(resource_id)s::integer
    AND o.busy && tstzrange(%(near_from)s::timestamptz, %(near_to)s::timestamptz))"""
_FACTS = f"""
SELECT p.state, p.welcome, p.time_zone, p.policy, p.name, p.slug, COALESCE(p.commune_code, p.commune_code_given),
  COALESCE(p.hours_osm, p.hours_text), r.hours_osm,
  (SELECT jsonb_agg(jsonb_build_array(lower(e.days), upper(e.days) - 1, e.hours_osm) ORDER BY e.days, e.exception_id)
   FROM hours_exception e WHERE e.place_id = %(place_id)s::integer),
  r.kind, r.name, r.head_count, r.modes, r.prices, r.turnaround_minutes, r.policy, r.archived_at IS NOT NULL,
  (SELECT jsonb_agg(jsonb_build_array(s.seat_id, s.label, lower(s.in_service), upper(s.in_service), s.attributes)
     ORDER BY s.seat_id)
   FROM seat s WHERE s.place_id = %(place_id)s::integer AND s.resource_id = %(resource_id)s::integer),
  (SELECT jsonb_agg(jsonb_build_array(c.seat_id, extract(epoch FROM lower(c.during))::bigint,
     extract(epoch FROM upper(c.during))::bigint, c.reason, c.resource_id) ORDER BY c.during)
   FROM closure c WHERE c.place_id = %(place_id)s::integer AND c.withdrawn_at IS NULL
     AND coalesce(upper(c.during), 'infinity') > %(near_from)s::timestamptz
     AND c.during && tstzrange(%(near_from)s::timestamptz, %(near_to)s::timestamptz)
     AND (c.resource_id IS NULL OR c.resource_id = %(resource_id)s::integer)),
  {_TAKEN},
  (SELECT jsonb_agg(jsonb_build_array(b.place_id, b.booking_id, extract(epoch FROM lower(b.during))::bigint,
     extract(epoch FROM upper(b.during))::bigint,
     b.counted AND (b.expires_at IS NULL OR b.expires_at > %(now)s::timestamptz),
     b.status IN ('held', 'pending', 'confirmed', 'checked_in')
       AND (b.expires_at IS NULL OR b.expires_at > %(now)s::timestamptz)))
   FROM booking b WHERE b.guest_id = %(guest_id)s::uuid
     AND b.local_date BETWEEN %(week_from)s::date AND %(week_to)s::date),
  (SELECT count(*) FROM booking b WHERE b.guest_id = %(guest_id)s::uuid AND b.place_id = %(place_id)s::integer
     AND b.status = 'pending' AND b.expires_at > %(now)s::timestamptz
     AND b.booking_id IS DISTINCT FROM %(except_id)s::uuid),
  (SELECT count(*) FROM booking b WHERE b.guest_id = %(guest_id)s::uuid AND b.status = 'held' AND b.origin <> 'waitlist'
     AND b.expires_at > %(now)s::timestamptz AND b.booking_id IS DISTINCT FROM %(except_id)s::uuid),
  (SELECT jsonb_build_array(a.home_commune, a.work_commune, a.travel_mode) FROM account a
   WHERE a.account_id = %(guest_id)s::uuid)
FROM place p JOIN resource r ON r.place_id = p.place_id AND r.resource_id = %(resource_id)s::integer
WHERE p.place_id = %(place_id)s::integer AND p.state IN ('published', 'closed')
"""  # noqa: S608 - put together from constants
_ONLY_TAKEN = f"SELECT {_TAKEN}"


Travels = tuple[str | None, str | None, str | None]
"""Home commune, usual workplace commune, usual mode of travel: each may be unknown."""


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What an answer says of the place."""

    place_id: int
    name: str
    slug: str
    time_zone: str
    team_hours: Hours
    """When the place is open; a resource with hours of its own has others."""
    hours: Hours
    """When the resource is open."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A situation, the place it is in, and the bookings whose time is over. ``near``: where taken seats are known."""

    situation: Situation
    place: PlaceFacts
    expired: tuple[UUID, ...]
    near: TimeRange
    holds: int
    """How many other holds the guest has, anywhere."""
    travels: Travels
    """What the guest says of their travels, to be copied into the booking."""


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom and without which booking a situation is loaded."""

    place_id: int
    resource_id: int
    guest_id: UUID | None
    now: datetime
    except_id: UUID | None = None


def load_situation(asked: Asked, wish: Wish, near: TimeRange | None = None) -> Plan[Loaded]:
    """Everything that ``wish`` is judged by, or ``NotFound``: no such resource, or one that is no longer offered.

    ``near`` widens the stretch within which closures, taken seats and own bookings are known.
    """
    near = near or _near(wish)
    rows = yield _FACTS, _parameters(asked, near)
    if not rows or rows[0][17]:
        raise NotFound
    return _loaded(asked, wish, rows[0], near)


def load_taken(asked: Asked, near: TimeRange) -> Plan[tuple[TakenSeat, ...]]:
    """The seats of the resource that are taken within ``near``, whole stays."""
    rows = yield _ONLY_TAKEN, _parameters(asked, near)
    return _taken(rows[0][0] or (), asked)


def _near(wish: Wish) -> TimeRange:
    during = wish.during
    if during is None or not is_judgeable(during):
        start = min(max(wish.start, EARLIEST), LATEST)
        return TimeRange(start, start + timedelta(seconds=1))
    return TimeRange(during.start - AROUND, during.end + AROUND + timedelta(days=1))


def _parameters(asked: Asked, near: TimeRange) -> dict[str, Any]:
    """The weeks reach a day farther on either side than any zone needs, and back by the longest booking."""
    first, last = near.start.date() - timedelta(days=15), near.end.date() + timedelta(days=8)
    return {
        "place_id": asked.place_id,
        "resource_id": asked.resource_id,
        "guest_id": asked.guest_id,
        "except_id": asked.except_id,
        "now": asked.now,
        "near_from": near.start,
        "near_to": near.end,
        "week_from": first,
        "week_to": last,
    }


def _loaded(asked: Asked, wish: Wish, row: Sequence[Any], near: TimeRange) -> Loaded:
    zone = ZoneInfo(row[2])
    place = _place_facts(asked.place_id, row)
    closures = row[19] or ()
    situation = Situation(
        now=asked.now,
        zone=zone,
        welcome=row[1],
        is_published=row[0] == "published",
        resource=_resource(asked, row, zone),
        days=days_around(place.hours, wish.during, zone),
        closed=tuple(Closed(_range(each[1], each[2]), each[3]) for each in closures if each[0] is None),
        outages=tuple(SeatOutage(each[0], _range(each[1], each[2])) for each in closures if each[0] is not None),
        taken=_taken(row[20] or (), asked),
        own=_own(row[21] or (), asked),
        pending=row[22],
    )
    expired = {UUID(each[0]) for each in row[20] or () if each[6]}
    return Loaded(situation, place, tuple(sorted(expired)), near, row[23], tuple(row[24] or (None, None, None)))


def _place_facts(place_id: int, row: Sequence[Any]) -> PlaceFacts:
    dated = tuple(
        DatedHours(date.fromisoformat(first), date.fromisoformat(last), text) for first, last, text in row[9] or ()
    )
    hours = Hours(
        text=row[7],
        locality=replace(locality_of(row[6]), time_zone=row[2]),
        exceptions=dated,
        bookable=row[1] == "bookable",
        open_on_public_holidays=row[3].get("open_on_public_holidays"),
    )
    return PlaceFacts(place_id, row[4], row[5], row[2], hours, resource_hours(hours, row[8], row[16]))


def _resource(asked: Asked, row: Sequence[Any], zone: ZoneInfo) -> Resource:
    seats = tuple(_seat(each, zone) for each in row[18] or ())
    today = asked.now
    return Resource(
        place_id=asked.place_id,
        resource_id=asked.resource_id,
        name=row[11],
        kind=row[10],
        head_count=row[12],
        modes=tuple(row[13]),
        prices=row[14],
        turnaround_minutes=row[15],
        policy=msgspec.convert({**row[3], **row[16]}, Policy),
        seats=tuple(seat for seat in seats if seat.serves_until is None or seat.serves_until > today),
    )


def _seat(each: Sequence[Any], zone: ZoneInfo) -> Seat:
    seat_id, label, first, last, attributes = each
    return Seat(
        seat_id,
        label,
        frozenset(attributes),
        midnight(date.fromisoformat(first), zone),
        None if last is None else midnight(date.fromisoformat(last), zone),
    )


def days_around(hours: Hours, during: TimeRange | None, zone: ZoneInfo) -> tuple[DayHours, ...]:
    """The local days that ``during`` touches, and the one before, whose hours may reach over midnight."""
    if during is None or not is_judgeable(during):
        return ()
    first = during.start.astimezone(zone).date() - timedelta(days=1)
    last = during.end.astimezone(zone).date()
    return work_out_days(hours, first, last)


def _taken(rows: Iterable[Sequence[Any]], asked: Asked) -> tuple[TakenSeat, ...]:
    except_id = str(asked.except_id)
    return tuple(
        TakenSeat(UUID(booking), seat_id, _range(start, busy_end), _range(start, end), pinned)
        for booking, seat_id, start, busy_end, end, pinned, is_over in rows
        if not is_over and booking != except_id
    )


def _own(rows: Iterable[Sequence[Any]], asked: Asked) -> tuple[OwnBooking, ...]:
    return tuple(
        OwnBooking(local_id(place_id, UUID(booking)), place_id, _range(start, end), counted, blocking)
        for place_id, booking, start, end, counted, blocking in rows
        if booking != str(asked.except_id)
    )


def _range(start: int, end: int) -> TimeRange:
    return TimeRange(datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
