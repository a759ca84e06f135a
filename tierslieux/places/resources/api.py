"""What a place has to book, for programs: read by anyone, written by its hosts and by moderators (api.md)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.places.access import access_place_as_host, may_change_place
from tierslieux.places.api import PLACE_PATH, expected_version
from tierslieux.places.local_ids import local_id, parse_local_id, place_number
from tierslieux.places.resources.bodies import ResourceBody, ResourceList
from tierslieux.places.resources.schemas import NewResource, ResourcePatch
from tierslieux.places.resources.seat_use import SeatUse
from tierslieux.places.resources.service import Order, change_resource, create_resource
from tierslieux.places.resources.stored import (
    StoredResource,
    hosts_body,
    load_resource,
    load_resources,
    on_offer,
    resource_body,
)
from tierslieux.places.whole import StoredPlace, load_place
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.caching import DOCUMENTED_HEADERS, cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Reads, snapshot
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan, run_plan_in

RESOURCES_PATH = "/api/v1/resources"
RESOURCE_PATH = f"{RESOURCES_PATH}/{{resource_id:str}}"
_PRIVATE = {"Cache-Control": "private, no-store"}


@get(
    f"{PLACE_PATH}/resources",
    summary="What a place has to book",
    responses=problem_responses(400, 401, 404),
    response_headers=DOCUMENTED_HEADERS,
)
async def list_resources(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
) -> Response[ResourceList]:
    """All on one page. The place's hosts also read archived ones, and how to get in."""
    refuse_unknown_query(request, ())
    number = place_number(place_id)
    async with snapshot(reads):
        place = await read_plan(reads, _shown_place(number))
        resources = await read_plan(reads, load_resources(number))
        is_theirs = await read_plan(reads, may_change_place(user, number))
    if is_theirs:
        items = [hosts_body(number, place.policy, each) for each in resources]
        return Response(ResourceList(items, []), headers=_PRIVATE)
    etag = etag_of(f"{number}.{place.version}", "resources")
    if is_known(request, etag):
        return not_modified(etag)
    items = [resource_body(number, place.policy, each) for each in on_offer(resources)]
    return Response(ResourceList(items, []), headers=cache_headers(etag))


@get(
    RESOURCE_PATH,
    summary="A resource of a place",
    responses=problem_responses(400, 401, 404),
    response_headers=DOCUMENTED_HEADERS,
)
async def get_resource(
    request: Request[Any, Any, Any],
    resource_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
) -> Response[ResourceBody]:
    """One of them; `ETag` is what `If-Match` of a change asks for."""
    refuse_unknown_query(request, ())
    number, key = parse_local_id(resource_id)
    async with snapshot(reads):
        place = await read_plan(reads, _shown_place(number))
        stored = await read_plan(reads, load_resource(number, key))
        is_theirs = await read_plan(reads, may_change_place(user, number))
    if stored is None or (stored.is_archived and not is_theirs):
        raise NotFound
    etag = resource_etag(place, stored)
    if is_theirs:
        return Response(hosts_body(number, place.policy, stored), headers=_PRIVATE | {"ETag": etag})
    if is_known(request, etag):
        return not_modified(etag)
    return Response(resource_body(number, place.policy, stored), headers=cache_headers(etag))


@post(
    f"{PLACE_PATH}/resources",
    summary="Give a place something to book",
    responses=problem_responses(400, 401, 403, 404, 409, 422),
)
async def post_resource(
    place_id: FromPath[str],
    data: JSONBody[NewResource],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[ResourceBody]:
    """`seats` are labelled "1" to "n" and in service from today; a meeting room is one seat with a `head_count`."""
    number = place_number(place_id)
    await access_place_as_host(session, user, number)
    key = await create_resource(session, number, data, clock.now())
    stored = await run_plan_in(session, load_resource(number, key))
    if stored is None:
        raise NotFound
    answer = await _answer(session, number, stored, 201)
    answer.headers["Location"] = f"{RESOURCES_PATH}/{local_id(number, key)}"
    return answer


@patch(
    RESOURCE_PATH,
    summary="Change a resource",
    responses=problem_responses(400, 401, 403, 404, 409, 412, 422),
)
async def patch_resource(  # noqa: PLR0913, PLR0917 - the request's own fields
    request: Request[Any, Any, Any],
    resource_id: FromPath[str],
    data: JSONBody[ResourcePatch],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
    seat_use: NamedDependency[SeatUse],
) -> Response[ResourceBody]:
    """JSON merge patch. In `prices` `null` is pay what you can; in `seat_list` seats are named by `id`, others stay.

    Fewer `seats`, or `archived`, over bookings: 409 `bookings_affected` lists them; `existing: keep` lets them stand.
    """
    number, key = parse_local_id(resource_id)
    person = await access_place_as_host(session, user, number)
    order = Order(data, expected_version(request, resource_id), person.account_id, clock.now())
    stored = await change_resource(session, number, key, order, seat_use)
    return await _answer(session, number, stored, 200)


async def _answer(session: AsyncSession, number: int, stored: StoredResource, status: int) -> Response[ResourceBody]:
    place = await run_plan_in(session, load_place(number))
    headers = {"ETag": resource_etag(place, stored), "Cache-Control": "no-store"}
    return Response(hosts_body(number, place.policy, stored), status_code=status, headers=headers)


def _shown_place(number: int) -> Any:
    place = yield from load_place(number)
    if place.state in {"draft", "merged"}:
        raise NotFound
    return place


def resource_etag(place: StoredPlace, stored: StoredResource) -> str:
    """The tag of a resource: its version, and its place's, whose policy holds where it has none."""
    return etag_of(f"{local_id(place.place_id, stored.resource_id)}.{stored.version}", f"p{place.version}")


RESOURCE_HANDLERS = (list_resources, get_resource, post_resource, patch_resource)
"""``create_app`` puts them in the router of places."""
