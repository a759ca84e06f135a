"""Rows for tests: places, communes and worked-out days, written as the slices would write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from tierslieux.places.domain import PlaceDetails, known_facts
from tierslieux.shared.text import fold, slugify
from tierslieux.web.versions import BUMP_SQL

Base = psycopg.Connection[Any]
QUIMPER = (-4.1024, 47.996)


def make_place(
    base: Base,
    name: str = "Médiathèque",
    *,
    at: tuple[float, float] | None = QUIMPER,
    kind: str = "library",
    welcome: str = "unknown",
    details: PlaceDetails | None = None,
    sources: Iterable[tuple[str, str]] = (("bibliotheques", "Licence Ouverte 2.0"),),
    **columns: Any,
) -> int:
    """Store a published place at ``(lon, lat)`` and say its number. ``columns`` override those of the table."""
    details = details or PlaceDetails()
    known_yes, known_no = known_facts(details)
    row = base.execute("SELECT nextval('place_id_seq')::integer").fetchone()
    assert row is not None
    place_id = int(row[0])
    values = {
        "place_id": place_id,
        "state": "published",
        "kind": kind,
        "name": name,
        "search_name": fold(name),
        "slug": slugify(name, place_id),
        "time_zone": "Europe/Paris",
        "position": f"SRID=4326;POINT({at[0]!r} {at[1]!r})" if at else None,
        "details": Jsonb(msgspec.to_builtins(details)),
        "known_yes": known_yes,
        "known_no": known_no,
        "welcome": welcome,
        "policy": Jsonb({}),
        "version": 1,
        "updated_at": datetime(2027, 1, 1, tzinfo=UTC),
    } | columns
    insert(base, "place", values)
    for source, licence in sources:
        field = {"place_id": place_id, "field": "name", "source": source, "value": Jsonb(name), "licence": licence}
        insert(base, "place_field", field | {"dated": date(2024, 8, 1)})
    base.execute(BUMP_SQL)
    return place_id


def make_day(
    base: Base,
    place_id: int,
    day: date,
    *opened: tuple[datetime, datetime],
    state: str = "known",
    reason: str | None = None,
) -> None:
    """Store the worked-out hours of one day: the ranges that are open."""
    ranges = Multirange([Range(start, end) for start, end in opened])
    values = {"place_id": place_id, "day": day, "state": state, "reason": reason, "open": ranges, "frozen": False}
    insert(base, "place_day", values)
    base.execute(BUMP_SQL)


def make_commune(
    base: Base,
    code: str = "29232",
    name: str = "Quimper",
    *,
    at: tuple[float, float] = QUIMPER,
    population: int = 62_985,
    postal_codes: Iterable[str] = ("29000",),
    epci_code: str | None = "200068120",
    departement_code: str | None = None,
    region_code: str = "53",
) -> str:
    """Store a commune with its postal codes and say its code."""
    values = {
        "code": code,
        "name": name,
        "search_name": fold(name),
        "epci_code": epci_code,
        "departement_code": departement_code or (code[:3] if code.startswith("97") else code[:2]),
        "region_code": region_code,
        "population": population,
        "position": f"SRID=4326;POINT({at[0]!r} {at[1]!r})",
        "time_zone": "Europe/Paris",
    }
    insert(base, "commune", values)
    for postal_code in postal_codes:
        insert(base, "commune_postal_code", {"postal_code": postal_code, "commune_code": code})
    return code


def insert(base: Base, table: str, values: Mapping[str, Any]) -> None:
    """One row of ``table``."""
    names = [sql.Identifier(name) for name in values]
    holders = [sql.Placeholder(name) for name in values]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(holders)
    )
    base.execute(statement, dict(values))
