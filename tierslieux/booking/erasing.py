"""A person taken out of their bookings: at once where they ask, and from what is more than twelve months old.

What stays are facts without a person: within what is erased together, one person keeps one random number, so that
persons can still be counted, and nothing leads from it to anyone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID, uuid4

from tierslieux.accounts.domain import months_before
from tierslieux.booking.errors import OpenBookings
from tierslieux.booking.queries.people import NAME_SHOWN
from tierslieux.places.local_ids import local_id
from tierslieux.places.personal import NOBODY
from tierslieux.web.plans import Plan

MONTHS_KEPT = 12
"""How long a booking leads to its guest: so many whole months, counted from the month of the visit."""
WISH_KEPT = timedelta(days=30)
"""How long a wish to be told of a free desk is kept after its time."""

_OPEN = """
SELECT place_id, booking_id FROM booking
WHERE guest_id = %(account_id)s::uuid AND status IN ('pending', 'confirmed', 'checked_in')
  AND upper(during) > %(now)s::timestamptz AND (expires_at IS NULL OR expires_at > %(now)s::timestamptz)
ORDER BY lower(during), booking_id LIMIT 100
"""
# whatever is booked or offered for the person locks such a row first: it is over before the rest is read
_LOCK = "SELECT FROM guest_at_place WHERE guest_id = %(account_id)s::uuid ORDER BY place_id FOR UPDATE"
_ERASE: tuple[LiteralString, ...] = (
    """UPDATE booking_event e SET why = NULL FROM booking b
    WHERE b.place_id = e.place_id AND b.booking_id = e.booking_id AND b.guest_id = %(account_id)s::uuid
      AND e.actor_id = %(account_id)s::uuid""",
    "UPDATE booking_event SET actor_id = %(fresh)s::uuid WHERE actor_id = %(account_id)s::uuid",
    """UPDATE booking SET guest_id = %(fresh)s::uuid, guest_label = NULL, moved_from = NULL
    WHERE guest_id = %(account_id)s::uuid""",
    "UPDATE guest_at_place SET guest_id = %(fresh)s::uuid WHERE guest_id = %(account_id)s::uuid",
    "UPDATE booking_series SET guest_id = %(fresh)s::uuid WHERE guest_id = %(account_id)s::uuid",
    """UPDATE waitlist_entry SET guest_id = %(fresh)s::uuid,
      state = CASE WHEN state IN ('waiting', 'offered') THEN 'withdrawn' ELSE state END
    WHERE guest_id = %(account_id)s::uuid""",
)
_LABELS = """
UPDATE booking SET guest_label = NULL
WHERE guest_label IS NOT NULL AND upper(during) < %(named_until)s::timestamptz
"""
# Whoever still has an account is known; a number without one was given here, or to someone who erased theirs.
_HISTORY: tuple[LiteralString, ...] = (
    """WITH known AS (
      SELECT DISTINCT b.guest_id FROM booking b JOIN account a ON a.account_id = b.guest_id
      WHERE b.local_date < %(before)s::date),
    fresh AS MATERIALIZED (SELECT guest_id, gen_random_uuid() AS number FROM known),
    changed AS (
      UPDATE booking b SET guest_id = f.number, moved_from = NULL FROM fresh f
      WHERE b.guest_id = f.guest_id AND b.local_date < %(before)s::date
      RETURNING b.place_id, b.booking_id, f.guest_id, f.number)
    UPDATE booking_event e SET actor_id = c.number FROM changed c
    WHERE e.place_id = c.place_id AND e.booking_id = c.booking_id AND e.actor_id = c.guest_id""",
    """UPDATE booking_event e SET why = NULL,
      actor_id = CASE WHEN EXISTS (SELECT FROM account a WHERE a.account_id = e.actor_id) THEN %(nobody)s::uuid
        ELSE e.actor_id END
    FROM booking b WHERE b.place_id = e.place_id AND b.booking_id = e.booking_id AND b.local_date < %(before)s::date
      AND (e.why IS NOT NULL OR EXISTS (SELECT FROM account a WHERE a.account_id = e.actor_id))""",
    """UPDATE booking_series s SET guest_id = NULL
    WHERE s.guest_id IS NOT NULL AND s.created_at < %(before)s::date AND NOT EXISTS (
      SELECT FROM booking b WHERE b.place_id = s.place_id AND b.series_id = s.series_id AND b.guest_id = s.guest_id)""",
    """DELETE FROM guest_at_place g
    WHERE EXISTS (SELECT FROM account a WHERE a.account_id = g.guest_id) AND NOT EXISTS (
      SELECT FROM booking b WHERE b.place_id = g.place_id AND b.guest_id = g.guest_id)""",
)
_WISHES = "DELETE FROM waitlist_entry WHERE upper(wish) < %(wished_until)s::timestamptz"
_USED = """
SELECT DISTINCT guest_id FROM booking
WHERE guest_id = ANY(%(accounts)s::uuid[]) AND (local_date >= %(day)s::date OR created_at >= %(day)s::date)
"""


def erase_guest(account_id: UUID, now: datetime) -> Plan[None]:
    """Give what the person booked, wished and did one random number. ``OpenBookings`` while something is to come."""
    yield _LOCK, {"account_id": account_id}
    rows = yield _OPEN, {"account_id": account_id, "now": now}
    if rows:
        raise OpenBookings(bookings=[local_id(*row) for row in rows])
    numbers = {"account_id": account_id, "fresh": uuid4()}
    for statement in _ERASE:
        yield statement, numbers


def forget_history(now: datetime) -> Plan[None]:
    """Take persons out of the bookings of months that are over for twelve months; the names of teams' guests after 30
    days; wishes after as many. Run twice, the second run finds nothing."""
    today = now.date()
    numbers = {
        "before": months_before(today.replace(day=1), MONTHS_KEPT),
        "nobody": NOBODY,
        "named_until": now - NAME_SHOWN,
        "wished_until": now - WISH_KEPT,
    }
    for statement in (_LABELS, *_HISTORY, _WISHES):
        yield statement, numbers


def guests_since(accounts: list[UUID], day: object) -> Plan[set[UUID]]:
    """Those of these accounts that booked on ``day`` (a date) or later, or for such a day."""
    rows = yield _USED, {"accounts": accounts, "day": day}
    return {row[0] for row in rows}
