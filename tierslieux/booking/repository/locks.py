"""Locks, in the one order that holds everywhere: the guest's row at the place, then resources by number.

A lock is a statement of its own, and what it protects is read in a later one: a statement that locks and reads sees,
beside the lock, what was there before it waited (READ COMMITTED).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_GUEST = """
INSERT INTO guest_at_place (place_id, guest_id) VALUES (%(place_id)s::integer, %(guest_id)s::uuid)
ON CONFLICT (place_id, guest_id) DO UPDATE SET guest_id = excluded.guest_id
"""
# rows are locked after they are joined: the guest comes first, in one round trip with the resources
_GUEST_FIRST = f"""
WITH guest AS ({_GUEST} RETURNING place_id)
SELECT r.resource_id FROM guest g JOIN resource r ON r.place_id = g.place_id
WHERE r.place_id = %(place_id)s::integer AND r.resource_id = ANY(%(ids)s::integer[])
ORDER BY r.resource_id FOR NO KEY UPDATE OF r
"""  # noqa: S608 - put together from constants
_RESOURCES = """
SELECT resource_id FROM resource WHERE place_id = %(place_id)s::integer AND resource_id = ANY(%(ids)s::integer[])
ORDER BY resource_id FOR NO KEY UPDATE
"""
_IF_FREE = """
SELECT resource_id FROM resource WHERE place_id = %(place_id)s::integer AND resource_id = ANY(%(ids)s::integer[])
ORDER BY resource_id FOR NO KEY UPDATE SKIP LOCKED
"""
_PLACE = """
SELECT resource_id FROM resource WHERE place_id = %(place_id)s::integer ORDER BY resource_id FOR NO KEY UPDATE
"""


def lock_guest(place_id: int, guest_id: UUID | None) -> Plan[None]:
    """Lock the person at the place: rules about a person stand on this row. Nothing where there is no guest."""
    if guest_id is not None:
        yield _GUEST, {"place_id": place_id, "guest_id": guest_id}


def lock_resources(place_id: int, ids: Iterable[int]) -> Plan[None]:
    """Lock these resources, or ``NotFound`` where one is not there. Every path that touches a seat does it first."""
    wanted = sorted(set(ids))
    rows = yield _RESOURCES, {"place_id": place_id, "ids": wanted}
    if len(rows) != len(wanted):
        raise NotFound


def lock_guest_and_resource(place_id: int, guest_id: UUID | None, resource_id: int) -> Plan[None]:
    """``lock_guest``, then ``lock_resources``, in one statement."""
    if guest_id is None:
        yield from lock_resources(place_id, (resource_id,))
        return
    rows = yield _GUEST_FIRST, {"place_id": place_id, "guest_id": guest_id, "ids": [resource_id]}
    if not rows:
        raise NotFound


def lock_place(place_id: int) -> Plan[tuple[int, ...]]:
    """Lock all resources of the place; their numbers."""
    rows = yield _PLACE, {"place_id": place_id}
    return tuple(row[0] for row in rows)


def lock_elsewhere(place_id: int, resource_id: int, held_place: int) -> Plan[bool]:
    """Lock a resource of another place while all of ``held_place`` is locked; whether it could be had.

    Places are waited for in rising order only, so that two that close at once never wait for each other; a lower one is
    taken where nobody works on it just now.
    """
    statement = _RESOURCES if place_id > held_place else _IF_FREE
    rows = yield statement, {"place_id": place_id, "ids": [resource_id]}
    return bool(rows)
