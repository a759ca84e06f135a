"""A booking that goes to another place: made there, ended here, in one transaction, so that a crash leaves neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tierslieux.booking.domain.closing import Goal
from tierslieux.booking.domain.values import BrokenRule, Wish
from tierslieux.booking.engine import Order, book_in_lock
from tierslieux.booking.errors import Refused
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.repository.locks import lock_elsewhere, lock_guest
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service.moving import before_of
from tierslieux.places.local_ids import local_id
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

NEAR_BY_METRES = 50_000
_NEAR_BY = """
SELECT 1 FROM place here JOIN place there ON ST_DWithin(here.position, there.position, %(metres)s::integer)
WHERE here.place_id = %(place_id)s::integer AND there.place_id = %(other)s::integer
"""


def move_elsewhere(booking: BookingView, goal: Goal, by: Actor, facts: Mapping[str, Any]) -> Plan[tuple[UUID, str]]:
    """Make the booking at the goal's place, by that place's own rules; its key and its public id.

    ``NotFound`` where the place is none or too far away, ``Refused`` where its rules do not take the booking. The
    caller ends the old one. ``moved_from`` ties the two.
    """
    if not (yield _NEAR_BY, {"place_id": booking.place_id, "other": goal.place_id, "metres": NEAR_BY_METRES}):
        raise NotFound
    wish = Wish(goal.start or booking.start, goal.end or booking.end, booking.seats)
    yield from lock_guest(goal.place_id, booking.guest_id)
    if not (yield from lock_elsewhere(goal.place_id, goal.resource_id, booking.place_id)):
        during = wish.during or TimeRange(booking.start, booking.end)
        raise Refused([BrokenRule("slot_taken", None, during)], None)
    order = Order(
        place_id=goal.place_id,
        resource_id=goal.resource_id,
        wish=wish,
        guest_id=booking.guest_id,
        by=by,
        origin=booking.origin,
        guest_label=booking.guest_label,
        moved_from=booking.public_id,
        instead_of=booking.booking_id,
        facts={"from": before_of(booking), "calendar": booking.calendar_facts, **facts},
    )
    placed = yield from book_in_lock(order)
    return placed.booking_id, local_id(goal.place_id, placed.booking_id)
