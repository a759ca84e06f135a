"""``/api/v1/places/{id}/waitlist``: to be told when a seat frees up, and offered it for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, require_user
from tierslieux.booking.api.showing import PRIVATE
from tierslieux.booking.domain.rules import EARLIEST, LATEST
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.errors import RulesBroken
from tierslieux.booking.queries.waitlist import WaitView, load_mine
from tierslieux.booking.refusals import refusal
from tierslieux.booking.repository.series import zone_of_place
from tierslieux.booking.repository.waitlist import NewEntry
from tierslieux.booking.schemas import Id, Instant, LinkBody, People
from tierslieux.booking.service import follow
from tierslieux.booking.service.waiting import WishRefused, entry_of, wait, wait_no_longer
from tierslieux.booking.times import read_instant
from tierslieux.booking.wire import local, rule_bodies
from tierslieux.places.local_ids import local_id, parse_local_id, parse_local_uuid, place_number
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import Plan, read_plan, run_plan_in

LONGEST_WISH = timedelta(days=92)
_PATH = "/api/v1/places/{place_id:str}/waitlist"
_FAULTS = problem_responses(400, 401, 403, 404, 422)


class WaitRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seat for ``minutes``, wholly between ``from`` and ``to``; without ``resource_id`` any resource will do."""

    start: Instant = msgspec.field(name="from")
    end: Instant = msgspec.field(name="to")
    minutes: Annotated[int, msgspec.Meta(ge=1, le=10_080)]
    seats: People = 1
    resource_id: Id | None = None


class OfferBody(msgspec.Struct, frozen=True):
    """A seat that is kept until ``expires_at``; booked by ``POST /api/v1/bookings`` with its ``hold_id``."""

    hold_id: str
    resource_id: str
    start: datetime
    end: datetime
    expires_at: datetime


class WaitBody(msgspec.Struct, frozen=True, kw_only=True):
    """A wish; ``position`` among those that compete for the same seats, from 1 on, while ``state`` is ``waiting``."""

    id: str
    position: int | None
    state: str
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    minutes: int
    seats: int
    resource_id: str | None
    offer: OfferBody | None
    created_at: datetime


class WaitList(msgspec.Struct, frozen=True):
    """My wishes at a place, in the order in which they came."""

    items: list[WaitBody]
    links: list[LinkBody]


@post(_PATH, summary="Wait for a seat", responses=_FAULTS)
async def post_wait(
    place_id: FromPath[str],
    data: JSONBody[WaitRequest],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[WaitBody]:
    """When a seat frees, the first in line whose wish fits is told and has it kept for half an hour.

    At most three times a day and person, between 8:00 and 20:00 of the place. 422 where no seat could ever fit.
    """
    person, now = require_user(user, "bookings:write"), clock.now()
    number = place_number(place_id)
    new = _read(data, number, person.account_id)
    try:
        view = await run_plan_in(session, wait(new, now))
    except WishRefused as exc:
        rules = [msgspec.to_builtins(each) for each in rule_bodies(exc.broken, exc.zone)]
        raise RulesBroken(exc.broken[0].code, broken_rules=rules, alternatives=[]) from exc
    zone = await run_plan_in(session, zone_of_place(number))
    return Response(_body(view, number, zone), status_code=201, headers=PRIVATE)


def _read(data: WaitRequest, number: int, guest_id: UUID) -> NewEntry:
    start, end = read_instant("from", data.start), read_instant("to", data.end)
    if isinstance(start, BrokenRule) or isinstance(end, BrokenRule):
        raise refusal([each for each in (start, end) if isinstance(each, BrokenRule)], None)
    if not (start >= EARLIEST and end <= LATEST):
        raise invalid("body", "to", "out_of_range", data.end, "une date de 1980 à 2200 attendue")
    if end - start > LONGEST_WISH:
        raise invalid("body", "to", "out_of_range", data.end, "92 jours au plus après « from »")
    resource_id = None
    if data.resource_id is not None:
        owner, resource_id = parse_local_id(data.resource_id)
        if owner != number:
            raise NotFound
    wish = {"start": start, "end": end, "minutes": data.minutes, "seats": data.seats}
    return entry_of(number, guest_id, resource_id=resource_id, **wish)


def _body(view: WaitView, place_id: int, zone: ZoneInfo) -> WaitBody:
    return WaitBody(
        id=local_id(place_id, view.entry_id),
        position=view.position,
        state=view.state,
        start=local(view.start, zone),
        end=local(view.end, zone),
        minutes=view.minutes,
        seats=view.seats,
        resource_id=None if view.resource_id is None else local_id(place_id, view.resource_id),
        offer=_offer(view, place_id, zone),
        created_at=local(view.created_at, zone),
    )


def _offer(view: WaitView, place_id: int, zone: ZoneInfo) -> OfferBody | None:
    start, end, until = view.offer_start, view.offer_end, view.offer_expires_at
    if view.offer_booking_id is None or view.offer_resource_id is None or not (start and end and until):
        return None
    hold_id, resource_id = local_id(place_id, view.offer_booking_id), local_id(place_id, view.offer_resource_id)
    return OfferBody(hold_id, resource_id, local(start, zone), local(end, zone), local(until, zone))


@get(_PATH, summary="My wishes at a place", responses=problem_responses(400, 401, 403, 404))
async def get_waits(
    request: Request[Any, Any, Any],
    place_id: FromPath[str],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> WaitList:
    """Those that are open, with the offer while it is kept, and those of days to come whatever became of them."""
    refuse_unknown_query(request, ())
    person = require_user(user, "bookings:read")
    return await read_plan(reads, _mine(place_number(place_id), person.account_id, clock.now()))


def _mine(place_id: int, guest_id: UUID, now: datetime) -> Plan[WaitList]:
    zone = yield from zone_of_place(place_id)
    views = yield from load_mine(place_id, guest_id, now)
    return WaitList([_body(view, place_id, zone) for view in views], [])


@delete(f"{_PATH}/{{entry_id:str}}", status_code=204, summary="Wait no longer", responses=_FAULTS)
async def delete_wait(
    place_id: FromPath[str],
    entry_id: FromPath[str],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> None:
    """A seat that is kept for it is let go, and offered to the next."""
    person = require_user(user, "bookings:write")
    number, (owner, key) = place_number(place_id), parse_local_uuid(entry_id)
    if owner != number:
        raise NotFound
    let_go = await run_plan_in(session, wait_no_longer(number, key, person.account_id, clock.now()))
    await follow(session, number, [], let_go)


WAITLIST: tuple[Any, ...] = (post_wait, get_waits, delete_wait)
