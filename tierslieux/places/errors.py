"""What refuses a change of a place."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict, RuleRefused


class InvalidHours(RuleRefused):
    """An opening-hours text cannot be evaluated; ``position`` and ``part`` say where."""

    code = "invalid_hours"


class PlaceMerged(Conflict):
    """The place is another's now; what is written belongs there."""

    code = "status_changed"
