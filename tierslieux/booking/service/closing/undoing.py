"""Take a closure back within ten minutes: what it ended or moved is as before, or is named where that cannot be.

A booking that its guest changed since stays as they made it. What comes back is judged by its seats alone: it had been
accepted before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.booking.domain.rules import busy_of
from tierslieux.booking.domain.seating import Ask, Seating
from tierslieux.booking.domain.statuses import BLOCKING, Status
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import seat
from tierslieux.booking.errors import UndoTooLate
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.repository.closures import (
    StoredClosure,
    Tied,
    count_again,
    load_closure,
    load_tied,
)
from tierslieux.booking.repository.loading import Asked, Loaded, load_situation
from tierslieux.booking.repository.locks import lock_place, lock_resources
from tierslieux.booking.repository.seats import SeatRows, reseat, seat_booking
from tierslieux.booking.repository.writing import Actor, NewBooking, Step, change_status, expire
from tierslieux.booking.service.closing.closures import Closed, reopen, tell
from tierslieux.booking.service.closing.settling import Cause, Hit, Settled, end_by_team, merged
from tierslieux.booking.service.moving import put_elsewhere
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan


@dataclass(frozen=True, slots=True)
class Former:
    """What a booking was before the closure."""

    resource_id: int
    start: datetime
    end: datetime
    seats: int
    mode: str
    price_cents: int | None
    turnaround_minutes: int
    chosen: tuple[int, ...]
    expires_at: datetime | None

    @property
    def during(self) -> TimeRange:
        """Its range."""
        return TimeRange(self.start, self.end)


def undo(place_id: int, closure_id: UUID, by: Actor) -> Plan[Closed]:
    """Take the closure back; the hits of the answer are the bookings that are lost.

    ``NotFound`` where there is none (any more), ``UndoTooLate`` after its ten minutes.
    """
    there = yield from _elsewhere(place_id, closure_id, by.now)
    for place in sorted({place_id, *(each[0] for each in there)}):
        if place == place_id:
            yield from lock_place(place_id)
        else:
            yield from lock_resources(place, [resource for at, resource in there if at == place])
    closure = yield from load_closure(place_id, closure_id)
    if closure is None:
        raise NotFound
    if closure.undo_until is None or by.now > closure.undo_until:
        raise UndoTooLate
    yield from reopen(place_id, closure, by)
    return (yield from _given_back(place_id, closure, by))


def _elsewhere(place_id: int, closure_id: UUID, now: datetime) -> Plan[set[tuple[int, int]]]:
    """Resources of other places to which bookings went, so that all can be locked in one order."""
    found = set()
    for tied in (yield from load_tied(place_id, closure_id)):
        if "moved_to" in tied.facts:
            other, key = parse_local_uuid(tied.facts["moved_to"])
            there = yield from load_booking(other, key, now)
            found.add((other, there.resource_id))
    return found


def _given_back(place_id: int, closure: StoredClosure, by: Actor) -> Plan[Closed]:
    parts = []
    for tied in (yield from load_tied(place_id, closure.closure_id)):
        booking = yield from load_booking(place_id, tied.booking_id, by.now)
        if tied.is_untouched:
            parts.append((yield from _give_back(booking, tied, Cause(by, closure.closure_id))))
    settled = merged(parts)
    yield from tell(settled)
    return Closed(closure, settled.hits)


def _give_back(booking: BookingView, tied: Tied, cause: Cause) -> Plan[Settled]:
    former = _former(tied.facts["from"])
    if tied.was == "held" or _is_over(former, cause.by.now):
        return _lost(booking, former)
    if "moved_to" in tied.facts:
        return (yield from _return_from_elsewhere(booking, former, tied, cause))
    if booking.status in BLOCKING:
        return (yield from _move_back(booking, former, cause))
    return (yield from _revive(booking, former, tied, cause))


def _former(said: dict[str, Any]) -> Former:
    known = {name: said[name] for name in ("resource_id", "seats", "mode", "price_cents", "turnaround_minutes")}
    expires_at = datetime.fromisoformat(said["expires_at"]) if said["expires_at"] else None
    start, end = datetime.fromisoformat(said["start"]), datetime.fromisoformat(said["end"])
    return Former(start=start, end=end, chosen=tuple(said["chosen"]), expires_at=expires_at, **known)


def _is_over(former: Former, now: datetime) -> bool:
    """Whether its time, or the time to answer it, has passed meanwhile."""
    return former.end <= now or (former.expires_at is not None and former.expires_at <= now)


def _lost(booking: BookingView, former: Former) -> Settled:
    shown = msgspec.structs.replace(booking, resource_id=former.resource_id, start=former.start, end=former.end)
    return Settled((Hit(shown, "lost"),))


def _situation(booking: BookingView, former: Former, by: Actor) -> Plan[tuple[Loaded, Seating] | None]:
    """The former resource and seats there; ``None`` where none are free, or it is no longer offered."""
    asked = Asked(booking.place_id, former.resource_id, None, by.now, booking.booking_id)
    try:
        loaded = yield from load_situation(asked, Wish(former.start, former.end, former.seats))
    except NotFound:
        return None
    if any(closed.during.overlaps(former.during) for closed in loaded.situation.closed):
        return None  # another closure holds there
    yield from expire(booking.place_id, loaded.expired, by.now)
    busy = busy_of(former.during, former.turnaround_minutes)
    count = loaded.situation.resource.rows_for(former.seats)
    seating = yield from seat(asked, loaded, Ask(former.during, busy, count, former.chosen))
    return None if seating is None else (loaded, seating)


def _revive(booking: BookingView, former: Former, tied: Tied, cause: Cause) -> Plan[Settled]:
    found = yield from _situation(booking, former, cause.by)
    if found is None:
        return _lost(booking, former)
    becomes: Status = "pending" if tied.was == "pending" else "confirmed"
    step = Step((booking.status,), becomes, expires_at=former.expires_at, facts={"undone": cause.facts["closure_id"]})
    changed = yield from change_status(booking.place_id, [booking.booking_id], step, cause.by)
    if not changed:
        return _lost(booking, former)
    yield from count_again(booking.place_id, booking.booking_id)
    yield from reseat(booking.place_id, found[1].moves)
    busy = busy_of(former.during, former.turnaround_minutes)
    rows = SeatRows(
        booking.booking_id, former.resource_id, found[1].seats, busy, bool(former.chosen), former.expires_at
    )
    yield from seat_booking(booking.place_id, rows)
    return Settled((), ((booking.place_id, booking.booking_id, changed[0].seq),))


def _move_back(booking: BookingView, former: Former, cause: Cause) -> Plan[Settled]:
    found = yield from _situation(booking, former, cause.by)
    if found is None:
        return _lost(booking, former)
    loaded, seating = found
    new = _as_before(booking, former, seating, ZoneInfo(loaded.place.time_zone))
    facts = {"undone": cause.facts["closure_id"]}
    seq = yield from put_elsewhere(booking, new, cause.by, facts, seating.moves)
    return Settled((), ((booking.place_id, booking.booking_id, seq),))


def _as_before(booking: BookingView, former: Former, seating: Seating, zone: ZoneInfo) -> NewBooking:
    return NewBooking(
        place_id=booking.place_id,
        booking_id=booking.booking_id,
        resource_id=former.resource_id,
        guest_id=booking.guest_id,
        guest_label=booking.guest_label,
        origin=booking.origin,
        mode=former.mode,
        status=booking.status,
        during=former.during,
        busy_end=former.end + timedelta(minutes=former.turnaround_minutes),
        local_date=former.start.astimezone(zone).date(),
        seats=former.seats,
        seat_ids=seating.seats,
        seats_chosen=bool(former.chosen),
        turnaround_minutes=former.turnaround_minutes,
        expires_at=former.expires_at,
        price_cents=former.price_cents,
    )


def _return_from_elsewhere(booking: BookingView, former: Former, tied: Tied, cause: Cause) -> Plan[Settled]:
    """End the booking at the other place, once the seat here is sure. It stays where its guest changed it since."""
    other, key = parse_local_uuid(tied.facts["moved_to"])
    there = yield from load_booking(other, key, cause.by.now)
    if there.version != 1 or there.status not in {"pending", "confirmed"}:
        return Settled()
    back = yield from _revive(booking, former, tied, cause)
    if not back.hits:
        yield from end_by_team(there, Cause(cause.by), {"moved_to": booking.public_id})
    return back
