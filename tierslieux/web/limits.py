"""Rate limits that hold over all processes: one atomic statement a hit, by a keyed hash of the asker."""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.errors import RateLimited
from tierslieux.shared.hosts import is_loopback
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database
from tierslieux.web.models import RateLimitRow


class Limit(msgspec.Struct, frozen=True):
    """At most ``hits`` of one action by one asker in a fixed window of ``seconds``."""

    action: str
    hits: int
    seconds: int


class RateLimiter:
    """Counts hits; an address is kept only as an HMAC that changes with the window, for as long as the window lasts."""

    def __init__(self, database: Database, secret: bytes, *, enabled: bool) -> None:
        self._database = database
        self._secret = secret
        self._enabled = enabled

    async def hit(self, limit: Limit, asker: str, clock: Clock) -> None:
        """Count one hit, in its own transaction so that a refused request counts too; raise ``RateLimited`` over it."""
        if not self._enabled:
            return
        now = clock.now()
        start = datetime.fromtimestamp(now.timestamp() // limit.seconds * limit.seconds, tz=now.tzinfo)
        bucket = hmac.digest(self._secret, f"{limit.action}|{start}|{asker}".encode(), "sha256").hex()[:32]
        row = insert(RateLimitRow).values(bucket=bucket, window_start=start, hits=1)
        statement = row.on_conflict_do_update(
            index_elements=["bucket", "window_start"], set_={"hits": RateLimitRow.hits + 1}
        ).returning(RateLimitRow.hits)
        async with self._database.write() as session:
            hits = (await session.execute(statement)).scalar_one()
        if hits > limit.hits:
            end = start + timedelta(seconds=limit.seconds)
            raise RateLimited(retry_after=max(1, math.ceil((end - now).total_seconds())))


def asker_of(request: Request[Any, Any, Any]) -> str:
    """The address that asks: the peer's, or what a reverse proxy on this machine says of its own peer.

    Only the last entry of ``X-Forwarded-For`` counts: the others come from outside. Another machine is not believed.
    """
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return forwarded if forwarded and is_loopback(peer) else peer


async def forget_old_hits(session: AsyncSession, clock: Clock) -> None:
    """Delete the windows that began a day ago or earlier."""
    await session.execute(delete(RateLimitRow).where(RateLimitRow.window_start < clock.now() - timedelta(days=1)))
