"""What creating and changing a resource, and giving a seat to a person, take."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from tierslieux.places.resources.bodies import Mode, ResourceKind, SeatAttribute
from tierslieux.places.schemas import Choices, Existing, HoursText, Line

MOST_SEATS = 10_000
Seats = Annotated[int, msgspec.Meta(ge=1, le=MOST_SEATS)]
HeadCount = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Turnaround = Annotated[int, msgspec.Meta(ge=0, le=1440)]
Cents = Annotated[int, msgspec.Meta(ge=0, le=10_000_000)]
Modes = Annotated[list[Mode], msgspec.Meta(min_length=1, max_length=3)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")]
Person = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]
Directions = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]


class PricesPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Cents by mode to set; 0 is free, ``null`` is pay what you can; absent stays (and is free where never set)."""

    hour: Cents | UnsetType | None = UNSET
    half_day: Cents | UnsetType | None = UNSET
    day: Cents | UnsetType | None = UNSET


class ResourceFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be said of a resource; absent: as it is, ``null``: as if nothing had been said.

    A rule of ``policy`` that is ``null`` is as the place's. ``head_count`` is how many people one seat takes (a room).
    """

    name: Line | UnsetType = UNSET
    kind: ResourceKind | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET
    modes: Modes | UnsetType = UNSET
    prices: PricesPatch | UnsetType | None = UNSET
    turnaround_minutes: Turnaround | UnsetType | None = UNSET
    head_count: HeadCount | UnsetType | None = UNSET
    policy: dict[str, Any] | UnsetType | None = UNSET
    opening_hours: HoursText | UnsetType | None = UNSET
    how_to_get_in: Directions | UnsetType | None = UNSET


class NewResource(ResourceFacts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A resource to create: its seats are labelled "1" to "n"."""

    name: Line
    kind: ResourceKind
    seats: Seats
    modes: Modes


class SeatPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A seat to rename or to describe; ``attributes`` replaces those it has."""

    id: str
    label: Label | UnsetType = UNSET
    attributes: Annotated[list[SeatAttribute], msgspec.Meta(max_length=4)] | UnsetType = UNSET


class ResourcePatch(ResourceFacts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch (RFC 7396), but for ``seat_list``: seats are changed by id, those it does not name stay.

    ``seats`` adds seats, or takes some out of service: first those without a booking, adapted ones last. ``existing``
    says what becomes of bookings that this, or ``archived``, would hit; ``choices`` says it booking by booking.
    """

    archived: bool | UnsetType = UNSET
    seat_list: Annotated[list[SeatPatch], msgspec.Meta(max_length=MOST_SEATS)] = []
    existing: Existing = "refuse"
    choices: Choices = []


class NewResident(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}
):
    """A seat to give to a person, both days included; named by ``name``, by ``email``, or by both.

    An address that an account has ties the seat to it; the answer never says whether one has.
    """

    seat_id: str
    first: date
    last: date | None = None
    name: Person | None = None
    email: Person | None = None
