"""From a request's body to an order: ids, times, seats, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.accounts.service import account_for_email
from tierslieux.booking.access import is_team
from tierslieux.booking.domain.values import BrokenRule, Mode, Wish
from tierslieux.booking.engine import Order
from tierslieux.booking.refusals import Asking, refusal
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import BookingRequest
from tierslieux.booking.times import read_instant
from tierslieux.places.local_ids import parse_local_id
from tierslieux.shared.errors import NotAllowed, NotFound, invalid
from tierslieux.web.plans import run_plan_in

_SOMEWHEN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ReadWish:
    """What a body asks for; ``naive`` holds the times that name no instant."""

    place_id: int
    resource_id: int
    wish: Wish
    naive: tuple[BrokenRule, ...] = ()

    def asking(self, guest_id: UUID | None, now: datetime, except_id: UUID | None = None) -> Asking:
        """For whom alternatives are looked for."""
        return Asking(Asked(self.place_id, self.resource_id, guest_id, now, except_id), self.wish)


def read_wish(data: BookingRequest) -> ReadWish:
    """The wish of a body. ``NotFound`` for ids that nothing can have; times without offset are broken rules."""
    place_id, resource_id = parse_local_id(data.resource_id)
    start, end = read_instant("start", data.start), read_instant("end", data.end)
    naive = tuple(each for each in (start, end) if isinstance(each, BrokenRule))
    wish = Wish(
        start if isinstance(start, datetime) else _SOMEWHEN,
        end if isinstance(end, datetime) else _SOMEWHEN,
        data.seats,
        data.mode,
        read_seats(data.seat_ids, place_id),
    )
    return ReadWish(place_id, resource_id, wish, naive)


def required(read: ReadWish) -> ReadWish:
    """``read``, or the refusal of its times without offset."""
    if read.naive:
        raise refusal(read.naive, None)
    return read


def read_seats(seat_ids: list[str] | None, place_id: int) -> tuple[int, ...]:
    """The numbers of seats of this place; ``InvalidRequest`` for another place's."""
    found = []
    for text in seat_ids or ():
        try:
            owner, number = parse_local_id(text)
        except NotFound:
            owner, number = -1, 0
        if owner != place_id:
            raise invalid("body", "seat_ids", "unknown_value", text, "aucune place de ce lieu n'a cet identifiant")
        found.append(number)
    return tuple(found)


async def read_order(
    session: AsyncSession, person: CurrentUser, data: BookingRequest, read: ReadWish, now: datetime
) -> Order:
    """The order of a signed-in person: for themselves, or as the place's team for someone else."""
    by_team = data.on_behalf_of is not None or data.override is not None
    if by_team:
        person.require_scope("places:write")
        if not await run_plan_in(session, is_team(person, read.place_id)):
            raise NotAllowed(scope="places:write")
    guest_id, label = await _for_whom(session, person, data, now)
    return Order(
        place_id=read.place_id,
        resource_id=read.resource_id,
        wish=read.wish,
        guest_id=guest_id,
        by=Actor(person.account_id, now, data.override.reason if data.override else None),
        origin="host" if by_team else "api" if person.session_key is None else "web",
        guest_label=label,
        by_team=by_team,
        is_override=data.override is not None,
    )


async def _for_whom(
    session: AsyncSession, person: CurrentUser, data: BookingRequest, now: datetime
) -> tuple[UUID | None, str | None]:
    wanted = data.on_behalf_of
    if wanted is None:
        return person.account_id, None
    if wanted.email is None:
        return None, wanted.name
    return await account_for_email(session, wanted.email, wanted.name, now), None


def asked_mode(request: Request[Any, Any, Any]) -> Mode | None:
    """The ``mode`` of a query, if it names one."""
    mode = request.query_params.get("mode")
    return mode if mode in {"hour", "half_day", "day"} else None
