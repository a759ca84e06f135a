"""One request, one transaction; a read cannot write."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from tierslieux.settings import Settings
from tierslieux.web.db import SAFE_METHODS, Database, TransactionMiddleware, snapshot

OWN_TRANSACTION = {
    "tierslieux.web.clock.clock_setter.<locals>.set_clock": "its jobs must see the new time before it answers",
    "tierslieux.booking.api.bookings.check_booking": "it is a question too long for an address: it reads",
}
"""Handlers of unsafe methods that do not use the request's session, each with its reason."""


def handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                yield route.path, handler


def parameters(handler: HTTPRouteHandler) -> set[str]:
    return set(handler.parsed_fn_signature.parameters)


def is_unsafe(handler: HTTPRouteHandler) -> bool:
    return not set(handler.http_methods) <= SAFE_METHODS


def test_every_handler_that_changes_something_works_in_the_transaction_of_its_request(app: Litestar) -> None:
    unsafe = {str(handler): handler for _, handler in handlers(app) if is_unsafe(handler)}
    assert unsafe
    without = {name for name, handler in unsafe.items() if "session" not in parameters(handler)}
    assert without == {name for name in OWN_TRANSACTION if name in unsafe}


def test_no_handler_that_only_reads_is_given_the_transaction(app: Litestar) -> None:
    reading = [handler for _, handler in handlers(app) if not is_unsafe(handler)]
    assert [str(handler) for handler in reading if "session" in parameters(handler)] == []


def test_no_handler_leaves_the_middleware_that_owns_the_transaction(app: Litestar) -> None:
    assert any(isinstance(middleware, TransactionMiddleware) for middleware in app.middleware)
    assert [str(handler) for _, handler in handlers(app) if is_unsafe(handler) and handler.opt] == []


@pytest.fixture
def database(settings: Settings) -> Database:
    return Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO data_version (subject, version) VALUES ('x', 1)",
        "UPDATE data_version SET version = 0",
        "DELETE FROM data_version",
        "CREATE TABLE x ()",
        "SELECT nextval('place_id_seq')",
    ],
)
async def test_a_read_cannot_write(database: Database, statement: str) -> None:
    await database.open()
    try:
        async with database.read_pool.connection() as reads:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                await reads.execute(statement.encode())
    finally:
        await database.close()


async def test_several_reads_of_a_snapshot_see_the_same_moment(database: Database) -> None:
    await database.open()
    try:
        async with database.read_pool.connection() as reads, snapshot(reads):
            before = await (await reads.execute("SELECT count(*) FROM data_version")).fetchone()
            async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as other:
                await other.execute("INSERT INTO data_version (subject, version) VALUES ('x', 1)")
            after = await (await reads.execute("SELECT count(*) FROM data_version")).fetchone()
            assert before == after == (0,)
    finally:
        await database.close()
