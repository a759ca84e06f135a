"""The clock of the processes, and the settable one of tests (api.md: ``PUT /dev/clock``)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, put
from litestar.di import NamedDependency
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.params import JSONBody
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock, OffsetClock, SystemClock
from tierslieux.web.db import Database
from tierslieux.web.jobs import run_jobs_after_clock_change
from tierslieux.web.models import DevClockRow


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


@put("/clock", status_code=200, include_in_schema=False)
async def set_clock(
    data: JSONBody[NewTime], session: NamedDependency[AsyncSession], request: Request[Any, Any, Any]
) -> dict[str, str]:
    """Set the time of all processes; it goes on from there, and the jobs due by it run."""
    clock = OffsetClock()
    clock.set(data.now)
    before = request.scope["state"]["clock"].now()
    statement = insert(DevClockRow).values(clock_id=1, shift=clock.offset)
    await session.execute(
        statement.on_conflict_do_update(index_elements=["clock_id"], set_={"shift": statement.excluded.shift})
    )
    await run_jobs_after_clock_change(session, data.now - before)
    return {"now": data.now.isoformat()}


dev_clock_router = Router("/dev", route_handlers=[set_clock])
