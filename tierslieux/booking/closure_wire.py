"""Bookings in the way, and closures, between the wire and the domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.booking.alternatives import Alternative
from tierslieux.booking.closure_schemas import ClosureBody, HitBody, MoveBody, MovedBody, SuggestionBody
from tierslieux.booking.domain.closing import Choice, Decisions, Existing, Goal
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.queries.people import Person, load_people, shown_name
from tierslieux.booking.refusals import refusal
from tierslieux.booking.repository.closures import StoredClosure
from tierslieux.booking.service.closing.settling import Hit, Moved
from tierslieux.booking.times import read_instant
from tierslieux.booking.wire import local
from tierslieux.places.local_ids import local_id, parse_local_id, parse_local_uuid
from tierslieux.places.schemas import ChoiceBody, GoalBody
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.web.plans import Plan

_UNKNOWN = "une réservation de ce lieu attendue"


def read_decisions(existing: Existing, choices: Sequence[ChoiceBody], place_id: int) -> Decisions:
    """What a body decides; ``InvalidRequest`` names what is another place's, or is said twice."""
    found: dict[UUID, Choice] = {}
    for index, each in enumerate(choices):
        name = f"choices[{index}]"
        key = _booking_key(each.booking_id, place_id, f"{name}.booking_id")
        if key in found:
            raise invalid("body", f"{name}.booking_id", "repeated", each.booking_id, "réservation donnée deux fois")
        if each.to is not None and each.do != "move":
            raise invalid("body", f"{name}.to", "conflict", None, "seulement avec do: move")
        found[key] = Choice(each.do, None if each.to is None else _goal(each.to, f"{name}.to"))
    return Decisions(existing, found)


def _booking_key(text: str, place_id: int, name: str) -> UUID:
    try:
        owner, key = parse_local_uuid(text)
    except NotFound as exc:
        raise invalid("body", name, "unknown_value", text, _UNKNOWN) from exc
    if owner != place_id:
        raise invalid("body", name, "unknown_value", text, _UNKNOWN)
    return key


def _goal(to: GoalBody, name: str) -> Goal:
    try:
        place_id, resource_id = parse_local_id(to.resource_id)
    except NotFound as exc:
        words = "ce qui se réserve dans un lieu attendu"
        raise invalid("body", f"{name}.resource_id", "unknown_value", to.resource_id, words) from exc
    if to.place_id not in {None, str(place_id)}:
        raise invalid("body", f"{name}.place_id", "conflict", to.place_id, "le lieu de resource_id attendu")
    start = None if to.start is None else instant_of(f"{name}.start", to.start)
    return Goal(place_id, resource_id, start, None if to.end is None else instant_of(f"{name}.end", to.end))


def instant_of(name: str, text: str) -> datetime:
    """The instant; ``naive_time`` is the rule that it breaks without an offset."""
    found = read_instant(name, text)
    if isinstance(found, BrokenRule):
        raise refusal([found], None)
    return found


def hit_bodies(hits: Sequence[Hit], now: datetime) -> Plan[list[HitBody]]:
    """Bookings in the way as the team may see them; people are looked up once."""
    people = yield from load_people(hit.booking.guest_id for hit in hits)
    zones = yield from _zones({hit.moved_to.place_id for hit in hits if hit.moved_to})
    return [_hit_body(hit, people, zones, now) for hit in hits]


def _zones(place_ids: set[int]) -> Plan[dict[int, ZoneInfo]]:
    if not place_ids:
        return {}
    statement = "SELECT place_id, time_zone FROM place WHERE place_id = ANY(%s::integer[])"
    rows = yield statement, (sorted(place_ids),)
    return {row[0]: ZoneInfo(row[1]) for row in rows}


def _hit_body(hit: Hit, people: dict[UUID, Person], zones: dict[int, ZoneInfo], now: datetime) -> HitBody:
    booking = hit.booking
    zone = ZoneInfo(booking.time_zone)
    person = people.get(booking.guest_id) if booking.guest_id else None
    return HitBody(
        id=booking.public_id,
        resource_id=local_id(booking.place_id, booking.resource_id),
        start=local(booking.start, zone),
        end=local(booking.end, zone),
        seats=booking.seats,
        guest=shown_name(person.name if person else booking.guest_label, booking.end, now),
        status=booking.status,
        suggestion=None if hit.suggestion is None else _suggestion(hit.suggestion),
        outcome=hit.outcome,
        moved_to=None if hit.moved_to is None else _moved(hit.moved_to, zones[hit.moved_to.place_id]),
    )


def _suggestion(found: Alternative) -> SuggestionBody:
    zone, during = ZoneInfo(found.time_zone), found.during
    where = local_id(found.place_id, found.resource_id)
    to = MoveBody(str(found.place_id), where, local(during.start, zone), local(during.end, zone))
    return SuggestionBody("move", to)


def _moved(to: Moved, zone: ZoneInfo) -> MovedBody:
    return MovedBody(
        place_id=str(to.place_id),
        resource_id=local_id(to.place_id, to.resource_id),
        start=local(to.start, zone),
        end=local(to.end, zone),
        booking_id=local_id(to.place_id, to.booking_id),
    )


def plain(bodies: Sequence[HitBody]) -> list[dict[str, Any]]:
    """The same as JSON holds it."""
    return [msgspec.to_builtins(each) for each in bodies]


def closure_body(place_id: int, closure: StoredClosure, bookings: list[HitBody]) -> ClosureBody:
    """A closure that was made."""
    zone = ZoneInfo(closure.time_zone)
    resources = [local_id(place_id, each) for each in closure.resource_ids if each is not None]
    return ClosureBody(
        id=local_id(place_id, closure.closure_id),
        start=local(closure.start, zone),
        end=local(closure.end, zone),
        kind=closure.kind,  # type: ignore[arg-type]
        resource_ids=resources or None,
        reason=closure.reason,
        undo_until=None if closure.undo_until is None else local(closure.undo_until, zone),
        bookings=bookings,
    )


def preview_body(body: ClosureBody) -> ClosureBody:
    """``body`` as of a closure that was not made."""
    return msgspec.structs.replace(body, id=None, undo_until=None)
