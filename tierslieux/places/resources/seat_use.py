"""What stands at a place, and who can clear it: the seam between the places' slice and the booking engine.

A team's change may hit bookings: it takes seats away (fewer of them, an archived resource, a resident), or time
(shorter hours, a place that can no longer be booked). ``SeatUse`` is asked in the change's own transaction, under the
lock of all resources of the place; what it cannot settle as the team says refuses the change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, runtime_checkable
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.places.local_ids import local_id
from tierslieux.places.schemas import ChoiceBody, Existing
from tierslieux.web.plans import Plan, Rows

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
    existing: Existing
    choices: Sequence[ChoiceBody]
    by: UUID
    now: datetime


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a place's hours, or of whether it can be booked, and what the team says of the bookings it hits.

    ``is_preview``: they are listed, whatever is said, and nothing is done to them.
    """

    place_id: int
    existing: Existing
    choices: Sequence[ChoiceBody]
    by: UUID
    now: datetime
    is_preview: bool = False


@runtime_checkable
class SeatUse(Protocol):
    """What stands on seats. Called with all resources of the place locked; what it reads it reads after that."""

    def look(self, place_id: int) -> Plan[Any]:
        """What stands at the place before a change of its hours; ``settle`` takes it after the change."""
        ...

    def settle(self, before: Any, change: Change) -> Plan[list[dict[str, Any]]]:
        """Keep, cancel or move the bookings that lose open time; all that were hit, as the API lists them.

        Refuses with 409 ``bookings_affected`` where nothing was said of one.
        """
        ...

    def clear(self, clearing: Clearing) -> Plan[list[dict[str, Any]]]:
        """Re-seat, keep, cancel or move what holds the seats; those of which nothing was said, as the API lists them.

        Where the answer is not empty, the change must be refused.
        """
        ...


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
