"""Rows for tests: places, communes and worked-out days, written as the slices would write them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from tierslieux.places.choosing import CommuneFact, HoursFact, PlaceFacts, fields_of
from tierslieux.places.domain import PlaceDetails, known_facts
from tierslieux.places.words import learn_words
from tierslieux.shared.text import fold, slugify
from tierslieux.web.plans import run_plan
from tierslieux.web.versions import BUMP_SQL

Base = psycopg.Connection[Any]
QUIMPER = (-4.1024, 47.996)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


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
    _note_sources(base, place_id, sources, _said(values, at, details))
    run_plan(base, learn_words([place_id]))
    base.execute(BUMP_SQL)
    return place_id


def _note_sources(base: Base, place_id: int, sources: Iterable[tuple[str, str]], said: dict[str, Any]) -> None:
    """The first source says all of ``said``, the others the name only."""
    for number, (source, licence) in enumerate(sources):
        for field, value in ({"name": said["name"]} if number else said).items():
            row = {"place_id": place_id, "field": field, "source": source, "value": Jsonb(value), "licence": licence}
            insert(base, "place_field", row | {"dated": date(2024, 8, 1)})


def _said(values: Mapping[str, Any], at: tuple[float, float] | None, details: PlaceDetails) -> dict[str, Any]:
    """What the first source says: all that the place shows."""
    plain: dict[str, Any] = {
        name: values.get(name) for name in ("street", "postal_code", "phone", "weekly_minutes", "time_zone")
    }
    commune = CommuneFact(values.get("commune_code"), values.get("commune_code_given"), values.get("commune_name"))
    hours = HoursFact(values.get("hours_osm"), values.get("hours_text"))
    facts = PlaceFacts(
        name=values["name"],
        kind=values["kind"],
        position=at,
        commune=commune,
        opening_hours=hours,
        welcome=values["welcome"],
        details=details,
        **plain,
    )
    return fields_of(facts)


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


def make_account(base: Base, *roles: str, email: str | None = None) -> UUID:
    """Store a person with roles over everything and say their id."""
    account_id = uuid4()
    values = {
        "account_id": account_id,
        "email": email or f"{account_id.hex}@exemple.fr",
        "created_at": datetime(2027, 1, 1, tzinfo=UTC),
    }
    insert(base, "account", values)
    for role in roles:
        insert(base, "account_role", {"account_id": account_id, "role": role, "territory_id": ""})
    return account_id


def make_token(base: Base, account_id: UUID, *scopes: str) -> dict[str, str]:
    """Store a token of a person and give the header that carries it."""
    token = f"tlx_{uuid4().hex}"
    digest = hashlib.sha256(token.encode()).digest()
    values = {"token_sha256": digest, "account_id": account_id, "scopes": list(scopes), "created_at": LONG_AGO}
    insert(base, "access_token", values)
    return {"Authorization": f"Bearer {token}"}


def make_host(base: Base, place_id: int, account_id: UUID) -> None:
    """Put a person in charge of a place."""
    insert(base, "membership", {"place_id": place_id, "account_id": account_id, "role": "host"})


def make_resource(base: Base, place_id: int, *, seats: int = 1, **columns: Any) -> int:
    """Store a resource with ``seats`` seats in service since long ago and say its number within the place."""
    row = base.execute("SELECT count(*) + 1 FROM resource WHERE place_id = %s::integer", (place_id,)).fetchone()
    assert row is not None
    values = {
        "place_id": place_id,
        "resource_id": int(row[0]),
        "kind": "desk",
        "name": f"Espace {row[0]}",
        "head_count": 1,
        "modes": ["hour", "half_day", "day"],
        "prices": Jsonb({}),
        "turnaround_minutes": 0,
        "policy": Jsonb({}),
        "version": 1,
    } | columns
    insert(base, "resource", values)
    make_seats(base, place_id, int(row[0]), seats)
    return int(row[0])


def make_seats(base: Base, place_id: int, resource_id: int, count: int = 1, **columns: Any) -> list[int]:
    """Store ``count`` more seats of a resource and say their numbers within the place."""
    row = base.execute("SELECT count(*) FROM seat WHERE place_id = %s::integer", (place_id,)).fetchone()
    assert row is not None
    numbers = list(range(int(row[0]) + 1, int(row[0]) + count + 1))
    for number in numbers:
        values = {
            "place_id": place_id,
            "resource_id": resource_id,
            "seat_id": number,
            "label": str(number),
            "in_service": Range(date(2020, 1, 1), None),
            "attributes": [],
        } | columns
        insert(base, "seat", values)
    return numbers


def make_booking(
    base: Base, place_id: int, resource_id: int, during: tuple[datetime, datetime], *seat_ids: int, **columns: Any
) -> UUID:
    """Store a booking of these seats and, where its status blocks, the rows that occupy them; say its id.

    ``turnaround_minutes`` is padded after it; ``pinned`` is the seats', all else overrides the booking's columns.
    """
    booking_id, pinned = uuid4(), columns.pop("pinned", False)
    values: dict[str, Any] = {
        "place_id": place_id,
        "booking_id": booking_id,
        "resource_id": resource_id,
        "origin": "web",
        "mode": "hour",
        "status": "confirmed",
        "during": Range(*during),
        "local_date": during[0].date(),
        "seats": len(seat_ids),
        "seat_rows": len(seat_ids),
        "seats_chosen": False,
        "turnaround_minutes": 0,
        "renewed": False,
        "counted": True,
        "created_at": LONG_AGO,
        "version": 1,
    } | columns
    insert(base, "booking", values)
    if values["status"] in {"held", "pending", "confirmed", "checked_in"}:
        padded = Range(during[0], during[1] + timedelta(minutes=values["turnaround_minutes"]))
        shared = {"place_id": place_id, "booking_id": booking_id, "resource_id": resource_id, "pinned": pinned}
        for seat_id in seat_ids:
            row = {"seat_id": seat_id, "busy": padded, "expires_at": values.get("expires_at")}
            insert(base, "occupied_seat", shared | row)
    return booking_id


def make_closure(
    base: Base, place_id: int, during: tuple[datetime, datetime], kind: str = "closure", **columns: Any
) -> UUID:
    """Store what takes a place out of use, or with ``resource_id`` a resource, or with ``seat_id`` too a seat."""
    closure_id = uuid4()
    values = {"place_id": place_id, "closure_id": closure_id, "kind": kind, "during": Range(*during)}
    insert(base, "closure", values | {"created_at": LONG_AGO} | columns)
    return closure_id
