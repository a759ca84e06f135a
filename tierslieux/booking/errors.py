"""What refuses a booking or a change of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tierslieux.shared.errors import Conflict, DomainError, Gone, NotFound, RuleRefused


class Refused(DomainError):
    """Rules refuse a wish: ``broken`` holds all of them; ``loaded`` is what they were judged by."""

    code = "refused"

    def __init__(self, broken: Sequence[Any], loaded: Any) -> None:
        super().__init__()
        self.broken = tuple(broken)
        self.loaded = loaded


class StatusChanged(Conflict):
    """The booking's state does not allow this change (any more); ``booking_status`` says what it is now."""

    code = "status_changed"


class HoldExpired(Gone):
    """The desk is no longer kept."""

    code = "hold_expired"


class HoldMismatch(RuleRefused):
    """The booking asked for is not the one that is held."""

    code = "hold_mismatch"


class TooManyHolds(RuleRefused):
    """The person keeps as many desks as anyone may without booking."""

    code = "too_many_holds"


class TooManyWishes(RuleRefused):
    """The person waits for as many seats at the place as anyone may."""

    code = "too_many_wishes"


class CheckInTooEarly(RuleRefused):
    """Arrivals are noted from a quarter of an hour before the start."""

    code = "check_in_too_early"


class CheckInTooLate(RuleRefused):
    """The time within which arrivals are noted is over."""

    code = "check_in_too_late"


class TooFarAway(RuleRefused):
    """The position given is not at the place."""

    code = "too_far_away"


class BookingsAffected(Conflict):
    """A change would hit bookings, and nothing was said about them."""

    code = "bookings_affected"


class OpenBookings(Conflict):
    """Bookings to come stand against the erasure of their guest; ``bookings`` are their ids."""

    code = "open_bookings"


class UndoTooLate(Conflict):
    """The time within which this can be undone is over."""

    code = "undo_too_late"


class NoSuchSeat(NotFound):
    """A seat that is asked for is none of the resource's."""


class SlotTaken(Conflict):
    """Someone was first; carries ``broken_rules`` and ``alternatives``."""

    code = "slot_taken"


class RulesBroken(RuleRefused):
    """Rules refuse; the code is that of the first, ``broken_rules`` has all of them."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(**facts)
        self.code = code
