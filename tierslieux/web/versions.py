"""The version of the public catalogue in each process: what ETags stand on, without a query.

Every writer of public facts calls ``bump``; its row lock makes versions grow in commit order, NOTIFY tells the rest.
While the listening connection is lost the version is asked for, so that no stale 304 is answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.web.db import Database
from tierslieux.web.demonstration import CHANNEL, DemonstrationMark

logger = structlog.get_logger()

CATALOGUE = "catalogue"
BUMP_SQL = (
    "WITH bumped AS (INSERT INTO data_version (subject, version) VALUES ('catalogue', 1)"
    " ON CONFLICT (subject) DO UPDATE SET version = data_version.version + 1 RETURNING version)"
    " SELECT pg_notify('catalogue', version::text) FROM bumped"
)
"""The last statement of a transaction that changed public facts (importers run it on their own connection)."""
_READ_SQL = "SELECT version FROM data_version WHERE subject = 'catalogue'"
_RETRY_SECONDS = 1.0


async def bump(session: AsyncSession) -> None:
    """Announce, at COMMIT, that public facts changed. Call it last: it locks one row until the transaction ends."""
    await session.execute(text(BUMP_SQL))


class CatalogueVersion:
    """The version that this process knows, kept fresh by LISTEN; so is whether the base is a demonstration."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.demonstration = DemonstrationMark()
        self._known: int | None = None

    async def current(self) -> int:
        """The version now: from memory while the listener is connected, else from the database."""
        if self._known is not None:
            return self._known
        async with self._database.read_pool.connection() as reads:
            row = await (await reads.execute(_READ_SQL)).fetchone()
        return int(row[0]) if row else 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Listen until the end of the block."""
        task = asyncio.create_task(self._listen_for_ever())
        try:
            yield
        finally:
            # again and again: Python 3.11 loses a cancellation that arrives together with what is waited for
            while not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=1)

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.Error as exc:
                self._known = None
                logger.warning("catalogue_listener_lost", error=type(exc).__name__)
                await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._database.url, autocommit=True, application_name="tierslieux-listen"
        )
        async with connection:
            await connection.execute("LISTEN catalogue")
            await connection.execute(f"LISTEN {CHANNEL}")
            await self.demonstration.read(connection)
            # asked after LISTEN: a change in between is heard as well
            row = await (await connection.execute(_READ_SQL)).fetchone()
            self._known = int(row[0]) if row else 0
            try:
                async for notify in connection.notifies():
                    if notify.channel == CHANNEL:
                        await self.demonstration.read_from(self._database)
                    else:
                        self._known = int(notify.payload)
            finally:
                self._known = None
