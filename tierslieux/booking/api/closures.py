"""``/api/v1/places/{id}/closures`` and ``/api/v1/closures/{id}``: close over bookings, look first, take it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.booking.closure_schemas import ClosureBody, ClosureList, ClosureRequest
from tierslieux.booking.closure_wire import closure_body, hit_bodies, instant_of, preview_body, read_decisions
from tierslieux.booking.domain.rules import EARLIEST, LATEST
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.refusals import refusal
from tierslieux.booking.repository.closures import NewClosure, StoredClosure, list_closures
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import LinkBody
from tierslieux.booking.service import run
from tierslieux.booking.service.closing.closures import Closed, close, end_closure, preview
from tierslieux.booking.service.closing.listing import or_listed
from tierslieux.booking.service.closing.undoing import undo
from tierslieux.booking.times import read_query_instant
from tierslieux.places.access import access_place_as_host, may_change_place
from tierslieux.places.local_ids import parse_local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT, decode_cursor, encode_cursor
from tierslieux.shared.time import Clock, TimeRange
from tierslieux.web.db import Reads
from tierslieux.web.openapi import instant, problem_responses, query, reading
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import Plan, read_plan, run_plan_in

_CLOSURES = "/api/v1/places/{place_id:str}/closures"
_CLOSURE = "/api/v1/closures/{closure_id:str}"
_FAULTS = problem_responses(400, 401, 403, 404, 409, 422)
_CURSOR = "closures"
_PRIVATE = {"Cache-Control": "private, no-store"}
LONGEST = timedelta(days=3660)
"""The longest closure: ten years."""
_WINDOW = reading(
    [
        query("from", instant(), "Closures that end after it; now where absent"),
        query("to", instant(), "Closures that begin before it"),
    ]
)


@post(
    _CLOSURES,
    summary="Close a place, or some of its resources",
    responses={200: ResponseSpec(ClosureBody, generate_examples=False, description="A preview"), **_FAULTS},
)
async def post_closure(  # noqa: PLR0913, PLR0917 - the request's own fields
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    data: JSONBody[ClosureRequest],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    is_preview: Annotated[  # noqa: FBT002 - `?preview=true`
        bool, QueryParameter(name="preview", description="Answer 200 with what would be hit, and change nothing")
    ] = False,
) -> Response[ClosureBody]:
    """For its hosts. Bookings in the way: 409 `bookings_affected` lists them, unless `existing` and `choices` decide.

    All in one step; whom it concerns is mailed once. It can be undone for ten minutes.
    """
    refuse_unknown_query(request, {"preview"})
    number, now = place_number(place_id), clock.now()
    person = await access_place_as_host(session, user, number)
    new = _new_closure(number, data, now)
    decisions = read_decisions(data.existing, data.choices, number)
    by = Actor(person.account_id, now, data.reason)
    if is_preview:
        async with session.begin_nested() as unmade:
            body = await run_plan_in(session, _answer(number, preview(new, decisions, by), now))
            await unmade.rollback()
        return Response(preview_body(body), status_code=200, headers=_PRIVATE)
    body = await run(session, _answer(number, or_listed(close(new, decisions, by), now), now))
    return Response(body, status_code=201, headers=_PRIVATE | {"Location": f"/api/v1/closures/{body.id}"})


def _answer(place_id: int, plan: Plan[Closed], now: datetime) -> Plan[ClosureBody]:
    closed = yield from plan
    return closure_body(place_id, closed.closure, (yield from hit_bodies(closed.hits, now)))


def _new_closure(place_id: int, data: ClosureRequest, now: datetime) -> NewClosure:
    start, end = instant_of("start", data.start), instant_of("end", data.end)
    if end <= start:
        raise refusal([BrokenRule("end_before_start", None, {"start": start, "end": end})], None)
    if end <= now:
        raise refusal([BrokenRule("in_the_past", now, start)], None)
    if start < EARLIEST or end > LATEST or end - start > LONGEST:
        raise invalid("body", "end", "out_of_range", data.end, "une fermeture de dix ans au plus, avant 2200, attendue")
    resources = None if data.resource_ids is None else _resources(place_id, data.resource_ids)
    return NewClosure(place_id, TimeRange(start, end), data.kind, resources, data.reason)


def _resources(place_id: int, given: list[str]) -> tuple[int, ...]:
    found = []
    for index, text in enumerate(given):
        try:
            owner, number = parse_local_id(text)
        except NotFound:
            owner, number = -1, 0
        if owner != place_id or number in found:
            code = "unknown_value" if owner != place_id else "repeated"
            raise invalid("body", f"resource_ids[{index}]", code, text, "ressources de ce lieu attendues, une fois")
        found.append(number)
    return tuple(sorted(found))


@get(
    _CLOSURES,
    summary="The closures of a place",
    responses=problem_responses(400, 401, 403, 404),
    operation_class=_WINDOW,
)
async def get_closures(  # noqa: PLR0913, PLR0917 - the query's own fields
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    secret: NamedDependency[bytes],
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(max_length=400, description="From the `next` link")] = None,
) -> Response[ClosureList]:
    """For its hosts, in the order of time; those that were undone or ended are not among them."""
    refuse_unknown_query(request, {"from", "to", "limit", "cursor"})
    number = place_number(place_id)
    require_user(user, "places:write")
    if not await read_plan(reads, may_change_place(user, number)):
        raise NotFound
    filters: dict[str, Any] = {"limit": limit + 1}
    filters |= _window(request, clock.now())
    if cursor is not None:
        after = decode_cursor(cursor, purpose=_CURSOR, secret=secret)
        filters |= {"after_start": datetime.fromisoformat(after[0]), "after_id": UUID(after[1])}
    found = await read_plan(reads, list_closures(number, filters))
    items = [closure_body(number, each, []) for each in found[:limit]]
    links = [_next_link(request, found[limit - 1], secret)] if len(found) > limit else []
    return Response(ClosureList(items, links), headers=_PRIVATE)


def _window(request: Request[Any, Any, Any], now: datetime) -> dict[str, datetime | None]:
    given = {
        name: read_query_instant(name, text) for name, text in request.query_params.items() if name in {"from", "to"}
    }
    start, end = given.get("from", now), given.get("to")
    if end is not None and end <= start:
        raise invalid("query", "to", "out_of_range", request.query_params["to"], "un instant après from attendu")
    return {"start": start, "end": end}


def _next_link(request: Request[Any, Any, Any], last: StoredClosure, secret: bytes) -> LinkBody:
    key = encode_cursor([last.start.isoformat(), last.closure_id.hex], purpose=_CURSOR, secret=secret)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    return LinkBody("next", f"{request.scope['path']}?{urlencode([*kept, ('cursor', key)])}")


@post(f"{_CLOSURE}/undo", status_code=200, summary="Undo a closure", responses=_FAULTS)
async def post_closure_undo(
    closure_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[ClosureBody]:
    """Within ten minutes: all as before. `bookings` names those whose seat was taken since, as `lost`."""
    (number, key), now = parse_local_uuid(closure_id), clock.now()
    person = await access_place_as_host(session, user, number)
    body = await run(session, _answer(number, undo(number, key, Actor(person.account_id, now)), now))
    return Response(body, headers=_PRIVATE)


@delete(_CLOSURE, status_code=204, summary="End a closure", responses=_FAULTS)
async def delete_closure(
    closure_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> None:
    """What is closed can be booked again; bookings that it ended or moved stay so."""
    (number, key), now = parse_local_uuid(closure_id), clock.now()
    person = await access_place_as_host(session, user, number)
    await run_plan_in(session, end_closure(number, key, Actor(person.account_id, now)))


CLOSURES: tuple[Any, ...] = (post_closure, get_closures, post_closure_undo, delete_closure)
