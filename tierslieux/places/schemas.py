"""Places on the wire: what ``GET`` answers, what ``POST``, ``PATCH`` and the opening hours take (api.md, "Place")."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from tierslieux.places.domain import Accessibility, Description, Fact, PlaceKind, Price, Welcome
from tierslieux.places.policy import Policy
from tierslieux.places.resources.bodies import ResourceBody

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Address = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x20]*$")]
Prose = Annotated[str, msgspec.Meta(max_length=5000, pattern=r"^[^\x00]*$")]
HoursText = Annotated[str, msgspec.Meta(max_length=4000, pattern=r"^[^\x00]*$")]
PostalCode = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{5}$")]
CommuneCode = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9]{2}|2A|2B)[0-9]{3}$")]
Number = Annotated[str, msgspec.Meta(max_length=40)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x20]*$")]
Instant = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")]
Point = tuple[float, float]


class AddressBody(msgspec.Struct, frozen=True):
    """Where a place is, as one writes it."""

    street: str | None
    complement: str | None
    postal_code: str | None
    commune: str | None
    commune_code: str | None


class ContactBody(msgspec.Struct, frozen=True):
    """``phone`` is E.164."""

    phone: str | None
    email: str | None
    website: str | None


class HoursBody(msgspec.Struct, frozen=True):
    """Whether the place is open now, why, until when, and the day on which its hours were last checked."""

    state: Literal["open", "closed", "unknown"]
    reason: str | None
    until: datetime | None
    checked_on: date | None


class SourceBody(msgspec.Struct, frozen=True):
    """Where the shown value of a field comes from."""

    field: str
    source: str
    licence: str
    dated: date | None


class PlaceBody(msgspec.Struct, frozen=True, kw_only=True):
    """A whole place; ``null`` where unknown.

    ``resources`` are those on offer; while there is none, nothing can be booked, whatever ``welcome`` says.
    """

    id: str
    slug: str
    name: str
    kind: PlaceKind
    state: Literal["draft", "published", "closed", "merged"]
    welcome: Welcome
    position: Point | None
    time_zone: str
    commune_code: str | None
    territories: list[str]
    address: AddressBody
    contact: ContactBody
    description: Description
    amenities: dict[str, Fact]
    accessibility: Accessibility
    price: Price
    services: list[str]
    opening_hours: str | None
    hours_text: str | None
    weekly_minutes: int | None
    hours: HoursBody
    policy: Policy
    resources: list[ResourceBody]
    sources: list[SourceBody]
    dated: date | None
    merged_into: str | None
    version: int
    updated_at: datetime


class AddressPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Members of an address to set; ``null`` takes one away."""

    street: Line | UnsetType | None = UNSET
    complement: Line | UnsetType | None = UNSET
    postal_code: PostalCode | UnsetType | None = UNSET
    commune: Line | UnsetType | None = UNSET
    commune_code: CommuneCode | UnsetType | None = UNSET


class ContactPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Members of the contact to set; ``null`` takes one away."""

    phone: Number | UnsetType | None = UNSET
    email: Line | UnsetType | None = UNSET
    website: Address | UnsetType | None = UNSET


class DescriptionPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Texts by language to set; ``null`` takes one away."""

    fr: Prose | UnsetType | None = UNSET
    en: Prose | UnsetType | None = UNSET


class AccessibilityPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Access facts to set; ``null`` takes one away."""

    wheelchair: Fact | UnsetType | None = UNSET
    step_free_entrance: Fact | UnsetType | None = UNSET
    door_width_cm: Annotated[int, msgspec.Meta(ge=1, le=1000)] | UnsetType | None = UNSET
    ramp: Fact | UnsetType | None = UNSET
    adapted_toilet: Fact | UnsetType | None = UNSET
    hearing_loop: Fact | UnsetType | None = UNSET
    parking: Fact | UnsetType | None = UNSET
    acceslibre_url: Address | UnsetType | None = UNSET


class GoalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a booking is to go: a resource of this place, or of one near by; without times it keeps its own."""

    resource_id: Key
    start: Instant | None = None
    end: Instant | None = None
    place_id: Key | None = None


class ChoiceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of one booking; ``move`` without ``to``: to the first alternative that there is."""

    booking_id: Key
    do: Literal["keep", "cancel", "move"]
    to: GoalBody | None = None


Existing = Literal["refuse", "keep", "cancel", "move"]
"""What becomes of the bookings that a change hits, as far as no choice names them: ``refuse`` lists them."""
Choices = Annotated[list[ChoiceBody], msgspec.Meta(max_length=1000)]
"""What becomes of single ones."""


class PlacePatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A merge patch (RFC 7396): what is absent stays, ``null`` takes a value away.

    ``existing`` and ``choices`` say what becomes of bookings that lose their time by it.
    """

    name: Line | UnsetType = UNSET
    kind: PlaceKind | UnsetType = UNSET
    state: Literal["published", "closed"] | UnsetType = UNSET
    position: Point | UnsetType = UNSET
    welcome: Welcome | UnsetType | None = UNSET
    time_zone: Line | UnsetType | None = UNSET
    commune_code: CommuneCode | UnsetType | None = UNSET
    address: AddressPatch | UnsetType | None = UNSET
    contact: ContactPatch | UnsetType | None = UNSET
    description: DescriptionPatch | UnsetType | None = UNSET
    amenities: dict[str, Fact | None] | UnsetType | None = UNSET
    accessibility: AccessibilityPatch | UnsetType | None = UNSET
    price: Price | UnsetType | None = UNSET
    services: Annotated[list[Line], msgspec.Meta(max_length=50)] | UnsetType | None = UNSET
    opening_hours: HoursText | UnsetType | None = UNSET
    policy: dict[str, Any] | UnsetType | None = UNSET
    existing: Existing = "refuse"
    choices: Choices = []


class NewPlace(PlacePatch, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A place to create."""

    name: Line
    kind: PlaceKind
    position: Point


class DatedHoursBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"first": "from", "last": "to"}):
    """Hours that hold from one day to another, both included, instead of the weekly ones."""

    first: date
    last: date
    opening_hours: HoursText


class NewHours(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening hours as OSM text or as French ``text``, and all dated exceptions.

    With neither text the weekly hours stay; ``opening_hours: null`` takes them away. ``existing`` says what becomes of
    bookings that would be hit.
    """

    opening_hours: HoursText | UnsetType | None = UNSET
    text: Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00]*$")] | UnsetType = UNSET
    exceptions: Annotated[list[DatedHoursBody], msgspec.Meta(max_length=400)] = []
    existing: Existing = "refuse"
    choices: Choices = []


class RangeBody(msgspec.Struct, frozen=True):
    """``[start, end)`` in the place's zone."""

    start: datetime
    end: datetime


class DayBody(msgspec.Struct, frozen=True):
    """A local day: what is ``open`` is certain; ``unknown``: outside of it nothing can be said."""

    day: date
    state: Literal["open", "closed", "unknown"]
    reason: str | None
    open: list[RangeBody]


class RemarkBody(msgspec.Struct, frozen=True):
    """Something that was read with a doubt; ``position`` counts characters from 0."""

    position: int
    part: str
    message: str


class HoursAnswer(msgspec.Struct, frozen=True):
    """The hours as they are now (or would be, in a preview) and what follows from them in the next two weeks."""

    opening_hours: str | None
    exceptions: list[DatedHoursBody]
    next_days: list[DayBody]
    warnings: list[RemarkBody]
    bookings: list[dict[str, Any]]
