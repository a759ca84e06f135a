"""Booking for programs (api.md, "Bookings"): hold, check, book, move, and what becomes of a booking."""

from tierslieux.booking.api.actions import ACTIONS
from tierslieux.booking.api.availability import AVAILABILITY
from tierslieux.booking.api.bookings import BOOKINGS
from tierslieux.booking.api.closed_doors import CLOSED_DOORS
from tierslieux.booking.api.closures import CLOSURES
from tierslieux.booking.api.holds import HOLDS
from tierslieux.booking.api.series import SERIES
from tierslieux.booking.api.waitlist import WAITLIST
from tierslieux.booking.api.walk_ins import WALK_INS

BOOKING_HANDLERS = (
    *AVAILABILITY, *BOOKINGS, *HOLDS, *ACTIONS, *WALK_INS, *CLOSURES, *CLOSED_DOORS, *SERIES, *WAITLIST,
)  # fmt: skip
"""Everything that ``create_app`` puts under ``/api/v1``."""
