"""Tables of what can be booked in a place: resources, their seats, what takes them out of use. All led by place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, TSTZMULTIRANGE, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base

RESOURCE_KINDS = ("desk", "meeting_room", "phone_booth", "workshop")
SEAT_ATTRIBUTES = ("wheelchair", "height_adjustable", "screen", "socket")


class ResourceRow(Base):
    """What a guest picks: shared desks, a room, a booth. ``resource_id`` counts within the place.

    ``head_count`` is how many people one seat takes (1 for a desk, more for a room). ``hours_osm``: its own hours,
    where they differ from the place's; when it is open and the place is not, nobody is on site. ``own_hours``: its days
    are kept for itself (``resource_day``), else they are its place's. ``prices`` holds cents by mode: absent is free,
    null is pay what you can. ``policy`` holds only what differs from the place's. ``how_to_get_in`` is shown with a
    confirmed booking only, from the day before. From the local day ``steady_from`` on ``steady_seats`` seats are in
    service, every day (``seat_counts``); null where nobody has counted.
    """

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("kind IN ('desk', 'meeting_room', 'phone_booth', 'workshop')", name="kind"),
        CheckConstraint("head_count > 0", name="head_count"),
        CheckConstraint("cardinality(modes) > 0 AND modes <@ '{hour,half_day,day}'::text[]", name="modes"),
        CheckConstraint("turnaround_minutes BETWEEN 0 AND 1440", name="turnaround_minutes"),
        Index("ix_resource_turnaround", "turnaround_minutes", postgresql_where=text("archived_at IS NULL")),
        Index(
            "ix_resource_free",
            "place_id",
            "resource_id",
            postgresql_include=["head_count", "turnaround_minutes", "steady_from", "steady_seats", "own_hours"],
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    resource_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    name: Mapped[str]
    head_count: Mapped[int] = mapped_column(SmallInteger)
    modes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    prices: Mapped[dict[str, Any]]
    turnaround_minutes: Mapped[int] = mapped_column(SmallInteger)
    policy: Mapped[dict[str, Any]]
    hours_osm: Mapped[str | None]
    how_to_get_in: Mapped[str | None]
    version: Mapped[int]
    archived_at: Mapped[datetime | None]
    own_hours: Mapped[bool] = mapped_column(
        Computed("hours_osm IS NOT NULL OR policy ? 'open_on_public_holidays'", persisted=True)
    )
    steady_from: Mapped[date | None]
    steady_seats: Mapped[int | None]


class SeatRow(Base):
    """One physical desk (or one room). ``in_service``: the local days on which it exists; its capacity counts then."""

    __tablename__ = "seat"
    __table_args__ = (
        UniqueConstraint("place_id", "resource_id", "seat_id"),
        ForeignKeyConstraint(["place_id", "resource_id"], ["resource.place_id", "resource.resource_id"]),
        CheckConstraint("NOT lower_inf(in_service)", name="in_service"),
        CheckConstraint(
            "attributes <@ '{wheelchair,height_adjustable,screen,socket}'::text[]",
            name="attributes",
        ),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int]
    seat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str]
    in_service: Mapped[Range[date]] = mapped_column(DATERANGE())
    attributes: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ClosureRow(Base):
    """What takes a place, a resource or a seat out of use for a time.

    ``closure`` and ``block`` are the team's, ``external_busy`` comes from another calendar, ``resident`` gives a seat
    to a person for a period (``guest_id``). Withdrawn ones are kept for what they did to bookings.
    """

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("kind IN ('closure', 'block', 'external_busy', 'resident')", name="kind"),
        CheckConstraint("NOT isempty(during)", name="during"),
        CheckConstraint("seat_id IS NULL OR resource_id IS NOT NULL", name="seat"),
        CheckConstraint("kind <> 'resident' OR seat_id IS NOT NULL", name="resident"),
        ForeignKeyConstraint(["place_id", "resource_id"], ["resource.place_id", "resource.resource_id"]),
        Index(
            "ix_closure_until",
            "place_id",
            text("coalesce(upper(during), 'infinity')"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    closure_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    resource_id: Mapped[int | None]
    seat_id: Mapped[int | None]
    guest_id: Mapped[UUID | None]
    during: Mapped[Range[datetime]]
    reason: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    undo_until: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class ResourceDayRow(Base):
    """The worked-out days of a resource with hours of its own, as ``place_day`` has the place's."""

    __tablename__ = "resource_day"
    __table_args__ = (
        CheckConstraint("state IN ('known', 'unknown')", name="state"),
        ForeignKeyConstraint(["place_id", "resource_id"], ["resource.place_id", "resource.resource_id"]),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    open: Mapped[MultiRange[datetime]] = mapped_column(TSTZMULTIRANGE())
    frozen: Mapped[bool]


class FavouriteRow(Base):
    """A place that a person wants to find again."""

    __tablename__ = "favourite"
    __table_args__ = (Index("ix_favourite_account_id", "account_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
