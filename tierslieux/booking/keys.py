"""Signed keys of links in mails: they open one booking without a session, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from tierslieux.booking.queries.bookings import BookingView

KEY_VALID = timedelta(days=30)
"""How long after the end of a booking its key opens it."""


def link_key(booking: BookingView, secret: bytes) -> str:
    """The key of this booking for its guest; another guest's, and another booking's, is another."""
    said = f"booking {booking.public_id} {booking.guest_id}".encode()
    return hmac.digest(secret, said, hashlib.sha256).hex()[:40]


def opens(key: str, booking: BookingView, secret: bytes, now: datetime) -> bool:
    """Whether ``key`` is this booking's and still valid; compared in constant time."""
    if booking.guest_id is None or now > booking.end + KEY_VALID:
        return False
    return hmac.compare_digest(key.encode(), link_key(booking, secret).encode())
