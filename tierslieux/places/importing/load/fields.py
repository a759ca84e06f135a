"""What a source says, field by field, and which source wins a field. Pure.

The rule, written once: what someone in charge confirmed, else the newest date (no date is the oldest), else the more
specific source (``Mapping.specificity``), else the first source by name. Fields are judged one by one, so that a place
may have its hours from one source and its phone from another; an address is one field, and so are hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import msgspec

from tierslieux.places.domain import Accessibility, Description, PlaceDetails, known_facts
from tierslieux.places.importing.record import PlaceRecord

_AMENITY = "amenities."
_ACCESS = "accessibility."
_NO_ACCESS = Accessibility()
_DETAILS = ("email", "website", "siret", "type_given")


class FieldValue(msgspec.Struct, frozen=True, gc=False):
    """One source's word on one field. ``value`` is plain JSON."""

    field: str
    source: str
    value: Any
    dated: date | None
    is_confirmed: bool = False


class Placed(msgspec.Struct, frozen=True, gc=False):
    """What the territories say of a record: the commune's code in force and its time zone."""

    commune_code: str | None
    time_zone: str
    commune_name: str | None = None


class PlaceColumns(msgspec.Struct, frozen=True):
    """The chosen facts as columns of ``place``, in the order of ``COLUMNS``; ``position`` is EWKT."""

    state: str
    kind: str
    name: str
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


def values_of(record: PlaceRecord, placed: Placed, source: str) -> list[FieldValue]:
    """Every field that the record knows; what it does not know is not there."""
    return [FieldValue(name, source, value, record.dated) for name, value in _known(record, placed)]


def _known(record: PlaceRecord, placed: Placed) -> Iterable[tuple[str, Any]]:
    details = record.details
    yield "name", {"shown": record.name, "given": record.name_given}
    yield "kind", record.kind
    yield "address", _address(record, placed)
    if record.state == "closed":
        yield "state", "closed"
    if record.position:
        yield "position", list(record.position)
    if record.hours_osm or record.hours_text:
        yield "hours", {"osm": record.hours_osm, "text": record.hours_text}
    yield from _if_said({"phone": record.phone, "weekly_minutes": record.weekly_minutes})
    yield from _if_said({name: getattr(details, name) for name in _DETAILS})
    yield from _if_said({"description": details.description.fr, "services": list(details.services)})
    yield from _if_said({_AMENITY + name: fact for name, fact in details.amenities.items()})
    yield from _if_said({_ACCESS + name: fact for name, fact in _access(details).items()})
    yield from _if_said({"price": None if details.price == "unknown" else details.price})
    yield from _if_said({"self_declared_third_place": details.is_self_declared_third_place or None})


def _if_said(facts: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    return [(name, value) for name, value in facts.items() if value]


def _address(record: PlaceRecord, placed: Placed) -> dict[str, Any]:
    return {
        "street": record.street,
        "complement": record.details.address_complement,
        "postal_code": record.postal_code,
        "commune": placed.commune_name or record.commune,
        "commune_code": placed.commune_code,
        "commune_code_given": record.commune_code,
        "time_zone": placed.time_zone,
    }


def _access(details: PlaceDetails) -> dict[str, Any]:
    if details.accessibility == _NO_ACCESS:
        return {}
    facts = msgspec.structs.asdict(details.accessibility)
    return {name: value for name, value in facts.items() if value not in ("unknown", None)}


def choose(values: Iterable[FieldValue], specificity: Callable[[str], int]) -> dict[str, FieldValue]:
    """The winner of each field."""
    chosen: dict[str, FieldValue] = {}
    for value in values:
        rival = chosen.get(value.field)
        if rival is None or _rank(value, specificity) > _rank(rival, specificity):
            chosen[value.field] = value
    return chosen


def _rank(value: FieldValue, specificity: Callable[[str], int]) -> tuple[bool, date, int, list[int]]:
    alphabetical = [-ord(char) for char in value.source]
    return value.is_confirmed, value.dated or date.min, specificity(value.source), alphabetical


def columns_of_one(record: PlaceRecord, placed: Placed) -> PlaceColumns:
    """As ``columns_of`` where the record is all that is known of the place; nothing has to be chosen."""
    known_yes, known_no = _known_facts(record.details)
    lon, lat = record.position or (None, None)
    return PlaceColumns(
        state=record.state,
        kind=record.kind,
        name=record.name,
        time_zone=placed.time_zone,
        commune_code=placed.commune_code,
        commune_code_given=record.commune_code,
        position=None if lon is None else f"SRID=4326;POINT({lon} {lat})",
        street=record.street,
        postal_code=record.postal_code,
        commune_name=placed.commune_name or record.commune,
        phone=record.phone,
        details=msgspec.json.encode(record.details).decode(),
        known_yes=known_yes,
        known_no=known_no,
        hours_osm=record.hours_osm,
        hours_text=record.hours_text,
        weekly_minutes=record.weekly_minutes,
        hours_checked_on=record.dated if record.hours_osm or record.hours_text else None,
        dated=record.dated,
    )


_NO_FACTS: tuple[list[str], list[str]] = ([], [])


def _known_facts(details: PlaceDetails) -> tuple[list[str], list[str]]:
    says_nothing = not details.amenities and details.price == "unknown" and details.accessibility == _NO_ACCESS
    return _NO_FACTS if says_nothing else known_facts(details)


def columns_of(chosen: dict[str, FieldValue]) -> PlaceColumns:
    """The chosen fields as columns of ``place``."""
    said = {name: value.value for name, value in chosen.items()}
    address, hours = said.get("address") or {}, said.get("hours") or {}
    details = _details(said, address.get("complement"))
    known_yes, known_no = _known_facts(details)
    position = said.get("position")
    return PlaceColumns(
        state=said.get("state", "published"),
        kind=said["kind"],
        name=said["name"]["shown"],
        time_zone=address.get("time_zone") or "Europe/Paris",
        commune_code=address.get("commune_code"),
        commune_code_given=address.get("commune_code_given"),
        position=f"SRID=4326;POINT({position[0]} {position[1]})" if position else None,
        street=address.get("street"),
        postal_code=address.get("postal_code"),
        commune_name=address.get("commune"),
        phone=said.get("phone"),
        details=msgspec.json.encode(details).decode(),
        known_yes=known_yes,
        known_no=known_no,
        hours_osm=hours.get("osm"),
        hours_text=hours.get("text"),
        weekly_minutes=said.get("weekly_minutes"),
        hours_checked_on=chosen["hours"].dated if hours else None,
        dated=max((value.dated for value in chosen.values() if value.dated), default=None),
    )


def _details(said: dict[str, Any], complement: str | None) -> PlaceDetails:
    access = {name.removeprefix(_ACCESS): value for name, value in said.items() if name.startswith(_ACCESS)}
    return PlaceDetails(
        address_complement=complement,
        **{name: said.get(name) for name in _DETAILS},
        description=Description(fr=said.get("description")),
        amenities={name.removeprefix(_AMENITY): value for name, value in said.items() if name.startswith(_AMENITY)},
        accessibility=Accessibility(**access) if access else _NO_ACCESS,
        price=said.get("price", "unknown"),
        services=tuple(said.get("services", ())),
        is_self_declared_third_place=said.get("self_declared_third_place", False),
    )
