"""Finding places: one statement a page, on a connection that cannot write.

Order: declared welcome first, then what the list is sorted by, then the place's number; a page begins after the key of
the last one (keyset), so that pages never overlap nor lose a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.map.conditions import Instants
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.free_queries import with_free_seats
from tierslieux.map.results import PlaceHit, SearchResult, SourceNote, exact_count
from tierslieux.map.statement import search_sql
from tierslieux.shared.pagination import DEFAULT_LIMIT
from tierslieux.web.db import Reads

NEAREST = 200
"""Among so many of the first in order the earliest are found, where a list is ordered by the first free time."""
_NEVER = 2**40


async def search(
    reads: Reads,
    criteria: SearchCriteria,
    now: datetime,
    *,
    limit: int = DEFAULT_LIMIT,
    after: Sequence[Any] | None = None,
    count_up_to: int | None = None,
) -> SearchResult:
    """The page of ``limit`` places after the key ``after`` (``SearchResult.next_key`` of the page before).

    Hours are judged at ``criteria.at`` or ``now``; a key carries the instant of its first page, so that all pages of a
    list agree. Free seats are always those of the moment. ``count_up_to`` 0 saves the counting where nobody reads it.
    """
    at = criteria.at or (datetime.fromtimestamp(after[0], UTC) if after else now.replace(microsecond=0))
    by_first_free = criteria.sort == "first_free"
    wanted, key = (NEAREST - 1, None) if by_first_free else (limit, after[1:] if after else None)
    sql, params = search_sql(
        criteria, Instants(at.astimezone(UTC), now), limit=wanted, after=key, count_up_to=count_up_to
    )
    rows = await (await reads.execute(sql, params)).fetchall()
    found = await with_free_seats(reads, [_hit(row, criteria) for row in rows if row[0] is not None], criteria, now)
    keys = [_key_of(row, at) for row in rows]
    if by_first_free:
        found, keys = _earliest_first(found, keys, after)
    matched = int(rows[0][21])
    return SearchResult(
        criteria=criteria,
        at=at,
        as_of=now,
        hits=found[:limit],
        matched=matched if matched <= exact_count(criteria) else None,
        next_key=keys[limit - 1] if len(found) > limit else None,
    )


Key = tuple[Any, ...]


def _earliest_first(
    hits: Sequence[PlaceHit], keys: Sequence[Key], after: Sequence[Any] | None
) -> tuple[tuple[PlaceHit, ...], list[Key]]:
    """Those after the key ``after`` in the order of their first free start, those without one last."""
    found = [((key[0], _start_of(hit), *key[1:]), hit) for hit, key in zip(hits, keys, strict=False)]
    rest = sorted((pair for pair in found if after is None or pair[0] > tuple(after)), key=itemgetter(0))
    return tuple(hit for _, hit in rest), [key for key, _ in rest]


def _start_of(hit: PlaceHit) -> int:
    return int(hit.first_free.timestamp()) if hit.first_free else _NEVER


def _key_of(row: Sequence[Any], at: datetime) -> tuple[Any, ...]:
    return int(at.timestamp()), row[20], row[19], row[0]


def _hit(row: Sequence[Any], criteria: SearchCriteria) -> PlaceHit:
    """A hit; of a window what the statement tells of it, its first free time where that is the window's beginning."""
    (place_id, slug, name, kind, welcome, lon, lat, street, postal_code, commune_name, commune_code, phone, dated,
     checked_on, weekly_minutes, time_zone, state, reason, until, key, _, _, notes, distance,
     seats, starts) = row  # fmt: skip
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
        free_seats=seats,
        first_free=criteria.free.start.astimezone(ZoneInfo(time_zone)) if starts and criteria.free else None,
    )


def _note(text: str) -> SourceNote:
    source, licence, dated = text.split("\t")
    return SourceNote(source, licence, date.fromisoformat(dated) if dated else None)
