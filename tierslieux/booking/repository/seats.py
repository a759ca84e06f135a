"""Seats of bookings that are there: given, taken away, exchanged. Within the locks of ``locks``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tierslieux.booking.domain.seating import SeatMove
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_UNSEAT = "DELETE FROM occupied_seat WHERE place_id = %(place_id)s::integer AND booking_id = ANY(%(ids)s::uuid[])"
_VACATE = """
DELETE FROM occupied_seat o USING unnest(%(booking_ids)s::uuid[], %(from_seats)s::integer[]) u (booking_id, seat_id)
WHERE o.place_id = %(place_id)s::integer AND o.booking_id = u.booking_id AND o.seat_id = u.seat_id
RETURNING o.booking_id, o.seat_id, o.resource_id, o.expires_at, lower(o.busy), upper(o.busy)
"""
_SEAT = """
INSERT INTO occupied_seat (place_id, booking_id, seat_id, resource_id, pinned, expires_at, busy)
SELECT %(place_id)s::integer, u.booking_id, u.seat_id, u.resource_id, u.pinned, u.expires_at, tstzrange(u.f, u.t)
FROM unnest(%(booking_ids)s::uuid[], %(seat_ids)s::integer[], %(resource_ids)s::integer[], %(pinned)s::boolean[],
  %(expires)s::timestamptz[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
  u (booking_id, seat_id, resource_id, pinned, expires_at, f, t)
"""


def reseat(place_id: int, moves: Sequence[SeatMove]) -> Plan[None]:
    """Give bookings other seats: all rows that move go first, in a statement of their own, then they come back."""
    if not moves:
        return
    rows = yield (
        _VACATE,
        {
            "place_id": place_id,
            "booking_ids": [move.booking_id for move in moves],
            "from_seats": [move.from_seat for move in moves],
        },
    )
    target = {(move.booking_id, move.from_seat): move.to_seat for move in moves}
    yield _SEAT, {"place_id": place_id, **_columns([(*row, target[row[0], row[1]]) for row in rows])}


def _columns(rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    return {
        "booking_ids": [row[0] for row in rows],
        "seat_ids": [row[6] for row in rows],
        "resource_ids": [row[2] for row in rows],
        "pinned": [False for _ in rows],
        "expires": [row[3] for row in rows],
        "starts": [row[4] for row in rows],
        "ends": [row[5] for row in rows],
    }


@dataclass(frozen=True, slots=True)
class SeatRows:
    """The seats that one booking is given for ``busy``."""

    booking_id: UUID
    resource_id: int
    seat_ids: Sequence[int]
    busy: TimeRange
    is_pinned: bool
    expires_at: datetime | None = None


def seat_booking(place_id: int, rows: SeatRows) -> Plan[None]:
    """Give a booking that has no seats these."""
    number = len(rows.seat_ids)
    yield (
        _SEAT,
        {
            "place_id": place_id,
            "booking_ids": [rows.booking_id] * number,
            "seat_ids": list(rows.seat_ids),
            "resource_ids": [rows.resource_id] * number,
            "pinned": [rows.is_pinned] * number,
            "expires": [rows.expires_at] * number,
            "starts": [rows.busy.start] * number,
            "ends": [rows.busy.end] * number,
        },
    )


def unseat(place_id: int, ids: Iterable[UUID]) -> Plan[None]:
    """Take the seats of these bookings away, before they get others in the same transaction."""
    yield _UNSEAT, {"place_id": place_id, "ids": sorted(set(ids))}
