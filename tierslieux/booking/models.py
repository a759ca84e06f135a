"""Tables of bookings. What refuses overlap is ``occupied_seat_no_overlap``; everything is led by the place."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base

_FINITE = (
    "lower_inc({0}) AND NOT upper_inc({0}) AND NOT isempty({0}) AND NOT lower_inf({0}) AND NOT upper_inf({0})"
    " AND isfinite(lower({0})) AND isfinite(upper({0})) AND upper({0}) - lower({0}) <= interval '{1} days'"
)
_OPEN = "state IN ('waiting', 'offered')"
_BLOCKING = "status IN ('held', 'pending', 'confirmed', 'checked_in')"


class BookingRow(Base):
    """One guest (or a walk-in), one resource, ``during``, ``seats`` people, and a status.

    ``seat_rows`` is how many seats that takes (fewer than ``seats`` in a room). ``turnaround_minutes`` is frozen.
    ``counted``: whether it counts in the guest's weekly quota. ``home_commune``, ``work_commune`` and ``travel_mode``
    are copied from the guest, who may erase their own. ``guest_label`` names a guest without account, as a host wrote.
    """

    __tablename__ = "booking"
    __table_args__ = (
        ForeignKeyConstraint(["place_id", "resource_id"], ["resource.place_id", "resource.resource_id"]),
        CheckConstraint("mode IN ('hour', 'half_day', 'day')", name="mode"),
        CheckConstraint(
            "status IN ('held', 'pending', 'confirmed', 'checked_in', 'completed', 'cancelled_by_guest',"
            " 'cancelled_by_host', 'declined', 'expired', 'no_show')",
            name="status",
        ),
        CheckConstraint(_FINITE.format("during", 8), name="during"),
        CheckConstraint("seats > 0 AND seat_rows > 0", name="seats"),
        CheckConstraint("(status IN ('held', 'pending')) = (expires_at IS NOT NULL)", name="expires_at"),
        Index("ix_booking_guest", "guest_id", "local_date", postgresql_where=text("guest_id IS NOT NULL")),
        Index("ix_booking_day", "place_id", "local_date"),
        Index("ix_booking_under_way", text("upper(during)"), postgresql_where=text(_BLOCKING)),
        Index("ix_booking_series", "place_id", "series_id", postgresql_where=text("series_id IS NOT NULL")),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[int]
    guest_id: Mapped[UUID | None]
    guest_label: Mapped[str | None]
    origin: Mapped[str]
    mode: Mapped[str]
    status: Mapped[str]
    during: Mapped[Range[datetime]]
    local_date: Mapped[date]
    seats: Mapped[int] = mapped_column(SmallInteger)
    seat_rows: Mapped[int] = mapped_column(SmallInteger)
    seats_chosen: Mapped[bool]
    turnaround_minutes: Mapped[int] = mapped_column(SmallInteger)
    expires_at: Mapped[datetime | None]
    renewed: Mapped[bool]
    price_cents: Mapped[int | None]
    counted: Mapped[bool]
    series_id: Mapped[UUID | None]
    moved_from: Mapped[str | None]
    closure_id: Mapped[UUID | None]
    home_commune: Mapped[str | None]
    work_commune: Mapped[str | None]
    travel_mode: Mapped[str | None]
    instead: Mapped[str | None]
    checked_in_at: Mapped[datetime | None]
    checked_out_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int]


class OccupiedSeatRow(Base):
    """A seat taken for ``[start, end + turnaround)``: there while its booking blocks, gone when it ends."""

    __tablename__ = "occupied_seat"
    __table_args__ = (
        ForeignKeyConstraint(
            ["place_id", "resource_id", "seat_id"], ["seat.place_id", "seat.resource_id", "seat.seat_id"]
        ),
        ForeignKeyConstraint(["place_id", "booking_id"], ["booking.place_id", "booking.booking_id"]),
        CheckConstraint(_FINITE.format("busy", 9), name="busy"),
        ExcludeConstraint(
            ("place_id", "="), ("seat_id", "="), ("busy", "&&"), using="gist", name="occupied_seat_no_overlap"
        ),
        Index("ix_occupied_seat_from", text("lower(busy)")),
        Index("ix_occupied_seat_place", "place_id", text("lower(busy)")),
        # those that a search for what began in the last hours would miss
        Index(
            "ix_occupied_seat_long",
            "place_id",
            text("lower(busy)"),
            postgresql_where=text("upper(busy) - lower(busy) > interval '12 hours'"),
        ),
        Index("ix_occupied_seat_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )

    place_id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    seat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    resource_id: Mapped[int]
    pinned: Mapped[bool]
    expires_at: Mapped[datetime | None]
    busy: Mapped[Range[datetime]]


class BookingEventRow(Base):
    """What happened to a booking: appended, never changed. ``why`` is a reason, ``facts`` what changed otherwise."""

    __tablename__ = "booking_event"

    place_id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    was: Mapped[str | None]
    becomes: Mapped[str]
    why: Mapped[str | None]
    facts: Mapped[dict[str, Any] | None]


class BookingSeriesRow(Base):
    """A recurrence (RFC 5545) at the place's wall time; its dates are bookings with its ``series_id``."""

    __tablename__ = "booking_series"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    series_id: Mapped[UUID] = mapped_column(primary_key=True)
    guest_id: Mapped[UUID | None]
    rrule: Mapped[str]
    wall_start: Mapped[str]
    minutes: Mapped[int]
    created_at: Mapped[datetime]


class GuestAtPlaceRow(Base):
    """A person at a place: the row that rules about the person lock."""

    __tablename__ = "guest_at_place"

    place_id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_visit: Mapped[date | None]


class WaitlistEntryRow(Base):
    """A wish for a seat within ``wish``, for ``minutes``: offered in the order in which wishes came.

    ``offered_at`` is when it was last offered a seat or let an offer lapse, which puts it at the end of the line.
    """

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        ForeignKeyConstraint(["place_id", "resource_id"], ["resource.place_id", "resource.resource_id"]),
        CheckConstraint("state IN ('waiting', 'offered', 'accepted', 'withdrawn', 'over')", name="state"),
        CheckConstraint(_FINITE.format("wish", 93), name="wish"),
        # the few that are alive, whose places are asked for each minute: who waits, and whose offer may have lapsed
        Index("ix_waitlist_entry_open", "place_id", "state", postgresql_where=text(_OPEN)),
        Index("ix_waitlist_entry_guest_id", "guest_id"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[int | None]
    guest_id: Mapped[UUID]
    wish: Mapped[Range[datetime]]
    minutes: Mapped[int]
    seats: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str]
    offer_booking_id: Mapped[UUID | None]
    offered_at: Mapped[datetime | None]
    notices: Mapped[int] = mapped_column(SmallInteger)
    noticed_on: Mapped[date | None]
    created_at: Mapped[datetime]


class VisitRow(Base):
    """People counted at the door, without any trace of who they are."""

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        Index("ix_visit_day", "place_id", "local_date"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    local_date: Mapped[date]
    count: Mapped[int] = mapped_column(SmallInteger)
    withdrawn_at: Mapped[datetime | None]


class StatDirtyRow(Base):
    """A day of a place whose figures must be worked out again: marks are appended, a job deletes those it read."""

    __tablename__ = "stat_dirty"

    place_id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    day: Mapped[date]
