"""How many people a place has seats for in a window, as SQL: the same for one place at a time and for the country.

Free are seats in service on all local days of the window, less those closed singly in it, less the most that are taken
at one instant of it: of a resource that is open throughout and that no closure meets. What a new booking takes ends
with the resource's turnaround. ``p`` is ``place``, ``r`` is ``resource``; parameters are those of ``window_params``.

Seats are not counted where ``resource.steady_seats`` says the number (``places.seat_counts``). Taken seats are found by
the beginning of their spans, the few longer than ``_SHORT`` along an index of their own.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.places.policy import DEFAULT
from tierslieux.shared.time import TimeRange

_MAINLAND = "Europe/Paris"
_BEHIND, _AHEAD = timedelta(hours=-12), timedelta(hours=14)
"""From UTC to the clocks furthest from it: between these lie all local days of an instant."""
_TICK = timedelta(microseconds=1)
_SHORT = "interval '12 hours'"
_LONGEST = "interval '9 days'"
"""No seat is taken for longer in one piece (``ck_occupied_seat_busy``)."""
_CLOSED_FOR_ALL = 100_000
"""More seats than any resource has."""

_FROM, _TO = "%(free_from)s::timestamptz", "%(free_to)s::timestamptz"
_WINDOW = f"tstzrange({_FROM}, {_TO})"
_LIVE = "(o.expires_at IS NULL OR o.expires_at > %(now)s::timestamptz)"
_LENGTH = "upper(o.busy) - lower(o.busy)"
# the first two are the index of closures: it finds in one step that a place has none to come; with IS TRUE the planner
# takes more of them to be met, and its plan of the country is a tenth quicker
_MET = f"c.withdrawn_at IS NULL AND coalesce(upper(c.during), 'infinity') > {_FROM} AND (c.during && {_WINDOW}) IS TRUE"


def _taken(until: str, where: str) -> str:
    """The rows of seats that are taken between the window's start and ``until``."""
    shared = f"lower(o.busy) < {until} AND upper(o.busy) > {_FROM} AND {_LIVE} AND {where}"
    columns = "SELECT o.place_id, o.resource_id, o.busy FROM occupied_seat o WHERE"
    return (
        f"{columns} {shared} AND lower(o.busy) > {_FROM} - {_SHORT} AND {_LENGTH} <= {_SHORT}"
        f" UNION ALL {columns} {shared} AND lower(o.busy) > {_FROM} - {_LONGEST} AND {_LENGTH} > {_SHORT}"
    )


_OF_RESOURCE = "o.place_id = r.place_id AND o.resource_id = r.resource_id"
_UNTIL_READY = _taken(f"{_TO} + r.turnaround_minutes * interval '1 minute'", _OF_RESOURCE)
# without a join: read_all forbids to look up one after the other, which would be weighed against each plan
_PEAK = f"""(SELECT coalesce(max(l.level), 0) FROM (
  SELECT sum(e.change) OVER (ORDER BY e.at, e.change) AS level
  FROM (SELECT unnest(ARRAY[greatest(lower(o.busy), {_FROM}), upper(o.busy)]) AS at,
      unnest('{{1,-1}}'::integer[]) AS change
    FROM ({_UNTIL_READY}) o) e) l)"""

# most resources have none or one: these are not put in order
_MOST_TAKEN = f"""CASE (SELECT count(*) FROM ({_UNTIL_READY}) o) WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE {_PEAK} END"""


def _service_days(time_zone: str) -> str:
    first, last = (f"({instant} AT TIME ZONE {time_zone})::date" for instant in (_FROM, f"({_TO} - interval '1 us')"))
    return f"daterange({first}, {last}, '[]')"


def _in_service(time_zone: str) -> str:
    return f"""CASE WHEN r.steady_from <= %(free_first)s::date THEN r.steady_seats ELSE (
  SELECT count(*)::integer FROM seat s WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id
    AND s.in_service @> {_service_days(time_zone)}) END"""


_ZONE_OF_CLOSED = "(SELECT z.time_zone FROM place z WHERE z.place_id = c.place_id)"


def _closed_seats(where: str) -> str:
    """By resource, the single seats that are closed and would be in service."""
    return f"""SELECT c.place_id, c.resource_id, count(DISTINCT c.seat_id)::integer AS gone FROM closure c
WHERE {_MET} AND c.seat_id IS NOT NULL AND {where} AND EXISTS (
  SELECT FROM seat s WHERE s.place_id = c.place_id AND s.seat_id = c.seat_id
    AND CASE WHEN s.in_service @> daterange(%(free_first)s::date, %(free_last)s::date, '[]') THEN true
      ELSE s.in_service @> {_service_days(_ZONE_OF_CLOSED)} END OFFSET 0)
GROUP BY c.place_id, c.resource_id"""


def _opened(table: str, owner: str, first: str, last: str) -> str:
    """Whether the days of ``table`` are open throughout; those that touch at midnight count as one.

    Nearly always one day says it, which is quicker read than all put together.
    """
    return f"""CASE WHEN EXISTS (SELECT FROM {table} d WHERE {owner} AND d.day BETWEEN {first} AND {last}
  AND d.open @> {_WINDOW} OFFSET 0) THEN true
  ELSE (SELECT range_agg(d.open) FROM {table} d
    WHERE {owner} AND d.day BETWEEN {first} - 1 AND {last}) @> {_WINDOW} END"""


def _in_part(alias: str) -> str:
    """Of the places that are looked at: all, or a part of the country by their numbers."""
    return f"{alias}.place_id BETWEEN %(first_place)s::integer AND %(last_place)s::integer"


def _day(of_mainland: str, of_any_zone: str) -> str:
    """A day of the window, in the time that most places keep or in any: fewer days are quicker read."""
    return f"CASE p.time_zone WHEN '{_MAINLAND}' THEN %({of_mainland})s::date ELSE %({of_any_zone})s::date END"


_PLACE_DAYS = (
    "place_day", "d.place_id = p.place_id", _day("mainland_first", "free_first"), _day("mainland_last", "free_last")
)  # fmt: skip
_RESOURCE_DAYS = (
    "resource_day",
    "d.place_id = r.place_id AND d.resource_id = r.resource_id",
    "%(free_first)s::date",
    "%(free_last)s::date",
)
_PLACE_OPEN, _RESOURCE_OPEN = _opened(*_PLACE_DAYS), _opened(*_RESOURCE_DAYS)
_CLOSED_HERE = _closed_seats("c.place_id = r.place_id AND c.resource_id = r.resource_id")
_PEOPLE = f"""(({_in_service("p.time_zone")} - {_MOST_TAKEN}
    - CASE WHEN m.met THEN coalesce((SELECT g.gone FROM ({_CLOSED_HERE}) g), 0) ELSE 0 END
    ) * r.head_count)::integer"""
# whether any closure is met is asked once of a place: most have none
_RESOURCES = f"""(SELECT EXISTS (SELECT FROM closure c WHERE c.place_id = p.place_id AND {_MET}) AS met OFFSET 0) m
  CROSS JOIN resource r
  WHERE r.place_id = p.place_id AND r.archived_at IS NULL
    AND CASE WHEN r.own_hours THEN {_RESOURCE_OPEN} ELSE {_PLACE_OPEN} END
    AND CASE WHEN m.met THEN NOT EXISTS (SELECT FROM closure c WHERE c.place_id = r.place_id AND {_MET}
      AND c.seat_id IS NULL AND (c.resource_id IS NULL OR c.resource_id = r.resource_id)) ELSE true END"""
_BY_PLACE = f" CROSS JOIN LATERAL (SELECT max({_PEOPLE}) AS seats FROM {_RESOURCES}) free"


def _opens_at(table: str, owner: str, first: str, last: str) -> str:
    """The beginning of the open range in which the window begins."""
    return f"""(SELECT lower(o) FROM {table} d CROSS JOIN LATERAL unnest(d.open) o WHERE {owner}
    AND d.day BETWEEN {first} - 1 AND {last} AND o @> {_FROM} LIMIT 1)"""


_ON_GRID = f"""mod(extract(epoch FROM {_FROM} - CASE WHEN r.own_hours THEN {_opens_at(*_RESOURCE_DAYS)}
    ELSE {_opens_at(*_PLACE_DAYS)} END)::integer,
  coalesce(r.policy->>'slot_minutes', p.policy->>'slot_minutes', '{DEFAULT.slot_minutes}')::integer * 60) = 0"""
# as above, of the few places of a page; a policy is no part of the index
_OF_PAGE = f"""LEFT JOIN LATERAL (
  SELECT max(x.people) AS seats, bool_or(x.starts) AS starts FROM (
    SELECT y.people, CASE WHEN y.people >= %(seats)s::integer THEN (
      SELECT {_ON_GRID} FROM resource r WHERE r.place_id = y.place_id AND r.resource_id = y.resource_id) END AS starts
    FROM (SELECT r.place_id, r.resource_id, {_PEOPLE} AS people FROM {_RESOURCES} OFFSET 0) y
  ) x
) told ON true"""

# most of the country's places keep the mainland's time: those that a row of the window's days says are open throughout
# are read by day. Where a row filed earlier says open at its start, as at night, the place is looked up
_OPEN_BY_DAY = f"""CASE WHEN p.time_zone <> '{_MAINLAND}' THEN {_PLACE_OPEN}
  WHEN (p.place_id IN (SELECT d.place_id FROM place_day d WHERE d.day BETWEEN %(mainland_first)s::date
    AND %(mainland_last)s::date AND {_in_part("d")} AND d.open @> {_WINDOW})) IS TRUE THEN true
  WHEN (p.place_id IN (SELECT d.place_id FROM place_day d WHERE d.day BETWEEN %(mainland_first)s::date - 1
    AND %(mainland_last)s::date - 1 AND {_in_part("d")} AND d.open @> {_FROM})) IS TRUE THEN {_PLACE_OPEN}
  END"""
_ZONE_OF_RESOURCE = "(SELECT z.time_zone FROM place z WHERE z.place_id = r.place_id)"
_LONGEST_TURNAROUND = (
    "(SELECT coalesce(max(r.turnaround_minutes), 0) * interval '1 minute' FROM resource r WHERE r.archived_at IS NULL)"
)
# where all rows of a resource meet at one instant their number is the peak; only the others are put in order
_BY_DAY = f""" JOIN (
  SELECT r.place_id, max(r.spare) FILTER (WHERE NOT r.own) AS by_place,
    max(r.spare) FILTER (WHERE r.own AND {_RESOURCE_OPEN}) AS by_itself
  FROM (
    SELECT r.place_id, r.resource_id, r.own_hours AS own, ({_in_service(_ZONE_OF_RESOURCE)} - coalesce(t.gone, 0)
      - CASE WHEN t.unsure THEN {_PEAK} ELSE coalesce(t.taken, 0) END) * r.head_count AS spare
    FROM resource r LEFT JOIN (
      SELECT u.place_id, u.resource_id, sum(u.taken)::integer AS taken, bool_or(u.unsure) AS unsure,
        sum(u.gone)::integer AS gone
      FROM (
        SELECT o.place_id, o.resource_id, count(*)::integer AS taken,
          max(greatest(lower(o.busy), {_FROM})) >= least(min(upper(o.busy)), {_TO}) AS unsure, 0 AS gone
        FROM ({_taken(f"{_TO} + {_LONGEST_TURNAROUND}", _in_part("o"))}) o GROUP BY o.place_id, o.resource_id
        UNION ALL SELECT g.place_id, g.resource_id, 0, false, g.gone FROM ({_closed_seats(_in_part("c"))}) g
        UNION ALL SELECT DISTINCT c.place_id, c.resource_id, 0, false, {_CLOSED_FOR_ALL}
        FROM closure c WHERE {_MET} AND c.seat_id IS NULL AND c.resource_id IS NOT NULL
      ) u GROUP BY u.place_id, u.resource_id
    ) t ON t.place_id = r.place_id AND t.resource_id = r.resource_id
    WHERE r.archived_at IS NULL AND {_in_part("r")} AND (r.place_id IN (
      SELECT c.place_id FROM closure c WHERE {_MET} AND c.seat_id IS NULL AND c.resource_id IS NULL)) IS NOT TRUE
  ) r GROUP BY r.place_id
) f ON f.place_id = p.place_id AND {_in_part("p")}
CROSS JOIN LATERAL (SELECT greatest(CASE WHEN {_OPEN_BY_DAY} THEN f.by_place END, f.by_itself) AS seats) free"""


FREE_BY_PLACE, FREE_BY_DAY = _BY_PLACE, _BY_DAY
"""What stands after ``place p`` so that ``free.seats`` is for how many people there are seats; null where for none."""
TOLD_OF_PAGE = _OF_PAGE
"""The same as ``told.seats``, and as ``told.starts`` whether somewhere the window begins on the grid of a resource with
enough seats: then its beginning is the place's first free time."""


ALL_PLACES = {"first_place": 1, "last_place": 2**31 - 1}
"""The numbers between which ``FREE_BY_DAY`` looks: it reads only what belongs to these places."""


def window_params(window: TimeRange, now: datetime) -> dict[str, Any]:
    """The parameters of either test, of all places; holds that ended before ``now`` take no seat."""
    start, last = window.start.astimezone(UTC), (window.end - _TICK).astimezone(UTC)
    mainland = ZoneInfo(_MAINLAND)
    return {
        "free_from": start,
        "free_to": window.end.astimezone(UTC),
        "free_first": (start + _BEHIND).date(),
        "free_last": (last + _AHEAD).date(),
        "mainland_first": start.astimezone(mainland).date(),
        "mainland_last": last.astimezone(mainland).date(),
        "now": now,
        **ALL_PLACES,
    }
