"""What refuses a change of resources."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict, RuleRefused


class BookingsAffected(Conflict):
    """``bookings`` stand in the way (their shape: api.md, "Opening hours and closures"); ``residents`` where any do."""

    code = "bookings_affected"


class SeatGiven(Conflict):
    """The seat is given to someone else in that period."""

    code = "seat_given"


class TooMuchToBook(RuleRefused):
    """The place has as many resources or seats as one place can have."""

    code = "too_many_resources"
