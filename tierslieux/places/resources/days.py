"""``resource_day``: the worked-out days of resources with hours of their own, kept as ``place_day`` is for places.

A resource has rows where its hours differ: it has its own text, or its own rule on public holidays. Any other is open
when its place is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from tierslieux.places.horizon import AHEAD_SQL, first_day_not_over, multirange
from tierslieux.places.hours.days import DatedHours, Hours, work_out_days
from tierslieux.places.resources.hours import resource_hours
from tierslieux.territories.zones import locality_of
from tierslieux.web.plans import Plan, run_plan

_AT_ONCE = 20
_OWN_HOURS = "r.archived_at IS NULL AND p.state <> 'merged' AND r.own_hours"
_SELECT = f"""
SELECT r.place_id, r.resource_id, r.hours_osm, r.policy, COALESCE(p.hours_osm, p.hours_text),
  COALESCE(p.commune_code, p.commune_code_given), p.time_zone, p.welcome = 'bookable',
  (p.policy->>'open_on_public_holidays')::boolean, {AHEAD_SQL},
  (SELECT jsonb_agg(jsonb_build_array(lower(e.days), upper(e.days) - 1, e.hours_osm) ORDER BY e.days, e.exception_id)
   FROM hours_exception e WHERE e.place_id = p.place_id)
FROM resource r JOIN place p ON p.place_id = r.place_id
WHERE r.place_id = ANY(%(ids)s::integer[]) AND {_OWN_HOURS}
ORDER BY r.place_id, r.resource_id
"""  # noqa: S608 - put together from constants
_FORGET = """
DELETE FROM resource_day d USING place p
WHERE d.place_id = p.place_id AND p.place_id = ANY(%(ids)s::integer[]) AND NOT d.frozen
  AND d.day >= (%(now)s::timestamptz AT TIME ZONE p.time_zone)::date
"""
_INSERT = """
INSERT INTO resource_day (place_id, resource_id, day, state, reason, open, frozen)
SELECT d.place_id, d.resource_id, d.day, d.state, d.reason, d.open::tstzmultirange, false
FROM unnest(%s::integer[], %s::integer[], %s::date[], %s::text[], %s::text[], %s::text[])
  AS d (place_id, resource_id, day, state, reason, open)
ON CONFLICT DO NOTHING
"""
_BEHIND = f"""
SELECT DISTINCT r.place_id FROM resource r JOIN place p ON p.place_id = r.place_id
WHERE {_OWN_HOURS} AND NOT EXISTS (
  SELECT FROM resource_day d WHERE d.place_id = r.place_id AND d.resource_id = r.resource_id
    AND d.day = %(today)s::date + ({AHEAD_SQL}))
ORDER BY r.place_id
"""  # noqa: S608 - put together from constants


def rebuild_resource_days(place_ids: Sequence[int], now: datetime) -> Plan[None]:
    """Work out the days of these places' resources again, from today in their own zone. Frozen days stay."""
    found = yield _SELECT, {"ids": list(place_ids)}
    yield _FORGET, {"ids": list(place_ids), "now": now}
    for start in range(0, len(found), _AT_ONCE):
        days = [day for row in found[start : start + _AT_ONCE] for day in _worked_out(row, now)]
        yield _INSERT, [list(column) for column in zip(*days, strict=True)]


def freeze_past_resource_days(connection: Connection[Any], now: datetime) -> int:
    """Freeze the days that are over everywhere; how many."""
    cursor = connection.execute(
        "UPDATE resource_day SET frozen = true WHERE NOT frozen AND day < %s", (first_day_not_over(now),)
    )
    return cursor.rowcount


def extend_resource_days(connection: Connection[Any], now: datetime, batch: int = 500) -> int:
    """Keep the days of resources worked out as far as their place's; for how many places it was needed."""
    behind = [row[0] for row in connection.execute(_BEHIND, {"today": now.date()})]
    for start in range(0, len(behind), batch):
        with connection.transaction():
            run_plan(connection, rebuild_resource_days(behind[start : start + batch], now))
    return len(behind)


def _worked_out(row: Sequence[Any], now: datetime) -> Iterator[tuple[Any, ...]]:
    place_id, resource_id, text, override, place_text, code, zone, bookable, on_holidays, ahead, exceptions = row
    dated = tuple(
        DatedHours(date.fromisoformat(first), date.fromisoformat(last), said) for first, last, said in exceptions or ()
    )
    place = Hours(place_text, replace(locality_of(code), time_zone=zone), dated, bookable, on_holidays)
    first = now.astimezone(ZoneInfo(zone)).date()
    for day in work_out_days(resource_hours(place, text, override), first, first + timedelta(days=ahead)):
        yield place_id, resource_id, day.day, day.state, day.reason, multirange(day)
