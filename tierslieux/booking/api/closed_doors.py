"""``/api/v1/places/{id}/closed-reports``: guests who stood before a closed door, for the place's team."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.access import access_team
from tierslieux.booking.queries.closed_doors import ClosedDoor, closed_doors
from tierslieux.booking.schemas import Id, LinkBody
from tierslieux.booking.wire import local
from tierslieux.places.local_ids import local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotFound
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT, BadCursor
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan

_PATH = "/api/v1/places/{place_id:str}/closed-reports"


class ClosedReportBody(msgspec.Struct, frozen=True):
    """One report: its sentence (in French, with the time that was booked), when, and what a moderator made of it."""

    id: Id
    message: str
    reported_at: datetime
    state: str


class ClosedReports(msgspec.Struct, frozen=True):
    """Reports, the latest first; more of them where there is a ``next`` link."""

    items: list[ClosedReportBody]
    links: list[LinkBody]


@get(_PATH, summary="Who found the place closed", responses=problem_responses(400, 401, 403, 404))
async def get_closed_reports(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(description="From the `next` link", max_length=100)] = None,
) -> ClosedReports:
    """For the place's team (`bookings:read`): what guests said on the day by "C'est fermé". It does not say who."""
    refuse_unknown_query(request, {"limit", "cursor"})
    number = place_number(place_id)
    await read_plan(reads, access_team(user, number, "bookings:read"))
    found = await read_plan(reads, closed_doors(number, _before(cursor, number), limit + 1))
    items = [_body(number, each) for each in found[:limit]]
    address = f"/api/v1/places/{number}/closed-reports?limit={limit}&cursor={items[-1].id}" if items else ""
    return ClosedReports(items, [LinkBody("next", address)] if len(found) > limit else [])


def _before(cursor: str | None, place_id: int) -> UUID | None:
    if cursor is None:
        return None
    try:
        at, key = parse_local_uuid(cursor)
    except NotFound as exc:
        raise BadCursor from exc
    if at != place_id:
        raise BadCursor
    return key


def _body(place_id: int, each: ClosedDoor) -> ClosedReportBody:
    reported_at = local(each.reported_at, ZoneInfo(each.time_zone))
    return ClosedReportBody(local_id(place_id, each.report_id), each.message, reported_at, each.state)


CLOSED_DOORS: tuple[Any, ...] = (get_closed_reports,)
