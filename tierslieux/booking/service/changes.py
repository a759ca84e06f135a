"""What becomes of a booking: confirmed, answered, cancelled, arrived. Compare-and-swap within the resource's lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tierslieux.booking.domain.rules import PERSONAL, broken_rules, busy_of
from tierslieux.booking.domain.seating import Ask, Pool, choose_seats
from tierslieux.booking.domain.statuses import BLOCKING, Status
from tierslieux.booking.domain.values import BrokenRule, Wish
from tierslieux.booking.engine import OFFER, Order, expiry_of
from tierslieux.booking.errors import (
    CheckInTooEarly,
    CheckInTooLate,
    HoldExpired,
    HoldMismatch,
    Refused,
    StatusChanged,
)
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.repository.holding import set_guest, set_hold_end
from tierslieux.booking.repository.loading import Asked, load_situation
from tierslieux.booking.repository.locks import lock_guest, lock_resources
from tierslieux.booking.repository.seats import SeatRows, reseat, seat_booking
from tierslieux.booking.repository.waitlist import note_acceptance
from tierslieux.booking.repository.writing import Actor, Changed, Step, change_status, expire
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

CHECK_IN_EARLY = timedelta(minutes=15)
UNDO = timedelta(minutes=10)
"""How long a check-in, and a closure, can be taken back."""


def locked_booking(place_id: int, booking_id: UUID, now: datetime) -> Plan[BookingView]:
    """The booking as it is within the lock of its resource; looked up again where it moved meanwhile."""
    found = yield from load_booking(place_id, booking_id, now)
    while True:
        yield from lock_resources(place_id, (found.resource_id,))
        again = yield from load_booking(place_id, booking_id, now)
        if again.resource_id == found.resource_id:
            return again
        found = again


def confirm_hold(order: Order, booking_id: UUID, holder_id: UUID) -> Plan[Changed]:
    """Turn the desk that ``holder_id`` keeps into a booking of the order's guest. Rules were judged when it was kept.

    ``NotFound``: someone else's; ``HoldExpired``; ``HoldMismatch`` where the order asks for something else.
    """
    yield from lock_guest(order.place_id, order.guest_id)
    held = yield from locked_booking(order.place_id, booking_id, order.by.now)
    if held.guest_id not in {holder_id, order.guest_id}:
        raise NotFound
    if held.status == "expired":
        raise HoldExpired
    if held.status != "held":
        raise StatusChanged(booking_status=held.status)
    _check_same(held, order)
    loaded = yield from load_situation(_asked(held, order.guest_id, order.by.now), order.wish)
    personal = [rule for rule in broken_rules(order.wish, loaded.situation) if rule.code in PERSONAL]
    if personal and not order.is_override:
        raise Refused(personal, loaded)
    becomes: Status = "pending" if held.policy.requires_approval and not order.by_team else "confirmed"
    step = Step(("held",), becomes, only_live=True, expires_at=expiry_of(becomes, loaded, held.start))
    yield from set_guest(order.place_id, booking_id, order.guest_id, loaded.travels)
    changed = yield from change_status(order.place_id, [booking_id], step, order.by)
    if not changed:
        raise HoldExpired
    if held.origin == OFFER:
        yield from note_acceptance(order.place_id, booking_id)
    return changed[0]


def _check_same(held: BookingView, order: Order) -> None:
    wish = order.wish
    same = (
        held.resource_id == order.resource_id
        and (held.start, held.end) == (wish.start, wish.end)
        and held.seats == wish.seats
        and wish.mode in {None, held.mode}
        and (not wish.seat_ids or sorted(wish.seat_ids) == held.seat_ids)
    )
    if not same:
        raise HoldMismatch


def _asked(booking: BookingView, guest_id: UUID | None, now: datetime) -> Asked:
    return Asked(booking.place_id, booking.resource_id, guest_id, now, booking.booking_id)


def renew_hold(place_id: int, booking_id: UUID, holder_id: UUID, now: datetime) -> Plan[None]:
    """Keep the desk once more as long, from now. A second time is ``StatusChanged``; an expired one ``HoldExpired``."""
    held = yield from locked_booking(place_id, booking_id, now)
    if held.guest_id != holder_id:
        raise NotFound
    if held.status == "expired":
        raise HoldExpired
    if held.status != "held" or held.renewed:
        raise StatusChanged(booking_status=held.status)
    yield from set_hold_end(place_id, booking_id, now + timedelta(minutes=held.policy.hold_minutes))


def change(booking: BookingView, sources: Sequence[Status], becomes: Status, by: Actor) -> Plan[Changed]:
    """One compare-and-swap of a locked booking, or ``StatusChanged`` with what it is now.

    Cancelled in time it no longer counts in the guest's quota; late, it does.
    """
    step = Step(tuple(sources), becomes, still_counts(booking, becomes, by.now), only_live=True)
    changed = yield from change_status(booking.place_id, [booking.booking_id], step, by)
    if not changed:
        raise StatusChanged(booking_status=booking.status)
    return changed[0]


def still_counts(booking: BookingView, becomes: Status, now: datetime) -> bool:
    """Whether a booking that ends so goes on counting in its guest's quota: late cancellations and absences do."""
    if becomes == "cancelled_by_guest":
        in_time = free_cancellation_until(booking)
        return booking.status == "confirmed" and now > in_time
    return becomes not in {"cancelled_by_host", "declined", "expired"}


def free_cancellation_until(booking: BookingView) -> datetime:
    """Until when a cancellation is in time."""
    return booking.start - timedelta(minutes=booking.policy.free_cancellation_minutes)


def cancel_by_guest(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The guest does not come; a hold is let go the same way."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    return (yield from change(booking, ("held", "pending", "confirmed"), "cancelled_by_guest", by))


def cancel_by_host(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The team cannot welcome the guest."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    return (yield from change(booking, ("pending", "confirmed"), "cancelled_by_host", by))


def approve(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The team agrees to a request that has not lapsed."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    return (yield from change(booking, ("pending",), "confirmed", by))


def decline(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The team refuses a request."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    return (yield from change(booking, ("pending",), "declined", by))


def check_in(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The guest is here: from a quarter of an hour before the start until absences are noted, or the end."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    if booking.status != "confirmed":
        raise StatusChanged(booking_status=booking.status)
    if by.now < booking.start - CHECK_IN_EARLY:
        raise CheckInTooEarly(check_in_from=booking.start - CHECK_IN_EARLY)
    if by.now >= check_in_until(booking):
        raise CheckInTooLate
    return (yield from change(booking, ("confirmed",), "checked_in", by))


def check_in_until(booking: BookingView) -> datetime:
    """Until when an arrival can be noted before it counts as an absence."""
    grace = booking.policy.no_show_after_minutes
    return min(booking.end, booking.start + timedelta(minutes=grace)) if grace else booking.end


def undo_check_in(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """Take an arrival back within ten minutes."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    if booking.status != "checked_in" or booking.checked_in_at is None or by.now > booking.checked_in_at + UNDO:
        raise StatusChanged(booking_status=booking.status)
    return (yield from change(booking, ("checked_in",), "confirmed", by))


def note_no_show(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The guest did not come; only once the booking has begun."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    if by.now < booking.start:
        raise StatusChanged(booking_status=booking.status)
    return (yield from change(booking, ("confirmed",), "no_show", by))


def check_in_late(place_id: int, booking_id: UUID, by: Actor) -> Plan[Changed]:
    """The team notes that someone came after all, the same local day, if the seats are still free."""
    booking = yield from locked_booking(place_id, booking_id, by.now)
    return (yield from occupy_again(booking, ("no_show", "completed"), "checked_in", by))


def occupy_again(booking: BookingView, sources: Sequence[Status], becomes: Status, by: Actor) -> Plan[Changed]:
    """Bring an ended booking back onto seats, by the same seating as a new one; ``slot_taken`` where there is none."""
    if booking.status not in sources or becomes not in BLOCKING:
        raise StatusChanged(booking_status=booking.status)
    during = TimeRange(booking.start, booking.end)
    wish = Wish(booking.start, booking.end, booking.seats)
    loaded = yield from load_situation(_asked(booking, None, by.now), wish)
    yield from expire(booking.place_id, loaded.expired, by.now)
    situation = loaded.situation
    busy = busy_of(during, booking.turnaround_minutes)
    seating = choose_seats(
        Pool(situation.resource.seats, situation.taken, situation.outages), Ask(during, busy, booking.seat_rows)
    )
    if seating is None:
        raise Refused([BrokenRule("slot_taken", None, during)], loaded)
    step = Step(tuple(sources), becomes)
    changed = yield from change_status(booking.place_id, [booking.booking_id], step, by)
    if not changed:
        raise StatusChanged(booking_status=booking.status)
    yield from reseat(booking.place_id, seating.moves)
    rows = SeatRows(booking.booking_id, booking.resource_id, seating.seats, busy, becomes == "checked_in")
    yield from seat_booking(booking.place_id, rows)
    return changed[0]
