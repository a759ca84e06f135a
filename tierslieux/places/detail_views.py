"""What the template of a place's page receives: frozen, worded, nothing left to look up."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tierslieux.places.views import HoursView


class DayView(msgspec.Struct, frozen=True):
    """A day's hours in words: "9 h 30 – 12 h", "Fermé : jour férié", "Horaires inconnus"."""

    day: date
    words: str


class SourceView(msgspec.Struct, frozen=True):
    """A source that something on the page comes from."""

    name: str
    licence: str
    dated: date | None


class PlaceView(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page of a place. Pairs are ``(label, words)``, unknown written out."""

    slug: str
    name: str
    kind: str
    welcome: str
    commune_label: str
    around_address: str
    map_address: str | None
    hours: HoursView
    days: tuple[DayView, ...]
    time_zone_note: str
    weekly_hours: str | None
    hours_as_given: str | None
    description: tuple[str, ...]
    description_is_french: bool
    address_lines: tuple[str, ...]
    phone: str | None
    email: str | None
    website: str | None
    website_label: str | None
    price: str
    amenities: tuple[tuple[str, str], ...]
    unknown_amenities: tuple[str, ...]
    services: tuple[str, ...]
    accessibility: tuple[tuple[str, str], ...]
    unknown_accessibility: tuple[str, ...]
    acceslibre_url: str | None
    checked_on: date | None
    dated: date | None
    sources: tuple[SourceView, ...]
    json_ld: dict[str, Any]
