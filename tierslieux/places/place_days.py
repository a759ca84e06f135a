"""``place_day``: hours and exceptions worked out per local day, so that SQL can ask who is open at a time.

Kept as far ahead as ``horizon`` says, the days of a place's resources too. Rebuilt when hours change; a day that has
passed is frozen: it is also the capacity that later edits must not move. Places without any hours have no rows. Places
that share text, locality and rules share the work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from psycopg import Connection

from tierslieux.places.horizon import AHEAD_SQL, first_day_not_over, multirange
from tierslieux.places.hours.days import DatedHours, DayHours, Hours, work_out_days
from tierslieux.places.resources.days import rebuild_resource_days
from tierslieux.territories.zones import locality_of
from tierslieux.web.plans import Plan, run_plan

MOST_OPENINGS = 96
"""Of one day: one each quarter of an hour. Twenty bytes each in ``ix_place_day_day``, which holds 2,700."""

_STAGES = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged_hours (place_id integer, hours integer) ON COMMIT DELETE ROWS",
    """CREATE TEMPORARY TABLE IF NOT EXISTS staged_day
    (hours integer, day date, state text, reason text, open tstzmultirange) ON COMMIT DELETE ROWS""",
)
_SELECT = f"""
SELECT p.place_id, COALESCE(p.hours_osm, p.hours_text), COALESCE(p.commune_code, p.commune_code_given), p.time_zone,
  p.welcome = 'bookable', (p.policy->>'open_on_public_holidays')::boolean, {AHEAD_SQL},
  (SELECT jsonb_agg(jsonb_build_array(lower(e.days), upper(e.days) - 1, e.hours_osm) ORDER BY e.days, e.exception_id)
   FROM hours_exception e WHERE e.place_id = p.place_id)
FROM place p
WHERE p.place_id = ANY(%s) AND p.state <> 'merged'
"""  # noqa: S608 - put together from constants
_FORGET = """
DELETE FROM place_day d USING place p
WHERE d.place_id = p.place_id AND p.place_id = ANY(%(ids)s) AND NOT d.frozen
  AND d.day >= (%(now)s AT TIME ZONE p.time_zone)::date
"""
_FILL = """
INSERT INTO place_day (place_id, day, state, reason, open, frozen)
SELECT h.place_id, d.day, d.state, d.reason, d.open, false FROM staged_hours h JOIN staged_day d USING (hours)
ON CONFLICT DO NOTHING
"""
_INSERT_DAYS = """
INSERT INTO place_day (place_id, day, state, reason, open, frozen)
SELECT d.place_id, d.day, d.state, d.reason, d.open::tstzmultirange, false
FROM unnest(%s::integer[], %s::date[], %s::text[], %s::text[], %s::text[]) AS d (place_id, day, state, reason, open)
ON CONFLICT DO NOTHING
"""
_BEHIND = f"""
SELECT p.place_id FROM place p
WHERE p.state <> 'merged' AND COALESCE(p.hours_osm, p.hours_text) IS NOT NULL
  AND NOT EXISTS (SELECT FROM place_day d WHERE d.place_id = p.place_id AND d.day = %s::date + ({AHEAD_SQL}))
ORDER BY p.place_id
"""  # noqa: S608 - put together from constants


class _Span(NamedTuple):
    """Hours to work out, and the days for which."""

    hours: Hours
    first: date
    last: date


def rebuild(connection: Connection[Any], place_ids: Sequence[int], now: datetime) -> None:
    """Work out the days of these places again, from today in their own zone. Frozen days stay. One transaction."""
    with connection.transaction():
        for statement in _STAGES:
            connection.execute(statement)
        spans = {row[0]: _span(row, now) for row in connection.execute(_SELECT, (list(place_ids),)) if _has_hours(row)}
        connection.execute(_FORGET, {"ids": list(place_ids), "now": now})
        if spans:
            _fill(connection, spans)
        run_plan(connection, rebuild_resource_days(place_ids, now))


def rebuild_few(place_ids: Sequence[int], now: datetime) -> Plan[None]:
    """``rebuild`` as a plan, for a place or two in a transaction that does more than that."""
    found = yield _SELECT, (list(place_ids),)
    yield _FORGET, {"ids": list(place_ids), "now": now}
    spans = {row[0]: _span(row, now) for row in found if _has_hours(row)}
    days = [
        (place_id, *_stored(day))
        for place_id, span in spans.items()
        for day in work_out_days(span.hours, span.first, span.last)
    ]
    if days:
        yield _INSERT_DAYS, [list(column) for column in zip(*days, strict=True)]
    yield from rebuild_resource_days(place_ids, now)


def freeze_past(connection: Connection[Any], now: datetime) -> int:
    """Freeze the days that are over everywhere; how many."""
    cursor = connection.execute(
        "UPDATE place_day SET frozen = true WHERE NOT frozen AND day < %s", (first_day_not_over(now),)
    )
    return cursor.rowcount


def extend(connection: Connection[Any], now: datetime, batch: int = 2000) -> int:
    """Keep the window as long as it is to be: what a nightly job runs. How many places were worked out."""
    behind = [row[0] for row in connection.execute(_BEHIND, (now.date(),))]
    for start in range(0, len(behind), batch):
        rebuild(connection, behind[start : start + batch], now)
    return len(behind)


def _has_hours(row: Sequence[Any]) -> bool:
    return bool(row[1] or row[7])


def _span(row: Sequence[Any], now: datetime) -> _Span:
    _, text, code, zone, bookable, on_holidays, ahead, exceptions = row
    dated = tuple(
        DatedHours(date.fromisoformat(first), date.fromisoformat(last), said) for first, last, said in exceptions or ()
    )
    hours = Hours(text, replace(locality_of(code), time_zone=zone), dated, bookable, on_holidays)
    first = now.astimezone(ZoneInfo(zone)).date()
    return _Span(hours, first, first + timedelta(days=ahead))


def _fill(connection: Connection[Any], spans: dict[int, _Span]) -> None:
    numbers: dict[_Span, int] = {}
    with connection.cursor() as cursor:
        with cursor.copy("COPY staged_hours (place_id, hours) FROM STDIN") as copy:
            for place_id, span in spans.items():
                copy.write_row((place_id, numbers.setdefault(span, len(numbers))))
        with cursor.copy("COPY staged_day (hours, day, state, reason, open) FROM STDIN") as copy:
            for span, number in numbers.items():
                for day in work_out_days(span.hours, span.first, span.last):
                    copy.write_row((number, *_stored(day)))
        cursor.execute(_FILL)
        cursor.execute("TRUNCATE staged_hours, staged_day")


def _stored(day: DayHours) -> tuple[date, str, str | None, str]:
    """The day's row. One with more openings than its index can hold is taken for unreadable: nobody opens so often."""
    if len(day.open) > MOST_OPENINGS:
        return day.day, "unknown", "unreadable", "{}"
    return day.day, day.state, day.reason, multirange(day)
