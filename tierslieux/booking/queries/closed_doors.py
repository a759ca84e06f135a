"""Reports of guests who found a place closed, as its team reads them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from tierslieux.web.plans import Plan

FOUND_CLOSED = "found_closed"
"""What such a report is about (``contribution.subject``); nobody can choose it in the form of a place's page."""
_REPORTS = """
SELECT c.contribution_id, c.message, c.created_at, c.state, p.time_zone
FROM contribution c JOIN place p ON p.place_id = c.place_id
WHERE c.place_id = %(place_id)s::integer AND c.subject = %(subject)s::text
  AND (%(before)s::uuid IS NULL OR c.contribution_id < %(before)s::uuid)
ORDER BY c.contribution_id DESC LIMIT %(limit)s::integer
"""


class ClosedDoor(msgspec.Struct, frozen=True):
    """A report, in the order of the query's columns; the message names the time, never the guest."""

    report_id: UUID
    message: str
    reported_at: datetime
    state: str
    time_zone: str


def closed_doors(place_id: int, before: UUID | None, limit: int) -> Plan[list[ClosedDoor]]:
    """The place's reports, the latest first (ids are in the order of the bookings' time), those below ``before``."""
    asked = {"place_id": place_id, "subject": FOUND_CLOSED, "before": before, "limit": limit}
    return [ClosedDoor(*row) for row in (yield _REPORTS, asked)]
