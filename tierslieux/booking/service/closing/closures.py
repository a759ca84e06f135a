"""Close a place or some of its resources over the bookings there; look what it would hit; end a closure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import msgspec

from tierslieux.booking.domain.closing import Decisions
from tierslieux.booking.following import follow_up
from tierslieux.booking.queries.bookings import BookingView, load_bookings
from tierslieux.booking.repository.closures import (
    NewClosure,
    StoredClosure,
    add_closure,
    find_hit,
    load_closure,
    mark_dirty,
    new_closure_id,
    withdraw,
)
from tierslieux.booking.repository.locks import lock_place
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service.changes import UNDO
from tierslieux.booking.service.closing.settling import Cause, Hit, Settled, settle, with_suggestions
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.shared.time import TimeRange
from tierslieux.web.jobs import deferring
from tierslieux.web.plans import Plan


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure that was made, and what became of the bookings in its way."""

    closure: StoredClosure
    hits: tuple[Hit, ...]


def close(new: NewClosure, decisions: Decisions, by: Actor) -> Plan[Closed]:
    """Make the closure and carry out the decisions; ``Undecided`` where one is missing, and nothing is done."""
    known = yield from lock_place(new.place_id)
    _check_resources(new, known)
    yield from check_choices(new.place_id, decisions, by)
    closure = yield from _added(new, by)
    hit = yield from _hit(new, by)
    settled = yield from settle(hit, decisions, Cause(by, closure.closure_id))
    yield from mark_dirty(new.place_id, new.during)
    yield from tell(settled)
    return Closed(closure, (yield from as_now(settled.hits, by)))


def as_now(hits: Sequence[Hit], by: Actor) -> Plan[tuple[Hit, ...]]:
    """The same with the status that each booking has now; all are of one place."""
    if not hits:
        return ()
    found = yield from load_bookings(hits[0].booking.place_id, [hit.booking.booking_id for hit in hits], by.now)
    status = {each.booking_id: each.status for each in found}
    return tuple(
        replace(hit, booking=msgspec.structs.replace(hit.booking, status=status[hit.booking.booking_id]))
        for hit in hits
    )


def preview(new: NewClosure, decisions: Decisions, by: Actor) -> Plan[Closed]:
    """What the closure would hit, and where that could go. Run it where it is rolled back; it waits for nobody."""
    known = yield "SELECT resource_id FROM resource WHERE place_id = %s::integer", (new.place_id,)
    _check_resources(new, [row[0] for row in known])
    yield from check_choices(new.place_id, decisions, by)
    closure = yield from _added(new, by)
    hit = yield from _hit(new, by)
    return Closed(closure, (yield from with_suggestions(hit, by.now)))


def _check_resources(new: NewClosure, known: Collection[int]) -> None:
    unknown = set(new.resource_ids or ()) - set(known)
    if unknown:
        raise invalid("body", "resource_ids", "unknown_value", None, "ressources de ce lieu attendues")


def check_choices(place_id: int, decisions: Decisions, by: Actor) -> Plan[None]:
    """Refuse choices about bookings that the place does not have. One that is no longer in the way does no harm."""
    wanted = list(decisions.choices)
    found = (yield from load_bookings(place_id, wanted, by.now)) if wanted else []
    known = {each.booking_id for each in found}
    for index, booking_id in enumerate(wanted):
        if booking_id not in known:
            name = f"choices[{index}].booking_id"
            raise invalid("body", name, "unknown_value", booking_id.hex, "une réservation de ce lieu attendue")


def _added(new: NewClosure, by: Actor) -> Plan[StoredClosure]:
    closure_id = new_closure_id()
    yield from add_closure(new, closure_id, by.now + UNDO, (by.account_id, by.now))
    closure = yield from load_closure(new.place_id, closure_id)
    if closure is None:
        raise NotFound
    return closure


def _hit(new: NewClosure, by: Actor) -> Plan[list[BookingView]]:
    ids = yield from find_hit(new.place_id, (new.during.start, new.during.end), new.resource_ids, by.now)
    return (yield from load_bookings(new.place_id, ids, by.now))


def tell(settled: Settled) -> Plan[None]:
    """One job a place mails whom it concerns, after COMMIT."""
    for place_id in sorted({event[0] for event in settled.told}):
        events = [[booking_id.hex, seq] for place, booking_id, seq in settled.told if place == place_id]
        yield from deferring(follow_up, place_id=place_id, events=events)


def end_closure(place_id: int, closure_id: UUID, by: Actor) -> Plan[None]:
    """End a closure; it brings nothing back. ``NotFound`` where there is none any more."""
    yield from lock_place(place_id)
    closure = yield from load_closure(place_id, closure_id)
    if closure is None:
        raise NotFound
    yield from reopen(place_id, closure, by)
    yield from deferring(follow_up, place_id=place_id, events=[])  # who waits for a seat may be offered one


def reopen(place_id: int, closure: StoredClosure, by: Actor) -> Plan[None]:
    """What was closed is open again, and the figures of its days have changed."""
    yield from withdraw(place_id, closure.closure_id, by.now)
    yield from mark_dirty(place_id, TimeRange(closure.start, closure.end))
