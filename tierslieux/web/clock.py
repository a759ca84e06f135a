"""The clock of the processes, and the settable one of tests (api.md: ``PUT /dev/clock``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec
import procrastinate
from litestar import put
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.params import JSONBody
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock, OffsetClock, SystemClock
from tierslieux.web.db import Database
from tierslieux.web.jobs import bring_nearer, defer_periodic
from tierslieux.web.models import DevClockRow
from tierslieux.web.worker import until_idle

EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
WAIT_SECONDS = 10.0
"""How long an answer waits for the jobs that have become due."""


class ClockMiddleware(ASGIMiddleware):
    """Gives each request its clock as ``scope["state"]["clock"]``.

    With the test clock on, the shift is read from the database at each request, so that all processes agree at once.
    """

    def __init__(self, database: Database, *, settable: bool) -> None:
        self.database = database
        self.settable = settable
        self.system = SystemClock()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set the clock and go on."""
        if scope["type"] == ScopeType.HTTP:
            scope["state"]["clock"] = await self.current()
        await next_app(scope, receive, send)

    async def current(self) -> Clock:
        """The clock of this moment."""
        if not self.settable:
            return self.system
        async with self.database.read_pool.connection() as reads:
            row = await (await reads.execute("SELECT shift FROM dev_clock")).fetchone()
        return OffsetClock(row[0] if row else timedelta())


class NewTime(msgspec.Struct, forbid_unknown_fields=True):
    """The instant to go on from, RFC 3339 with an offset."""

    now: Annotated[datetime, msgspec.Meta(tz=True)]

    def __post_init__(self) -> None:
        if not EARLIEST <= self.now <= LATEST:
            raise ValueError("expected a year from 1980 to 2100")


def clock_setter(middleware: ClockMiddleware, queue: procrastinate.App) -> HTTPRouteHandler:
    """``PUT /dev/clock``: set the time of all processes. It goes on from there; the jobs due by it have run."""

    @put("/clock", status_code=200, include_in_schema=False)
    async def set_clock(data: JSONBody[NewTime]) -> dict[str, str]:
        before = (await middleware.current()).now()
        # in its own transaction: the jobs must see the new time before this answer is given
        async with middleware.database.write() as session:
            await _store(session, data.now)
            await bring_nearer(session, data.now - before)
            await defer_periodic(session, queue, OffsetClock(data.now - SystemClock().now()))
        await until_idle(middleware.database, seconds=WAIT_SECONDS)
        return {"now": data.now.isoformat()}

    return set_clock


async def _store(session: AsyncSession, now: datetime) -> None:
    statement = insert(DevClockRow).values(clock_id=1, shift=now - SystemClock().now())
    await session.execute(
        statement.on_conflict_do_update(index_elements=["clock_id"], set_={"shift": statement.excluded.shift})
    )
