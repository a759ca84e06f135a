"""Reading what decides when the places of a page are free, in one statement, and saying it of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.free_seats import (
    ClosedSeat,
    ResourceFacts,
    SeatsInService,
    Span,
    first_free,
    free_people,
    free_people_at,
)
from tierslieux.map.results import PlaceHit
from tierslieux.places.policy import DEFAULT
from tierslieux.web.db import Reads

LOOKED_AHEAD = timedelta(days=14)
"""So far from the window's start, or from now, the first free time is looked for."""
_LONGEST_TURNAROUND = timedelta(days=1)
# ordinals as Python counts days; least and greatest leave out what has no bound
_FIRST_DAY = "greatest(lower(s.in_service), date '0001-01-01') - date '0001-01-01' + 1"
_LAST_DAY = "least(upper(s.in_service), date '9999-12-31') - date '0001-01-01'"
_FACTS = f"""
SELECT r.place_id, p.time_zone, r.head_count, r.turnaround_minutes * 60,
  coalesce(r.policy->>'slot_minutes', p.policy->>'slot_minutes', '{DEFAULT.slot_minutes}')::integer * 60,
  coalesce(r.policy->>'min_minutes', p.policy->>'min_minutes', '{DEFAULT.min_minutes}')::integer * 60,
  CASE WHEN r.own_hours THEN (
    SELECT array_agg(ARRAY[extract(epoch FROM lower(o)), extract(epoch FROM upper(o))]::bigint[] ORDER BY o)
    FROM resource_day d CROSS JOIN LATERAL unnest(d.open) o WHERE d.place_id = r.place_id
      AND d.resource_id = r.resource_id AND d.day BETWEEN %(first_day)s::date AND %(last_day)s::date
  ) ELSE (
    SELECT array_agg(ARRAY[extract(epoch FROM lower(o)), extract(epoch FROM upper(o))]::bigint[] ORDER BY o)
    FROM place_day d CROSS JOIN LATERAL unnest(d.open) o WHERE d.place_id = r.place_id
      AND d.day BETWEEN %(first_day)s::date AND %(last_day)s::date
  ) END,
  (SELECT array_agg(ARRAY[coalesce(s.seat_id, 0),
      extract(epoch FROM greatest(lower(c.during), %(begins)s::timestamptz)),
      extract(epoch FROM least(upper(c.during), %(ends)s::timestamptz)), {_FIRST_DAY}, {_LAST_DAY}]::bigint[])
    FROM closure c LEFT JOIN seat s ON s.place_id = c.place_id AND s.seat_id = c.seat_id
    WHERE c.place_id = r.place_id AND c.withdrawn_at IS NULL
      AND coalesce(upper(c.during), 'infinity') > %(begins)s::timestamptz
      AND (c.resource_id IS NULL OR c.resource_id = r.resource_id)
      AND c.during && tstzrange(%(begins)s::timestamptz, %(ends)s::timestamptz)),
  (SELECT array_agg(ARRAY[first, last, count]) FROM (
    SELECT {_FIRST_DAY} AS first, {_LAST_DAY} AS last, count(*)::integer AS count
    FROM seat s WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id
    GROUP BY s.in_service HAVING NOT isempty(s.in_service)) service),
  (SELECT array_agg(ARRAY[extract(epoch FROM lower(o.busy)), extract(epoch FROM upper(o.busy))]::bigint[])
    FROM occupied_seat o WHERE o.place_id = r.place_id AND o.resource_id = r.resource_id
      AND o.busy && tstzrange(%(begins)s::timestamptz, %(ends)s::timestamptz)
      AND (o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz))
FROM resource r JOIN place p USING (place_id)
WHERE r.place_id = ANY(%(place_ids)s::integer[]) AND r.archived_at IS NULL
ORDER BY r.place_id, r.resource_id
"""

_FOR_ALL = "SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true)"


class FreeNow(msgspec.Struct, frozen=True):
    """What is said of a bookable place: for how many people there are seats, and its first free start."""

    seats: int
    first: datetime | None


NO_RESOURCE = FreeNow(0, None)
"""A bookable place where there is nothing to book."""


async def with_free_seats(
    reads: Reads, hits: Sequence[PlaceHit], criteria: SearchCriteria, now: datetime
) -> tuple[PlaceHit, ...]:
    """The hits, the bookable ones with ``free_seats`` and ``first_free``: judged in the window asked for, or now.

    A window's beginning that a hit has for its first free time already stays so, if it is not over.
    """
    known = criteria.free is not None and criteria.free.start.timestamp() >= _whole_minutes(now)
    asked = {hit.place_id for hit in hits if hit.welcome == "bookable" and not (known and hit.first_free)}
    if not asked:
        return tuple(hits)
    free = await find_free(reads, sorted(asked), criteria, now)
    return tuple(_told(hit, free.get(hit.place_id, NO_RESOURCE)) if hit.place_id in asked else hit for hit in hits)


async def find_free(
    reads: Reads, place_ids: Sequence[int], criteria: SearchCriteria, now: datetime
) -> dict[int, FreeNow]:
    """What is said of each place that has a resource."""
    found = await _read_facts(reads, facts_sql(place_ids, criteria, now))
    return {place_id: free_at(resources, criteria, now) for place_id, resources in found.items()}


async def _read_facts(reads: Reads, statement: tuple[str, dict[str, Any]]) -> dict[int, list[ResourceFacts]]:
    rows = await (await reads.execute(*statement)).fetchall()
    by_place = groupby(map(_facts, rows), key=attrgetter("place_id"))
    return {place_id: list(resources) for place_id, resources in by_place}


async def read_all(reads: Reads, sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement over all that can be booked: such a one is joined by hashing, in memory.

    The planner knows nothing of how many places are open at once or how many seats are taken, and would look up one
    after the other. It plans each anew: the plan of a prepared statement, which knows no window, takes twice as long.
    """
    async with reads.transaction():
        await reads.execute(_FOR_ALL)
        return await (await reads.execute(sql, params, prepare=False)).fetchall()


def facts_sql(place_ids: Sequence[int], criteria: SearchCriteria, now: datetime) -> tuple[str, dict[str, Any]]:
    """The statement that reads all that decides who is free at starts up to ``LOOKED_AHEAD``, and its parameters."""
    begins = (criteria.free.start if criteria.free else now).astimezone(UTC)
    lasting = criteria.free.end - criteria.free.start if criteria.free else timedelta(days=8)
    ends = begins + LOOKED_AHEAD + lasting + _LONGEST_TURNAROUND
    return _FACTS, {
        "place_ids": list(place_ids),
        "now": now,
        "begins": begins,
        "ends": ends,
        "first_day": begins.date() - timedelta(days=2),
        "last_day": ends.date(),
    }


def free_at(resources: Iterable[ResourceFacts], criteria: SearchCriteria, now: datetime) -> FreeNow:
    """What is said of the place of these resources."""
    resources, window = list(resources), _window(criteria)
    if window is None:
        seats = max(free_people_at(each, int(now.timestamp())) for each in resources)
    else:
        seats = max(free_people(each, window) for each in resources)
    begins = window[0] if window else int(now.timestamp())
    search = (max(begins, _whole_minutes(now)), begins + int(LOOKED_AHEAD.total_seconds()) + 1)
    length = window[1] - window[0] if window else None
    starts = [first_free(each, search, length, criteria.seats) for each in resources]
    first = min((start for start in starts if start is not None), default=None)
    zone = ZoneInfo(resources[0].time_zone)
    return FreeNow(seats, None if first is None else datetime.fromtimestamp(first, zone))


def _window(criteria: SearchCriteria) -> Span | None:
    if criteria.free is None:
        return None
    return int(criteria.free.start.timestamp()), int(criteria.free.end.timestamp())


def _whole_minutes(now: datetime) -> int:
    """The minute that begins now or next: no start lies in the past."""
    return -(-int(now.timestamp() * 1000) // 60_000) * 60


def _told(hit: PlaceHit, free: FreeNow) -> PlaceHit:
    return msgspec.structs.replace(hit, free_seats=free.seats, first_free=free.first)


def _facts(row: Sequence[Any]) -> ResourceFacts:
    place_id, time_zone, head_count, turnaround, slot, shortest, opened, closures, seats, busy = row
    return ResourceFacts(
        place_id=place_id,
        time_zone=time_zone,
        head_count=head_count,
        turnaround=turnaround,
        slot=slot,
        shortest=shortest,
        opened=opened or [],
        closed=[(start, end) for seat_id, start, end, _, _ in closures or () if not seat_id],
        seats=[SeatsInService(*service) for service in seats or ()],
        closed_seats=[
            ClosedSeat(seat_id, (start, end), first, last)
            for seat_id, start, end, first, last in closures or ()
            if seat_id
        ],
        busy=busy or [],
    )
