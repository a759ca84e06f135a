"""Resources as they are stored, read with their seats, and put on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tierslieux.places.local_ids import local_id
from tierslieux.places.policy import effective_policy
from tierslieux.places.resources.bodies import ResourceBody, SeatBody
from tierslieux.web.plans import Plan

_RESOURCES = """
SELECT resource_id, version, archived_at IS NOT NULL, kind, name, head_count, modes, prices, turnaround_minutes, policy,
  hours_osm, how_to_get_in
FROM resource WHERE place_id = %(place_id)s::integer ORDER BY resource_id
"""
_RESOURCE = """
SELECT resource_id, version, archived_at IS NOT NULL, kind, name, head_count, modes, prices, turnaround_minutes, policy,
  hours_osm, how_to_get_in
FROM resource WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
"""
_SEATS = """
SELECT resource_id, seat_id, label, attributes FROM seat
WHERE place_id = %(place_id)s::integer AND resource_id = ANY(%(resource_ids)s::integer[]) AND upper_inf(in_service)
ORDER BY seat_id
"""


class StoredSeat(msgspec.Struct, frozen=True):
    """A seat in service without an end."""

    seat_id: int
    label: str
    attributes: tuple[str, ...]


class ResourceColumns(msgspec.Struct, frozen=True, kw_only=True):
    """What a team says of a resource; the defaults are those of a new one. See ``ResourceRow``."""

    kind: str = ""
    name: str = ""
    head_count: int = 1
    modes: list[str] = []
    prices: dict[str, int | None] = {}
    turnaround_minutes: int = 0
    policy: dict[str, Any] = {}
    hours_osm: str | None = None
    how_to_get_in: str | None = None


class StoredResource(msgspec.Struct, frozen=True):
    """A resource with its seats, in the order of their numbers."""

    resource_id: int
    version: int
    is_archived: bool
    columns: ResourceColumns
    seats: tuple[StoredSeat, ...]


def load_resources(place_id: int) -> Plan[tuple[StoredResource, ...]]:
    """All resources of a place, the archived ones too, in the order in which they were made."""
    rows = yield _RESOURCES, {"place_id": place_id}
    return (yield from _with_seats(place_id, rows)) if rows else ()


def load_resource(place_id: int, resource_id: int) -> Plan[StoredResource | None]:
    """One resource, archived or not."""
    rows = yield _RESOURCE, {"place_id": place_id, "resource_id": resource_id}
    found = yield from _with_seats(place_id, rows)
    return found[0] if found else None


def _with_seats(place_id: int, rows: Sequence[tuple[Any, ...]]) -> Plan[tuple[StoredResource, ...]]:
    said = yield _SEATS, {"place_id": place_id, "resource_ids": [row[0] for row in rows]}
    seats: dict[int, list[StoredSeat]] = {row[0]: [] for row in rows}
    for resource_id, seat_id, label, attributes in said:
        seats[resource_id].append(StoredSeat(seat_id, label, tuple(attributes)))
    names = ResourceColumns.__struct_fields__
    return tuple(
        StoredResource(
            row[0], row[1], row[2], ResourceColumns(**dict(zip(names, row[3:], strict=True))), tuple(seats[row[0]])
        )
        for row in rows
    )


def on_offer(resources: Iterable[StoredResource]) -> tuple[StoredResource, ...]:
    """Those that guests are shown."""
    return tuple(each for each in resources if not each.is_archived)


def resource_body(place_id: int, place_policy: Mapping[str, Any], stored: StoredResource) -> ResourceBody:
    """What anyone may read."""
    said = stored.columns
    return ResourceBody(
        id=local_id(place_id, stored.resource_id),
        place_id=str(place_id),
        name=said.name,
        kind=said.kind,  # type: ignore[arg-type]
        seats=len(stored.seats),
        seat_list=[_seat_body(place_id, seat) for seat in stored.seats],
        head_count=said.head_count,
        modes=said.modes,  # type: ignore[arg-type]
        prices=said.prices,  # type: ignore[arg-type]
        currency="EUR",
        turnaround_minutes=said.turnaround_minutes,
        policy=said.policy,
        effective_policy=effective_policy(place_policy, said.policy),
        opening_hours=said.hours_osm,
        how_to_get_in=None,
        archived=stored.is_archived,
        version=stored.version,
    )


def hosts_body(place_id: int, place_policy: Mapping[str, Any], stored: StoredResource) -> ResourceBody:
    """What the place's hosts read: how to get in as well."""
    body = resource_body(place_id, place_policy, stored)
    return msgspec.structs.replace(body, how_to_get_in=stored.columns.how_to_get_in)


def _seat_body(place_id: int, seat: StoredSeat) -> SeatBody:
    return SeatBody(local_id(place_id, seat.seat_id), seat.label, list(seat.attributes))  # type: ignore[arg-type]
