"""``GET /api/v1/places/{id}/availability``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from tierslieux.booking.domain.intervals import Interval, State
from tierslieux.booking.service.availability import AvailabilityQuestion, ResourceAvailability, availability
from tierslieux.booking.times import read_query_instant
from tierslieux.booking.wire import local
from tierslieux.places.local_ids import local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.shared.time import Clock, TimeRange
from tierslieux.web.db import Reads
from tierslieux.web.openapi import instant, problem_responses, query
from tierslieux.web.openapi import reading as documented
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan

MOST_DAYS = {"hour": 31, "half_day": 92, "day": 92}
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class IntervalBody(msgspec.Struct, frozen=True):
    """A range that can be asked for."""

    start: datetime
    end: datetime
    free: int
    capacity: int
    state: State
    reasons: list[str]


class ResourceIntervals(msgspec.Struct, frozen=True):
    """A resource and what is free of it."""

    resource_id: str
    name: str
    kind: str
    capacity: int
    intervals: list[IntervalBody]


class AvailabilityBody(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """What a place has free, as of the moment of the question."""

    place_id: str
    time_zone: str
    as_of: datetime
    mode: Literal["hour", "half_day", "day"]
    seats: int
    first: datetime
    last: datetime
    resources: list[ResourceIntervals]


@get(
    "/api/v1/places/{place_id:str}/availability",
    summary="What is free when",
    responses=problem_responses(400, 401, 404),
    operation_class=documented(
        [
            query("from", instant(), "From when, RFC 3339 with an offset", required=True),
            query("to", instant(), "Until when; at most 31 days, 92 for half-days and days", required=True),
        ]
    ),
)
async def get_availability(  # noqa: PLR0913, PLR0917 - the query's own fields
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    mode: Annotated[Literal["hour", "half_day", "day"], QueryParameter(description="What kind of intervals")] = "hour",
    seats: Annotated[int, QueryParameter(ge=1, le=10_000, description="For how many people")] = 1,
    ignore_booking: Annotated[
        str | None, QueryParameter(max_length=60, description="As if this booking were not there")
    ] = None,
) -> Response[AvailabilityBody]:
    """Per resource one interval a slot, half-day or day within opening hours; `reasons` are codes of broken rules."""
    refuse_unknown_query(request, {"from", "to", "mode", "seats", "ignore_booking"})
    number, now = place_number(place_id), clock.now()
    within = _within(request, mode)
    question = AvailabilityQuestion(number, within, mode, seats, now, _ignored(ignore_booking, number))
    found = await read_plan(reads, availability(question))
    body = AvailabilityBody(
        place_id=str(number),
        time_zone=found.zone.key,
        as_of=local(now, found.zone),
        mode=mode,
        seats=seats,
        first=local(within.start, found.zone),
        last=local(within.end, found.zone),
        resources=[_resource_body(number, each, found.zone) for each in found.resources],
    )
    return Response(body, headers={"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"})


def _within(request: Request[Any, Any, Any], mode: str) -> TimeRange:
    start, end = _instant(request, "from"), _instant(request, "to")
    if end <= start:
        raise invalid("query", "to", "out_of_range", request.query_params["to"], "un instant après « from » attendu")
    most = MOST_DAYS[mode]
    # a day may have 25 hours, and a month two of them
    if end - start > timedelta(days=most, hours=2):
        raise invalid("query", "to", "out_of_range", request.query_params["to"], f"au plus {most} jours après « from »")
    return TimeRange(start, end)


def _instant(request: Request[Any, Any, Any], name: str) -> datetime:
    text = request.query_params.get(name)
    if text is None:
        raise invalid("query", name, "missing", None, "attendu")
    found = read_query_instant(name, text)
    if not _FIRST <= found <= _LAST:
        raise invalid("query", name, "out_of_range", text, "une année de 2000 à 2099 attendue")
    return found


def _ignored(text: str | None, number: int) -> Any:
    """The booking to leave out: one of this place, else it would change nothing."""
    if text is None:
        return None
    try:
        owner, key = parse_local_uuid(text)
    except NotFound as exc:
        raise invalid("query", "ignore_booking", "wrong_format", text, "identifiant de réservation attendu") from exc
    return key if owner == number else None


def _resource_body(place_id: int, each: ResourceAvailability, zone: Any) -> ResourceIntervals:
    resource = each.resource
    return ResourceIntervals(
        local_id(place_id, resource.resource_id),
        resource.name,
        resource.kind,
        len(resource.seats),
        [_interval_body(interval, zone) for interval in each.intervals],
    )


def _interval_body(each: Interval, zone: Any) -> IntervalBody:
    return IntervalBody(
        local(each.during.start, zone),
        local(each.during.end, zone),
        each.free,
        each.capacity,
        each.state,
        list(each.reasons),
    )


AVAILABILITY = (get_availability,)
