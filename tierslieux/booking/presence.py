"""What shows that a guest is at the place: the code on the poster there, or a position near it."""

from __future__ import annotations

import hashlib
import hmac

from tierslieux.booking.errors import TooFarAway
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.schemas import CheckInBody
from tierslieux.shared.errors import invalid
from tierslieux.shared.geo import Position
from tierslieux.web.plans import Plan

NEAR_METRES = 200
_DISTANCE = """
SELECT ST_Distance(position, ST_SetSRID(ST_MakePoint(%(lon)s::float8, %(lat)s::float8), 4326)::geography)
FROM place WHERE place_id = %(place_id)s::integer
"""


def check_in_token(place_id: int, secret: bytes) -> str:
    """What the QR code of a place carries; the same until the service's secret changes."""
    return hmac.digest(secret, f"check-in {place_id}".encode(), hashlib.sha256).hex()[:24]


def is_at_place(booking: BookingView, proof: CheckInBody, secret: bytes) -> Plan[None]:
    """Nothing where the proof holds; ``TooFarAway``, or ``InvalidRequest`` where neither is given or the code is not
    this place's."""
    if proof.token is not None:
        if not hmac.compare_digest(proof.token.encode(), check_in_token(booking.place_id, secret).encode()):
            raise invalid("body", "token", "unknown_value", None, "ce code n'est pas celui du lieu")
        return
    if proof.position is None:
        raise invalid("body", "token", "missing", None, "code du lieu ou position attendus")
    try:
        here = Position(*proof.position)
    except ValueError as exc:
        raise invalid("body", "position", "out_of_range", proof.position, "longitude puis latitude attendues") from exc
    rows = yield _DISTANCE, {"place_id": booking.place_id, "lon": here.lon, "lat": here.lat}
    distance = rows[0][0] if rows else None
    if distance is None or distance > NEAR_METRES:
        raise TooFarAway(limit=NEAR_METRES, value=None if distance is None else round(distance))
