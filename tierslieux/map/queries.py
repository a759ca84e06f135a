"""Finding places: one statement a page, on a connection that cannot write.

Order: declared welcome first, then what the list is sorted by, then the place's number; a page begins after the key of
the last one (keyset), so that pages never overlap nor lose a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.map.conditions import Conditions, conditions_of, point_sql
from tierslieux.map.criteria import SearchCriteria, Trip
from tierslieux.map.results import EXACT_COUNT, PlaceHit, SearchResult, SourceNote
from tierslieux.shared.pagination import DEFAULT_LIMIT
from tierslieux.web.db import Reads

RANKS = (0, 1, 2)
DETOUR_FACTOR = 1.3
"""A road is about so much longer than the straight line."""
_ALL_AFTER = "true"

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
  h.key, h.welcome_rank, counted.matched, source.notes, {distance}
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
) source ON true
ORDER BY h.welcome_rank, h.key, h.place_id
"""


async def search(
    reads: Reads,
    criteria: SearchCriteria,
    now: datetime,
    *,
    limit: int = DEFAULT_LIMIT,
    after: Sequence[Any] | None = None,
) -> SearchResult:
    """The page of ``limit`` places after the key ``after`` (``SearchResult.next_key`` of the page before).

    Hours are judged at ``criteria.at`` or ``now``; a key carries the instant of its first page, so that all pages of a
    list agree.
    """
    at = criteria.at or (datetime.fromtimestamp(after[0], UTC) if after else now.replace(microsecond=0))
    sql, params = search_sql(criteria, at.astimezone(UTC), limit=limit, after=after[1:] if after else None)
    rows = await (await reads.execute(sql, params)).fetchall()
    hits = tuple(_hit(row, criteria) for row in rows[:limit] if row[0] is not None)
    matched = int(rows[0][21])
    return SearchResult(
        criteria=criteria,
        at=at,
        as_of=now,
        hits=hits,
        matched=matched if matched <= EXACT_COUNT else None,
        next_key=_key_of(rows[limit - 1], at) if len(rows) > limit else None,
    )


def search_sql(
    criteria: SearchCriteria, at: datetime, *, limit: int, after: Sequence[Any] | None = None
) -> tuple[str, dict[str, Any]]:
    """The one statement of a page and its parameters.

    It answers a row more than ``limit`` where there is a next page, and one row without a place where none is found.
    """
    conditions = conditions_of(criteria, at)
    params = {**conditions.params, "rows": limit + 1, "most": EXACT_COUNT + 1}
    hit = _ordered(criteria, conditions, params, after)
    matching = f"SELECT FROM place p WHERE {conditions.where} LIMIT %(most)s::integer"
    counted = f"SELECT count(*) AS matched FROM ({matching}) c"
    shown = _SHOWN.replace("{distance}", f"p.position <-> {conditions.center}" if conditions.center else "NULL::float8")
    return f"WITH hit AS MATERIALIZED ({hit}), counted AS MATERIALIZED ({counted}) {shown}", params


def _ordered(
    criteria: SearchCriteria, conditions: Conditions, params: dict[str, Any], after: Sequence[Any] | None
) -> str:
    if criteria.trip is not None:
        return _by_value(conditions, _detour_sql(criteria.trip, params), params, after)
    if criteria.sort != "name" and conditions.center is not None:
        return _by_distance(conditions, f"p.position <-> {conditions.center}", params, after)
    return _by_name(conditions, params, after)


def _by_name(conditions: Conditions, params: dict[str, Any], after: Sequence[Any] | None) -> str:
    keyset = _ALL_AFTER
    if after:
        params.update(k_rank=after[0], k_name=after[1], k_id=after[2])
        keyset = (
            "(p.welcome_rank, p.search_name, p.place_id) > (%(k_rank)s::smallint, %(k_name)s::text, %(k_id)s::integer)"
        )
    return (
        "SELECT p.place_id, p.welcome_rank, p.search_name AS key FROM place p"
        f" WHERE {conditions.where} AND {keyset}"
        " ORDER BY p.welcome_rank, p.search_name, p.place_id LIMIT %(rows)s::integer"
    )


def _by_value(conditions: Conditions, key: str, params: dict[str, Any], after: Sequence[Any] | None) -> str:
    keyset = _ALL_AFTER
    if after:
        params.update(k_rank=after[0], k_value=after[1], k_id=after[2])
        keyset = "(welcome_rank, key, place_id) > (%(k_rank)s::smallint, %(k_value)s::float8, %(k_id)s::integer)"
    return (
        "SELECT place_id, welcome_rank, key FROM"
        f" (SELECT p.place_id, p.welcome_rank, {key} AS key FROM place p WHERE {conditions.where} OFFSET 0) f"
        f" WHERE {keyset} ORDER BY welcome_rank, key, place_id LIMIT %(rows)s::integer"
    )


def _by_distance(conditions: Conditions, distance: str, params: dict[str, Any], after: Sequence[Any] | None) -> str:
    """One walk outwards for each rank, in the order of the index."""
    first = int(after[0]) if after else 0
    branches = [_walk(rank, conditions, distance, _ALL_AFTER) for rank in RANKS if rank >= first]
    if after:
        params.update(k_distance=after[1], k_id=after[2])
        beyond = f"({distance}, p.place_id) > (%(k_distance)s::float8, %(k_id)s::integer)"
        branches[0] = _walk(first, conditions, distance, beyond)
    walks = " UNION ALL ".join(branches)
    return f"SELECT * FROM ({walks}) w ORDER BY welcome_rank, key, place_id LIMIT %(rows)s::integer"


def _walk(rank: int, conditions: Conditions, distance: str, keyset: str) -> str:
    return (
        f"(SELECT p.place_id, p.welcome_rank, {distance} AS key FROM place p WHERE {conditions.where}"
        f" AND p.welcome_rank = {rank}::smallint AND {keyset}"
        f" ORDER BY {distance}, p.place_id LIMIT %(rows)s::integer)"
    )


def _detour_sql(trip: Trip, params: dict[str, Any]) -> str:
    home, work = point_sql("home", trip.home, params), point_sql("work", trip.work, params)
    legs = f"(p.position <-> {home}) + (p.position <-> {work}) - ({home} <-> {work})"
    return f"coalesce({DETOUR_FACTOR}::float8 * greatest(0, {legs}), 'infinity')"


def _key_of(row: Sequence[Any], at: datetime) -> tuple[Any, ...]:
    return int(at.timestamp()), row[20], row[19], row[0]


def _hit(row: Sequence[Any], criteria: SearchCriteria) -> PlaceHit:
    (place_id, slug, name, kind, welcome, lon, lat, street, postal_code, commune_name, commune_code, phone, dated,
     checked_on, weekly_minutes, time_zone, state, reason, until, key, _, _, notes, distance) = row  # fmt: skip
    return PlaceHit(
        place_id=place_id,
        slug=slug,
        name=name,
        kind=kind,
        welcome=welcome,
        lon=lon,
        lat=lat,
        street=street,
        postal_code=postal_code,
        commune_name=commune_name,
        commune_code=commune_code,
        phone=phone,
        dated=dated,
        hours_checked_on=checked_on,
        weekly_minutes=weekly_minutes,
        time_zone=time_zone,
        hours_state=state,
        hours_reason=reason,
        hours_until=until and until.astimezone(ZoneInfo(time_zone)),
        distance_m=distance,
        detour_m=key if criteria.trip is not None else None,
        sources=tuple(map(_note, notes or ())),
    )


def _note(text: str) -> SourceNote:
    source, licence, dated = text.split("\t")
    return SourceNote(source, licence, date.fromisoformat(dated) if dated else None)
