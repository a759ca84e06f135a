"""The two ways to the database, and the one transaction of a request.

A *write* is one SQLAlchemy session and one transaction, owned by ``TransactionMiddleware``: services flush, never
commit. A *read* is a psycopg connection whose session is read-only and in autocommit: it cannot write, and costs one
round trip a statement. Several statements that must agree use ``snapshot``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import psycopg
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Message, Receive, Scope, Send
from litestar.utils.scope.state import ScopeState
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from tierslieux.web.idempotency import IdempotentCall

Reads = psycopg.AsyncConnection[TupleRow]
"""A connection that cannot write (``default_transaction_read_only=on``), rows as tuples unless asked otherwise."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SESSION_KEY = "tierslieux_session"
READ_OPTIONS = (
    "-c default_transaction_read_only=on -c timezone=UTC -c application_name=tierslieux-read"
    # short statements, many at once: compiling them and starting workers for one costs more than it gains
    " -c jit=off -c max_parallel_workers_per_gather=0"
    # what is searched lies in memory: walking along an index costs little more than reading on
    " -c random_page_cost=1.1"
)
"""What a session that only reads asks of PostgreSQL."""
_SPARE_SECONDS = 0.1


@dataclass(slots=True)
class Database:
    """The pools of one process; open between ``open`` and ``close``."""

    url: str
    sqlalchemy_url: str
    read_pool_size: int
    engine: AsyncEngine
    sessions: async_sessionmaker[AsyncSession]
    read_pool: AsyncConnectionPool[Reads]

    @classmethod
    def create(cls, url: str, sqlalchemy_url: str, *, read_pool_size: int = 8) -> Database:
        """Pools to ``url``, not yet open; no connection is made here."""
        engine = create_async_engine(
            sqlalchemy_url,
            pool_size=read_pool_size,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"options": "-c timezone=UTC -c application_name=tierslieux-write"},
        )
        read_pool: AsyncConnectionPool[Reads] = AsyncConnectionPool(
            url,
            min_size=1,
            max_size=read_pool_size,
            timeout=5,
            open=False,
            kwargs={
                "autocommit": True,
                "options": READ_OPTIONS,
            },
        )
        sessions = async_sessionmaker(engine, expire_on_commit=False, autoflush=False)
        return cls(url, sqlalchemy_url, read_pool_size, engine, sessions, read_pool)

    async def open(self) -> None:
        """Open the read pool; the write engine connects at its first use."""
        await self.read_pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        """Give all connections back."""
        await self.read_pool.close()
        await self.engine.dispose()

    @asynccontextmanager
    async def spare_reads(self) -> AsyncIterator[Reads | None]:
        """A second connection for who holds one already; ``None`` where none is free at once.

        Waiting for it longer might be waiting for others who wait as well.
        """
        try:
            reads = await self.read_pool.getconn(timeout=_SPARE_SECONDS)
        except PoolTimeout:
            yield None
            return
        try:
            yield reads
        finally:
            await self.read_pool.putconn(reads)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction outside a request (jobs, command line): committed at the end, rolled back on an error."""
        async with self.sessions.begin() as session:
            yield session


async def raw_connection(session: AsyncSession) -> Reads:
    """The psycopg connection of a session: what read queries run on inside a write, in the same transaction."""
    connection = await (await session.connection()).get_raw_connection()
    return cast("Reads", connection.driver_connection)


@asynccontextmanager
async def snapshot(reads: Reads) -> AsyncIterator[Reads]:
    """Several reads that see the same moment: one REPEATABLE READ, READ ONLY transaction."""
    async with reads.transaction():
        await reads.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield reads


class TransactionMiddleware(ASGIMiddleware):
    """One transaction a request, decided by the answer.

    Below 400 it is committed before the first byte leaves, else rolled back. A COMMIT that fails is an error of the
    request (500), never an answer that promises what is not stored. The session connects when it is first used; a
    request that uses none costs nothing. With an ``Idempotency-Key`` the answer is stored in the same transaction.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Run the request; see the class."""
        if scope["type"] != ScopeType.HTTP or scope["method"] in SAFE_METHODS:
            await next_app(scope, receive, send)
            return
        async with self.database.sessions() as session:
            scope["state"][_SESSION_KEY] = session
            call = await IdempotentCall.begin(scope, receive, session)
            if call is not None and call.replay is not None:
                await call.send_replay(send)
                return
            committer = _Committer(session, send, call)
            await next_app(scope, call.receive if call else receive, committer.send)
            if committer.failure is not None:
                # nothing has left yet, whatever Litestar noted when the handler's answer passed by
                ScopeState.from_scope(scope).response_started = False
                raise committer.failure


@dataclass(slots=True)
class _Committer:
    session: AsyncSession
    outer: Send
    call: IdempotentCall | None
    start: HTTPResponseStartEvent | None = None
    body: bytes = b""
    failure: Exception | None = None

    async def send(self, message: Message) -> None:
        if self.failure is not None:
            return
        if message["type"] == "http.response.start":
            self.start = message
        if self.start is None or self.start["status"] >= 400 or self.call is None:
            await self._pass_on(message)
        elif message["type"] == "http.response.body":
            await self._keep(message, self.start, self.call)

    async def _pass_on(self, message: Message) -> None:
        """Commit or roll back at the answer's start, then let it out."""
        if message["type"] == "http.response.start":
            if message["status"] >= 400:
                await self.session.rollback()
            elif not await self._committed():
                return
        await self.outer(message)

    async def _keep(self, message: HTTPResponseBodyEvent, start: HTTPResponseStartEvent, call: IdempotentCall) -> None:
        """Hold the whole answer back until it and the facts are committed together."""
        self.body += message["body"]
        if message["more_body"]:
            return
        await call.store(start, self.body)
        if await self._committed():
            await self.outer(start)
            await self.outer({"type": "http.response.body", "body": self.body, "more_body": False})

    async def _committed(self) -> bool:
        try:
            await self.session.commit()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the outer exception handler answers it
            self.failure = exc
            await self.session.rollback()
            return False
        return True


async def provide_session(scope: Scope) -> AsyncSession:
    """The session of this request's transaction. Only handlers of unsafe methods have one."""
    return cast("AsyncSession", scope["state"][_SESSION_KEY])
