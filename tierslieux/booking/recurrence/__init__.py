"""Series: RFC 5545 recurrence rules at wall time, bounded so that no rule can loop.

``rule`` reads the text, ``days`` counts its days, ``wall`` turns times of the clock into instants.
"""

from tierslieux.booking.recurrence.occurrences import Occurrence, expand
from tierslieux.booking.recurrence.rule import MAX_DATES, MAX_YEARS, InvalidRRule
from tierslieux.booking.recurrence.wall import WallFault, resolve_wall

__all__ = ["MAX_DATES", "MAX_YEARS", "InvalidRRule", "Occurrence", "WallFault", "expand", "resolve_wall"]
