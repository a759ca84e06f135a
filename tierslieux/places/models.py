"""Tables of the directory. Every table of a place's own data begins with ``place_id`` (ARCHITECTURE.md, invariants)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, Geometry
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, TSTZMULTIRANGE, Range
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base

PLACE_ID_SEQUENCE = Sequence("place_id_seq", data_type=Integer, metadata=Base.metadata)

KINDS = (
    "coworking", "third_place", "fablab", "library", "france_services", "digital_space", "social_centre", "public_body",
    "shop", "cafe", "wifi_spot", "other",
)  # fmt: skip
ASKED_KINDS = ("wifi_spot", "public_body", "social_centre", "other")
"""Kinds that are shown only when they are asked for."""
MAP_ZOOM = 24
"""``map_x`` and ``map_y`` count web-mercator tiles of this zoom; shifted by ``24 - z`` they are tiles of zoom z."""

_SIDE = 2**MAP_ZOOM
_MAP_X = f"least({_SIDE - 1}, floor((st_x(position::geometry) + 180) / 360 * {_SIDE}))::integer"
_LATITUDE = "radians(greatest(-85.0511287798, least(85.0511287798, st_y(position::geometry))))"
_MAP_Y = (
    f"greatest(0, least({_SIDE - 1},"
    f" floor((1 - ln(tan({_LATITUDE}) + 1 / cos({_LATITUDE})) / pi()) / 2 * {_SIDE})))::integer"
)
_FOLDED_COMMUNE = (
    "regexp_replace(translate(lower(coalesce(commune_name, '')),"
    " 'àâäáãéèêëíìîïóòôöõúùûüçñÿ-''’.', 'aaaaaeeeeiiiiooooouuuucny    '), '\\mst(e?)\\M', 'saint\\1', 'g')"
)

_BOOKABLE = text("state = 'published' AND welcome = 'bookable'")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class PlaceRow(Base):
    """A site that one can visit, as chosen from its sources (``place_field`` keeps what each source says).

    ``details`` is ``places.domain.PlaceDetails`` as JSON. ``known_yes`` and ``known_no`` hold the facts that filters
    ask for (``wifi``, ``step_free``, ``free`` ...); a fact in neither is unknown. ``welcome_rank``: 0 declared by
    someone in charge, 1 unknown, 2 no. ``dated`` is the newest date of what is known. ``search_name`` is
    ``shared.text.fold(name)``; ``search_text`` adds the commune, folded nearly so by the database. ``point``, ``map_x``
    and ``map_y`` (see ``MAP_ZOOM``) are the position as the map asks for it.
    """

    __tablename__ = "place"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'published', 'closed', 'merged')", name="state"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint("welcome IN ('bookable', 'no_booking', 'on_call', 'unknown', 'no')", name="welcome"),
        CheckConstraint("merged_into <> place_id", name="merged_into_other"),
        CheckConstraint("(state = 'merged') = (merged_into IS NOT NULL)", name="merged_points_somewhere"),
        Index(
            "ix_place_position",
            "welcome_rank",
            "position",
            postgresql_using="gist",
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_place_point", "point", postgresql_using="gist", postgresql_where=text("state = 'published'")),
        Index(
            "ix_place_bookable",
            "place_id",
            postgresql_include=["map_x", "map_y", "time_zone", "kind", "asked_only", "point"],
            postgresql_where=_BOOKABLE,
        ),
        Index("ix_place_bookable_position", "position", postgresql_using="gist", postgresql_where=_BOOKABLE),
        Index("ix_place_commune_code", "commune_code"),
        Index("ix_place_merged_into", "merged_into", postgresql_where=text("merged_into IS NOT NULL")),
        Index(
            "ix_place_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index(
            "ix_place_name_prefix",
            "search_name",
            postgresql_ops={"search_name": "text_pattern_ops"},
            postgresql_where=text("state = 'published'"),
        ),
        Index(
            "ix_place_name_order",
            "welcome_rank",
            "search_name",
            "place_id",
            postgresql_where=text("state = 'published'"),
        ),
    )

    place_id: Mapped[int] = mapped_column(
        PLACE_ID_SEQUENCE, primary_key=True, server_default=PLACE_ID_SEQUENCE.next_value()
    )
    state: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]
    slug: Mapped[str]
    time_zone: Mapped[str]
    commune_code: Mapped[str | None]
    commune_code_given: Mapped[str | None]
    position: Mapped[Any | None] = mapped_column(Geography("POINT", 4326, spatial_index=False))
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    commune_name: Mapped[str | None]
    phone: Mapped[str | None]
    details: Mapped[dict[str, Any]]
    known_yes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    known_no: Mapped[list[str]] = mapped_column(ARRAY(Text))
    hours_osm: Mapped[str | None]
    hours_text: Mapped[str | None]
    weekly_minutes: Mapped[int | None]
    hours_checked_on: Mapped[date | None]
    dated: Mapped[date | None]
    welcome: Mapped[str]
    welcome_rank: Mapped[int] = mapped_column(
        SmallInteger,
        Computed("CASE welcome WHEN 'unknown' THEN 1 WHEN 'no' THEN 2 ELSE 0 END", persisted=True),
    )
    asked_only: Mapped[bool] = mapped_column(Computed(_one_of("kind", ASKED_KINDS), persisted=True))
    point: Mapped[Any | None] = mapped_column(
        Geometry("POINT", 4326, spatial_index=False), Computed("position::geometry", persisted=True)
    )
    map_x: Mapped[int | None] = mapped_column(Computed(_MAP_X, persisted=True))
    map_y: Mapped[int | None] = mapped_column(Computed(_MAP_Y, persisted=True))
    search_text: Mapped[str] = mapped_column(Computed(f"search_name || ' ' || {_FOLDED_COMMUNE}", persisted=True))
    policy: Mapped[dict[str, Any]]
    version: Mapped[int]
    updated_at: Mapped[datetime]
    merged_into: Mapped[int | None]


class PlaceFieldRow(Base):
    """Provenance: what one source says of one field. ``place`` holds what was chosen."""

    __tablename__ = "place_field"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB)
    licence: Mapped[str]
    dated: Mapped[date | None]
    confirmed_by: Mapped[UUID | None]


class MembershipRow(Base):
    """Who is in charge of a place. ``account_id`` has no foreign key: accounts are not sharded."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('host', 'staff')", name="role"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str]


class HoursExceptionRow(Base):
    """Dated hours; the shortest range that holds a day wins over the weekly text."""

    __tablename__ = "hours_exception"
    __table_args__ = (CheckConstraint("NOT isempty(days)", name="days"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    exception_id: Mapped[UUID] = mapped_column(primary_key=True)
    days: Mapped[Range[date]] = mapped_column(DATERANGE())
    hours_osm: Mapped[str]


class PlaceDayRow(Base):
    """Hours and exceptions worked out, filed under the local day they begin; no row: no hours are known."""

    __tablename__ = "place_day"
    __table_args__ = (
        CheckConstraint("state IN ('known', 'unknown')", name="state"),
        # the country's open places of a day are read from the index alone
        Index("ix_place_day_day", "day", "place_id", postgresql_include=["open", "state"]),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str | None]
    open: Mapped[MultiRange[datetime]] = mapped_column(TSTZMULTIRANGE())
    frozen: Mapped[bool]


class ContributionRow(Base):
    """What someone without an account reports of a place, or asks to have removed, and the moderator's answer."""

    __tablename__ = "contribution"
    __table_args__ = (
        CheckConstraint("kind IN ('error', 'removal')", name="kind"),
        CheckConstraint("state IN ('open', 'accepted', 'declined')", name="state"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        Index("ix_contribution_open", "created_at", postgresql_where=text("state = 'open'")),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.place_id"), primary_key=True)
    contribution_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    message: Mapped[str]
    email: Mapped[str | None]
    created_at: Mapped[datetime]
    state: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
