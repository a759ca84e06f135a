"""What refuses to make or to remove a demonstration."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict, RuleRefused


class RealBookings(Conflict):
    """The base holds bookings that no demonstration made; ``count`` says how many."""

    code = "real_bookings"


class AlreadyDemonstration(Conflict):
    """The base is a demonstration already."""

    code = "already_demonstration"


class NoDemonstration(Conflict):
    """The base is no demonstration."""

    code = "no_demonstration"


class NoSuitablePlaces(RuleRefused):
    """No place of the base can be given desks."""

    code = "no_suitable_places"
