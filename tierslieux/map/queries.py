"""Finding places: one statement a page, on a connection that cannot write.

Order: declared welcome first, then what the list is sorted by, then the place's number; a page begins after the key of
the last one (keyset), so that pages never overlap nor lose a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.results import EXACT_COUNT, PlaceHit, SearchResult, SourceNote
from tierslieux.map.statement import search_sql
from tierslieux.shared.pagination import DEFAULT_LIMIT
from tierslieux.web.db import Reads


async def search(
    reads: Reads,
    criteria: SearchCriteria,
    now: datetime,
    *,
    limit: int = DEFAULT_LIMIT,
    after: Sequence[Any] | None = None,
    count_up_to: int = EXACT_COUNT + 1,
) -> SearchResult:
    """The page of ``limit`` places after the key ``after`` (``SearchResult.next_key`` of the page before).

    Hours are judged at ``criteria.at`` or ``now``; a key carries the instant of its first page, so that all pages of a
    list agree. ``count_up_to`` 0 saves the counting where nobody reads the number.
    """
    at = criteria.at or (datetime.fromtimestamp(after[0], UTC) if after else now.replace(microsecond=0))
    sql, params = search_sql(
        criteria, at.astimezone(UTC), limit=limit, after=after[1:] if after else None, count_up_to=count_up_to
    )
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
