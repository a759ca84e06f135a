"""A base that holds the small country, and the country of the shared files where they are."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from tests.conftest import CHECKOUT, cloned
from tests.territories.geography import write_country
from tierslieux.territories.importing import import_territories
from tierslieux.web.db import Reads

Connection = psycopg.Connection[TupleRow]


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    """A connection to a base of this test's own."""
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def country_url(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A base with the small country, shared by the reading tests of a module."""
    folder = write_country(tmp_path_factory.mktemp("country") / "files")
    with cloned(template) as url:
        with psycopg.connect(url, autocommit=True) as opened:
            import_territories(opened, folder)
        yield url


@pytest.fixture
async def reads(country_url: str) -> AsyncIterator[Reads]:
    """A reading connection to the small country."""
    async with await psycopg.AsyncConnection.connect(country_url, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the shared open data; skipped where it is not beside the checkout."""
    folder = Path(os.environ.get("TIERSLIEUX_DATA_DIR") or CHECKOUT.parent / "shared" / "data")
    if not (folder / "communes.csv.gz").exists():
        pytest.skip(f"the open data files are not at {folder}: set TIERSLIEUX_DATA_DIR to try them")
    return folder


@pytest.fixture(scope="module")
def france_url(template: str, shared_data: Path) -> Iterator[str]:
    """A base with all of France, loaded once for a module."""
    with cloned(template) as url:
        with psycopg.connect(url, autocommit=True) as opened:
            import_territories(opened, shared_data)
        yield url
