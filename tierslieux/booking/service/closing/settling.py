"""What becomes of bookings in the way: kept, cancelled, moved; or the whole change is refused and they are listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tierslieux.booking.alternatives import Alternative, first_alternative
from tierslieux.booking.domain.closing import Choice, Decisions, Goal, Outcome
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Exempt
from tierslieux.booking.errors import Refused, StatusChanged
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.refusals import refusal
from tierslieux.booking.repository.closures import tie
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.writing import Actor, Changed, Step, change_status
from tierslieux.booking.service.closing.elsewhere import move_elsewhere
from tierslieux.booking.service.moving import Target, before_of, move_in_lock
from tierslieux.places.local_ids import local_id
from tierslieux.shared.errors import DomainError, NotFound, invalid
from tierslieux.web.plans import Plan

_NEAR_BY_EXPECTED = "ce qui se réserve dans ce lieu, ou dans un lieu à moins de 50 km, attendu"
MOVED_BY_TEAM = ("too_late_notice", "beyond_horizon", "quota_reached", "pending_limit")
"""Rules that do not apply to a guest whom the team moves within its own place: they did not ask for it."""


class Undecided(Exception):
    """Bookings stand in the way and nothing was said of them, or they are to move and there is nowhere to go."""

    def __init__(self, bookings: Sequence[BookingView]) -> None:
        super().__init__(len(bookings))
        self.bookings = tuple(bookings)


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a booking went; at another place it is another booking."""

    place_id: int
    resource_id: int
    start: datetime
    end: datetime
    booking_id: UUID


@dataclass(frozen=True, slots=True)
class Hit:
    """A booking in the way, as it was; what became of it (``None``: nothing yet), or where it could go."""

    booking: BookingView
    outcome: Outcome | None = None
    moved_to: Moved | None = None
    suggestion: Alternative | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of all; ``told`` are the events that guests are mailed about: place, booking, number."""

    hits: tuple[Hit, ...] = ()
    told: tuple[tuple[int, UUID, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """Who changes what, when and why (``by.why``); ``closure_id`` where it is a closure, so that it can be undone."""

    by: Actor
    closure_id: UUID | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """What events say of it."""
        return {"closure_id": self.closure_id.hex if self.closure_id else None}


def settle(bookings: Sequence[BookingView], decisions: Decisions, cause: Cause) -> Plan[Settled]:
    """Carry out the decisions, cancellations first. ``Undecided``, or why a choice cannot be: then nothing is done."""
    choices = {each.booking_id: _choice_of(each, decisions) for each in bookings}
    if None in choices.values():
        raise Undecided(bookings)
    done: dict[UUID, Settled] = {}
    for do in ("keep", "cancel", "move"):
        for booking in bookings:
            choice = choices[booking.booking_id]
            if choice is not None and choice.do == do:
                done[booking.booking_id] = yield from _carry_out(booking, choice, cause, bookings)
    if bookings:
        changed = [each.booking_id for each in bookings if choices[each.booking_id] != Choice("keep")]
        yield from tie(bookings[0].place_id, changed, cause.closure_id)
    return merged(done[each.booking_id] for each in bookings)


def merged(parts: Iterable[Settled]) -> Settled:
    """Several outcomes as one."""
    listed = list(parts)
    return Settled(
        tuple(hit for part in listed for hit in part.hits), tuple(event for part in listed for event in part.told)
    )


def _choice_of(booking: BookingView, decisions: Decisions) -> Choice | None:
    """A desk kept for a moment cannot move, it is let go; who has arrived stays: the team speaks to them."""
    choice = decisions.of(booking.booking_id)
    if choice is None or choice.do == "keep":
        return choice
    if booking.status == "checked_in":
        if booking.booking_id in decisions.choices:
            raise StatusChanged(booking_status="checked_in", booking_id=booking.public_id)
        return Choice("keep")
    return Choice("cancel") if booking.status == "held" else choice


def _carry_out(booking: BookingView, choice: Choice, cause: Cause, all_hit: Sequence[BookingView]) -> Plan[Settled]:
    if choice.do == "keep":
        return Settled((Hit(booking, "kept"),))
    if choice.do == "cancel":
        return (yield from _cancel(booking, cause))
    if choice.to is not None:
        return (yield from _move_as_told(booking, choice.to, cause))
    suggestion = yield from suggest(booking, cause.by.now)
    if suggestion is None:
        raise Undecided(all_hit)
    try:
        return (yield from _move(booking, _goal_of(suggestion), cause))
    except Refused as exc:
        raise Undecided(all_hit) from exc


def _cancel(booking: BookingView, cause: Cause) -> Plan[Settled]:
    """By the team: it no longer counts for its guest. A desk kept for a moment expires, and nobody is mailed."""
    changed = yield from end_by_team(booking, cause)
    told = () if booking.status == "held" else ((booking.place_id, booking.booking_id, changed.seq),)
    return Settled((Hit(booking, "cancelled"),), told)


def end_by_team(booking: BookingView, cause: Cause, facts: dict[str, Any] | None = None) -> Plan[Changed]:
    """End a booking for its team, quota given back; ``StatusChanged`` where it has moved on."""
    becomes = "expired" if booking.status == "held" else "cancelled_by_host"
    noted = {"from": before_of(booking), **cause.facts, **(facts or {})}
    step = Step((booking.status,), becomes, is_counted=False, closure_id=cause.closure_id, facts=noted)  # type: ignore[arg-type]
    changed = yield from change_status(booking.place_id, [booking.booking_id], step, cause.by)
    if not changed:
        raise StatusChanged(booking_status=booking.status, booking_id=booking.public_id)
    return changed[0]


def _move_as_told(booking: BookingView, goal: Goal, cause: Cause) -> Plan[Settled]:
    try:
        return (yield from _move(booking, goal, cause))
    except NotFound as exc:
        there = local_id(goal.place_id, goal.resource_id)
        raise invalid("body", "choices.to.resource_id", "unknown_value", there, _NEAR_BY_EXPECTED) from exc
    except Refused as exc:
        raise _about(refusal(exc.broken, exc.loaded), booking) from exc


def _about(problem: DomainError, booking: BookingView) -> DomainError:
    """Say which booking cannot move."""
    problem.facts["booking_id"] = booking.public_id
    return problem


def _move(booking: BookingView, goal: Goal, cause: Cause) -> Plan[Settled]:
    if goal.place_id == booking.place_id:
        return (yield from _move_here(booking, goal, cause))
    placed, ended = yield from move_elsewhere(booking, goal, cause.by, cause.facts)
    yield from end_by_team(booking, cause, {"moved_to": ended})
    there = yield from load_booking(goal.place_id, placed, cause.by.now)
    return _as_moved(booking, there, 1)


def _move_here(booking: BookingView, goal: Goal, cause: Cause) -> Plan[Settled]:
    target = Target(goal.resource_id, goal.start, goal.end)
    exempt = Exempt(unchanged_start=booking.start, extra=MOVED_BY_TEAM)
    version = yield from move_in_lock(booking, target, cause.by, exempt, cause.facts)
    moved = yield from load_booking(booking.place_id, booking.booking_id, cause.by.now)
    return _as_moved(booking, moved, version)


def _as_moved(booking: BookingView, now_is: BookingView, seq: int) -> Settled:
    to = Moved(now_is.place_id, now_is.resource_id, now_is.start, now_is.end, now_is.booking_id)
    return Settled((Hit(booking, "moved", to),), ((now_is.place_id, now_is.booking_id, seq),))


def suggest(booking: BookingView, now: datetime) -> Plan[Alternative | None]:
    """Where the booking could go, by the rules that its guest is judged by; ``None`` for what cannot move."""
    if booking.status not in {"pending", "confirmed"}:
        return None
    asked = Asked(booking.place_id, booking.resource_id, booking.guest_id, now, booking.booking_id)
    mode: Any = booking.mode
    try:
        return (yield from first_alternative(asked, Wish(booking.start, booking.end, booking.seats, mode)))
    except NotFound:  # its resource is no longer offered
        return None


def with_suggestions(bookings: Sequence[BookingView], now: datetime) -> Plan[tuple[Hit, ...]]:
    """The bookings as a preview lists them."""
    hits: tuple[Hit, ...] = ()
    for booking in bookings:
        hits += (Hit(booking, suggestion=(yield from suggest(booking, now))),)
    return hits


def _goal_of(suggestion: Alternative) -> Goal:
    during = suggestion.during
    return Goal(suggestion.place_id, suggestion.resource_id, during.start, during.end)
