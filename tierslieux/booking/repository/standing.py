"""What stands on seats, and by which hours it stands: read within the locks of ``locks``."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from uuid_utils import uuid7

from tierslieux.places.hours.days import DatedHours, Hours
from tierslieux.places.resources.hours import resource_hours
from tierslieux.territories.zones import locality_of
from tierslieux.web.plans import Plan

_FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)
_HOURS = """
SELECT p.state = 'published' AND p.welcome = 'bookable', p.welcome, p.time_zone, p.policy,
  COALESCE(p.commune_code, p.commune_code_given), COALESCE(p.hours_osm, p.hours_text),
  (SELECT jsonb_agg(jsonb_build_array(lower(e.days), upper(e.days) - 1, e.hours_osm) ORDER BY e.days, e.exception_id)
   FROM hours_exception e WHERE e.place_id = p.place_id),
  (SELECT jsonb_agg(jsonb_build_array(r.resource_id, r.hours_osm, r.policy) ORDER BY r.resource_id)
   FROM resource r WHERE r.place_id = p.place_id)
FROM place p WHERE p.place_id = %(place_id)s::integer
"""
_ON_SEATS = """
SELECT o.booking_id, o.resource_id, o.seat_id, lower(b.during), upper(b.during), b.seats, lower(o.busy), upper(o.busy),
  o.pinned OR s.attributes && '{wheelchair,height_adjustable}'
FROM occupied_seat o JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
  JOIN seat s ON s.place_id = o.place_id AND s.seat_id = o.seat_id
WHERE o.place_id = %(place_id)s::integer AND o.seat_id = ANY(%(seat_ids)s::integer[])
  AND b.during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz) AND upper(b.during) > %(now)s::timestamptz
  AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz)
ORDER BY lower(o.busy), o.booking_id, o.seat_id
"""
_BLOCK = """
INSERT INTO closure (place_id, closure_id, kind, resource_id, seat_id, during, created_at)
SELECT s.place_id, u.closure_id, 'block', s.resource_id, s.seat_id,
  tstzrange(%(start)s::timestamptz, %(end)s::timestamptz), %(now)s::timestamptz
FROM unnest(%(ids)s::uuid[], %(seat_ids)s::integer[]) u (closure_id, seat_id)
  JOIN seat s ON s.place_id = %(place_id)s::integer AND s.seat_id = u.seat_id
"""
_UNBLOCK = "DELETE FROM closure WHERE place_id = %(place_id)s::integer AND closure_id = ANY(%(ids)s::uuid[])"


@dataclass(frozen=True, slots=True)
class StandingHours:
    """When each resource of a place is open, and whether the place can be booked at all."""

    is_bookable: bool
    by_resource: dict[int, Hours]


class OnSeat(msgspec.Struct, frozen=True):
    """A row of a seat that a booking holds, in the order of the query's columns; ``stays``: it is never re-seated."""

    booking_id: UUID
    resource_id: int
    seat_id: int
    start: datetime
    end: datetime
    seats: int
    busy_start: datetime
    busy_end: datetime
    stays: bool


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats of a place for a time; ``end`` ``None``: for ever."""

    place_id: int
    seat_ids: tuple[int, ...]
    start: datetime
    end: datetime | None
    now: datetime

    def parameters(self) -> dict[str, Any]:
        """For the statements of this module."""
        given = {name: getattr(self, name) for name in ("place_id", "start", "now")}
        return given | {"seat_ids": list(self.seat_ids), "end": self.end or _FOR_EVER}


def load_hours(place_id: int) -> Plan[StandingHours]:
    """The hours of all resources as they are stored now."""
    rows = yield _HOURS, {"place_id": place_id}
    is_bookable, welcome, time_zone, policy, commune, text, dated, resources = rows[0]
    hours = Hours(
        text=text,
        locality=replace(locality_of(commune), time_zone=time_zone),
        exceptions=_dated(dated or ()),
        bookable=welcome == "bookable",
        open_on_public_holidays=policy.get("open_on_public_holidays"),
    )
    return StandingHours(is_bookable, {key: resource_hours(hours, own, rules) for key, own, rules in resources or ()})


def _dated(rows: Sequence[Sequence[str]]) -> tuple[DatedHours, ...]:
    return tuple(DatedHours(date.fromisoformat(first), date.fromisoformat(last), text) for first, last, text in rows)


def load_on_seats(seats: Seats) -> Plan[list[OnSeat]]:
    """What holds these seats in that time and is not over, in the order of time."""
    rows = yield _ON_SEATS, seats.parameters()
    return [OnSeat(*row) for row in rows]


def block_seats(seats: Seats) -> Plan[list[UUID]]:
    """Put the seats out of use, for as long as this transaction moves bookings away; what ``unblock_seats`` takes."""
    ids = [UUID(int=uuid7().int) for _ in seats.seat_ids]
    yield _BLOCK, seats.parameters() | {"ids": ids}
    return ids


def unblock_seats(place_id: int, ids: Collection[UUID]) -> Plan[None]:
    """Put them into use again."""
    yield _UNBLOCK, {"place_id": place_id, "ids": list(ids)}
