"""Taking a made-up life away: bookings, people, rooms, and what was said of places."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString

from tierslieux.demo.domain.people import DOMAIN
from tierslieux.demo.repository.settling import SOURCE
from tierslieux.web.plans import Plan

_PEOPLE: LiteralString = "SELECT account_id FROM account WHERE email LIKE %(pattern)s"
_LOCK: LiteralString = """
SELECT resource_id FROM resource WHERE place_id = ANY(%(ids)s::integer[]) ORDER BY place_id, resource_id FOR UPDATE
"""
# figures of the days that had a life are to be worked out again
_MARKS: LiteralString = """
INSERT INTO stat_dirty (place_id, day)
SELECT place_id, local_date FROM booking WHERE place_id = ANY(%(ids)s::integer[])
UNION SELECT place_id, local_date FROM visit WHERE place_id = ANY(%(ids)s::integer[])
"""
_OF_PLACES: tuple[LiteralString, ...] = (
    "DELETE FROM occupied_seat WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM booking_event WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM waitlist_entry WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM booking WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM booking_series WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM closure WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM resource_day WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM seat WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM resource WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM visit WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM guest_at_place WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM hours_exception WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM idempotent_request WHERE place_id = ANY(%(ids)s::integer[])",
    "DELETE FROM mail WHERE place_id = ANY(%(ids)s::integer[])",
)
"""What a place has only through its made-up life: none had anything to book before."""
_OF_PEOPLE: tuple[LiteralString, ...] = (
    "DELETE FROM membership WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM favourite WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM mail WHERE recipient_id = ANY(%(people)s::uuid[])",
    "DELETE FROM idempotent_request WHERE actor_id = ANY(%(people)s::uuid[])",
    "DELETE FROM sign_in_code WHERE email LIKE %(pattern)s",
    "DELETE FROM login_session WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM access_token WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM external_identity WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM account_role WHERE account_id = ANY(%(people)s::uuid[])",
    "DELETE FROM account WHERE account_id = ANY(%(people)s::uuid[])",
)
_SAID: LiteralString = """
DELETE FROM place_field
WHERE place_id = ANY(%(ids)s::integer[]) AND (source = %(source)s OR confirmed_by = ANY(%(people)s::uuid[]))
"""
_DAYS_BEHIND: LiteralString = """
DELETE FROM place_day d USING demonstration m WHERE d.place_id = m.place_id AND d.day <@ m.past_days
"""
_UNMARK: LiteralString = "DELETE FROM demonstration"


def remove(place_ids: Collection[int]) -> Plan[None]:
    """Take everything away from these places, all of a demonstration; what they show is chosen again by the caller.

    Made-up people go too, also where no place is left of theirs.
    """
    pattern = f"%@{DOMAIN}"
    people = [row[0] for row in (yield _PEOPLE, {"pattern": pattern})]
    ids = {"ids": list(place_ids)}
    yield _LOCK, ids
    yield _MARKS, ids
    for statement in _OF_PLACES:
        yield statement, ids
    yield _SAID, {**ids, "people": people, "source": SOURCE}
    for statement in _OF_PEOPLE:
        yield statement, {"people": people, "pattern": pattern}
    yield _DAYS_BEHIND, {}
    yield _UNMARK, {}
