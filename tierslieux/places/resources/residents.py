"""Seats given to a person for a period: a closure of kind ``resident`` on the seat, which then counts as taken.

Who it is, is kept for the period only: the account where the address given has one, and the name as the team wrote it,
both erased when the period is over. The answer is the same whether there is an account or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from tierslieux.accounts.service import account_of
from tierslieux.places.local_ids import local_id, parse_local_id
from tierslieux.places.repository import LockedPlace
from tierslieux.places.resources.bodies import ResidentBody
from tierslieux.places.resources.errors import BookingsAffected, SeatGiven
from tierslieux.places.resources.schemas import NewResident
from tierslieux.places.resources.seat_use import Clearing, SeatUse
from tierslieux.places.service import locked_place
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.shared.time import midnight
from tierslieux.web.plans import Plan, run_plan_in

WITHOUT_END = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a period that has none: every reader of closures finds an instant there."""
_LONGEST_DAYS = 3660
_SEAT = """
SELECT resource_id FROM seat
WHERE place_id = %(place_id)s::integer AND seat_id = %(seat_id)s::integer AND upper_inf(in_service)
"""
_GIVEN = """
SELECT closure_id FROM closure
WHERE place_id = %(place_id)s::integer AND seat_id = %(seat_id)s::integer AND kind = 'resident'
  AND withdrawn_at IS NULL AND during && tstzrange(%(start)s::timestamptz, %(end)s::timestamptz)
LIMIT 1
"""
_GIVE = """
INSERT INTO closure (place_id, closure_id, kind, resource_id, seat_id, guest_id, during, reason, created_at, created_by)
VALUES (%(place_id)s::integer, %(closure_id)s::uuid, 'resident', %(resource_id)s::integer, %(seat_id)s::integer,
  %(guest_id)s::uuid, tstzrange(%(start)s::timestamptz, %(end)s::timestamptz), %(name)s, %(now)s::timestamptz,
  %(by)s::uuid)
"""
_RESIDENTS = """
SELECT c.closure_id, c.resource_id, c.seat_id, s.label, lower(c.during), upper(c.during), c.reason, c.created_at,
  p.time_zone
FROM closure c JOIN seat s ON s.place_id = c.place_id AND s.seat_id = c.seat_id JOIN place p ON p.place_id = c.place_id
WHERE c.place_id = %(place_id)s::integer AND c.kind = 'resident' AND c.withdrawn_at IS NULL
  AND c.during && tstzrange(%(now)s::timestamptz, NULL)
ORDER BY lower(c.during), c.closure_id
"""
# begun: it ends now, so that the seat was taken until then; not begun: it never was
_END = """
UPDATE closure SET reason = NULL, guest_id = NULL,
  withdrawn_at = CASE WHEN lower(during) >= %(now)s::timestamptz THEN %(now)s::timestamptz END,
  during = CASE WHEN lower(during) >= %(now)s::timestamptz THEN during
    ELSE tstzrange(lower(during), %(now)s::timestamptz) END
WHERE place_id = %(place_id)s::integer AND closure_id = %(closure_id)s::uuid AND kind = 'resident'
  AND withdrawn_at IS NULL AND upper(during) > %(now)s::timestamptz
RETURNING closure_id
"""
FORGET_RESIDENTS = """
UPDATE closure SET reason = NULL, guest_id = NULL
WHERE kind = 'resident' AND (reason IS NOT NULL OR guest_id IS NOT NULL) AND upper(during) <= %(now)s::timestamptz
"""
"""Erases who had a seat, once they have it no more."""


class _Gift(NamedTuple):
    place_id: int
    seat_id: int
    start: datetime
    end: datetime
    by: UUID
    now: datetime


async def give_seat(
    session: AsyncSession, place_id: int, new: NewResident, use: SeatUse, change: tuple[UUID, datetime]
) -> UUID:
    """Give a seat; the closure's id. ``change``: by whom and when.

    ``NotFound`` for a seat that the place does not have, ``SeatGiven`` where it is someone's already,
    ``BookingsAffected`` where bookings stand on it in that period.
    """
    place = await locked_place(session, place_id)
    seat_place, seat_id = parse_local_id(new.seat_id)
    if seat_place != place_id:
        raise NotFound
    start, end = _period(new, place, change[1])
    name = _named(new)
    guest_id = None if new.email is None else await _account(session, new.email)
    gift = _Gift(place_id, seat_id, start, end, *change)
    return await run_plan_in(session, _giving(gift, name, guest_id, use))


def _period(new: NewResident, place: LockedPlace, now: datetime) -> tuple[datetime, datetime]:
    """From the first local midnight to the one after the last day."""
    zone = ZoneInfo(place.time_zone)
    today = now.astimezone(zone).date()
    if not 0 <= (new.first - today).days <= _LONGEST_DAYS:
        raise invalid("body", "from", "out_of_range", new.first, "un jour entre aujourd'hui et dans dix ans attendu")
    if new.last is None:
        return midnight(new.first, zone), WITHOUT_END
    if not 0 <= (new.last - new.first).days <= _LONGEST_DAYS:
        raise invalid("body", "to", "out_of_range", new.last, "un jour entre from et dix ans plus tard attendu")
    return midnight(new.first, zone), midnight(new.last + timedelta(days=1), zone)


def _named(new: NewResident) -> str:
    name = (new.name or new.email or "").strip()
    if not name:
        raise invalid("body", "name", "missing", None, "name ou email attendu")
    return name


async def _account(session: AsyncSession, email: str) -> UUID | None:
    try:
        return await account_of(session, email)
    except NotFound:
        return None


def _giving(gift: _Gift, name: str, guest_id: UUID | None, use: SeatUse) -> Plan[UUID]:
    found = yield _SEAT, gift._asdict()
    if not found:
        raise NotFound
    if (yield _GIVEN, gift._asdict()):
        raise SeatGiven
    hit = yield from use.clear(_clearing(gift))
    if hit:
        raise BookingsAffected(bookings=hit)
    closure_id = UUID(str(uuid7()))
    names = {"closure_id": closure_id, "name": name, "guest_id": guest_id, "resource_id": found[0][0]}
    yield _GIVE, gift._asdict() | names
    return closure_id


def _clearing(gift: _Gift) -> Clearing:
    return Clearing(
        place_id=gift.place_id,
        seat_ids=(gift.seat_id,),
        start=gift.start,
        end=gift.end,
        existing="refuse",
        choices=(),
        by=gift.by,
        now=gift.now,
    )


async def take_seat_back(session: AsyncSession, place_id: int, closure_id: UUID, now: datetime) -> None:
    """End a resident's period now, and forget who it was; ``NotFound`` where there is none, or it is over."""
    await locked_place(session, place_id)
    if not await run_plan_in(session, _ending(place_id, closure_id, now)):
        raise NotFound


def _ending(place_id: int, closure_id: UUID, now: datetime) -> Plan[bool]:
    rows = yield _END, {"place_id": place_id, "closure_id": closure_id, "now": now}
    return bool(rows)


def load_residents(place_id: int, now: datetime) -> Plan[list[ResidentBody]]:
    """The residents of a place, present and to come, by their first day."""
    rows = yield _RESIDENTS, {"place_id": place_id, "now": now}
    return [_body(place_id, row) for row in rows]


def _body(place_id: int, row: Sequence[Any]) -> ResidentBody:
    closure_id, resource_id, seat_id, label, start, end, name, created_at, time_zone = row
    zone = ZoneInfo(time_zone)
    return ResidentBody(
        id=local_id(place_id, closure_id),
        place_id=str(place_id),
        resource_id=local_id(place_id, resource_id),
        seat_id=local_id(place_id, seat_id),
        seat_label=label,
        first=start.astimezone(zone).date(),
        last=None if end >= WITHOUT_END else end.astimezone(zone).date() - timedelta(days=1),
        name=name,
        created_at=created_at.astimezone(zone).replace(microsecond=0),
    )
