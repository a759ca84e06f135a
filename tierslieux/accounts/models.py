"""People, how they sign in, their roles and the tokens of their programs.

No other slice has a foreign key to these tables: accounts are not sharded. Of every secret only a hash is kept.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from tierslieux.web.tables import Base


class AccountRow(Base):
    """A person. ``email`` is in lower case. Erasing an account deletes the row.

    ``last_seen_on`` is the last day of a sign-in or of a session's use, ``warned_on`` the day of the mail that says
    that the account is unused. ``feed_generation`` counts how often the secret of the calendar feed was changed.
    """

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("locale IN ('fr', 'en')", name="locale"),
        CheckConstraint("travel_mode IN ('walk', 'bike', 'transit', 'car', 'other')", name="travel_mode"),
    )

    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    name: Mapped[str | None]
    locale: Mapped[str] = mapped_column(server_default="fr")
    home_commune: Mapped[str | None]
    work_commune: Mapped[str | None]
    travel_mode: Mapped[str | None]
    last_seen_on: Mapped[date | None]
    warned_on: Mapped[date | None]
    feed_generation: Mapped[int] = mapped_column(server_default="0")


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
    """A personal access token: only its SHA-256 is kept. A scope never gives more than the person's roles.

    ``label`` is the person's own word for it.
    """

    __tablename__ = "access_token"
    __table_args__ = (Index("ix_access_token_account_id", "account_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    label: Mapped[str | None]


class LoginSessionRow(Base):
    """A browser in which someone is signed in: the SHA-256 of its cookie."""

    __tablename__ = "login_session"
    __table_args__ = (
        Index("ix_login_session_account_id", "account_id"),
        Index("ix_login_session_expires_at", "expires_at"),
    )

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_on: Mapped[date]
    revoked_at: Mapped[datetime | None]


class SignInCodeRow(Base):
    """A code and a link that were mailed to an address, whether or not it has an account.

    ``name`` and ``locale`` are what the person gave for the account that the first use creates. ``issuer``,
    ``subject`` and ``siret`` are an outside identity that the code, once typed, joins to the account of the address.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (Index("ix_sign_in_code_expires_at", "expires_at"),)

    challenge_id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]
    name: Mapped[str | None]
    locale: Mapped[str]
    next_path: Mapped[str | None]
    code_hmac: Mapped[bytes] = mapped_column(LargeBinary)
    link_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    tries: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    issuer: Mapped[str | None]
    subject: Mapped[str | None]
    siret: Mapped[str | None]


class ExternalIdentityRow(Base):
    """Who a person is at an OpenID Connect issuer. ``siret``: the organisation that the issuer says they work for."""

    __tablename__ = "external_identity"
    __table_args__ = (Index("ix_external_identity_account_id", "account_id"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.account_id"))
    siret: Mapped[str | None]
    created_at: Mapped[datetime]


class ExternalSignInRow(Base):
    """A sign-in that is under way at an issuer, bound to the browser that began it by a cookie."""

    __tablename__ = "external_sign_in"
    __table_args__ = (Index("ix_external_sign_in_expires_at", "expires_at"),)

    state_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    browser_sha256: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[str]
    verifier: Mapped[str]
    next_path: Mapped[str | None]
    expires_at: Mapped[datetime]
