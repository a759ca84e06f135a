"""``/api/v1/holds``: keep a desk for some minutes, once longer, or let it go."""

from __future__ import annotations

from dataclasses import replace

from litestar import Response, delete, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.booking.access import access_booking
from tierslieux.booking.api.reading import read_order, read_wish, required
from tierslieux.booking.api.showing import answer_booking
from tierslieux.booking.errors import StatusChanged
from tierslieux.booking.refusals import answering
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import BookingBody, BookingRequest
from tierslieux.booking.service import follow, place, run
from tierslieux.booking.service.changes import cancel_by_guest, renew_hold
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database
from tierslieux.web.openapi import problem_responses
from tierslieux.web.plans import run_plan_in

HOLDS_PATH = "/api/v1/holds"
_FAULTS = problem_responses(400, 401, 403, 404, 409, 410, 422)


@post(HOLDS_PATH, summary="Keep a desk", responses=_FAULTS)
async def post_hold(
    data: JSONBody[BookingRequest],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """201 with a booking in status `held`, kept until `expires_at`; at most three a person."""
    person, now = require_user(user, "bookings:write"), clock.now()
    read = required(read_wish(data))
    order = replace(await read_order(session, person, data, read, now), is_hold=True)
    async with answering(session, database, read.asking(order.guest_id, now)):
        placed = await place(session, order)
    return await answer_booking(session, read.place_id, placed.booking_id, now, 201)


@post(f"{HOLDS_PATH}/{{hold_id:str}}/renew", status_code=200, summary="Keep it longer, once", responses=_FAULTS)
async def post_renewal(
    hold_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """As long again, from now."""
    person, now = require_user(user, "bookings:write"), clock.now()
    place_id, key = parse_local_uuid(hold_id)
    await run(session, renew_hold(place_id, key, person.account_id, now))
    return await answer_booking(session, place_id, key, now, 200)


@delete(f"{HOLDS_PATH}/{{hold_id:str}}", status_code=204, summary="Let it go", responses=_FAULTS)
async def delete_hold(
    hold_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> None:
    """The desk is free again at once."""
    reached = await run_plan_in(session, access_booking(user, hold_id, "bookings:write", clock.now()))
    if reached.side != "guest":
        raise NotFound
    if reached.booking.status != "held":
        raise StatusChanged(booking_status=reached.booking.status)
    booking = reached.booking
    by = Actor(reached.person.account_id, clock.now())
    changed = await run(session, cancel_by_guest(booking.place_id, booking.booking_id, by))
    await follow(session, booking.place_id, [], [changed])


HOLDS = (post_hold, post_renewal, delete_hold)
