"""Writing of resources and seats. The lock comes first, in a statement of its own (data-model, "Locks")."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from tierslieux.places.local_ids import local_id
from tierslieux.places.resources.changes import SeatChange, free_labels
from tierslieux.places.resources.stored import ResourceColumns, StoredResource
from tierslieux.places.seat_counts import recount_seats
from tierslieux.web.plans import Plan

_LOCK_ALL = """
SELECT resource_id FROM resource WHERE place_id = %(place_id)s::integer ORDER BY resource_id FOR NO KEY UPDATE
"""
_LOCK_SOME = """
SELECT resource_id FROM resource WHERE place_id = %(place_id)s::integer AND resource_id = ANY(%(ids)s::integer[])
ORDER BY resource_id FOR NO KEY UPDATE
"""
_COUNTS = """
SELECT count(*), COALESCE(sum((SELECT count(*) FROM seat s
  WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id AND upper_inf(s.in_service))), 0)::integer
FROM resource r WHERE r.place_id = %(place_id)s::integer AND r.archived_at IS NULL
"""
_ADD = """
INSERT INTO resource (place_id, resource_id, kind, name, head_count, modes, prices, turnaround_minutes, policy,
  hours_osm, how_to_get_in, version, archived_at)
SELECT %(place_id)s::integer, COALESCE(max(resource_id), 0) + 1, %(kind)s, %(name)s, %(head_count)s::smallint,
  %(modes)s::text[], %(prices)s, %(turnaround_minutes)s::smallint, %(policy)s, %(hours_osm)s, %(how_to_get_in)s, 1, NULL
FROM resource WHERE place_id = %(place_id)s::integer
RETURNING resource_id
"""
_CHANGE = """
UPDATE resource SET kind = %(kind)s, name = %(name)s, head_count = %(head_count)s::smallint, modes = %(modes)s::text[],
  prices = %(prices)s, turnaround_minutes = %(turnaround_minutes)s::smallint, policy = %(policy)s,
  hours_osm = %(hours_osm)s, how_to_get_in = %(how_to_get_in)s, version = version + 1
WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
"""
_TOUCH = """
UPDATE place SET version = version + 1, updated_at = %(now)s::timestamptz WHERE place_id = %(place_id)s::integer
"""
_ARCHIVE = """
UPDATE resource SET archived_at = %(at)s::timestamptz
WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
"""
_ADD_SEATS = """
INSERT INTO seat (place_id, resource_id, seat_id, label, in_service, attributes)
SELECT %(place_id)s::integer, %(resource_id)s::integer, last.seat_id + n.place::integer, n.label,
  daterange(%(today)s::date, NULL), '{}'
FROM (SELECT COALESCE(max(seat_id), 0) AS seat_id FROM seat WHERE place_id = %(place_id)s::integer) AS last,
  unnest(%(labels)s::text[]) WITH ORDINALITY AS n (label, place)
"""
# seats that were to go once their last booking is over, and are wanted again
_KEEP_ON = """
UPDATE seat SET in_service = daterange(lower(in_service), NULL)
WHERE place_id = %(place_id)s::integer AND seat_id IN (
  SELECT seat_id FROM seat
  WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
    AND in_service @> %(today)s::date AND NOT upper_inf(in_service)
  ORDER BY seat_id LIMIT %(count)s::integer)
RETURNING seat_id
"""
_LABELS = """
SELECT label FROM seat
WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer AND in_service @> %(today)s::date
"""
_LEAVING = """
SELECT s.seat_id FROM seat s
WHERE s.place_id = %(place_id)s::integer AND s.resource_id = %(resource_id)s::integer AND upper_inf(s.in_service)
ORDER BY EXISTS (
    SELECT FROM occupied_seat o WHERE o.place_id = s.place_id AND o.seat_id = s.seat_id
      AND upper(o.busy) > %(now)s::timestamptz AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz))
  OR EXISTS (
    SELECT FROM closure c WHERE c.place_id = s.place_id AND c.seat_id = s.seat_id AND c.kind = 'resident'
      AND c.withdrawn_at IS NULL AND c.during && tstzrange(%(now)s::timestamptz, NULL)),
  s.attributes && '{wheelchair,height_adjustable}', s.seat_id DESC
LIMIT %(count)s::integer
"""
# a seat that came today and was never taken has served on no day
_UNMAKE = """
DELETE FROM seat s
WHERE s.place_id = %(place_id)s::integer AND s.seat_id = ANY(%(seat_ids)s::integer[])
  AND lower(s.in_service) >= %(today)s::date
  AND NOT EXISTS (SELECT FROM occupied_seat o WHERE o.place_id = s.place_id AND o.seat_id = s.seat_id)
"""
_RETIRE = """
UPDATE seat s SET in_service = daterange(lower(s.in_service), GREATEST(%(today)s::date, lower(s.in_service) + 1, (
  SELECT max((upper(o.busy) AT TIME ZONE %(time_zone)s)::date) + 1 FROM occupied_seat o
  WHERE o.place_id = s.place_id AND o.seat_id = s.seat_id AND upper(o.busy) > %(now)s::timestamptz
    AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz))))
WHERE s.place_id = %(place_id)s::integer AND s.seat_id = ANY(%(seat_ids)s::integer[])
"""
_CHANGE_SEATS = """
UPDATE seat s SET label = COALESCE(c.label, s.label), attributes = COALESCE(c.attributes, s.attributes)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS c (seat_id integer, label text, attributes text[])
WHERE s.place_id = %(place_id)s::integer AND s.seat_id = c.seat_id
"""
_RESIDENTS = """
SELECT closure_id FROM closure
WHERE place_id = %(place_id)s::integer AND kind = 'resident' AND seat_id = ANY(%(seat_ids)s::integer[])
  AND withdrawn_at IS NULL AND during && tstzrange(%(now)s::timestamptz, NULL)
ORDER BY closure_id
"""


class Day(NamedTuple):
    """An instant, and the local day that it is at the place."""

    now: datetime
    today: date
    time_zone: str


def lock_resources(place_id: int, resource_ids: Collection[int] | None = None) -> Plan[tuple[int, ...]]:
    """Lock these resources of a place, or all, in the one order that everybody takes; which there are.

    What is decided under the lock is read in a later statement. A place's own row, where it is locked too, comes first.
    """
    if resource_ids is None:
        rows = yield _LOCK_ALL, {"place_id": place_id}
    else:
        rows = yield _LOCK_SOME, {"place_id": place_id, "ids": sorted(resource_ids)}
    return tuple(row[0] for row in rows)


def count_on_offer(place_id: int) -> Plan[tuple[int, int]]:
    """How many resources a place has, archived ones aside, and how many seats these have."""
    rows = yield _COUNTS, {"place_id": place_id}
    return rows[0][0], rows[0][1]


def add_resource(place_id: int, columns: ResourceColumns, seats: int, today: date) -> Plan[int]:
    """A new resource with seats "1" to ``seats``, in service from ``today``; its number. The place must be locked."""
    rows = yield _ADD, _row(columns) | {"place_id": place_id}
    resource_id = int(rows[0][0])
    yield from _add_seats(place_id, resource_id, free_labels((), seats), today)
    return resource_id


def change_resource(place_id: int, resource_id: int, columns: ResourceColumns) -> Plan[None]:
    """Store what a resource is now; a new version."""
    yield _CHANGE, _row(columns) | {"place_id": place_id, "resource_id": resource_id}


def touch_place(place_id: int, now: datetime) -> Plan[None]:
    """Give the place a new version: what it has to book is a part of it."""
    yield _TOUCH, {"place_id": place_id, "now": now}


def archive(place_id: int, resource_id: int, at: datetime | None) -> Plan[None]:
    """Take a resource off offer, or (``None``) put it back."""
    yield _ARCHIVE, {"place_id": place_id, "resource_id": resource_id, "at": at}


def add_seats(place_id: int, stored: StoredResource, count: int, day: Day) -> Plan[None]:
    """``count`` seats more, from today on; those that were about to go stay instead."""
    where = {"place_id": place_id, "resource_id": stored.resource_id, "today": day.today}
    kept = yield _KEEP_ON, where | {"count": count}
    labels = yield _LABELS, where
    fresh = free_labels([row[0] for row in labels], count - len(kept))
    yield from _add_seats(place_id, stored.resource_id, fresh, day.today)


def _add_seats(place_id: int, resource_id: int, labels: Sequence[str], today: date) -> Plan[None]:
    yield _ADD_SEATS, {"place_id": place_id, "resource_id": resource_id, "labels": list(labels), "today": today}
    yield from recount_seats([place_id])


def leaving_seats(place_id: int, stored: StoredResource, count: int, now: datetime) -> Plan[tuple[int, ...]]:
    """The ``count`` seats that go first: those nobody has booked or been given; of these adapted ones last."""
    given = {"place_id": place_id, "resource_id": stored.resource_id, "count": count, "now": now}
    rows = yield _LEAVING, given
    return tuple(row[0] for row in rows)


def retire_seats(place_id: int, seat_ids: Collection[int], day: Day) -> Plan[None]:
    """Out of service from today, or from the day after the last booking that is kept on each; a row never empties."""
    which = {"place_id": place_id, "seat_ids": list(seat_ids), **day._asdict()}
    yield _UNMAKE, which
    yield _RETIRE, which
    yield from recount_seats([place_id])


def change_seats(place_id: int, changes: Sequence[SeatChange]) -> Plan[None]:
    """Rename and describe seats."""
    if changes:
        yield _CHANGE_SEATS, {"place_id": place_id, "rows": Jsonb([change._asdict() for change in changes])}


def residents_on(place_id: int, seat_ids: Collection[int], now: datetime) -> Plan[list[str]]:
    """The ids of residents, present or to come, of these seats."""
    rows = yield _RESIDENTS, {"place_id": place_id, "seat_ids": list(seat_ids), "now": now}
    return [local_id(place_id, row[0]) for row in rows]


def _row(columns: ResourceColumns) -> dict[str, Any]:
    said = {name: getattr(columns, name) for name in columns.__struct_fields__}
    return said | {"prices": Jsonb(columns.prices), "policy": Jsonb(columns.policy)}
