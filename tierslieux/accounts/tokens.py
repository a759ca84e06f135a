"""Personal access tokens, as their owner takes them away again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.models import AccessTokenRow
from tierslieux.accounts.sessions import key_of
from tierslieux.shared.errors import NotFound

MAX_LABEL = 60


def read_label(text: str) -> str | None:
    """The owner's word for a token, shortened; ``None`` where there is none."""
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words[:MAX_LABEL] or None


async def revoke_token(session: AsyncSession, account_id: UUID, key: str, now: datetime) -> None:
    """End a person's token by the hash that stands for it; ``NotFound`` where it is not theirs or over."""
    statement = update(AccessTokenRow).where(
        AccessTokenRow.token_sha256 == key_of(key),
        AccessTokenRow.account_id == account_id,
        AccessTokenRow.revoked_at.is_(None),
    )
    done = await session.execute(statement.values(revoked_at=now).returning(AccessTokenRow.account_id))
    if done.first() is None:
        raise NotFound
