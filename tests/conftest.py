"""The database of the tests: one template with all migrations, a clone for each worker, and one for each race."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from psycopg import sql
from sqlalchemy import create_engine, pool

from tests.site_files import name_site_files
from tierslieux.app import create_app
from tierslieux.settings import Settings

CHECKOUT = Path(__file__).resolve().parents[1]
NOON = datetime(2027, 3, 24, 12, 0, tzinfo=UTC)
"""A Wednesday in working weather: the fixed now of tests that need one."""
SECRET = b"a secret of forty characters for tests.."
"""The signing key of test applications."""


def server_url() -> str:
    """The address of the tests' server, without a database."""
    url = os.environ.get("TIERSLIEUX_TEST_DATABASE_URL")
    if not url:
        pytest.exit("TIERSLIEUX_TEST_DATABASE_URL is not set: run script/test, which starts a server for the tests.", 4)
    return url


def url_of(database: str) -> str:
    """The address of ``database`` on the tests' server."""
    head, _, query = server_url().partition("?")
    base = head.rsplit("/", 1)[0]
    return f"{base}/{database}" + (f"?{query}" if query else "")


def run_on_server(statement: sql.Composed) -> None:
    """Run one statement on the maintenance database."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(statement)


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision``."""
    engine = create_engine("postgresql+psycopg" + url[url.index("://") :], poolclass=pool.NullPool)
    with engine.connect() as connection:
        config = Config(toml_file=CHECKOUT / "pyproject.toml")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The name of the template database that holds all migrations; made once for all workers of a run.

    Each worker holds a shared lock on it; who makes a new one drops those that nobody holds any more.
    """
    name = f"tl_template_{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid4().hex)[:12]}"
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext('tl_template'))")
        connection.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", (name,))
        found = {row[0] for row in connection.execute("SELECT datname FROM pg_database WHERE datname ~ '^tl_template'")}
        if name not in found:
            make_template(connection, name)
            drop_unused(connection, found)
        connection.execute("SELECT pg_advisory_unlock(hashtext('tl_template'))")
        yield name


def make_template(connection: psycopg.Connection[Any], name: str) -> None:
    """A database with all migrations; it gets its name when it is whole."""
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{name}_new")))
    migrate(url_of(f"{name}_new"))
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(f"{name}_new"), sql.Identifier(name))
    )


def drop_unused(connection: psycopg.Connection[Any], names: set[str]) -> None:
    """Drop the templates of runs that are over."""
    for name in names:
        if connection.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (name,)).fetchone() == (True,):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", (name,))


@contextmanager
def cloned(template: str) -> Iterator[str]:
    """The address of a fresh clone of ``template``, dropped at the end."""
    name = f"tl_test_{uuid4().hex[:16]}"
    run_on_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield url_of(name)
    finally:
        run_on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def database_url(template: str) -> Iterator[str]:
    """A database of this test's own."""
    with cloned(template) as url:
        yield url


@pytest.fixture
def base(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that writes to this test's database, each statement at once.

    It waits for no lock for long: a transaction of the service ends in the loop that a waiting test would hold up.
    """
    with psycopg.connect(database_url, autocommit=True, options="-c lock_timeout=20s") as connection:
        yield connection


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a local instance on a database of its own, with the settable clock."""
    name_site_files(tmp_path)
    return Settings(
        database_url=database_url,
        secret=SECRET,
        state_dir=tmp_path,
        test_clock=True,
        rate_limits=False,
        read_pool_size=4,
        log_level="WARNING",
    )


@pytest.fixture
def app(settings: Settings) -> Litestar:
    """The service."""
    return create_app(settings)


@asynccontextmanager
async def running_client(app: Litestar, base_url: str = "http://127.0.0.1:8000") -> AsyncIterator[AsyncClient]:
    """A client of the running service, in this test's loop: several requests at once are really at once.

    (Litestar's own AsyncTestClient runs the service in a thread and stops this loop meanwhile.)
    """
    transport = ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with _alive(app), AsyncClient(transport=transport, base_url=base_url, follow_redirects=True) as client:
        yield client


@asynccontextmanager
async def _alive(app: Litestar) -> AsyncIterator[None]:
    """The service's start and end in one task of their own, which its task group insists on."""
    started, over = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await over.wait()

    life = asyncio.create_task(live())
    await asyncio.wait({life, asyncio.ensure_future(started.wait())}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield
    finally:
        over.set()
        await life


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[AsyncClient]:
    """A client of the running service; see ``running_client``."""
    async with running_client(app) as client:
        yield client
