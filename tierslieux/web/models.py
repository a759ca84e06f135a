"""Tables of the edge: idempotent requests, mails, rate limits, versions, the test clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATEMULTIRANGE
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base


class IdempotentRequestRow(Base):
    """A POST that succeeded under an ``Idempotency-Key``, and its answer. Place 0 where the call names no place."""

    __tablename__ = "idempotent_request"
    __table_args__ = (Index("ix_idempotent_request_created_at", "created_at"),)

    place_id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    body_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class MailRow(Base):
    """A mail and what caused it. ``UNIQUE (place_id, cause, recipient_id)``: mailed once.

    ``recipient_id`` is an account, or a fresh identifier where the recipient has none. ``message`` is the MIME text,
    kept until it was sent (the local outbox keeps it).
    """

    __tablename__ = "mail"
    __table_args__ = (UniqueConstraint("place_id", "cause", "recipient_id"),)

    place_id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[UUID] = mapped_column(primary_key=True)
    cause: Mapped[str]
    recipient_id: Mapped[UUID]
    message_id: Mapped[str]
    message: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class RateLimitRow(Base):
    """Hits of one limited action by one asker within one window."""

    __tablename__ = "rate_limit"
    __table_args__ = (Index("ix_rate_limit_window_start", "window_start"), {"prefixes": ["UNLOGGED"]})

    bucket: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    hits: Mapped[int]


class DataVersionRow(Base):
    """The version of what is public, a row a subject: bumped by writers, announced by NOTIFY; ETags stand on it."""

    __tablename__ = "data_version"

    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class DevClockRow(Base):
    """By how much the settable test clock is shifted; one row, read only where the test clock is on."""

    __tablename__ = "dev_clock"
    __table_args__ = (CheckConstraint("clock_id = 1", name="single"),)

    clock_id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    shift: Mapped[timedelta]


class DemonstrationRow(Base):
    """A place that was given made-up resources, people and bookings; any row makes the base a demonstration.

    ``past_days`` are the days of ``place_day`` that were added behind ``made_at``: they go with the demonstration.
    """

    __tablename__ = "demonstration"

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]
    past_days: Mapped[MultiRange[date]] = mapped_column(DATEMULTIRANGE())
