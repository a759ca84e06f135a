"""What must hold in the tables of bookings, looked up whole: what ``tierslieux doctor`` and the tests ask."""

from __future__ import annotations

from typing import LiteralString

from tierslieux.web.plans import Plan

CHECKS: dict[str, LiteralString] = {
    "a blocking booking has exactly its seats, any other has none": """
SELECT b.place_id || '-' || replace(b.booking_id::text, '-', '') FROM booking b
LEFT JOIN occupied_seat o ON o.place_id = b.place_id AND o.booking_id = b.booking_id
GROUP BY b.place_id, b.booking_id
HAVING count(o.seat_id) <> CASE WHEN b.status IN ('held', 'pending', 'confirmed', 'checked_in') THEN b.seat_rows
  ELSE 0 END
LIMIT 100""",
    "a seat is taken from the booking's start to its end and turnaround": """
SELECT b.place_id || '-' || replace(b.booking_id::text, '-', '')
FROM occupied_seat o JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
WHERE lower(o.busy) <> lower(b.during) OR o.resource_id <> b.resource_id
  OR upper(o.busy) <> upper(b.during) + make_interval(mins => b.turnaround_minutes)
  OR o.expires_at IS DISTINCT FROM b.expires_at
LIMIT 100""",
    "the last event of a booking says its status": """
SELECT b.place_id || '-' || replace(b.booking_id::text, '-', '')
FROM booking b LEFT JOIN booking_event e ON e.place_id = b.place_id AND e.booking_id = b.booking_id
  AND e.seq = b.version
WHERE e.becomes IS DISTINCT FROM b.status
LIMIT 100""",
}
"""A sentence that must hold, and the statement that names up to 100 bookings for which it does not."""


def examine() -> Plan[dict[str, list[str]]]:
    """The bookings that break each check; empty lists where all is well."""
    found = {}
    for sentence, statement in CHECKS.items():
        rows = yield statement, ()
        found[sentence] = [row[0] for row in rows]
    return found
