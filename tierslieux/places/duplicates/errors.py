"""What refuses a merge."""

from __future__ import annotations

from tierslieux.shared.errors import Conflict


class BothOwnResources(Conflict):
    """Both places have resources to book; they cannot become one while that is so."""

    code = "both_own_resources"


class StateMovedOn(Conflict):
    """The pair was judged, or one of the places merged or unmerged, in the meantime."""

    code = "status_changed"
