"""Which bookings their guests are reminded of: those of tomorrow, from six in the evening of the place's own day."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import LiteralString
from uuid import UUID

import msgspec

from tierslieux.web.plans import Plan

REMINDED_AT = time(18)
"""The time of the place, on the day before, from which a reminder is due."""
AT_ONCE = 500
"""How many reminders are stored in one minute: what is booked meanwhile is mailed without a long wait."""
# addresses of made-up people can never be reached (RFC 2606)
# what begins on the day after is at most 31 hours away (a day of 25 hours); a seat is there while a booking blocks
_DUE: LiteralString = """
SELECT DISTINCT lower(b.during), b.place_id, b.booking_id, b.local_date
FROM occupied_seat o
JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
JOIN place p ON p.place_id = b.place_id
JOIN account a ON a.account_id = b.guest_id AND a.email IS NOT NULL AND a.email NOT LIKE '%%.invalid'
JOIN booking_event e ON e.place_id = b.place_id AND e.booking_id = b.booking_id AND e.seq = b.version
WHERE lower(o.busy) > %(now)s::timestamptz AND lower(o.busy) < %(now)s::timestamptz + interval '31 hours'
  AND b.status = 'confirmed'
  AND ((b.local_date - 1) + %(reminded_at)s::time) AT TIME ZONE p.time_zone <= %(now)s::timestamptz
  AND e.at < ((b.local_date - 1) + %(reminded_at)s::time) AT TIME ZONE p.time_zone
  AND NOT EXISTS (SELECT FROM mail m WHERE m.place_id = b.place_id AND m.recipient_id = b.guest_id
    AND m.cause = 'booking ' || replace(b.booking_id::text, '-', '') || ' reminder ' || b.local_date)
ORDER BY 1, 3 LIMIT %(limit)s::integer
"""
_STILL = """
SELECT version FROM booking
WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid AND status = 'confirmed'
  AND local_date = %(local_date)s::date
FOR SHARE
"""


class DueReminder(msgspec.Struct, frozen=True):
    """A booking whose guest is to be reminded, in the order of the query's columns."""

    start: datetime
    place_id: int
    booking_id: UUID
    local_date: date

    @property
    def cause(self) -> str:
        """What the mail is about, once: the booking on that day. Moved to another day it is told again."""
        return f"booking {self.booking_id.hex} reminder {self.local_date.isoformat()}"


def due_reminders(now: datetime) -> Plan[list[DueReminder]]:
    """Confirmed bookings of tomorrow (or of later today), the next ones first, whose guests were not told yet.

    Whoever booked, moved or was accepted after the time of reminders has a mail that says the same.
    """
    rows = yield _DUE, {"now": now, "reminded_at": REMINDED_AT, "limit": AT_ONCE}
    return [DueReminder(*row) for row in rows]


def version_to_remind_of(due: DueReminder) -> Plan[int | None]:
    """The version of the booking, which stays until the transaction ends; ``None`` where it is not due any more."""
    rows = yield _STILL, {"place_id": due.place_id, "booking_id": due.booking_id, "local_date": due.local_date}
    return rows[0][0] if rows else None
