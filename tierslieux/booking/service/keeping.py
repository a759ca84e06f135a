"""Keeping a desk for somebody who tries again: what they kept for the same time is let go in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from tierslieux.booking.engine import Order, Placed, book, book_in_lock
from tierslieux.booking.queries.bookings import load_booking
from tierslieux.booking.repository.holding import find_holds_over
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.locks import lock_guest, lock_resources
from tierslieux.booking.service.changes import change
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan


def keep_anew(order: Order) -> Plan[Placed]:
    """``book`` for a hold of ``order.guest_id``, whose other holds here at that time make room for it."""
    if order.guest_id is None or order.wish.during is None:
        return (yield from book(order))
    place_id, guest_id, now = order.place_id, order.guest_id, order.by.now
    yield from lock_guest(place_id, guest_id)
    kept = yield from find_holds_over(place_id, guest_id, order.wish.during, now)
    yield from lock_resources(place_id, {order.resource_id, *kept.values()})
    let_go = []
    for booking_id in kept:
        held = yield from load_booking(place_id, booking_id, now)
        if held.status == "held":
            let_go.append((yield from change(held, ("held",), "cancelled_by_guest", order.by)))
    placed = yield from book_in_lock(order)
    return replace(placed, lapsed=(*placed.lapsed, *let_go))


def without_own_hold(asked: Asked, holder: UUID | None, during: TimeRange | None) -> Plan[Asked]:
    """``asked`` without the desk that ``holder`` keeps there at that time: it is theirs to take."""
    if holder is None or during is None:
        return asked
    kept = yield from find_holds_over(asked.place_id, holder, during, asked.now)
    own = next((booking_id for booking_id, resource_id in kept.items() if resource_id == asked.resource_id), None)
    return replace(asked, except_id=own)
