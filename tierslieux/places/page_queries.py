"""What the page of a place is made from, in one snapshot: the chosen facts, their sources, its dated hours."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
from psycopg.rows import dict_row

from tierslieux.places.domain import PlaceDetails
from tierslieux.places.hours.days import DatedHours, Hours
from tierslieux.shared.errors import NotFound
from tierslieux.shared.geo import Position
from tierslieux.territories.zones import locality_of
from tierslieux.web.db import Reads, snapshot


class SourceRecord(msgspec.Struct, frozen=True):
    """A source that says something of the place; ``dated`` is the newest date that it gives."""

    source: str
    licence: str
    dated: date | None


class PlaceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A place as it is chosen. ``merged_into_slug`` is set on a place that is now another's."""

    place_id: int
    state: str
    kind: str
    name: str
    slug: str
    time_zone: str
    commune_code: str | None
    commune_name: str | None
    position: Position | None
    street: str | None
    postal_code: str | None
    phone: str | None
    details: PlaceDetails
    hours: Hours
    hours_as_given: str | None
    weekly_minutes: int | None
    checked_on: date | None
    dated: date | None
    welcome: str
    merged_into_slug: str | None
    sources: tuple[SourceRecord, ...]


_PLACE = """
SELECT p.place_id, p.state, p.kind, p.name, p.slug, p.time_zone, p.commune_code,
  coalesce(c.name, p.commune_name) AS commune_name,
  st_x(p.position::geometry) AS lon, st_y(p.position::geometry) AS lat, p.street, p.postal_code, p.phone, p.details,
  p.hours_osm, p.hours_text, p.weekly_minutes, p.hours_checked_on, p.dated, p.welcome, p.policy,
  m.slug AS merged_into_slug
FROM place p LEFT JOIN place m ON m.place_id = p.merged_into LEFT JOIN commune c ON c.code = p.commune_code
WHERE p.place_id = %s::integer AND p.state <> 'draft'
"""
_SOURCES = """
SELECT source, licence, max(dated) AS dated FROM place_field WHERE place_id = %s::integer
GROUP BY source, licence ORDER BY max(dated) DESC NULLS LAST, source
"""
_EXCEPTIONS = """
SELECT lower(days) AS first, upper(days) - 1 AS last, hours_osm AS text FROM hours_exception
WHERE place_id = %s::integer
"""


async def load_place_record(reads: Reads, place_id: int) -> PlaceRecord:
    """The published, closed or merged place ``place_id``, or ``NotFound``."""
    async with snapshot(reads), reads.cursor(row_factory=dict_row) as cursor:
        row = await (await cursor.execute(_PLACE, (place_id,))).fetchone()
        if row is None:
            raise NotFound
        sources = await (await cursor.execute(_SOURCES, (place_id,))).fetchall()
        exceptions = await (await cursor.execute(_EXCEPTIONS, (place_id,))).fetchall()
    return _record(row, sources, exceptions)


def _record(row: dict[str, Any], sources: list[dict[str, Any]], exceptions: list[dict[str, Any]]) -> PlaceRecord:
    return PlaceRecord(
        place_id=row["place_id"],
        state=row["state"],
        kind=row["kind"],
        name=row["name"],
        slug=row["slug"],
        time_zone=row["time_zone"],
        commune_code=row["commune_code"],
        commune_name=row["commune_name"],
        position=None if row["lon"] is None else Position(row["lon"], row["lat"]),
        street=row["street"],
        postal_code=row["postal_code"],
        phone=row["phone"],
        details=msgspec.convert(row["details"], PlaceDetails),
        hours=_hours(row, exceptions),
        hours_as_given=row["hours_text"] or row["hours_osm"],
        weekly_minutes=row["weekly_minutes"],
        checked_on=row["hours_checked_on"],
        dated=row["dated"],
        welcome=row["welcome"],
        merged_into_slug=row["merged_into_slug"],
        sources=tuple(SourceRecord(**source) for source in sources),
    )


def _hours(row: dict[str, Any], exceptions: list[dict[str, Any]]) -> Hours:
    return Hours(
        text=row["hours_osm"],
        locality=locality_of(row["commune_code"]),
        exceptions=tuple(DatedHours(**each) for each in exceptions),
        bookable=row["welcome"] == "bookable",
        open_on_public_holidays=row["policy"].get("open_on_public_holidays"),
    )
