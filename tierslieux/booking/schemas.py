"""Bookings on the wire: what programs send and read (api.md, "Bookings")."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.domain.values import Mode

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x20]*$")]
Instant = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f]*$")]
People = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*$")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f]*$")]
Email = Annotated[str, msgspec.Meta(min_length=3, max_length=254, pattern=r"^[^\x00-\x20]*$")]


class OnBehalfOf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For whom a team books: a name, and an address where mails go, if there is one."""

    name: Name
    email: Email | None = None


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a team breaks a rule of its own."""

    reason: Reason


class BookingRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A booking, a hold or a check that is asked for. ``on_behalf_of`` and ``override`` are for the place's team."""

    resource_id: Id
    start: Instant
    end: Instant
    seats: People = 1
    mode: Mode | None = None
    seat_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=10_000)] | None = None
    hold_id: Id | None = None
    on_behalf_of: OnBehalfOf | None = None
    override: Override | None = None


class BookingPatch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a move changes; what is absent stays."""

    resource_id: Id | msgspec.UnsetType = msgspec.UNSET
    start: Instant | msgspec.UnsetType = msgspec.UNSET
    end: Instant | msgspec.UnsetType = msgspec.UNSET
    seats: People | msgspec.UnsetType = msgspec.UNSET
    seat_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=10_000)] | msgspec.UnsetType | None = (
        msgspec.UNSET
    )
    mode: Mode | msgspec.UnsetType | None = msgspec.UNSET
    override: Override | msgspec.UnsetType = msgspec.UNSET


class WalkInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone sits down now."""

    minutes: Annotated[int, msgspec.Meta(ge=1, le=1440)]
    seats: People = 1
    resource_id: Id | None = None


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why; optional."""

    reason: Reason | None = None


class CheckInBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What shows that the guest is there: the code at the desk or door, or a position. The team needs neither."""

    token: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    position: tuple[float, float] | None = None


class Money(msgspec.Struct, frozen=True):
    """Integer cents with their currency."""

    amount: int
    currency: str


class PlaceBrief(msgspec.Struct, frozen=True):
    """The place of a booking."""

    id: str
    slug: str
    name: str
    time_zone: str


class GuestBody(msgspec.Struct, frozen=True):
    """Who comes, as the team may know it: a first name and an initial."""

    name: str | None
    email: str | None


class LinkBody(msgspec.Struct, frozen=True):
    """An address that belongs to a booking."""

    rel: str
    href: str


class BookingBody(msgspec.Struct, frozen=True, kw_only=True):
    """A booking, times in the place's zone."""

    id: str
    status: Status
    place: PlaceBrief
    resource_id: str
    resource_name: str
    mode: str
    start: datetime
    end: datetime
    seats: int
    seat_ids: list[str]
    seats_chosen: bool
    price: Money | None
    series_id: str | None
    expires_at: datetime | None
    free_cancellation_until: datetime
    check_in_from: datetime
    checked_in_at: datetime | None
    guest: GuestBody | None
    moved_from: str | None
    created_at: datetime
    version: int
    links: list[LinkBody]


class BookingList(msgspec.Struct, frozen=True):
    """A page of bookings in the order of time."""

    items: list[BookingBody]
    links: list[LinkBody]


class EventBody(msgspec.Struct, frozen=True):
    """What happened to a booking; ``by`` is ``guest``, ``host`` or ``service``."""

    seq: int
    at: datetime
    by: Literal["guest", "host", "service"]
    was: Status | None
    becomes: Status
    why: str | None
    facts: dict[str, Any] | None


class EventList(msgspec.Struct, frozen=True):
    """All that happened to a booking, from its beginning."""

    items: list[EventBody]
    links: list[LinkBody]


class RuleBody(msgspec.Struct, frozen=True):
    """A broken rule; ``limit`` and ``value`` by ``code``, ``message`` for people."""

    code: str
    limit: Any
    value: Any
    message: str


class AlternativeBody(msgspec.Struct, frozen=True):
    """What would be accepted if asked at once by the same person."""

    why: Literal["same_resource_later", "same_resource_earlier", "other_resource", "other_place"]
    place_id: str
    place_name: str
    resource_id: str
    start: datetime
    end: datetime
    mode: str
    free: int
    distance_m: int


class CheckAnswer(msgspec.Struct, frozen=True):
    """What would become of a booking if it were asked for now."""

    bookable: bool
    broken_rules: list[RuleBody]
    alternatives: list[AlternativeBody]
    price: Money | None
    mode: str | None
    free: int
    as_of: datetime
