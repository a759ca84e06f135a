"""A record as facts, and as the columns of ``place``. Which source wins a field: ``places.choosing``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec

from tierslieux.places.choosing import (
    ChosenPlace,
    CommuneFact,
    HoursFact,
    PlaceFacts,
    SourceValue,
    chosen_place,
    fields_of,
)
from tierslieux.places.domain import PlaceDetails, known_facts
from tierslieux.places.importing.record import PlaceRecord
from tierslieux.shared.text import fold

STATE = "state"
"""A field beside those of ``places.choosing``: ``closed`` where a source says that a place is closed for good."""

_NO_DETAILS = PlaceDetails()


class Placed(msgspec.Struct, frozen=True, gc=False):
    """What the territories say of a record: the commune's code in force, its name and its time zone."""

    code: str | None
    time_zone: str
    name: str | None = None


class PlaceColumns(msgspec.Struct, frozen=True):
    """What follows from the facts, as columns of ``place``; ``position`` is EWKT, ``details`` JSON."""

    state: str
    kind: str
    name: str
    search_name: str
    time_zone: str
    commune_code: str | None
    commune_code_given: str | None
    position: str | None
    street: str | None
    postal_code: str | None
    commune_name: str | None
    phone: str | None
    details: str
    known_yes: list[str]
    known_no: list[str]
    hours_osm: str | None
    hours_text: str | None
    weekly_minutes: int | None
    hours_checked_on: date | None
    dated: date | None


COLUMNS = PlaceColumns.__struct_fields__


def facts_of_record(record: PlaceRecord, placed: Placed) -> PlaceFacts:
    """What the record says, in its commune."""
    return PlaceFacts(
        name=record.name,
        kind=record.kind,
        position=record.position,
        street=record.street,
        postal_code=record.postal_code,
        commune=CommuneFact(placed.code, record.commune_code, placed.name or record.commune),
        phone=record.phone,
        opening_hours=HoursFact(record.hours_osm, record.hours_text),
        weekly_minutes=record.weekly_minutes,
        time_zone=placed.time_zone,
        details=record.details,
    )


def fields_of_record(record: PlaceRecord, facts: PlaceFacts) -> dict[str, Any]:
    """The record's fields, as ``place_field`` keeps them."""
    fields = fields_of(facts)
    return fields if record.state == "published" else {**fields, STATE: record.state}


def columns_of_record(record: PlaceRecord, facts: PlaceFacts) -> PlaceColumns:
    """As ``columns_of`` where the record is all that is known of the place: nothing has to be chosen."""
    known_yes, known_no = ([], []) if facts.details == _NO_DETAILS else known_facts(facts.details)
    has_hours = record.hours_osm or record.hours_text
    chosen = ChosenPlace(
        facts, fold(facts.name), known_yes, known_no, record.dated if has_hours else None, record.dated
    )
    return _columns(chosen, record.state)


def columns_of(chosen: Mapping[str, SourceValue]) -> PlaceColumns:
    """The columns of a place whose fields were chosen from several sources."""
    state = chosen.get(STATE)
    return _columns(chosen_place(chosen), "closed" if state and state.value == "closed" else "published")


def _columns(chosen: ChosenPlace, state: str) -> PlaceColumns:
    facts = chosen.facts
    return PlaceColumns(
        state=state,
        kind=facts.kind,
        name=facts.name,
        search_name=chosen.search_name,
        time_zone=facts.time_zone or "Europe/Paris",
        commune_code=facts.commune.code,
        commune_code_given=facts.commune.given,
        position=f"SRID=4326;POINT({facts.position[0]} {facts.position[1]})" if facts.position else None,
        street=facts.street,
        postal_code=facts.postal_code,
        commune_name=facts.commune.name,
        phone=facts.phone,
        details=msgspec.json.encode(facts.details).decode(),
        known_yes=chosen.known_yes,
        known_no=chosen.known_no,
        hours_osm=facts.opening_hours.osm,
        hours_text=facts.opening_hours.text,
        weekly_minutes=facts.weekly_minutes,
        hours_checked_on=chosen.hours_checked_on,
        dated=chosen.dated,
    )
