"""The rows of series: the rule and its first wall time; the dates are bookings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

if TYPE_CHECKING:
    from tierslieux.booking.engine import Order

_ZONE = "SELECT time_zone FROM place WHERE place_id = %(place_id)s::integer"
_INSERT = """
INSERT INTO booking_series (place_id, series_id, guest_id, rrule, wall_start, minutes, created_at)
VALUES (%(place_id)s::integer, %(series_id)s, %(guest_id)s, %(rrule)s, %(wall_start)s, %(minutes)s, %(now)s)
"""


def zone_of_place(place_id: int) -> Plan[ZoneInfo]:
    """The zone that the place's clocks show, or ``NotFound``."""
    rows = yield _ZONE, {"place_id": place_id}
    if not rows:
        raise NotFound
    return ZoneInfo(rows[0][0])


def insert_series(place_id: int, series_id: UUID, order: Order, rule: tuple[str, datetime, int]) -> Plan[None]:
    """Store the series: its text, its first wall time (naive) and minutes of the clock."""
    rrule, wall_start, minutes = rule
    yield (
        _INSERT,
        {
            "place_id": place_id,
            "series_id": series_id,
            "guest_id": order.guest_id,
            "rrule": rrule,
            "wall_start": wall_start.isoformat(),
            "minutes": minutes,
            "now": order.by.now,
        },
    )
