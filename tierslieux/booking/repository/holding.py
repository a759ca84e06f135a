"""Desks that are kept: until when, and whose booking they become."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_GUEST = """
UPDATE booking SET guest_id = %(guest_id)s, home_commune = %(home)s, work_commune = %(work)s, travel_mode = %(mode)s
WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid
"""
_HOLD_END = """
WITH kept AS (
  UPDATE booking SET expires_at = %(until)s, renewed = true
  WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid AND status = 'held'
  RETURNING place_id, booking_id)
UPDATE occupied_seat o SET expires_at = %(until)s FROM kept k
WHERE o.place_id = k.place_id AND o.booking_id = k.booking_id
"""

_HOLDS = """
SELECT booking_id, resource_id FROM booking
WHERE place_id = %(place_id)s::integer AND guest_id = %(guest_id)s::uuid AND status = 'held'
  AND expires_at > %(now)s::timestamptz AND during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz)
ORDER BY booking_id
"""


def find_holds_over(place_id: int, guest_id: UUID, during: TimeRange, now: datetime) -> Plan[dict[UUID, int]]:
    """Desks that somebody keeps at the place at some time of ``during``: the bookings, and the resource of each."""
    rows = yield (
        _HOLDS,
        {"place_id": place_id, "guest_id": guest_id, "now": now, "start": during.start, "end": during.end},
    )
    return dict(rows)


def set_guest(
    place_id: int, booking_id: UUID, guest_id: UUID | None, travels: tuple[str | None, str | None, str | None]
) -> Plan[None]:
    """Whose booking a held desk becomes, with what is copied of them: home and work commune, mode of travel."""
    home, work, mode = travels
    yield (
        _GUEST,
        {
            "place_id": place_id,
            "booking_id": booking_id,
            "guest_id": guest_id,
            "home": home,
            "work": work,
            "mode": mode,
        },
    )


def set_hold_end(place_id: int, booking_id: UUID, until: datetime) -> Plan[None]:
    """Keep a held desk until then; it can be done once."""
    yield _HOLD_END, {"place_id": place_id, "booking_id": booking_id, "until": until}
