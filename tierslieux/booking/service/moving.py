"""Another time, another resource, more seats: the booking keeps its id, and on refusal stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tierslieux.booking.domain.rules import busy_of, mode_of
from tierslieux.booking.domain.seating import Seating, SeatMove
from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.domain.values import BrokenRule, Mode, Wish
from tierslieux.booking.engine import Exempt, Judged, accepted, expiry_of, judge
from tierslieux.booking.errors import Refused, StatusChanged
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.locks import lock_guest, lock_resources
from tierslieux.booking.repository.seats import SeatRows, reseat, seat_booking, unseat
from tierslieux.booking.repository.writing import Actor, NewBooking, expire, move_booking
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

MOVABLE: frozenset[Status] = frozenset({"pending", "confirmed"})
UNDER_WAY: frozenset[Status] = frozenset({"confirmed", "checked_in"})
"""Whose end may still change once they have begun."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a booking goes; what is ``None`` stays. ``seat_ids`` empty: any seat."""

    resource_id: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    seats: int | None = None
    mode: Mode | None = None
    seat_ids: tuple[int, ...] | None = None

    def resource_of(self, booking: BookingView) -> int:
        """The resource that the booking will be of."""
        return booking.resource_id if self.resource_id is None else self.resource_id


def is_changeable(booking: BookingView, now: datetime) -> bool:
    """Whether it can be given another time: until it begins, and while it runs another end."""
    return booking.status in MOVABLE if booking.start > now else booking.status in UNDER_WAY and booking.end > now


def move(found: BookingView, target: Target, by: Actor, *, is_override: bool = False) -> Plan[int]:
    """Move the booking within its place; its new version. ``Refused``, ``StatusChanged``: it stays as it was.

    Once it has begun, only its end changes (a team may override that), to an instant that is still to come.
    """
    place_id, booking_id = found.place_id, found.booking_id
    yield from lock_guest(place_id, found.guest_id)
    yield from lock_resources(place_id, {found.resource_id, target.resource_of(found)})
    booking = yield from load_booking(place_id, booking_id, by.now)
    if not is_changeable(booking, by.now) or booking.resource_id != found.resource_id:
        raise StatusChanged(booking_status=booking.status)
    exempt = Exempt(is_override, booking.start)
    if booking.start > by.now:
        return (yield from move_in_lock(booking, target, by, exempt))
    return (yield from _move_under_way(booking, target, by, exempt))


def _move_under_way(booking: BookingView, target: Target, by: Actor, exempt: Exempt) -> Plan[int]:
    """Another end, on the seats where its guests sit: who has arrived never changes seats, others where they must."""
    asked, wish = _asked(booking, target, by.now), wish_of(booking, target)
    judged = yield from judge(asked, _sitting(booking, target, wish), exempt)
    if booking.status != "checked_in" and [rule.code for rule in judged.broken] == ["slot_taken"]:
        judged = yield from judge(asked, wish, exempt)
    begun = [] if exempt.is_override else _broken_while_it_runs(booking, asked.resource_id, wish, by.now)
    if begun:
        rest = [rule for rule in judged.broken if rule.code != "in_the_past"]
        raise Refused([*begun, *rest], judged.loaded)
    return (yield from _carry_out(booking, wish, judged, by, {}))


def _asked(booking: BookingView, target: Target, now: datetime) -> Asked:
    return Asked(booking.place_id, target.resource_of(booking), booking.guest_id, now, booking.booking_id)


def _carry_out(booking: BookingView, wish: Wish, judged: Judged, by: Actor, facts: Mapping[str, Any]) -> Plan[int]:
    """Give the booking what was judged; ``Refused`` where it breaks a rule."""
    seating = accepted(judged)
    yield from expire(booking.place_id, judged.loaded.expired, by.now)
    new = _as_moved(booking, wish, judged, seating)
    return (yield from put_elsewhere(booking, new, by, facts, reseated=seating.moves))


def _sitting(booking: BookingView, target: Target, wish: Wish) -> Wish:
    """The wish for the seats that the booking has, where no others are named and as many are needed."""
    stays = target.resource_id in {None, booking.resource_id} and wish.seats == booking.seats
    return replace(wish, seat_ids=tuple(booking.seat_ids)) if stays and target.seat_ids is None else wish


def _broken_while_it_runs(booking: BookingView, resource_id: int, wish: Wish, now: datetime) -> list[BrokenRule]:
    broken = []
    if wish.start != booking.start or resource_id != booking.resource_id:
        broken.append(BrokenRule("in_the_past", now, booking.start))
    if wish.end <= now:
        broken.append(BrokenRule("in_the_past", now, wish.end))
    return broken


def rest_of(booking: BookingView, target: Target, now: datetime) -> tuple[Asked, Wish]:
    """What alternatives are looked for where a change is refused: the wish, or once it runs the time that it lacks."""
    asked, wish = _asked(booking, target, now), wish_of(booking, target)
    if booking.start > now:
        return asked, wish
    return replace(asked, except_id=None), replace(
        wish, start=max(booking.end, now), end=max(booking.end, now, wish.end), mode=None, seat_ids=()
    )


def move_in_lock(
    booking: BookingView, target: Target, by: Actor, exempt: Exempt, facts: Mapping[str, Any] | None = None
) -> Plan[int]:
    """``move`` where the locks are held already, the booking was read after them, and it is one of ``MOVABLE``."""
    wish = wish_of(booking, target)
    judged = yield from judge(_asked(booking, target, by.now), wish, exempt)
    return (yield from _carry_out(booking, wish, judged, by, facts or {}))


def wish_of(booking: BookingView, target: Target) -> Wish:
    """What the booking becomes. A change of time or resource gives up a chosen seat unless one is named again."""
    changed = booking.seats if target.seats is None else target.seats
    start, end = target.start or booking.start, target.end or booking.end
    moved = target.resource_id not in {None, booking.resource_id}
    kept = tuple(booking.seat_ids) if booking.seats_chosen and not moved and changed == booking.seats else ()
    same_range = (start, end) == (booking.start, booking.end)
    mode: Any = target.mode or (booking.mode if same_range and not moved else None)
    return Wish(start, end, changed, mode, kept if target.seat_ids is None else target.seat_ids)


def before_of(booking: BookingView) -> dict[str, Any]:
    """What an event notes of a booking that goes elsewhere, so that it can be told, and taken back."""
    return {
        "place_id": booking.place_id,
        "place": ", ".join(filter(None, (booking.place_name, booking.commune_name))),
        "resource_id": booking.resource_id,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "seats": booking.seats,
        "mode": booking.mode,
        "price_cents": booking.price_cents,
        "turnaround_minutes": booking.turnaround_minutes,
        "chosen": sorted(booking.seat_ids) if booking.seats_chosen else [],
        "expires_at": booking.expires_at.isoformat() if booking.expires_at else None,
    }


def put_elsewhere(
    booking: BookingView, new: NewBooking, by: Actor, facts: Mapping[str, Any], reseated: Sequence[SeatMove]
) -> Plan[int]:
    """Make ``booking`` what ``new`` says, on the seats of ``new``, which ``reseated`` makes room for; its new version.

    The event notes what it was before, and ``facts``. Judges nothing: for what has been judged.
    """
    yield from unseat(booking.place_id, [booking.booking_id])
    yield from reseat(booking.place_id, reseated)
    version = yield from move_booking(new, booking.version, by, {"from": before_of(booking), **facts})
    if version is None:
        raise StatusChanged(booking_status=booking.status)
    busy = TimeRange(new.during.start, new.busy_end)
    stays = new.seats_chosen or booking.status == "checked_in"
    rows = SeatRows(booking.booking_id, new.resource_id, new.seat_ids, busy, stays, new.expires_at)
    yield from seat_booking(booking.place_id, rows)
    return version


def _as_moved(booking: BookingView, wish: Wish, judged: Judged, seating: Seating) -> NewBooking:
    situation = judged.loaded.situation
    resource, during = situation.resource, TimeRange(wish.start, wish.end)
    mode = mode_of(wish, situation) or "hour"
    return NewBooking(
        place_id=booking.place_id,
        booking_id=booking.booking_id,
        resource_id=resource.resource_id,
        guest_id=booking.guest_id,
        guest_label=booking.guest_label,
        origin=booking.origin,
        mode=mode,
        status=booking.status,
        during=during,
        busy_end=busy_of(during, resource.turnaround_minutes).end,
        local_date=during.start.astimezone(situation.zone).date(),
        seats=wish.seats,
        seat_ids=seating.seats,
        seats_chosen=bool(wish.seat_ids),
        turnaround_minutes=resource.turnaround_minutes,
        expires_at=expiry_of(booking.status, judged.loaded, wish.start),
        price_cents=resource.price_of(mode, during, wish.seats),
    )
