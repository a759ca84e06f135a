"""``/api/v1/places/{id}/walk-ins`` and ``/visits``: who came without booking."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.access import access_team
from tierslieux.booking.api.showing import answer_booking
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.errors import Refused
from tierslieux.booking.refusals import refusal
from tierslieux.booking.repository.visits import count_visit, withdraw_visit
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import BookingBody, Id, Instant, WalkInRequest
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.walk_ins import WalkIn, walk_in
from tierslieux.booking.times import read_instant
from tierslieux.places.local_ids import local_id, parse_local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.openapi import problem_responses
from tierslieux.web.plans import run_plan_in

_FAULTS = problem_responses(400, 401, 403, 404, 409, 422)
_PLACE = "/api/v1/places/{place_id:str}"


class VisitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people came; ``at``: when (now, where absent)."""

    count: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    at: Instant | None = None


class VisitBody(msgspec.Struct, frozen=True):
    """A count at the door."""

    id: Id
    count: int
    at: datetime


@post(f"{_PLACE}/walk-ins", summary="Someone sits down now", responses=_FAULTS)
async def post_walk_in(
    place_id: FromPath[str],
    data: JSONBody[WalkInRequest],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """For the place's team: a booking without guest, `checked_in`, from now. 409 `slot_taken` where all is taken."""
    number, now = place_number(place_id), clock.now()
    person = await run_plan_in(session, access_team(user, number, "bookings:write"))
    asked = WalkIn(number, data.seats, data.minutes, _resource_of(data, number))
    try:
        placed = await run(session, walk_in(asked, Actor(person.account_id, now)))
    except Refused as exc:
        raise refusal(exc.broken, exc.loaded) from exc
    await follow(session, number, [], placed.lapsed)
    return await answer_booking(session, number, placed.booking_id, now, 201, "team")


def _resource_of(data: WalkInRequest, number: int) -> int | None:
    if data.resource_id is None:
        return None
    owner, resource_id = parse_local_id(data.resource_id)
    if owner != number:
        raise NotFound
    return resource_id


@post(f"{_PLACE}/visits", summary="Count people at the door", responses=_FAULTS)
async def post_visit(
    place_id: FromPath[str],
    data: JSONBody[VisitRequest],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[VisitBody]:
    """For the place's team, bookable or not: a number, without any trace of who came."""
    number, now = place_number(place_id), clock.now()
    await run_plan_in(session, access_team(user, number, "bookings:write"))
    at = now if data.at is None else read_instant("at", data.at)
    if isinstance(at, BrokenRule):
        raise refusal([at], None)
    visit_id = await run_plan_in(session, count_visit(number, data.count, at, now))
    return Response(VisitBody(local_id(number, visit_id), data.count, at), status_code=201)


@delete(f"{_PLACE}/visits/{{visit_id:str}}", status_code=204, summary="Take a count back", responses=_FAULTS)
async def delete_visit(
    place_id: FromPath[str],
    visit_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> None:
    """Within its day."""
    number, (owner, key) = place_number(place_id), parse_local_uuid(visit_id)
    await run_plan_in(session, access_team(user, number, "bookings:write"))
    if owner != number:
        raise NotFound
    await run_plan_in(session, withdraw_visit(number, key, clock.now()))


WALK_INS: tuple[Any, ...] = (post_walk_in, post_visit, delete_visit)
