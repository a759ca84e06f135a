"""Accounts, roles, tokens and sign-in: what other slices and the command line call."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from tierslieux.accounts.auth import TOKEN_PREFIX, TokenScope
from tierslieux.accounts.codes import (
    Challenge,
    SignedIn,
    SignInDesk,
    SignInRequest,
    TypedCode,
    begin_sign_in,
    finish_sign_in,
    open_challenge,
)
from tierslieux.accounts.domain import read_email
from tierslieux.accounts.errors import EmailTaken
from tierslieux.accounts.models import AccessTokenRow, AccountRoleRow, AccountRow
from tierslieux.accounts.proofs import new_secret, sha256_of
from tierslieux.accounts.sessions import let_in, open_session
from tierslieux.shared.errors import NotFound

__all__ = [
    "Challenge", "SignInDesk", "SignInRequest", "SignedIn", "TypedCode", "account_for_email", "account_of",
    "begin_sign_in",
    "create_account", "create_token", "finish_sign_in", "grant_role", "let_in", "open_challenge", "open_session",
    "revoke_role",
]  # fmt: skip

GlobalRole = Literal["moderator", "operator", "agent"]


async def create_account(session: AsyncSession, email: str, now: datetime) -> UUID:
    """A new account; its id. The address is kept in lower case. ``BadEmail``, or ``EmailTaken`` with its ``id``."""
    address = read_email(email)
    row = insert(AccountRow).values(account_id=UUID(str(uuid7())), email=address, created_at=now)
    made = (await session.execute(row.on_conflict_do_nothing().returning(AccountRow.account_id))).scalar_one_or_none()
    if made is None:
        raise EmailTaken(id=str(await account_of(session, address)))
    return made


async def account_of(session: AsyncSession, email_or_id: str) -> UUID:
    """The account with this address or id, or ``NotFound``."""
    wanted = email_or_id.strip().lower()
    by_id = _uuid(wanted)
    condition = AccountRow.account_id == by_id if by_id else AccountRow.email == wanted
    found = (await session.execute(select(AccountRow.account_id).where(condition))).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def account_for_email(session: AsyncSession, email: str, name: str, now: datetime) -> UUID:
    """The account with this address, made where there is none: what a team books for someone is theirs.

    A name that the person gave stays. ``BadEmail``.
    """
    address = read_email(email)
    row = insert(AccountRow).values(account_id=UUID(str(uuid7())), email=address, name=name, created_at=now)
    made = (await session.execute(row.on_conflict_do_nothing().returning(AccountRow.account_id))).scalar_one_or_none()
    return made or await account_of(session, address)


async def grant_role(session: AsyncSession, account_id: UUID, role: GlobalRole, territory_id: str = "") -> None:
    """Give a role over everything (moderator, operator) or over one territory (agent). Given twice it stays once."""
    row = insert(AccountRoleRow).values(account_id=account_id, role=role, territory_id=territory_id)
    await session.execute(row.on_conflict_do_nothing())


async def revoke_role(session: AsyncSession, account_id: UUID, role: GlobalRole, territory_id: str = "") -> bool:
    """Take a role back that ``grant_role`` gave; whether the person had it. It holds for their next request."""
    row = delete(AccountRoleRow).where(
        AccountRoleRow.account_id == account_id,
        AccountRoleRow.role == role,
        AccountRoleRow.territory_id == territory_id,
    )
    return (await session.execute(row.returning(AccountRoleRow.role))).first() is not None


async def create_token(
    session: AsyncSession, account_id: UUID, scopes: Collection[TokenScope], now: datetime, label: str | None = None
) -> str:
    """A new token for a person's programs, said once: only its SHA-256 is kept."""
    token = TOKEN_PREFIX + new_secret()
    session.add(
        AccessTokenRow(
            token_sha256=sha256_of(token),
            account_id=account_id,
            scopes=sorted(set(scopes)),
            created_at=now,
            expires_at=None,
            revoked_at=None,
            label=label,
        )
    )
    await session.flush()
    return token


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
