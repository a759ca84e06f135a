"""The SQL of one page of a list.

Three ways to the same order: along the index of names, outwards from a point along the index of positions, or, where
few places are left or the way there is no index, all that match and then the first of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tierslieux.map.conditions import Conditions, Instants, conditions_of, point_sql
from tierslieux.map.criteria import SearchCriteria, Trip
from tierslieux.map.free_sql import TOLD_OF_PAGE
from tierslieux.map.results import exact_count

RANKS = (0, 1, 2)
DETOUR_FACTOR = 1.3
"""A road is about so much longer than the straight line."""
_ALL = "true"
_BEYOND_NAME = (
    "(p.welcome_rank, p.search_name, p.place_id) > (%(k_rank)s::smallint, %(k_key)s::text, %(k_id)s::integer)"
)
_BEYOND_VALUE = "(welcome_rank, key, place_id) > (%(k_rank)s::smallint, %(k_key)s::float8, %(k_id)s::integer)"
_COUNTED = "SELECT count(*) AS matched FROM (SELECT FROM {source} LIMIT %(most)s::integer) c"

_SHOWN = """
SELECT h.place_id, p.slug, p.name, p.kind, p.welcome, ST_X(p.point), ST_Y(p.point), p.street, p.postal_code,
  p.commune_name, p.commune_code, p.phone, p.dated, p.hours_checked_on, p.weekly_minutes, p.time_zone,
  CASE WHEN hours.is_open THEN 'open' WHEN hours.state = 'known' THEN 'closed' ELSE 'unknown' END,
  CASE WHEN hours.is_open THEN NULL WHEN hours.state IS NULL THEN 'no_hours' ELSE hours.reason END,
  CASE
    WHEN hours.is_open THEN (SELECT nullif(upper(r), hours.horizon) FROM unnest(hours.ranges) r
      WHERE r @> %(at)s::timestamptz)
    WHEN hours.state IS NOT NULL THEN least(
      (SELECT min(lower(r)) FROM unnest(hours.ranges) r WHERE lower(r) > %(at)s::timestamptz),
      CASE hours.state WHEN 'known' THEN hours.unsure_from ELSE hours.known_from END)
  END,
  h.key, h.welcome_rank, counted.matched, source.notes, {distance}, {told}
FROM counted LEFT JOIN hit h ON true LEFT JOIN place p ON p.place_id = h.place_id
LEFT JOIN LATERAL (
  SELECT bool_or(d.open @> %(at)s::timestamptz) AS is_open,
    min(d.state) FILTER (WHERE d.day = today.day) AS state, min(d.reason) FILTER (WHERE d.day = today.day) AS reason,
    range_agg(d.open) AS ranges, (max(d.day) + 1)::timestamp AT TIME ZONE p.time_zone AS horizon,
    min(d.day) FILTER (WHERE d.day > today.day AND d.state <> 'known')::timestamp AT TIME ZONE p.time_zone
      AS unsure_from,
    min(d.day) FILTER (WHERE d.day > today.day AND d.state = 'known')::timestamp AT TIME ZONE p.time_zone AS known_from
  FROM place_day d, (SELECT (%(at)s::timestamptz AT TIME ZONE p.time_zone)::date AS day) today
  WHERE d.place_id = h.place_id AND d.day BETWEEN %(at_day)s::date - 1 AND %(at_day)s::date + 8
) hours ON true
LEFT JOIN LATERAL (
  SELECT array_agg(s.source || E'\\t' || s.licence || E'\\t' || coalesce(s.dated::text, '') ORDER BY s.source) AS notes
  FROM (SELECT f.source, f.licence, max(f.dated) AS dated FROM place_field f WHERE f.place_id = h.place_id
    GROUP BY f.source, f.licence) s
) source ON true {told_from}
ORDER BY h.welcome_rank, h.key, h.place_id
"""


def search_sql(
    criteria: SearchCriteria,
    instants: Instants,
    *,
    limit: int,
    after: Sequence[Any] | None = None,
    count_up_to: int | None = None,
) -> tuple[str, dict[str, Any]]:
    """The one statement of a page and its parameters, hours judged at ``instants.at`` (UTC).

    It answers a row more than ``limit`` where there is a next page, and one row without a place where none is found.
    At most ``count_up_to`` matches are counted, of itself one more than ``exact_count``.
    """
    conditions = conditions_of(criteria, instants)
    params = {**conditions.params, "rows": limit + 1}
    params["most"] = exact_count(criteria) + 1 if count_up_to is None else count_up_to
    if after:
        params.update(k_rank=after[0], k_key=after[1], k_id=after[2])
    parts = _parts(criteria, conditions, params, after)
    shown = _shown(criteria, f"p.position <-> {conditions.center}" if conditions.center else "NULL::float8")
    return f"WITH {', '.join(f'{name} AS MATERIALIZED ({sql})' for name, sql in parts.items())} {shown}", params


def _shown(criteria: SearchCriteria, distance: str) -> str:
    told, told_from = "NULL::integer, NULL::boolean", ""
    if criteria.free is not None:
        told, told_from = "told.seats, told.starts", TOLD_OF_PAGE
    return _SHOWN.replace("{distance}", distance).replace("{told}", told).replace("{told_from}", told_from)


def _parts(
    criteria: SearchCriteria, conditions: Conditions, params: dict[str, Any], after: Sequence[Any] | None
) -> dict[str, str]:
    """The subqueries by name: ``hit`` the places of the page in order, ``counted`` how many match."""
    if criteria.trip is not None:
        return _all_first(conditions, _detour_sql(criteria.trip, params), after)
    counted = _COUNTED.format(source=conditions.source)
    if criteria.sort == "name" or conditions.center is None:
        return {"hit": _by_name(conditions, after), "counted": counted}
    distance = f"p.position <-> {conditions.center}"
    if criteria.is_selective:
        return _all_first(conditions, distance, after)
    if conditions.joins:
        return _first_of_all(conditions, distance, counted, after)
    return {"hit": _outwards(conditions, distance, after), "counted": counted}


def _by_name(conditions: Conditions, after: Sequence[Any] | None) -> str:
    return (
        f"SELECT p.place_id, p.welcome_rank, p.search_name AS key FROM {conditions.source}"
        f" AND {_BEYOND_NAME if after else _ALL}"
        " ORDER BY p.welcome_rank, p.search_name, p.place_id LIMIT %(rows)s::integer"
    )


def _all_first(conditions: Conditions, key: str, after: Sequence[Any] | None) -> dict[str, str]:
    found = f"SELECT p.place_id, p.welcome_rank, {key} AS key FROM {conditions.source}"
    hit = (
        f"SELECT place_id, welcome_rank, key FROM found WHERE {_BEYOND_VALUE if after else _ALL}"
        " ORDER BY welcome_rank, key, place_id LIMIT %(rows)s::integer"
    )
    return {"found": found, "hit": hit, "counted": _COUNTED.format(source="found")}


def _first_of_all(conditions: Conditions, distance: str, counted: str, after: Sequence[Any] | None) -> dict[str, str]:
    """Places with free seats: whether a place has any costs more than finding it, so each is asked once, in order.

    A first page is the beginning of what is counted. All have the same rank: they are bookable. The walk is along the
    index of positions, and ends with what is counted; those at one distance are put in order after it.
    """
    beyond = f" AND ({distance}, p.place_id) > (%(k_key)s::float8, %(k_id)s::integer)" if after else ""
    near = (
        f"SELECT p.place_id, p.welcome_rank, p.time_zone, {distance} AS key FROM place p"
        f" WHERE {conditions.where}{beyond} ORDER BY {distance} OFFSET 0"
    )
    walk = (
        f"SELECT p.place_id, p.welcome_rank, p.key FROM ({near}) p{conditions.joins}"
        f" WHERE true{conditions.enough_seats}"
        " ORDER BY p.key, p.place_id LIMIT "
    )
    if after:
        return {"hit": f"{walk} %(rows)s::integer", "counted": counted}
    hit = "SELECT * FROM found ORDER BY key, place_id LIMIT %(rows)s::integer"
    longest = f"{walk} greatest(%(rows)s::integer, %(most)s::integer)"
    return {"found": longest, "hit": hit, "counted": _COUNTED.format(source="found")}


def _outwards(conditions: Conditions, distance: str, after: Sequence[Any] | None) -> str:
    """One walk for each rank, in the order of the index."""
    first = int(after[0]) if after else 0
    walks = [_walk(rank, conditions, distance, _ALL) for rank in RANKS if rank >= first]
    if after:
        beyond = f"({distance}, p.place_id) > (%(k_key)s::float8, %(k_id)s::integer)"
        walks[0] = _walk(first, conditions, distance, beyond)
    return f"SELECT * FROM ({' UNION ALL '.join(walks)}) w ORDER BY welcome_rank, key, place_id LIMIT %(rows)s::integer"


def _walk(rank: int, conditions: Conditions, distance: str, keyset: str) -> str:
    return (
        f"(SELECT p.place_id, p.welcome_rank, {distance} AS key FROM {conditions.source}"
        f" AND p.welcome_rank = {rank}::smallint AND {keyset}"
        f" ORDER BY {distance}, p.place_id LIMIT %(rows)s::integer)"
    )


def _detour_sql(trip: Trip, params: dict[str, Any]) -> str:
    """Metres by road, nearly, that the stop adds to the trip; a place without a position comes last."""
    home, work = point_sql("home", trip.home, params), point_sql("work", trip.work, params)
    legs = f"(p.position <-> {home}) + (p.position <-> {work}) - ({home} <-> {work})"
    return f"coalesce({DETOUR_FACTOR}::float8 * greatest(0, {legs}), 'infinity')"
