"""People, their roles and the tokens of their programs. No other slice has a foreign key to these tables."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base


class AccountRow(Base):
    """A person. ``email`` is in lower case; an erased account keeps none."""

    __tablename__ = "account"

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]


class AccountRoleRow(Base):
    """A role that is not tied to a place: moderator and operator over everything, agent over one territory."""

    __tablename__ = "account_role"
    __table_args__ = (
        CheckConstraint("role IN ('moderator', 'operator', 'agent')", name="role"),
        CheckConstraint("(role = 'agent') = (territory_id <> '')", name="territory"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    territory_id: Mapped[str] = mapped_column(primary_key=True, server_default="")


class AccessTokenRow(Base):
    """A personal access token: only its SHA-256 is kept. A scope never gives more than the person's roles."""

    __tablename__ = "access_token"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
