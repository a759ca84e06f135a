"""Sessions: which browsers someone is signed in with. Kept in the database, ended at once when they say so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import Cookie
from psycopg.rows import class_row
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.domain import SESSION_LIFETIME
from tierslieux.accounts.models import AccountRow, LoginSessionRow
from tierslieux.accounts.proofs import new_secret, sha256_of
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads


class OpenSession(msgspec.Struct, frozen=True):
    """A browser that is signed in; ``key`` is public (the hash of its cookie, in hexadecimal)."""

    key: str
    created_at: datetime
    last_used_on: date


async def open_session(session: AsyncSession, account_id: UUID, now: datetime) -> str:
    """Sign a browser in; the value of its cookie, of which only the hash is kept."""
    value = new_secret()
    session.add(
        LoginSessionRow(
            token_sha256=sha256_of(value),
            account_id=account_id,
            created_at=now,
            expires_at=now + SESSION_LIFETIME,
            last_used_on=now.date(),
            revoked_at=None,
        )
    )
    seen = update(AccountRow).where(AccountRow.account_id == account_id)
    await session.execute(seen.values(last_seen_on=now.date(), warned_on=None))
    await session.flush()
    return value


async def let_in(
    session: AsyncSession, request: Request[Any, Any, Any], cookie: OwnCookie, account_id: UUID, clock: Clock
) -> Cookie:
    """Sign this browser in and end the session that it had: the cookie for the answer (``response.set_cookie``)."""
    before = cookie.of(request.scope)
    if before is not None:
        await close_session(session, before, clock.now())
    return cookie.holding(await open_session(session, account_id, clock.now()))


async def close_session(session: AsyncSession, value: str, now: datetime) -> None:
    """End the session of a cookie; one that is over stays as it is."""
    which = LoginSessionRow.token_sha256 == sha256_of(value)
    await session.execute(
        update(LoginSessionRow).where(which, LoginSessionRow.revoked_at.is_(None)).values(revoked_at=now)
    )


async def revoke_session(session: AsyncSession, account_id: UUID, key: str, now: datetime) -> None:
    """End one of a person's sessions by its public key; ``NotFound`` where it is not theirs or over."""
    statement = update(LoginSessionRow).where(
        LoginSessionRow.token_sha256 == key_of(key),
        LoginSessionRow.account_id == account_id,
        LoginSessionRow.revoked_at.is_(None),
    )
    done = await session.execute(statement.values(revoked_at=now).returning(LoginSessionRow.account_id))
    if done.first() is None:
        raise NotFound


def key_of(text: str) -> bytes:
    """The hash that a public key writes out, or ``NotFound``."""
    try:
        return bytes.fromhex(text)
    except ValueError as exc:
        raise NotFound from exc


_SESSIONS = """
SELECT encode(token_sha256, 'hex') AS key, created_at, last_used_on FROM login_session
WHERE account_id = %s AND revoked_at IS NULL AND expires_at > %s ORDER BY created_at DESC, token_sha256
"""


async def sessions_of(reads: Reads, account_id: UUID, now: datetime) -> list[OpenSession]:
    """The browsers that a person is signed in with, the newest first."""
    async with reads.cursor(row_factory=class_row(OpenSession)) as cursor:
        await cursor.execute(_SESSIONS, (account_id, now))
        return await cursor.fetchall()
