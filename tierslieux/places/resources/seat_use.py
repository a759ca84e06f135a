"""What stands on seats, and who can clear them: the seam between the places' slice and the booking engine.

A team's change takes seats away (fewer of them, an archived resource, a resident). ``SeatUse`` is asked to clear them
first, under the lock of the place's resources; what it cannot clear refuses the change. ``StandingBookings`` moves
nothing: it is what holds as long as the engine gives nothing better.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.places.local_ids import local_id
from tierslieux.web.plans import Plan, Rows

_HIT = """
SELECT b.booking_id, b.resource_id, lower(b.during), upper(b.during), b.seats, b.status, p.time_zone
FROM booking b JOIN place p ON p.place_id = b.place_id
WHERE b.place_id = %(place_id)s::integer AND b.during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz)
  AND b.booking_id IN (
    SELECT o.booking_id FROM occupied_seat o
    WHERE o.place_id = %(place_id)s::integer AND o.seat_id = ANY(%(seat_ids)s::integer[])
      AND o.busy && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz)
      AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz))
ORDER BY lower(b.during), b.booking_id
"""
_OUTGROWING = """
SELECT b.booking_id, b.resource_id, lower(b.during), upper(b.during), b.seats, b.status, p.time_zone
FROM booking b JOIN place p ON p.place_id = b.place_id
WHERE b.place_id = %(place_id)s::integer AND b.resource_id = %(resource_id)s::integer
  AND b.seats > b.seat_rows * %(head_count)s::integer
  AND b.booking_id IN (
    SELECT o.booking_id FROM occupied_seat o
    WHERE o.place_id = %(place_id)s::integer AND o.resource_id = %(resource_id)s::integer
      AND upper(o.busy) > %(now)s::timestamptz AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz))
ORDER BY lower(b.during), b.booking_id
"""


class Clearing(msgspec.Struct, frozen=True, kw_only=True):
    """Seats to clear of bookings in ``[start, end)`` (``end`` None: for ever), and what the team says of these.

    ``existing`` and ``choices`` are those of api.md, "Opening hours and closures".
    """

    place_id: int
    seat_ids: tuple[int, ...]
    start: datetime
    end: datetime | None
    existing: str
    choices: Sequence[Mapping[str, Any]]
    by: UUID
    now: datetime


@runtime_checkable
class SeatUse(Protocol):
    """Clears seats. Called with all resources of the place locked; what it reads it reads after that."""

    def clear(self, clearing: Clearing) -> Plan[list[dict[str, Any]]]:
        """Move or cancel what may be; the bookings that stay on these seats, as the API lists them."""
        ...


class StandingBookings:
    """Moves and cancels nothing."""

    def clear(self, clearing: Clearing) -> Plan[list[dict[str, Any]]]:
        """Every booking that holds one of the seats in that time."""
        given = {name: getattr(clearing, name) for name in ("place_id", "start", "end", "now")}
        rows = yield _HIT, given | {"seat_ids": list(clearing.seat_ids)}
        return _listed(clearing.place_id, rows)


def bookings_outgrowing(place_id: int, resource_id: int, head_count: int, now: datetime) -> Plan[list[dict[str, Any]]]:
    """Bookings to come of more people than their seats take once each takes ``head_count``."""
    given = {"place_id": place_id, "resource_id": resource_id, "head_count": head_count, "now": now}
    rows = yield _OUTGROWING, given
    return _listed(place_id, rows)


def _listed(place_id: int, rows: Rows) -> list[dict[str, Any]]:
    return [
        {
            "id": local_id(place_id, booking_id),
            "resource_id": local_id(place_id, resource_id),
            "start": start.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
            "end": end.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds"),
            "seats": seats,
            "guest": None,
            "status": status,
            "suggestion": None,
            "outcome": None,
        }
        for booking_id, resource_id, start, end, seats, status, zone in rows
    ]
