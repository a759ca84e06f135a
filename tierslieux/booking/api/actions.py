"""What becomes of a booking: ``/api/v1/bookings/{id}/cancel|approve|decline|check-in|no-show``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.access import Reached, access_as_team, access_booking
from tierslieux.booking.api.bookings import BOOKING_PATH
from tierslieux.booking.api.showing import answer_booking
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.presence import is_at_place
from tierslieux.booking.refusals import Asking, answering
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.writing import Actor, Changed
from tierslieux.booking.schemas import BookingBody, CheckInBody, ReasonBody
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.changes import (
    approve,
    cancel_by_guest,
    cancel_by_host,
    check_in,
    check_in_late,
    decline,
    note_no_show,
    undo_check_in,
)
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database
from tierslieux.web.openapi import problem_responses
from tierslieux.web.plans import Plan, run_plan_in

_FAULTS = problem_responses(400, 401, 403, 404, 409, 422)
Action = Callable[[int, UUID, Actor], Plan[Changed]]


async def _act(
    session: AsyncSession, reached: Reached, action: Action, now: datetime, why: str | None = None
) -> Response[BookingBody]:
    """One compare-and-swap, what follows from it, and the booking as it is then."""
    booking = reached.booking
    changed = await run(
        session, action(booking.place_id, booking.booking_id, Actor(reached.person.account_id, now, why))
    )
    await follow(session, booking.place_id, [(booking.booking_id, changed.seq)])
    return await answer_booking(session, booking.place_id, booking.booking_id, now, 200, reached.side)


@post(f"{BOOKING_PATH}/cancel", status_code=200, summary="Cancel a booking", responses=_FAULTS)
async def post_cancel(
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    data: JSONBody[ReasonBody | None] = None,
) -> Response[BookingBody]:
    """By its guest, or by the place's team: the answer's `status` tells the two apart."""
    reached = await run_plan_in(session, access_booking(user, booking_id, "bookings:write", clock.now()))
    action = cancel_by_guest if reached.side == "guest" else cancel_by_host
    return await _act(session, reached, action, clock.now(), data.reason if data else None)


@post(f"{BOOKING_PATH}/approve", status_code=200, summary="Agree to a request", responses=_FAULTS)
async def post_approve(
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """For the place's team; 409 once it has lapsed."""
    reached = await run_plan_in(session, access_as_team(user, booking_id, clock.now()))
    return await _act(session, reached, approve, clock.now())


@post(f"{BOOKING_PATH}/decline", status_code=200, summary="Refuse a request", responses=_FAULTS)
async def post_decline(
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    data: JSONBody[ReasonBody | None] = None,
) -> Response[BookingBody]:
    """For the place's team."""
    reached = await run_plan_in(session, access_as_team(user, booking_id, clock.now()))
    return await _act(session, reached, decline, clock.now(), data.reason if data else None)


@post(f"{BOOKING_PATH}/check-in", status_code=200, summary="Note an arrival", responses=_FAULTS)
async def post_check_in(  # noqa: PLR0913, PLR0917 - the request's own fields
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    secret: NamedDependency[bytes],
    data: JSONBody[CheckInBody | None] = None,
) -> Response[BookingBody]:
    """By the team; by the guest with the `token` of the QR code, or a `position` within 200 m of the place.

    After an absence was noted, the team may still note an arrival on the same day while seats are free.
    """
    now = clock.now()
    reached = await run_plan_in(session, access_booking(user, booking_id, "bookings:write", now))
    booking = reached.booking
    if reached.side == "guest":
        await run_plan_in(session, is_at_place(booking, data or CheckInBody(), secret))
    action = check_in
    if reached.side == "team" and booking.status in {"no_show", "completed"}:
        action = check_in_late
    asking = Asking(
        Asked(booking.place_id, booking.resource_id, booking.guest_id, now, booking.booking_id),
        Wish(booking.start, booking.end, booking.seats),
    )
    async with answering(session, database, asking):
        return await _act(session, reached, action, now)


@post(f"{BOOKING_PATH}/check-in/undo", status_code=200, summary="Take an arrival back", responses=_FAULTS)
async def post_check_in_undo(
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """Within ten minutes."""
    reached = await run_plan_in(session, access_booking(user, booking_id, "bookings:write", clock.now()))
    return await _act(session, reached, undo_check_in, clock.now())


@post(f"{BOOKING_PATH}/no-show", status_code=200, summary="Note an absence", responses=_FAULTS)
async def post_no_show(
    booking_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """For the place's team, once the booking has begun."""
    reached = await run_plan_in(session, access_as_team(user, booking_id, clock.now()))
    return await _act(session, reached, note_no_show, clock.now())


ACTIONS: tuple[Any, ...] = (
    post_cancel,
    post_approve,
    post_decline,
    post_check_in,
    post_check_in_undo,
    post_no_show,
)
