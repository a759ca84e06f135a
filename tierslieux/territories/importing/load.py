"""The loading: read, copy, work out what no file draws, write what differs; all of it in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg.rows import TupleRow

from tierslieux.territories.domain import GEO_COG
from tierslieux.territories.errors import UnreadableFiles
from tierslieux.territories.importing import statements
from tierslieux.territories.importing.files import TerritoryFiles, features, find_files
from tierslieux.territories.importing.reading import Gazetteer, read_gazetteer
from tierslieux.web.versions import BUMP_SQL

Connection = psycopg.Connection[TupleRow]
Progress = Callable[[str], None]

_METHOD = 1
"""Raised when the loading changes, so that unchanged files are read again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a loading did. ``created``, ``changed``, ``unchanged`` count territories of all levels.

    ``approximate``: how many of the loaded ones have no drawn outline; ``retired``: communes no longer in force.
    """

    communes: int
    created: int
    changed: int
    unchanged: int
    approximate: int
    retired: int
    other_changes: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether the base already was as the files are."""
        return not (self.created or self.changed or self.retired or self.other_changes)

    def counts(self) -> dict[str, int]:
        """The counts as an object for programs."""
        return asdict(self)


def import_territories(
    connection: Connection, folder: Path, *, geo_cog: int = GEO_COG, progress: Progress = lambda _: None
) -> Outcome | None:
    """Load ``folder`` unless the same files were loaded last; None where they were.

    Raises ``UnreadableFiles``, with nothing stored. ``connection`` is in no transaction.
    """
    files = find_files(folder)
    fingerprint = files.fingerprint(_METHOD, geo_cog)
    with connection.transaction():
        connection.execute(statements.LOCK)
        known = connection.execute(statements.LOADED_FINGERPRINT).fetchone()
        if known and known[0] == fingerprint:
            return None
        outcome = load_territories(connection, files, geo_cog=geo_cog, progress=progress)
        connection.execute(statements.REMEMBER, {"fingerprint": fingerprint})
        if not outcome.is_nothing:
            connection.execute(BUMP_SQL)
    return outcome


def load_territories(
    connection: Connection, files: TerritoryFiles, *, geo_cog: int = GEO_COG, progress: Progress = lambda _: None
) -> Outcome:
    """Load ``files`` within the transaction of ``connection``, whatever was loaded before."""
    progress("reading communes, EPCI and old codes")
    gazetteer = read_gazetteer(files, geo_cog)
    connection.execute(statements.STAGING)
    _copy_gazetteer(connection, gazetteer)
    for shape_file in files.shapes:
        progress(f"reading outlines of {shape_file.path.name}")
        rows = ((shape_file.level, code, shape_file.fineness, text) for code, text in _shapes(shape_file.path))
        _copy(connection, "loading_shape", rows)
    progress("working out outlines")
    _draw(connection)
    progress("writing what differs")
    outcome = _write(connection, len(gazetteer.communes), geo_cog)
    connection.execute(statements.REFRESH_STATISTICS)
    return outcome


def _copy_gazetteer(connection: Connection, gazetteer: Gazetteer) -> None:
    _copy(connection, "loading_commune", gazetteer.communes.values())
    _copy(connection, "loading_postal_code", gazetteer.postal_codes)
    _copy(connection, "loading_change", gazetteer.old_codes)
    _copy(connection, "loading_territory", gazetteer.territories())


def _copy(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statements.COPIES[table]) as copy:
        for row in rows:
            copy.write_row(row)


def _shapes(path: Path) -> Iterator[tuple[str, str]]:
    for properties, geometry in features(path):
        yield properties["code"], msgspec.json.encode(geometry).decode()


def _draw(connection: Connection) -> None:
    connection.execute(statements.ANALYZE_FILES)
    try:
        connection.execute(statements.OUTLINES_OF_FILES)
    except (psycopg.errors.InternalError_, psycopg.errors.DataError) as exc:
        raise UnreadableFiles(
            "An outline is no polygon that can be drawn: nothing was stored. Fetch the GeoJSON files again."
        ) from exc
    connection.execute(statements.ANALYZE_OUTLINES)
    connection.execute(statements.CELLS)
    connection.execute(statements.DISSOLVE)


def _write(connection: Connection, communes: int, geo_cog: int) -> Outcome:
    created, changed = _row(connection, statements.WRITE_TERRITORIES, {"geo_cog": geo_cog})
    others = [
        _row(connection, statement)[0]
        for statement in (statements.WRITE_COMMUNES, statements.WRITE_POSTAL_CODES, statements.WRITE_CHANGES)
    ]
    retired = _retire(connection)
    loaded, approximate = _row(connection, statements.LOADED)
    return Outcome(communes, created, changed, loaded - created - changed, approximate, retired, sum(others))


def _retire(connection: Connection) -> int:
    for statement in statements.RETIRE:
        connection.execute(statement)
    return int(_row(connection, "SELECT count(*) FROM loading_retired")[0])


def _row(connection: Connection, statement: str, parameters: dict[str, Any] | None = None) -> TupleRow:
    row = connection.execute(statement, parameters).fetchone()
    assert row is not None, "an aggregate always answers one row"  # noqa: S101
    return row
