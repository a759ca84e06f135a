"""One place for programs: read by anyone, written by its hosts and by moderators (api.md, "Place")."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, access_moderation, require_user
from tierslieux.places.access import access_place_as_host
from tierslieux.places.duplicates.service import unmerge_place
from tierslieux.places.hours_editing import hours_answer, read_new_hours
from tierslieux.places.local_ids import place_number
from tierslieux.places.resources.seat_use import SeatUse
from tierslieux.places.schemas import HoursAnswer, NewHours, NewPlace, PlaceBody, PlacePatch
from tierslieux.places.service import (
    NewHoursOf,
    Over,
    change_place,
    create_place,
    locked_place,
    preview_hours,
    set_hours,
)
from tierslieux.places.whole import load_exceptions, load_place, whole_place
from tierslieux.shared.errors import NotFound, Stale
from tierslieux.shared.time import Clock
from tierslieux.web.caching import cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Reads, snapshot
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan, run_plan_in

PLACES_PATH = "/api/v1/places"
PLACE_PATH = f"{PLACES_PATH}/{{place_id:str}}"
_MERGED = ResponseSpec(None, generate_examples=False, description="Merged: `Location` is the place that it is now.")
_ETAG = ResponseHeader(name="ETag", documentation_only=True, description="Changes with the place and its hours")


@get(
    PLACE_PATH,
    tags=["places"],
    summary="A whole place",
    responses={301: _MERGED, **problem_responses(400, 404)},
    response_headers=[_ETAG],
)
async def get_place(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
) -> Response[PlaceBody]:
    """All that is known of a place, where each fact comes from, and whether it is open now."""
    refuse_unknown_query(request, ())
    number, now = place_number(place_id), clock.now()
    async with snapshot(reads):
        place = await read_plan(reads, load_place(number))
        if place.state == "draft":
            raise NotFound
        if place.merged_into is not None:
            return _moved(place.merged_into)
        body = await read_plan(reads, whole_place(place, now))
    etag = place_etag(body)
    return not_modified(etag) if is_known(request, etag) else Response(body, headers=cache_headers(etag))


def _moved(keeper: int) -> Response[Any]:
    headers = {"Location": f"{PLACES_PATH}/{keeper}", "Access-Control-Allow-Origin": "*", "Cache-Control": "no-cache"}
    return Response(None, status_code=301, headers=headers)


def place_etag(body: PlaceBody) -> str:
    """The tag of a place: its number, its version, and the state of its hours, which changes with the time."""
    until = "" if body.hours.until is None else f"{int(body.hours.until.timestamp()):x}"
    return etag_of(f"{body.id}.{body.version}", f"{body.hours.state}.{body.hours.reason or ''}.{until}")


def expected_version(request: Request[Any, Any, Any], subject: str) -> int | None:
    """The version of ``subject`` (a public id) that ``If-Match`` asks for; ``None`` without the header or for ``*``.

    ``Stale`` for the tag of something else.
    """
    given = request.headers.get("if-match", "*").strip()
    if given == "*":
        return None
    facts = given.removeprefix("W/").strip('"').rpartition("-")[0].partition("-")[2]
    found, _, version = facts.rpartition(".")
    if found != subject or not (version.isascii() and version.isdigit() and len(version) < 10):
        raise Stale
    return int(version)


@post(PLACES_PATH, tags=["places"], summary="Create a place", responses=problem_responses(400, 401, 403, 409, 422))
async def post_place(
    data: JSONBody[NewPlace],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[PlaceBody]:
    """Whoever creates a place becomes its host. `time_zone` and `commune_code` are deduced where absent."""
    person = require_user(user, "places:write")
    now = clock.now()
    number = await create_place(session, data, person.account_id, now)
    answer = await _answer(session, number, clock)
    answer.headers["Location"] = f"{PLACES_PATH}/{number}"
    return answer


@patch(
    PLACE_PATH,
    tags=["places"],
    summary="Change a place",
    responses=problem_responses(400, 401, 403, 404, 409, 412, 422),
)
async def patch_place(  # noqa: PLR0913, PLR0917 - the request's own fields
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    data: JSONBody[PlacePatch],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    seat_use: NamedDependency[SeatUse],
) -> Response[PlaceBody]:
    """JSON merge patch: what is absent stays, `null` takes a value away. For its hosts and moderators.

    Where bookings would lose their time (`state`, `welcome`, hours, holidays), 409 `bookings_affected` lists them,
    unless `existing` or `choices` decide.
    """
    number = place_number(place_id)
    person = await access_place_as_host(session, user, number)
    version = expected_version(request, str(number))
    await change_place(session, number, data, version, (person.account_id, clock.now()), seat_use)
    return await _answer(session, number, clock, status=200)


@put(
    f"{PLACE_PATH}/opening-hours",
    tags=["places"],
    summary="Set the opening hours",
    responses=problem_responses(400, 401, 403, 404, 409, 412, 422),
)
async def put_opening_hours(  # noqa: PLR0913, PLR0917 - the request's own fields
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    data: JSONBody[NewHours],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    seat_use: NamedDependency[SeatUse],
    preview: Annotated[  # noqa: FBT002 - `?preview=true`
        bool, QueryParameter(description="Answer what would be, and change nothing")
    ] = False,
) -> HoursAnswer:
    """OSM text, or French `text` that is read into it; dated exceptions. 422 `invalid_hours` says where and what.

    Bookings that lose open time: 409 `bookings_affected` lists them, unless `existing` or `choices` decide.
    """
    refuse_unknown_query(request, {"preview"})
    number, now = place_number(place_id), clock.now()
    person = await access_place_as_host(session, user, number)
    version = expected_version(request, str(number))
    stored = await locked_place(session, number)
    if version is not None and version != stored.version:
        raise Stale(version=stored.version)
    hours = read_new_hours(data)
    new, over = NewHoursOf(hours.field, hours.exceptions), Over(seat_use, data.existing, data.choices)
    setting = preview_hours if preview else set_hours
    bookings = await setting(session, number, new, (person.account_id, now), over)
    place = await run_plan_in(session, load_place(number))
    answer = hours_answer(hours.at(place), hours.exceptions, hours.warnings, now)
    return msgspec.structs.replace(answer, bookings=bookings)


@get(f"{PLACE_PATH}/opening-hours", summary="The opening hours", responses=problem_responses(400, 404))
async def get_opening_hours(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
) -> HoursAnswer:
    """The weekly text, the dated exceptions, and the next two weeks as they are worked out."""
    refuse_unknown_query(request, ())
    async with snapshot(reads):
        place = await read_plan(reads, load_place(place_number(place_id)))
        exceptions = await read_plan(reads, load_exceptions(place.place_id))
    if place.state in {"draft", "merged"}:
        raise NotFound
    return hours_answer(place, exceptions, (), clock.now())


@post(
    f"{PLACE_PATH}/unmerge",
    status_code=200,
    tags=["places"],
    summary="Take a place out of the one it was merged into",
    responses=problem_responses(400, 401, 403, 404, 409),
)
async def post_unmerge(
    place_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[PlaceBody]:
    """For moderators. Both places show again what their own sources say; 409 where it is not merged."""
    moderator = access_moderation(user)
    number = place_number(place_id)
    await unmerge_place(session, number, moderator.account_id, clock.now())
    return await _answer(session, number, clock, status=200)


async def _answer(session: AsyncSession, number: int, clock: Clock, status: int = 201) -> Response[PlaceBody]:
    place = await run_plan_in(session, load_place(number))
    body = await run_plan_in(session, whole_place(place, clock.now()))
    return Response(body, status_code=status, headers={"ETag": place_etag(body), "Cache-Control": "no-store"})


PLACE_HANDLERS = (get_place, post_place, patch_place, put_opening_hours, get_opening_hours, post_unmerge)
"""``create_app`` puts them in one router with the search, which shares an address with ``post_place``."""
