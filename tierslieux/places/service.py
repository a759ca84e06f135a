"""Use cases of a place's team: create it, change it, set its hours. One transaction each, owned by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places import repository
from tierslieux.places.editing import changed_fields, read_position, read_time_zone
from tierslieux.places.errors import PlaceMerged
from tierslieux.places.hours.days import DatedHours
from tierslieux.places.importing.positions import TERRITORIES
from tierslieux.places.resources.repository import lock_resources
from tierslieux.places.resources.seat_use import Change, SeatUse
from tierslieux.places.schemas import ChoiceBody, Existing, NewPlace, PlacePatch
from tierslieux.places.showing import show_again
from tierslieux.places.upkeep import keeping_up
from tierslieux.shared.errors import NotFound, Stale, invalid
from tierslieux.territories.zones import MAINLAND_ZONE, time_zone_of
from tierslieux.web.plans import Plan, run_plan_in

_OVERSEAS = ("97", "98")
_WHERE = frozenset({"position", "commune_code", "time_zone", "address"})


async def create_place(session: AsyncSession, new: NewPlace, by: UUID, now: datetime) -> int:
    """A place that ``by`` becomes the host of; its number. Commune and time zone are deduced where not given."""
    fields = changed_fields(new, {})
    place_id = await run_plan_in(session, repository.create_place(new.name, new.kind, MAINLAND_ZONE, now))
    async with keeping_up(session, (place_id,), now):
        await run_plan_in(session, repository.join_place(place_id, by, "host"))
        await run_plan_in(session, _said(place_id, new, fields, (by, now)))
    return place_id


async def change_place(
    session: AsyncSession,
    place_id: int,
    patch: PlacePatch,
    version: int | None,
    change: tuple[UUID, datetime],
    use: SeatUse,
) -> None:
    """Change what ``patch`` names; ``change`` is by whom and when. ``Stale`` where ``version`` is not the current one.

    ``PlaceMerged`` for a place that is another's now; 409 ``bookings_affected`` where bookings lose their time.
    """
    stored = await locked_place(session, place_id)
    if version is not None and version != stored.version:
        raise Stale(version=stored.version)
    fields = changed_fields(patch, stored.policy)
    over = Over(use, patch.existing, patch.choices)
    async with keeping_up(session, (place_id,), change[1]):
        await run_plan_in(session, _over_bookings(place_id, _said(place_id, patch, fields, change), change, over))


async def locked_place(session: AsyncSession, place_id: int) -> repository.LockedPlace:
    """The place and all its resources, locked in that order; ``NotFound``, or ``PlaceMerged``.

    Hours, policy and seats decide what can be booked: whoever books waits, and reads what this transaction leaves.
    """
    stored = await run_plan_in(session, repository.lock_place(place_id))
    if stored is None:
        raise NotFound
    if stored.state == "merged":
        raise PlaceMerged
    await run_plan_in(session, lock_resources(place_id))
    return stored


class NewHoursOf(NamedTuple):
    """Weekly hours as a field (or nothing: they stay), and all dated ones."""

    field: Mapping[str, Any]
    exceptions: Sequence[DatedHours]


class Over(NamedTuple):
    """Over which bookings a change goes, and what the team says of them."""

    use: SeatUse
    existing: Existing
    choices: Sequence[ChoiceBody]
    is_preview: bool = False


async def set_hours(
    session: AsyncSession, place_id: int, hours: NewHoursOf, change: tuple[UUID, datetime], over: Over
) -> list[dict[str, Any]]:
    """Set the hours; the bookings that lose open time, as the API lists them."""
    await locked_place(session, place_id)
    async with keeping_up(session, (place_id,), change[1]):
        return await run_plan_in(session, _over_bookings(place_id, _set(place_id, hours, change), change, over))


async def preview_hours(
    session: AsyncSession, place_id: int, hours: NewHoursOf, change: tuple[UUID, datetime], over: Over
) -> list[dict[str, Any]]:
    """The bookings that would lose open time; nothing is changed."""
    async with session.begin_nested() as unmade:
        plan = _over_bookings(place_id, _set(place_id, hours, change), change, over._replace(is_preview=True))
        bookings = await run_plan_in(session, plan)
        await unmade.rollback()
    return bookings


def _set(place_id: int, hours: NewHoursOf, change: tuple[UUID, datetime]) -> Plan[None]:
    yield from repository.replace_exceptions(place_id, hours.exceptions)
    yield from _noted(place_id, hours.field, *change)


def _over_bookings(
    place_id: int, making: Plan[None], change: tuple[UUID, datetime], over: Over
) -> Plan[list[dict[str, Any]]]:
    """Run ``making``, and settle what stood there before."""
    before = yield from over.use.look(place_id)
    yield from making
    by, now = change
    said = Change(
        place_id=place_id,
        existing=over.existing,
        choices=over.choices,
        by=by,
        now=now,
        is_preview=over.is_preview,
    )
    return (yield from over.use.settle(before, said))


async def make_host(session: AsyncSession, place_id: int, account_id: UUID) -> None:
    """Put a person in charge of a place, or ``NotFound``."""
    await locked_place(session, place_id)
    await run_plan_in(session, repository.join_place(place_id, account_id, "host"))


async def end_host(session: AsyncSession, place_id: int, account_id: UUID) -> bool:
    """A person no longer looks after a place; whether they did. The place may be left without anyone."""
    return await run_plan_in(session, repository.leave_place(place_id, account_id))


def _said(place_id: int, patch: PlacePatch, fields: dict[str, Any], change: tuple[UUID, datetime]) -> Plan[None]:
    given = {name for name in _WHERE if getattr(patch, name) is not UNSET}
    where = (yield from _located(patch)) if given else {}
    yield from _noted(place_id, {**fields, **where}, *change)


def _noted(place_id: int, fields: Mapping[str, Any], by: UUID, now: datetime) -> Plan[None]:
    yield from repository.say(place_id, fields, by, now.astimezone(ZoneInfo(MAINLAND_ZONE)).date())
    yield from show_again([place_id], now)


def _located(patch: PlacePatch) -> Plan[dict[str, Any]]:
    """Commune and time zone, from the code given or else from the position; an unknown code is kept as given."""
    code, commune_name = _given_commune(patch)
    position = None if patch.position is UNSET else read_position(patch.position)
    found: dict[str, Any] = {}
    commune, zone = None, None
    if code:
        commune = yield from repository.commune_by_code(code)
        zone = commune.time_zone if commune else time_zone_of(code)
        yield from _check_commune(code, commune, position)
    elif position:
        commune = yield from repository.commune_by_point(*position)
        zone = commune.time_zone if commune else _zone_around(*position)
    if commune or code or commune_name:
        fact = {"code": commune and commune.code, "given": code, "name": commune.name if commune else commune_name}
        found["commune"] = {name: value for name, value in fact.items() if value}
    if patch.time_zone is not UNSET and patch.time_zone:
        found["time_zone"] = read_time_zone(patch.time_zone)
    elif zone:
        found["time_zone"] = zone
    return found


def _check_commune(
    code: str, commune: repository.FoundCommune | None, position: tuple[float, float] | None
) -> Plan[None]:
    """Refuse a code that no commune has, and a commune that lies elsewhere; overseas codes need not be loaded."""
    if commune is None:
        if not code.startswith(_OVERSEAS) and (yield from repository.knows_departement(code)):
            raise invalid("body", "commune_code", "unknown_value", code, "aucune commune n'a ce code INSEE")
    elif position and (yield from repository.is_misplaced(commune.code, *position)):
        raise invalid("body", "commune_code", "elsewhere", code, f"ce point n'est pas à {commune.name}")


def _given_commune(patch: PlacePatch) -> tuple[str | None, str | None]:
    address = patch.address or None
    in_address = None if address is None or address.commune_code is UNSET else address.commune_code
    name = None if address is None or address.commune is UNSET else address.commune
    return (in_address if patch.commune_code is UNSET else patch.commune_code), name


def _zone_around(lon: float, lat: float) -> str:
    return next((each.time_zone for each in TERRITORIES if each.holds(lon, lat)), MAINLAND_ZONE)
