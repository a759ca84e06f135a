"""Resources and seats as programs read them (api.md, "Resource")."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tierslieux.places.policy import Policy

ResourceKind = Literal["desk", "meeting_room", "phone_booth", "workshop"]
Mode = Literal["hour", "half_day", "day"]
SeatAttribute = Literal["wheelchair", "height_adjustable", "screen", "socket"]


class SeatBody(msgspec.Struct, frozen=True):
    """One desk, or one room."""

    id: str
    label: str
    attributes: list[SeatAttribute]


class ResourceBody(msgspec.Struct, frozen=True, kw_only=True):
    """Something to book. ``seats`` counts those that stay; one that still holds a kept booking is not among them.

    ``policy`` holds what differs from the place's, ``effective_policy`` all that holds. ``prices`` are cents by mode:
    absent is free, ``null`` is pay what you can. ``opening_hours``: its own OSM text, or ``null``: the place's hours.
    ``how_to_get_in`` is read by the place's hosts only, ``null`` for anyone else.
    """

    id: str
    place_id: str
    name: str
    kind: ResourceKind
    seats: int
    seat_list: list[SeatBody]
    head_count: int
    modes: list[Mode]
    prices: dict[Mode, int | None]
    currency: Literal["EUR"]
    turnaround_minutes: int
    policy: dict[str, Any]
    effective_policy: Policy
    opening_hours: str | None
    how_to_get_in: str | None
    archived: bool
    version: int


class ResourceList(msgspec.Struct, frozen=True):
    """All that a place has to book; one page."""

    items: list[ResourceBody]
    links: list[dict[str, str]]


class ResidentBody(msgspec.Struct, frozen=True, rename={"first": "from", "last": "to"}):
    """A seat given to a person from one local day to another, both included; ``to`` is ``null`` without an end."""

    id: str
    place_id: str
    resource_id: str
    seat_id: str
    seat_label: str
    first: date
    last: date | None
    name: str | None
    created_at: datetime


class ResidentList(msgspec.Struct, frozen=True):
    """The residents of a place, present and to come, by their first day."""

    items: list[ResidentBody]
    links: list[dict[str, str]]
