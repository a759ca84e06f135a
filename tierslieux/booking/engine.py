"""The one way in: every booking, whoever makes it and from where, is judged, seated and stored here.

The order is fixed (booking.md): lock the guest at the place, lock the resources by number, read in a later statement,
judge by pure rules, seat, insert. The exclusion constraint on ``occupied_seat`` stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from uuid_utils import uuid7

from tierslieux.booking.domain.lapse import lapses_at
from tierslieux.booking.domain.rules import broken_rules, busy_of, is_judgeable, mode_of, without_overridden
from tierslieux.booking.domain.seating import Ask, Pool, Seating, choose_seats, span_of
from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.domain.values import BrokenRule, Situation, TakenSeat, Wish
from tierslieux.booking.errors import Refused, TooManyHolds
from tierslieux.booking.repository.loading import FARTHEST, Asked, Loaded, load_situation, load_taken
from tierslieux.booking.repository.locks import lock_guest_and_resource
from tierslieux.booking.repository.seats import reseat
from tierslieux.booking.repository.writing import Actor, Changed, NewBooking, expire, insert_booking
from tierslieux.places.hours.days import work_out_days
from tierslieux.shared.errors import invalid
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

MAX_HOLDS = 3
"""Desks that one person may keep at a time without booking them."""
OFFER = "waitlist"
"""The origin of a seat that is offered to somebody in line: it is none of the holds that they took themselves."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Order:
    """A booking to be made. ``is_override``: the place's team may break its own rules, with a reason (``by.why``)."""

    place_id: int
    resource_id: int
    wish: Wish
    guest_id: UUID | None
    by: Actor
    origin: str = "web"
    guest_label: str | None = None
    is_hold: bool = False
    by_team: bool = False
    is_override: bool = False
    series_id: UUID | None = None
    moved_from: str | None = None
    hold_until: datetime | None = None
    instead_of: UUID | None = None
    """A booking, here or at another place, that ends in the same transaction: it is judged as if it were not there."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What its first event is to say beside the reason."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A booking that was stored, with what lapsed on the way."""

    booking_id: UUID
    status: Status
    lapsed: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """What can be said of a wish: the rules it breaks, and the seats it would get."""

    loaded: Loaded
    broken: list[BrokenRule]
    seating: Seating | None


@dataclass(frozen=True, slots=True)
class Exempt:
    """What is judged leniently: an override by the team, the start that a moved booking keeps."""

    is_override: bool = False
    unchanged_start: datetime | None = None
    extra: tuple[str, ...] = field(default=())
    """Codes that do not apply (a walk-in needs no grid and no notice)."""


_STRICT = Exempt()


def book(order: Order) -> Plan[Placed]:
    """Make the booking or raise ``Refused`` with every broken rule; ``NotFound``, ``TooManyHolds``."""
    yield from lock_guest_and_resource(order.place_id, order.guest_id, order.resource_id)
    return (yield from book_in_lock(order))


def book_in_lock(order: Order, exempt: Exempt | None = None) -> Plan[Placed]:
    """``book`` where the locks are held already (series, moves, walk-ins)."""
    asked = Asked(order.place_id, order.resource_id, order.guest_id, order.by.now, order.instead_of)
    judged = yield from judge(asked, order.wish, exempt or Exempt(order.is_override))
    if order.is_hold and order.origin != OFFER and judged.loaded.holds >= MAX_HOLDS:
        raise TooManyHolds(limit=MAX_HOLDS)
    seating = accepted(judged)  # first: what is refused changes nothing, also where more is judged in the transaction
    lapsed = yield from expire(order.place_id, judged.loaded.expired, order.by.now)
    yield from reseat(order.place_id, seating.moves)
    new = _new_booking(order, judged.loaded, seating)
    yield from insert_booking(new, order.by, _facts(order))
    return Placed(new.booking_id, new.status, tuple(lapsed))


def judge(asked: Asked, wish: Wish, exempt: Exempt = _STRICT, near: TimeRange | None = None) -> Plan[Judged]:
    """Every broken rule of ``wish`` and its seating. Reads only; exact within the locks, a forecast without."""
    loaded = yield from load_situation(asked, wish, near)
    situation = replace(loaded.situation, unchanged_start=exempt.unchanged_start)
    broken = [rule for rule in broken_rules(wish, situation) if rule.code not in exempt.extra]
    during = wish.during
    if exempt.is_override and (during is None or is_judgeable(during)):
        broken = without_overridden(broken)
    seating = yield from _seating(asked, wish, loaded)
    if seating is None and during is not None and _can_be_seated(wish, situation):
        broken.append(BrokenRule("slot_taken", None, during))
    return Judged(loaded, broken, seating)


def accepted(judged: Judged) -> Seating:
    """The seating of a wish that breaks no rule; else ``Refused``."""
    if judged.broken or judged.seating is None:
        raise Refused(judged.broken, judged.loaded)
    return judged.seating


def _can_be_seated(wish: Wish, situation: Situation) -> bool:
    """Whether seats are worth a look: a range that is one, and not more people than there are seats in all."""
    resource = situation.resource
    during = wish.during
    return during is not None and is_judgeable(during) and wish.seats <= len(resource.seats) * resource.head_count


def _seating(asked: Asked, wish: Wish, loaded: Loaded) -> Plan[Seating | None]:
    situation = loaded.situation
    during = wish.during
    if during is None or not _can_be_seated(wish, situation):
        return None
    resource = situation.resource
    _check_seats(wish, situation)
    busy = busy_of(during, resource.turnaround_minutes)
    ask = Ask(during, busy, resource.rows_for(wish.seats), wish.seat_ids)
    return (yield from seat(asked, loaded, ask))


Taken = tuple[TakenSeat, ...]


def seat(
    asked: Asked, loaded: Loaded, ask: Ask, seen: Callable[[Taken], Taken] = lambda rows: rows
) -> Plan[Seating | None]:
    """The seating of ``ask``, looking as far around it as stays hang together; no rule is judged.

    ``seen`` may leave out taken seats that are about to be given up.
    """
    situation = loaded.situation
    taken, near = seen(situation.taken), loaded.near
    while True:
        found = choose_seats(Pool(situation.resource.seats, taken, situation.outages), ask)
        span = span_of(taken, ask.busy)
        is_known = near.start <= span.start and span.end <= near.end
        if is_known or (found is not None and not found.moves) or near.end - near.start > FARTHEST:
            return found
        near = TimeRange(min(span.start, near.start) - _ONE_DAY, max(span.end, near.end) + _ONE_DAY)
        taken = seen(_held_at_the_edges((yield from load_taken(asked, near)), near))


def _held_at_the_edges(taken: tuple[TakenSeat, ...], near: TimeRange) -> tuple[TakenSeat, ...]:
    """Stays that reach beyond what is known do not move, once no more is looked up."""
    if near.end - near.start <= FARTHEST:
        return taken
    return tuple(
        replace(row, is_pinned=row.is_pinned or row.busy.start < near.start or row.busy.end > near.end) for row in taken
    )


def _check_seats(wish: Wish, situation: Situation) -> None:
    """Refuse seats that are none of the resource's, or not as many as are needed."""
    if not wish.seat_ids:
        return
    known = {seat.seat_id for seat in situation.resource.seats}
    if len(set(wish.seat_ids)) != len(wish.seat_ids) or not known.issuperset(wish.seat_ids):
        raise invalid("body", "seat_ids", "unknown_value", wish.seat_ids, "places de ce lieu attendues")
    needed = situation.resource.rows_for(wish.seats)
    if len(wish.seat_ids) != needed:
        raise invalid("body", "seat_ids", "wrong_length", wish.seat_ids, f"{needed} place(s) attendue(s)")


def _new_booking(order: Order, loaded: Loaded, seating: Seating) -> NewBooking:
    situation, wish = loaded.situation, order.wish
    resource, during = situation.resource, TimeRange(wish.start, wish.end)
    mode = mode_of(wish, situation) or "hour"
    status = status_of(order, situation)
    return NewBooking(
        place_id=order.place_id,
        booking_id=new_id(),
        resource_id=order.resource_id,
        guest_id=order.guest_id,
        guest_label=order.guest_label,
        origin=order.origin,
        mode=mode,
        status=status,
        during=during,
        busy_end=busy_of(during, resource.turnaround_minutes).end,
        local_date=during.start.astimezone(situation.zone).date(),
        seats=wish.seats,
        seat_ids=seating.seats,
        seats_chosen=bool(wish.seat_ids),
        turnaround_minutes=resource.turnaround_minutes,
        expires_at=order.hold_until
        if status == "held" and order.hold_until
        else expiry_of(status, loaded, during.start),
        price_cents=resource.price_of(mode, during, wish.seats),
        series_id=order.series_id,
        moved_from=order.moved_from,
        home_commune=loaded.travels[0],
        work_commune=loaded.travels[1],
        travel_mode=loaded.travels[2],
    )


def new_id() -> UUID:
    """A fresh id; ids rise with time (UUID version 7)."""
    return UUID(str(uuid7()))


def status_of(order: Order, situation: Situation) -> Status:
    """What a booking begins as."""
    if order.origin == "walk_in":
        return "checked_in"
    if order.is_hold:
        return "held"
    if situation.resource.policy.requires_approval and not order.by_team:
        return "pending"
    return "confirmed"


def expiry_of(status: Status, loaded: Loaded, start: datetime) -> datetime | None:
    """When a booking in ``status`` ends by itself."""
    situation = loaded.situation
    if status == "held":
        return situation.now + timedelta(minutes=situation.resource.policy.hold_minutes)
    if status != "pending":
        return None
    today = situation.today
    days = work_out_days(loaded.place.team_hours, today - _ONE_DAY, today + 7 * _ONE_DAY)
    return lapses_at(days, start, situation.now)


def _facts(order: Order) -> dict[str, Any] | None:
    facts = dict(order.facts) | ({"override": True} if order.is_override else {})
    return facts or None
