"""Series as they are read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tierslieux.booking.queries.bookings import BookingView, load_bookings
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_ONE = """
SELECT s.place_id, s.series_id, s.guest_id, s.rrule, p.time_zone
FROM booking_series s JOIN place p ON p.place_id = s.place_id
WHERE s.place_id = %(place_id)s::integer AND s.series_id = %(series_id)s::uuid
"""
_DATES = """
SELECT booking_id FROM booking WHERE place_id = %(place_id)s::integer AND series_id = %(series_id)s::uuid
ORDER BY lower(during), booking_id
"""


class SeriesView(msgspec.Struct, frozen=True):
    """A series and whose it is (``None``: someone without account, whom the team booked for)."""

    place_id: int
    series_id: UUID
    guest_id: UUID | None
    rrule: str
    time_zone: str


def load_series(place_id: int, series_id: UUID) -> Plan[SeriesView]:
    """The series, or ``NotFound``."""
    rows = yield _ONE, {"place_id": place_id, "series_id": series_id}
    if not rows:
        raise NotFound
    return SeriesView(*rows[0])


def load_dates(place_id: int, series_id: UUID, now: datetime) -> Plan[list[BookingView]]:
    """The bookings of the series, whatever became of them, in the order of time."""
    ids = yield from ids_of_series(place_id, series_id)
    return (yield from load_bookings(place_id, ids, now))


def ids_of_series(place_id: int, series_id: UUID) -> Plan[list[UUID]]:
    """The bookings of the series, in the order of time."""
    rows = yield _DATES, {"place_id": place_id, "series_id": series_id}
    return [row[0] for row in rows]
