"""Residents of a place, for its hosts: who was given a seat, from when to when."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.places.access import access_place_as_host, may_change_place
from tierslieux.places.api import PLACE_PATH
from tierslieux.places.local_ids import local_id, parse_local_uuid, place_number
from tierslieux.places.resources.bodies import ResidentBody, ResidentList
from tierslieux.places.resources.residents import give_seat, load_residents, take_seat_back
from tierslieux.places.resources.schemas import NewResident
from tierslieux.places.resources.seat_use import SeatUse
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan, run_plan_in

RESIDENTS_PATH = f"{PLACE_PATH}/residents"
_PRIVATE = {"Cache-Control": "private, no-store"}


@get(RESIDENTS_PATH, summary="Who was given a seat", responses=problem_responses(400, 401, 403, 404))
async def list_residents(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[ResidentList]:
    """For the place's hosts: present residents and those to come, by their first day."""
    refuse_unknown_query(request, ())
    number = place_number(place_id)
    require_user(user, "places:write")
    if not await read_plan(reads, may_change_place(user, number)):
        raise NotFound
    return Response(ResidentList(await read_plan(reads, load_residents(number, clock.now())), []), headers=_PRIVATE)


@post(RESIDENTS_PATH, summary="Give a seat to a person", responses=problem_responses(400, 401, 403, 404, 409))
async def post_resident(
    place_id: FromPath[str],
    data: JSONBody[NewResident],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    seat_use: NamedDependency[SeatUse],
) -> Response[ResidentBody]:
    """The seat counts as taken from `from` to `to`, both included. Who it is, is erased when the period is over.

    409 `bookings_affected` lists the bookings that stand on the seat, 409 `seat_given`: it is someone's already.
    """
    number, now = place_number(place_id), clock.now()
    person = await access_place_as_host(session, user, number)
    closure_id = await give_seat(session, number, data, seat_use, (person.account_id, now))
    public_id = local_id(number, closure_id)
    residents = await run_plan_in(session, load_residents(number, now))
    made = next(each for each in residents if each.id == public_id)
    location = f"/api/v1/places/{number}/residents/{public_id}"
    return Response(made, status_code=201, headers={"Location": location, "Cache-Control": "no-store"})


@delete(
    f"{RESIDENTS_PATH}/{{resident_id:str}}",
    summary="Take a seat back",
    responses=problem_responses(400, 401, 403, 404, 409),
)
async def delete_resident(
    place_id: FromPath[str],
    resident_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> None:
    """The period ends now, or never begins."""
    number, (owner, closure_id) = place_number(place_id), parse_local_uuid(resident_id)
    await access_place_as_host(session, user, number)
    if owner != number:
        raise NotFound
    await take_seat_back(session, number, closure_id, clock.now())


RESIDENT_HANDLERS = (list_residents, post_resident, delete_resident)
"""``create_app`` puts them in the router of places."""
