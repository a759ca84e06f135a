"""A whole place as programs read it: the chosen facts, where each comes from, and whether it is open now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.places.choosing import SourceValue, choose_fields
from tierslieux.places.domain import AMENITIES, PlaceDetails
from tierslieux.places.hours.days import DatedHours, DayHours, Hours, work_out_days
from tierslieux.places.hours.moments import state_at
from tierslieux.places.policy import read_policy
from tierslieux.places.resources.stored import load_resources, on_offer, resource_body
from tierslieux.places.schemas import (
    AddressBody,
    ContactBody,
    DatedHoursBody,
    DayBody,
    HoursBody,
    PlaceBody,
    RangeBody,
    SourceBody,
)
from tierslieux.shared.errors import NotFound
from tierslieux.territories.zones import locality_of
from tierslieux.web.plans import Plan

DAYS_AHEAD = 14

_PLACE = """
SELECT p.place_id, p.slug, p.name, p.kind, p.state, p.welcome, ST_X(p.position::geometry), ST_Y(p.position::geometry),
  p.time_zone, p.commune_code, p.commune_code_given, COALESCE(c.name, p.commune_name), c.epci_code, c.departement_code,
  c.region_code, p.street, p.postal_code, p.phone, p.details, p.hours_osm, p.hours_text, p.weekly_minutes,
  p.hours_checked_on, p.policy, p.dated, p.merged_into, p.version, p.updated_at
FROM place p LEFT JOIN commune c ON c.code = p.commune_code
WHERE p.place_id = %(place_id)s::integer
"""
_SAID = """
SELECT f.place_id, f.field, f.source, f.value, f.licence, f.dated, f.confirmed_by
FROM place p JOIN place_field f ON f.place_id = p.place_id
WHERE p.place_id = %(place_id)s::integer OR p.merged_into = %(place_id)s::integer
"""
_EXCEPTIONS = """
SELECT lower(days), upper(days) - 1, hours_osm FROM hours_exception WHERE place_id = %(place_id)s::integer
ORDER BY days
"""


class StoredPlace(msgspec.Struct, frozen=True):
    """The columns of a place, in the order of the query."""

    place_id: int
    slug: str
    name: str
    kind: Any
    state: Any
    welcome: Any
    lon: float | None
    lat: float | None
    time_zone: str
    commune_code: str | None
    commune_code_given: str | None
    commune_name: str | None
    epci_code: str | None
    departement_code: str | None
    region_code: str | None
    street: str | None
    postal_code: str | None
    phone: str | None
    details: dict[str, Any]
    hours_osm: str | None
    hours_text: str | None
    weekly_minutes: int | None
    hours_checked_on: date | None
    policy: dict[str, Any]
    dated: date | None
    merged_into: int | None
    version: int
    updated_at: datetime

    @property
    def shown_code(self) -> str | None:
        """The commune's code in force, or the one given where no loaded commune has it (overseas)."""
        return self.commune_code or self.commune_code_given


def load_place(place_id: int) -> Plan[StoredPlace]:
    """The place, whatever its state, or ``NotFound``."""
    rows = yield _PLACE, {"place_id": place_id}
    if not rows:
        raise NotFound
    return StoredPlace(*rows[0])


def load_exceptions(place_id: int) -> Plan[tuple[DatedHours, ...]]:
    """Its dated hours, in the order of time."""
    rows = yield _EXCEPTIONS, {"place_id": place_id}
    return tuple(DatedHours(*row) for row in rows)


def whole_place(place: StoredPlace, now: datetime) -> Plan[PlaceBody]:
    """The answer to ``GET``."""
    said = yield _SAID, {"place_id": place.place_id}
    exceptions = yield from load_exceptions(place.place_id)
    resources = yield from load_resources(place.place_id)
    details = msgspec.convert(place.details, PlaceDetails)
    return PlaceBody(
        id=str(place.place_id),
        slug=place.slug,
        name=place.name,
        kind=place.kind,
        state=place.state,
        welcome=place.welcome,
        position=None if place.lon is None or place.lat is None else (place.lon, place.lat),
        time_zone=place.time_zone,
        commune_code=place.shown_code,
        territories=_territories(place),
        address=_address(place, details),
        contact=ContactBody(place.phone, details.email, details.website),
        description=details.description,
        amenities={**dict.fromkeys(AMENITIES, "unknown"), **details.amenities},
        accessibility=details.accessibility,
        price=details.price,
        services=list(details.services),
        opening_hours=place.hours_osm,
        hours_text=place.hours_text,
        weekly_minutes=place.weekly_minutes,
        hours=_hours_now(place, exceptions, now),
        policy=read_policy(place.policy),
        resources=[resource_body(place.place_id, place.policy, each) for each in on_offer(resources)],
        sources=_sources(said),
        dated=place.dated,
        merged_into=None if place.merged_into is None else str(place.merged_into),
        version=place.version,
        updated_at=in_zone(place.updated_at, place.time_zone),
    )


def _territories(place: StoredPlace) -> list[str]:
    found = [
        place.commune_code,
        place.epci_code,
        place.departement_code and f"dep-{place.departement_code}",
        place.region_code and f"reg-{place.region_code}",
    ]
    return [territory for territory in found if territory]


def _address(place: StoredPlace, details: PlaceDetails) -> AddressBody:
    return AddressBody(
        place.street, details.address_complement, place.postal_code, place.commune_name, place.shown_code
    )


def _sources(said: Iterable[tuple[Any, ...]]) -> list[SourceBody]:
    chosen = choose_fields(SourceValue(*row) for row in said)
    return [
        SourceBody(field, row.source, row.licence, row.dated) for field, row in chosen.items() if row.value is not None
    ]


def hours_of(place: StoredPlace, exceptions: Sequence[DatedHours]) -> Hours:
    """What the place's days follow from."""
    return Hours(
        text=place.hours_osm,
        locality=replace(locality_of(place.shown_code), time_zone=place.time_zone),
        exceptions=tuple(exceptions),
        bookable=place.welcome == "bookable",
        open_on_public_holidays=place.policy.get("open_on_public_holidays"),
    )


def days_from(hours: Hours, now: datetime, time_zone: str, ahead: int = DAYS_AHEAD) -> tuple[DayHours, ...]:
    """Yesterday, today and the days after, in the place's own zone."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    return work_out_days(hours, today - timedelta(days=1), today + timedelta(days=ahead - 1))


def _hours_now(place: StoredPlace, exceptions: Sequence[DatedHours], now: datetime) -> HoursBody:
    state = state_at(days_from(hours_of(place, exceptions), now, place.time_zone), now, place.time_zone)
    until = None if state.until is None else in_zone(state.until, place.time_zone)
    return HoursBody(state.state, state.reason, until, place.hours_checked_on)


def day_body(day: DayHours, time_zone: str) -> DayBody:
    """A day on the wire."""
    state = "open" if day.open else "closed" if day.state == "known" else "unknown"
    ranges = [RangeBody(in_zone(piece.start, time_zone), in_zone(piece.end, time_zone)) for piece in day.open]
    return DayBody(day.day, state, day.reason, ranges)  # type: ignore[arg-type]


def exception_body(each: DatedHours) -> DatedHoursBody:
    """Dated hours on the wire."""
    return DatedHoursBody(each.first, each.last, each.text)


def in_zone(instant: datetime, time_zone: str) -> datetime:
    """``instant`` in the place's zone, whole seconds."""
    return instant.astimezone(ZoneInfo(time_zone)).replace(microsecond=0)
