"""One place, many sources: what a source says as fields with provenance, and which value the place shows.

``place_field`` holds what each source says; ``place`` holds what ``choose_fields`` picked. A merge adds the fields of
the places that point to the keeper, and the same rule chooses again: nothing is moved, so an unmerge gives all back.

Fields are ``name kind position street postal_code commune phone opening_hours weekly_minutes time_zone welcome`` and
``policy``, the plain members of ``PlaceDetails`` (``website``, ``siret`` ...), and one field for each fact
(``amenities.wifi``, ``accessibility.ramp``, ``description.fr``). What a source does not say has no row; a row whose
value is ``null`` says that someone in charge took the value away. ``commune`` and ``opening_hours`` are chosen whole:
half of one source and half of another would say what nobody said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tierslieux.places.domain import PlaceDetails, PlaceKind, Welcome, known_facts
from tierslieux.shared.text import fold

TEAM = "team"
"""The source of what people in charge write themselves; its values carry ``confirmed_by``."""
TEAM_LICENCE = "Licence Ouverte 2.0"
"""The licence under which a place's team publishes what it writes here."""

_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("description", ("fr", "en")),
    ("accessibility", tuple(type(PlaceDetails().accessibility).__struct_fields__)),
)
_PLAIN_DETAILS = tuple(
    name for name in PlaceDetails.__struct_fields__ if name not in {"description", "amenities", "accessibility"}
)
_PLAIN = ("name", "kind", "street", "postal_code", "phone", "weekly_minutes", "time_zone", "welcome")


class SourceValue(NamedTuple):
    """What one source says of one field of one place (a row of ``place_field``)."""

    place_id: int
    field: str
    source: str
    value: Any
    licence: str
    dated: date | None = None
    confirmed_by: UUID | None = None


class CommuneFact(msgspec.Struct, frozen=True):
    """``code`` is in force, ``given`` is the source's own, ``name`` as written; each may be unknown."""

    code: str | None = None
    given: str | None = None
    name: str | None = None


class HoursFact(msgspec.Struct, frozen=True):
    """``osm`` is opening_hours text that can be evaluated, ``text`` the French as found."""

    osm: str | None = None
    text: str | None = None


class PlaceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is said of a place, by one source or as chosen from many. ``position`` is ``(lon, lat)``, WGS84."""

    name: str
    kind: PlaceKind
    position: tuple[float, float] | None = None
    street: str | None = None
    postal_code: str | None = None
    commune: CommuneFact = CommuneFact()
    phone: str | None = None
    opening_hours: HoursFact = HoursFact()
    weekly_minutes: int | None = None
    time_zone: str | None = None
    welcome: Welcome = "unknown"
    policy: dict[str, Any] = {}
    details: PlaceDetails = PlaceDetails()


def fields_of(facts: PlaceFacts) -> dict[str, Any]:
    """``facts`` as fields, values ready for JSON; what is unknown is left out."""
    fields: dict[str, Any] = {name: getattr(facts, name) for name in _PLAIN}
    fields["position"] = None if facts.position is None else list(facts.position)
    fields["commune"] = _known_members(facts.commune)
    fields["opening_hours"] = _known_members(facts.opening_hours)
    fields["policy"] = facts.policy
    fields |= _fields_of_details(facts.details)
    return {name: value for name, value in fields.items() if _says_something(value)}


def _fields_of_details(details: PlaceDetails) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(details, name) for name in _PLAIN_DETAILS}
    fields["services"] = list(details.services)
    fields |= {f"amenities.{name}": fact for name, fact in details.amenities.items()}
    for part, members in _PARTS:
        whole = getattr(details, part)
        fields |= {f"{part}.{member}": getattr(whole, member) for member in members}
    return fields


def _known_members(struct: CommuneFact | HoursFact) -> dict[str, str]:
    return {name: value for name in struct.__struct_fields__ if (value := getattr(struct, name)) is not None}


def _says_something(value: Any) -> bool:
    return value not in (None, "unknown", False, [], {})


def facts_of(fields: Mapping[str, Any]) -> PlaceFacts:
    """The inverse of ``fields_of``: what is absent or ``null`` is unknown. Needs ``name`` and ``kind``."""
    known = {name: value for name, value in fields.items() if value is not None}
    details: dict[str, Any] = {name: known[name] for name in _PLAIN_DETAILS if name in known}
    for part in ("amenities", "accessibility", "description"):
        prefix = f"{part}."
        details[part] = {name.removeprefix(prefix): known[name] for name in known if name.startswith(prefix)}
    whole = {name: known[name] for name in PlaceFacts.__struct_fields__ if name in known}
    return msgspec.convert({**whole, "details": details}, PlaceFacts)


def choose_fields(values: Iterable[SourceValue]) -> dict[str, SourceValue]:
    """The value of each field that a place shows, from all that the sources of it and of its merged places say.

    Confirmed by someone in charge before anything else; then what says something (a kind that is not ``other``); then
    the newest date (none is the oldest); then the source that knows most of this place; then the smaller place_id and
    source name, so that the same values always give the same choice, whatever their order.
    """
    rows = list(values)
    richness = Counter((row.place_id, row.source) for row in rows)
    chosen: dict[str, tuple[tuple[Any, ...], SourceValue]] = {}
    for row in rows:
        rank = _rank(row, richness[row.place_id, row.source])
        best = chosen.get(row.field)
        if best is None or rank > best[0]:
            chosen[row.field] = (rank, row)
    return {field: row for field, (_, row) in sorted(chosen.items())}


def _rank(row: SourceValue, richness: int) -> tuple[Any, ...]:
    informs = not (row.field == "kind" and row.value == "other")
    backwards = tuple(-ord(letter) for letter in row.source)
    return (row.confirmed_by is not None, informs, row.dated or date.min, richness, -row.place_id, backwards)


class ChosenPlace(msgspec.Struct, frozen=True):
    """The columns of ``place`` that follow from its fields."""

    facts: PlaceFacts
    search_name: str
    known_yes: list[str]
    known_no: list[str]
    hours_checked_on: date | None
    dated: date | None


def chosen_place(chosen: Mapping[str, SourceValue]) -> ChosenPlace:
    """What ``place`` holds for the fields ``choose_fields`` picked; ``dated`` is the newest date among them."""
    facts = facts_of({field: row.value for field, row in chosen.items()})
    yes, no = known_facts(facts.details)
    hours = chosen.get("opening_hours")
    dates = [row.dated for row in chosen.values() if row.dated is not None]
    checked_on = hours.dated if hours is not None and hours.value else None
    return ChosenPlace(facts, fold(facts.name), yes, no, checked_on, max(dates, default=None))


def known_count(facts: PlaceFacts) -> int:
    """How many fields are known: which of two places is the richer one."""
    return len(fields_of(facts))
