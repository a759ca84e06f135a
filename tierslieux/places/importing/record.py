"""What a row becomes: a record that cannot be wrong, or a refusal that says how to mend it."""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from tierslieux.places.domain import PlaceDetails, PlaceKind


class Remark(msgspec.Struct, frozen=True, gc=False):
    """Something repaired, dropped or left unread in a row that is kept. ``reason`` and ``remedy`` are French."""

    field: str
    value: str
    reason: str
    remedy: str


class RawRow(msgspec.Struct, frozen=True):
    """A row as it stands in the file. ``line`` counts from 1 (the header is line 1; GeoJSON: the feature's number)."""

    line: int
    values: dict[str, str]
    remarks: tuple[Remark, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """A row that cannot become a place. ``column`` is the file's own name; ``values`` is empty where none was read."""

    line: int
    column: str
    value: str
    reason: str
    remedy: str
    external_id: str = ""
    values: dict[str, str] = {}


class PlaceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A place as one row of one source tells it.

    ``name`` is toned down for the screen, ``name_given`` is the source's own. ``position`` is ``(lon, lat)`` in WGS84
    degrees. ``commune_code`` is the code given, ``commune_hint`` one that somebody deduced from the position.
    ``hours_osm`` is OSM text as found, or as read from French;
    ``hours_text`` the French text as found, or an OSM text that no reader understands (``hours_unreadable``).
    ``dated`` is the day on which the row was last checked, or ``None``.
    """

    line: int
    external_id: str
    kind: PlaceKind
    state: Literal["published", "closed"] = "published"
    name: str
    name_given: str
    street: str | None = None
    postal_code: str | None = None
    commune: str | None = None
    commune_code: str | None = None
    commune_hint: str | None = None
    position: tuple[float, float] | None = None
    time_zone: str = "Europe/Paris"
    phone: str | None = None
    hours_osm: str | None = None
    hours_text: str | None = None
    hours_unreadable: bool = False
    weekly_minutes: int | None = None
    details: PlaceDetails = PlaceDetails()
    dated: date | None = None
    remarks: tuple[Remark, ...] = ()
    raw: dict[str, str] = {}
