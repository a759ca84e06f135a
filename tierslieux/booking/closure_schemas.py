"""Closures on the wire (api.md, "Opening hours and closures")."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from tierslieux.booking.domain.closing import Outcome
from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.schemas import Id, Instant, LinkBody, Reason
from tierslieux.places.schemas import Choices, Existing

Kind = Literal["closure", "block"]


class ClosureRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A closure to make; without ``resource_ids`` of the whole place."""

    start: Instant
    end: Instant
    kind: Kind = "closure"
    resource_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=500)] | None = None
    reason: Reason | None = None
    existing: Existing = "refuse"
    choices: Choices = []


class MoveBody(msgspec.Struct, frozen=True):
    """Where a booking could go, times in the zone of its place."""

    place_id: str
    resource_id: str
    start: datetime
    end: datetime


class SuggestionBody(msgspec.Struct, frozen=True):
    """What could be done with a booking."""

    do: Literal["move"]
    to: MoveBody


class MovedBody(msgspec.Struct, frozen=True):
    """Where a booking went; at another place it is another booking."""

    place_id: str
    resource_id: str
    start: datetime
    end: datetime
    booking_id: str


class HitBody(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in the way; ``guest`` is a first name and an initial."""

    id: str
    resource_id: str
    start: datetime
    end: datetime
    seats: int
    guest: str | None
    status: Status
    suggestion: SuggestionBody | None
    outcome: Outcome | None
    moved_to: MovedBody | None


class ClosureBody(msgspec.Struct, frozen=True, kw_only=True):
    """A closure, times in the place's zone; ``id`` is ``null`` in a preview."""

    id: str | None
    start: datetime
    end: datetime
    kind: Kind
    resource_ids: list[str] | None
    reason: str | None
    undo_until: datetime | None
    bookings: list[HitBody]


class ClosureList(msgspec.Struct, frozen=True):
    """A page of closures in the order of time."""

    items: list[ClosureBody]
    links: list[LinkBody]
