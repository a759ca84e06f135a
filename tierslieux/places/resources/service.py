"""Use cases of a place's team on what can be booked there. One transaction each, owned by the caller."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places.resources import repository
from tierslieux.places.resources.changes import changed_columns, seat_changes
from tierslieux.places.resources.errors import BookingsAffected, TooMuchToBook
from tierslieux.places.resources.repository import Day
from tierslieux.places.resources.schemas import NewResource, ResourcePatch
from tierslieux.places.resources.seat_use import Change, Clearing, SeatUse, bookings_outgrowing
from tierslieux.places.resources.stored import ResourceColumns, StoredResource, load_resource
from tierslieux.places.service import locked_place
from tierslieux.places.upkeep import keeping_up
from tierslieux.shared.errors import NotFound, Stale
from tierslieux.web.plans import Plan, run_plan_in

MOST_RESOURCES = 500
MOST_SEATS_OF_A_PLACE = 50_000


class Order(NamedTuple):
    """A change as a team asks for it: what, over which version (``None``: any), by whom and when."""

    patch: ResourcePatch
    version: int | None
    by: UUID
    now: datetime


def local_day(now: datetime, time_zone: str) -> Day:
    """``now`` as the place sees it."""
    return Day(now, now.astimezone(ZoneInfo(time_zone)).date(), time_zone)


async def create_resource(session: AsyncSession, place_id: int, new: NewResource, now: datetime) -> int:
    """A resource with its seats, in service from today; its number, which counts within the place."""
    place = await locked_place(session, place_id)
    columns = changed_columns(ResourceColumns(), new, place.policy)
    async with keeping_up(session, (place_id,), now):
        await run_plan_in(session, _check_room(place_id, new.seats, 1))
        await run_plan_in(session, repository.touch_place(place_id, now))
        today = local_day(now, place.time_zone).today
        return await run_plan_in(session, repository.add_resource(place_id, columns, new.seats, today))


async def change_resource(
    session: AsyncSession, place_id: int, resource_id: int, order: Order, use: SeatUse
) -> StoredResource:
    """Change what the order's patch names; the resource as it is then.

    ``Stale`` where another version is asked for; ``BookingsAffected`` where bookings would be hit that may not be.
    """
    place = await locked_place(session, place_id)
    stored = await run_plan_in(session, load_resource(place_id, resource_id))
    if stored is None:
        raise NotFound
    if order.version is not None and order.version != stored.version:
        raise Stale(version=stored.version)
    columns = changed_columns(stored.columns, order.patch, place.policy)
    async with keeping_up(session, (place_id,), order.now):
        change = _Change(place_id, stored, order, local_day(order.now, place.time_zone), use)
        return await run_plan_in(session, _changing(change, columns))


class _Change(NamedTuple):
    place_id: int
    stored: StoredResource
    order: Order
    day: Day
    use: SeatUse


def _changing(change: _Change, columns: ResourceColumns) -> Plan[StoredResource]:
    place_id, stored, order, day, use = change
    before = yield from use.look(place_id)
    yield from repository.change_seats(place_id, seat_changes(place_id, stored, order.patch.seat_list))
    yield from _resize(change)
    if columns.head_count < stored.columns.head_count:
        hit = yield from bookings_outgrowing(place_id, stored.resource_id, columns.head_count, day.now)
        _check_kept(hit, change)
    if order.patch.archived is not UNSET and order.patch.archived != stored.is_archived:
        yield from _archive(change)
    yield from repository.change_resource(place_id, stored.resource_id, columns)
    yield from use.settle(before, _as_said(change))
    yield from repository.touch_place(place_id, day.now)
    changed = yield from load_resource(place_id, stored.resource_id)
    if changed is None:
        raise NotFound
    return changed


def _as_said(change: _Change) -> Change:
    patch = change.order.patch
    return Change(
        place_id=change.place_id,
        existing=patch.existing,
        choices=patch.choices,
        by=change.order.by,
        now=change.day.now,
    )


def _resize(change: _Change) -> Plan[None]:
    place_id, stored, order, day, _ = change
    wanted = len(stored.seats) if order.patch.seats is UNSET else order.patch.seats
    more = wanted - len(stored.seats)
    if more > 0:
        yield from _check_room(place_id, more, 0)
        yield from repository.add_seats(place_id, stored, more, day)
    elif more < 0:
        leaving = yield from repository.leaving_seats(place_id, stored, -more, day.now)
        yield from _clear(change, leaving)
        yield from repository.retire_seats(place_id, leaving, day)


def _archive(change: _Change) -> Plan[None]:
    place_id, stored, _, day, _ = change
    if stored.is_archived:
        yield from _check_room(place_id, len(stored.seats), 1)
        yield from repository.archive(place_id, stored.resource_id, None)
        return
    yield from _clear(change, tuple(seat.seat_id for seat in stored.seats))
    yield from repository.archive(place_id, stored.resource_id, day.now)


def _clear(change: _Change, seat_ids: tuple[int, ...]) -> Plan[None]:
    """Make these seats free for ever, or raise ``BookingsAffected``."""
    patch = change.order.patch
    clearing = Clearing(
        place_id=change.place_id,
        seat_ids=seat_ids,
        start=change.day.now,
        end=None,
        existing=patch.existing,
        choices=patch.choices,
        by=change.order.by,
        now=change.day.now,
    )
    hit = yield from change.use.clear(clearing)
    residents = yield from repository.residents_on(change.place_id, seat_ids, change.day.now)
    if residents:
        raise BookingsAffected(bookings=hit, residents=residents)
    if hit:
        raise BookingsAffected(bookings=hit)


def _check_kept(hit: list[dict[str, Any]], change: _Change) -> None:
    if hit and change.order.patch.existing != "keep":
        raise BookingsAffected(bookings=hit)


def _check_room(place_id: int, seats: int, resources: int) -> Plan[None]:
    """Refuse what would make a place larger than any place is."""
    had = yield from repository.count_on_offer(place_id)
    limits = (
        ("too_many_resources", MOST_RESOURCES, had[0] + resources),
        ("too_many_seats", MOST_SEATS_OF_A_PLACE, had[1] + seats),
    )
    broken = [
        {"code": code, "limit": limit, "value": value, "message": f"au plus {limit} par lieu"}
        for code, limit, value in limits
        if value > limit
    ]
    if broken:
        raise TooMuchToBook(broken_rules=broken)
