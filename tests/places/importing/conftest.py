"""What the importer's tests share: small files, normalised rows, a base with the communes of one département."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tierslieux.places.importing.load.hooks import NO_HOOKS, Hooks
from tierslieux.places.importing.load.outcome import Counts
from tierslieux.places.importing.mapping import Mapping, load_mapping
from tierslieux.places.importing.normalise import Normaliser
from tierslieux.places.importing.record import PlaceRecord, RawRow, Refusal
from tierslieux.places.importing.run import Order, import_places
from tierslieux.territories.importing import import_territories

TODAY = date(2027, 3, 24)
NOW = datetime(2027, 3, 24, 12, tzinfo=UTC)
CHECKOUT = Path(__file__).resolve().parents[3]
SAMPLE = CHECKOUT / "data"


def shared_folder() -> Path | None:
    """``shared/data``: where ``TIERSLIEUX_SHARED`` says, else beside the nearest parent that has it."""
    named = os.environ.get("TIERSLIEUX_SHARED")
    candidates = [Path(named) / "data"] if named else [parent / "shared" / "data" for parent in CHECKOUT.parents]
    return next((folder for folder in candidates if (folder / "communes.csv.gz").exists()), None)


@pytest.fixture
def shared() -> Path:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the shared data is not beside this checkout (set TIERSLIEUX_SHARED to its folder)")
    return folder


Read = Callable[..., PlaceRecord | Refusal]


def read_row(mapping: Mapping | str, values: dict[str, str]) -> PlaceRecord | Refusal:
    """One row, normalised through a mapping."""
    known = load_mapping(mapping) if isinstance(mapping, str) else mapping
    return Normaliser(known, TODAY).read(RawRow(2, values))


def simple(**values: str) -> PlaceRecord:
    """A row of the simple list, with a name and a position unless told otherwise, that must be accepted."""
    found = read_row("csv_simple", {"nom": "Le Lieu", "longitude": "-4.1", "latitude": "48.0", **values})
    assert isinstance(found, PlaceRecord), found
    return found


def refusal(**values: str) -> Refusal:
    """As ``simple``, but it must be refused."""
    found = read_row("csv_simple", {"nom": "Le Lieu", "longitude": "-4.1", "latitude": "48.0", **values})
    assert isinstance(found, Refusal), found
    return found


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def report_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class Base:
    """A base with the communes of Finistère, and the importer on it."""

    def __init__(self, url: str, connection: psycopg.Connection[Any]) -> None:
        self.url = url
        self.connection = connection

    def load(self, path: Path, mapping: str = "csv_simple", hooks: Hooks = NO_HOOKS, **options: Any) -> Counts:
        return import_places(self.url, Order(path, load_mapping(mapping), NOW, hooks=hooks, **options))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        (row,) = self.rows(query, *values)
        return row[0]


@pytest.fixture
def base(database_url: str) -> Iterator[Base]:
    with psycopg.connect(database_url, autocommit=True) as connection:
        import_territories(connection, SAMPLE, geo_cog=2026, progress=lambda _step: None)
        yield Base(database_url, connection)
