"""``/api/v1/booking-series``: book the dates of a rule, see them, cancel those that are still to come."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.booking.access import ReachedSeries, access_series
from tierslieux.booking.api.reading import read_order, read_wish, required
from tierslieux.booking.api.showing import PRIVATE, bodies_of
from tierslieux.booking.engine import Order
from tierslieux.booking.queries.bookings import load_bookings
from tierslieux.booking.queries.series import ids_of_series
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import ReasonBody
from tierslieux.booking.service import SeatConflict, follow, follow_end, run
from tierslieux.booking.service.series import Series, book_series, cancel_series
from tierslieux.booking.wire_series import (
    SeriesBody,
    SeriesRequest,
    made_body,
    news_of,
    preview_body,
    series_refusal,
    stored_body,
)
from tierslieux.shared.errors import invalid
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import Plan, read_plan, run_plan_in

SERIES_PATH = "/api/v1/booking-series"
_FAULTS = problem_responses(400, 401, 403, 404, 409, 422)


@post(SERIES_PATH, summary="Book a series", responses=_FAULTS)
async def post_series(
    request: Request[Any, Any, Any],
    data: JSONBody[SeriesRequest],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    preview: Annotated[  # noqa: FBT002 - `?preview=true`
        bool, QueryParameter(description="Answer 200 with what would be, and create nothing")
    ] = False,
) -> Response[SeriesBody]:
    """All dates with their verdict; 409 or 422 with the same `occurrences` where one cannot be had (`on_conflict`).

    With `skip` the dates that can be had are booked, and the others named. A preview judges exactly as booking would.
    """
    refuse_unknown_query(request, {"preview"})
    person, now = require_user(user, "bookings:write"), clock.now()
    if data.hold_id is not None:
        raise invalid("body", "hold_id", "not_allowed", data.hold_id, "une série ne part pas d'une place gardée")
    order = await read_order(session, person, data, required(read_wish(data)), now)
    series = await _judged(session, order, data.rrule)
    if preview:
        await session.rollback()
        return Response(preview_body(series), status_code=200, headers=PRIVATE)
    if not series.stands(data.on_conflict):
        raise series_refusal(series)
    await follow(session, series.place_id, [(series.placed[0].booking_id, 1)], series.lapsed, news_of(series))
    ids = [each.booking_id for each in series.placed]
    views = await run_plan_in(session, load_bookings(series.place_id, ids, now))
    body = made_body(series, await run_plan_in(session, bodies_of(views, now, is_team=False)))
    return Response(body, status_code=201, headers=PRIVATE | {"Location": f"{SERIES_PATH}/{body.id}"})


async def _judged(session: AsyncSession, order: Order, rrule: str) -> Series:
    """The verdicts, with the bookings in place. A conflict that only the constraint saw is judged once more."""
    try:
        return await run(session, book_series(order, rrule))
    except SeatConflict:
        await session.rollback()
        return await run(session, book_series(order, rrule))


def _stored(reached: ReachedSeries, now: datetime) -> Plan[SeriesBody]:
    series = reached.series
    ids = yield from ids_of_series(series.place_id, series.series_id)
    views = yield from load_bookings(series.place_id, ids, now)
    bookings = yield from bodies_of(views, now, is_team=reached.side == "team")
    return stored_body(series, views, bookings)


@get(f"{SERIES_PATH}/{{series_id:str}}", summary="A series", responses=problem_responses(400, 401, 403, 404))
async def get_series(
    request: Request[Any, Any, Any],
    series_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> SeriesBody:
    """For its guest and the place's team: the dates that were booked, as they are now."""
    refuse_unknown_query(request, ())
    reached = await read_plan(reads, access_series(user, series_id, "bookings:read"))
    return await read_plan(reads, _stored(reached, clock.now()))


@post(f"{SERIES_PATH}/{{series_id:str}}/cancel", status_code=200, summary="Cancel what is to come", responses=_FAULTS)
async def post_series_cancel(
    series_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    data: JSONBody[ReasonBody | None] = None,
) -> Response[SeriesBody]:
    """Every date that has not begun, at once; what is over stays. 409 where nothing is to come."""
    now = clock.now()
    reached = await run_plan_in(session, access_series(user, series_id, "bookings:write"))
    series = reached.series
    by = Actor(reached.person.account_id, now, data.reason if data else None)
    changed = await run(session, cancel_series(series.place_id, series.series_id, reached.side, by))
    await follow_end(session, series.place_id, changed)
    return Response(await run_plan_in(session, _stored(reached, now)), status_code=200, headers=PRIVATE)


SERIES: tuple[Any, ...] = (post_series, get_series, post_series_cancel)
