"""``/api/v1/bookings``: check, book, list, read, move."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.booking.access import access_booking, access_team
from tierslieux.booking.api.reading import read_order, read_seats, read_wish, required
from tierslieux.booking.api.showing import answer_booking, body_of, checked, page_of
from tierslieux.booking.domain.statuses import STATUSES, Status
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.engine import Order
from tierslieux.booking.queries.bookings import BookingView, list_bookings, load_events
from tierslieux.booking.refusals import Asking, answering, refusal
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import (
    BookingBody,
    BookingList,
    BookingPatch,
    BookingRequest,
    CheckAnswer,
    EventList,
)
from tierslieux.booking.service import follow, place, run
from tierslieux.booking.service.changes import confirm_hold
from tierslieux.booking.service.moving import Target, move, rest_of
from tierslieux.booking.times import read_instant, read_query_instant
from tierslieux.booking.wire import event_body
from tierslieux.places.local_ids import parse_local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotAllowed, NotFound, invalid
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database, Reads
from tierslieux.web.openapi import instant, problem_responses, query
from tierslieux.web.openapi import reading as documented
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan, run_plan_in

BOOKINGS_PATH = "/api/v1/bookings"
BOOKING_PATH = f"{BOOKINGS_PATH}/{{booking_id:str}}"
CURSOR = "bookings"
_FAULTS = problem_responses(400, 401, 403, 404, 409, 410, 422)


@post(
    f"{BOOKINGS_PATH}/check",
    status_code=200,
    summary="What would become of a booking",
    responses=problem_responses(400, 401, 404),
)
async def check_booking(
    data: JSONBody[BookingRequest],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> CheckAnswer:
    """Every broken rule and alternatives, whatever the rules say; creates nothing. Without a token: for a new guest."""
    read = read_wish(data)
    asked = Asked(read.place_id, read.resource_id, user.account_id if user else None, clock.now())
    return await read_plan(reads, checked(asked, read.wish, read.naive))


@post(BOOKINGS_PATH, summary="Book", responses=_FAULTS)
async def post_booking(
    data: JSONBody[BookingRequest],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """201 with the booking, `confirmed` or `pending`. With `hold_id` the kept desk becomes the booking, same id."""
    person, now = require_user(user, "bookings:write"), clock.now()
    read = required(read_wish(data))
    order = await read_order(session, person, data, read, now)
    async with answering(session, database, read.asking(order.guest_id, now)):
        booking_id = await _booked(session, order, data.hold_id, person)
    return await answer_booking(session, read.place_id, booking_id, now, 201)


async def _booked(session: AsyncSession, order: Order, hold_id: str | None, person: CurrentUser) -> UUID:
    if hold_id is None:
        return (await place(session, order)).booking_id
    place_id, key = parse_local_uuid(hold_id)
    if place_id != order.place_id:
        raise NotFound
    changed = await run(session, confirm_hold(order, key, person.account_id))
    await follow(session, place_id, [(key, changed.seq)])
    return key


@get(
    BOOKINGS_PATH,
    summary="My bookings, or a place's",
    responses=problem_responses(400, 401, 403, 404),
    operation_class=documented(
        [query("from", instant(), "Those that end after this"), query("to", instant(), "Those that begin before this")]
    ),
)
async def get_bookings(  # noqa: PLR0913, PLR0917 - the query's own fields
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    secret: NamedDependency[bytes],
    place_id: Annotated[str | None, QueryParameter(max_length=20, description="A place's, for its team")] = None,
    status: Annotated[list[Status] | None, QueryParameter(description="Any of these")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(max_length=400, description="From the `next` link")] = None,
) -> BookingList:
    """In the order of time. `from` and `to` (RFC 3339) bound it; without `status` every status is listed."""
    _refuse_unknown(request)
    person = require_user(user, "bookings:read")
    filters: dict[str, Any] = {"now": clock.now(), "statuses": list(status) if status else None, "limit": limit + 1}
    if place_id is None:
        filters["guest_id"] = person.account_id
    else:
        filters["place_id"] = place_number(place_id)
        await read_plan(reads, access_team(user, filters["place_id"], "bookings:read"))
    for name, column in (("from", "starts"), ("to", "ends")):
        if name in request.query_params:
            filters[column] = read_query_instant(name, request.query_params[name])
    if cursor is not None:
        after = decode_cursor(cursor, purpose=CURSOR, secret=secret)
        filters |= {"after_start": datetime.fromisoformat(after[0]), "after_id": UUID(after[1])}
    bookings = await read_plan(reads, list_bookings(filters))
    return await page_of(reads, bookings, limit, request, (secret, clock.now(), place_id is not None))


def _refuse_unknown(request: Request[Any, Any, Any]) -> None:
    """``status`` repeats; every other name is given once."""
    given = [name for name, _ in request.query_params.multi_items()]
    if given.count("status") > len(STATUSES):
        raise invalid("query", "status", "repeated", None, "donné plusieurs fois")
    if given.count("status") <= 1:
        refuse_unknown_query(request, {"place_id", "status", "from", "to", "limit", "cursor"})


@get(BOOKING_PATH, summary="A booking", responses=problem_responses(400, 401, 403, 404))
async def get_booking(
    request: Request[Any, Any, Any],
    booking_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> BookingBody:
    """For its guest and the place's team; the team reads a first name and an initial."""
    refuse_unknown_query(request, ())
    reached = await read_plan(reads, access_booking(user, booking_id, "bookings:read", clock.now()))
    return await read_plan(reads, body_of(reached.booking, reached.side, clock.now()))


@get(f"{BOOKING_PATH}/events", summary="What happened to a booking", responses=problem_responses(400, 401, 403, 404))
async def get_events(
    request: Request[Any, Any, Any],
    booking_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> EventList:
    """From its beginning; nothing is ever taken away."""
    refuse_unknown_query(request, ())
    booking = (await read_plan(reads, access_booking(user, booking_id, "bookings:read", clock.now()))).booking
    events = await read_plan(reads, load_events(booking.place_id, booking.booking_id))
    return EventList([event_body(each, ZoneInfo(booking.time_zone), booking.guest_id) for each in events], [])


@patch(BOOKING_PATH, summary="Move a booking", responses=_FAULTS)
async def patch_booking(
    booking_id: FromPath[str],
    data: JSONBody[BookingPatch],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[BookingBody]:
    """Another time, resource, number of seats: same id, 200. Refused, it stays as it was.

    Once it has begun, only its end may change; alternatives are then for the time that is lacking.
    """
    now = clock.now()
    reached = await run_plan_in(session, access_booking(user, booking_id, "bookings:write", now))
    booking = reached.booking
    if data.override is not UNSET and reached.side != "team":
        raise NotAllowed(scope="places:write")
    target = _target(booking, data)
    reason = None if data.override is UNSET else data.override.reason
    by = Actor(reached.person.account_id, now, reason)
    async with answering(session, database, Asking(*rest_of(booking, target, now))):
        seq = await run(session, move(booking, target, by, is_override=reason is not None))
    await follow(session, booking.place_id, [(booking.booking_id, seq)])
    return await answer_booking(session, booking.place_id, booking.booking_id, now, 200, reached.side)


def _target(booking: BookingView, data: BookingPatch) -> Target:
    """What a patch asks for; a resource of another place is none of this one's."""
    resource_id = None
    if data.resource_id is not UNSET:
        place_id, resource_id = parse_local_id(data.resource_id)
        if place_id != booking.place_id:
            raise NotFound
    times = {}
    for name in ("start", "end"):
        given = getattr(data, name)
        if given is not UNSET:
            times[name] = read_instant(name, given)
    naive = [each for each in times.values() if isinstance(each, BrokenRule)]
    if naive:
        raise refusal(naive, None)
    return Target(
        resource_id=resource_id,
        start=times.get("start"),  # type: ignore[arg-type]
        end=times.get("end"),  # type: ignore[arg-type]
        seats=None if data.seats is UNSET else data.seats,
        mode=None if data.mode is UNSET else data.mode,
        seat_ids=None if data.seat_ids is UNSET else read_seats(data.seat_ids, booking.place_id),
    )


BOOKINGS = (check_booking, post_booking, get_bookings, get_booking, get_events, patch_booking)
