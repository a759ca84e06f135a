"""Tables that speak of many places at once: sums, words, pairs and the bookkeeping of imports.

Not sharded by place: no foreign key points to them, nor from them to places.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base


class PlaceGridRow(Base):
    """How many published places of a kind lie in a web-mercator tile of ``zoom``: unfiltered clusters are read from it.

    Kind ``''`` holds those of all kinds that are shown without being asked for. ``lon_sum / places`` is the mean
    longitude; ``id_sum`` is the place's own number where ``places`` is 1. Kept by ``places.grid``.
    """

    __tablename__ = "place_grid"

    zoom: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    x: Mapped[int] = mapped_column(primary_key=True)
    y: Mapped[int] = mapped_column(primary_key=True)
    places: Mapped[int]
    lon_sum: Mapped[float]
    lat_sum: Mapped[float]
    id_sum: Mapped[int] = mapped_column(BigInteger)


class SearchWordRow(Base):
    """A word that published places are found by, folded, two letters or more. Kept by ``places.words``."""

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)


class SourceRecordRow(Base):
    """What makes a re-import idempotent. ``place_id`` is the place that the row made or was merged into."""

    __tablename__ = "source_record"
    __table_args__ = (Index("ix_source_record_place_id", "place_id"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[int]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    raw: Mapped[dict[str, Any]]
    missing_since: Mapped[date | None]


class ImportRunRow(Base):
    """One run of the importer and its counts."""

    __tablename__ = "import_run"

    run_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str]
    file_name: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]]


class DuplicatePairRow(Base):
    """Two places that may be one. ``place_a < place_b``; ``reasons`` says what agreed and what did not."""

    __tablename__ = "duplicate_pair"
    __table_args__ = (
        CheckConstraint("place_a < place_b", name="ordered"),
        CheckConstraint("state IN ('to_review', 'same', 'different', 'unsure')", name="state"),
        Index("uq_duplicate_pair_places", "place_a", "place_b", unique=True),
        Index("ix_duplicate_pair_place_b", "place_b"),
        Index(
            "ix_duplicate_pair_review", "score", "pair_id", postgresql_where=text("state IN ('to_review', 'unsure')")
        ),
    )

    pair_id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    place_a: Mapped[int]
    place_b: Mapped[int]
    score: Mapped[float]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
