"""What mails about bookings need to know beside the booking."""

from __future__ import annotations

from uuid import UUID

import msgspec

from tierslieux.booking.queries.bookings import BookingEvent
from tierslieux.booking.queries.people import Person
from tierslieux.web.plans import Plan

_PLACE = """
SELECT COALESCE(c.name, p.commune_name), COALESCE(p.commune_code, p.commune_code_given), p.street, p.postal_code,
  ST_X(p.position::geometry), ST_Y(p.position::geometry), r.how_to_get_in
FROM place p LEFT JOIN commune c ON c.code = p.commune_code
  JOIN resource r ON r.place_id = p.place_id AND r.resource_id = %(resource_id)s::integer
WHERE p.place_id = %(place_id)s::integer
"""
_HOSTS = """
SELECT a.account_id, a.name, a.email, a.locale FROM membership m JOIN account a ON a.account_id = m.account_id
WHERE m.place_id = %(place_id)s::integer AND m.role = 'host' AND a.email IS NOT NULL
"""
_SINGLE_EVENT = """
SELECT seq, at, actor_id, was, becomes, why, facts FROM booking_event
WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid AND seq = %(seq)s::smallint
"""


class PlaceForMail(msgspec.Struct, frozen=True):
    """What a mail says of the place and the resource."""

    commune_name: str | None
    commune_code: str | None
    street: str | None
    postal_code: str | None
    lon: float | None
    lat: float | None
    how_to_get_in: str | None


def load_place_for_mail(place_id: int, resource_id: int) -> Plan[PlaceForMail]:
    """Where a booking is."""
    rows = yield _PLACE, {"place_id": place_id, "resource_id": resource_id}
    return PlaceForMail(*rows[0])


def load_hosts(place_id: int) -> Plan[list[Person]]:
    """The hosts of a place who can be written to."""
    rows = yield _HOSTS, {"place_id": place_id}
    return [Person(*row) for row in rows]


def load_event(place_id: int, booking_id: UUID, seq: int) -> Plan[BookingEvent | None]:
    """One event of a booking."""
    rows = yield _SINGLE_EVENT, {"place_id": place_id, "booking_id": booking_id, "seq": seq}
    return BookingEvent(*rows[0]) if rows else None
