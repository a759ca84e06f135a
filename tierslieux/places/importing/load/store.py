"""Writing: places, what their sources say, and the rows that said it. All by COPY or one statement for a batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection, sql

from tierslieux.places.choosing import PlaceFacts
from tierslieux.places.importing.facts import folded
from tierslieux.places.importing.load.fields import COLUMNS, PlaceColumns
from tierslieux.places.importing.mapping import Mapping
from tierslieux.places.importing.record import PlaceRecord
from tierslieux.shared.text import slugify

CREATE_STAGES = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged_field (LIKE place_field) ON COMMIT DELETE ROWS",
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged_record (LIKE source_record) ON COMMIT DELETE ROWS",
    "CREATE TEMPORARY TABLE IF NOT EXISTS seen_record (external_id text) ON COMMIT PRESERVE ROWS",
    "CREATE TEMPORARY TABLE IF NOT EXISTS staged_place ON COMMIT DELETE ROWS AS SELECT {} FROM place WITH NO DATA",
)
_WRITTEN = ("place_id", *COLUMNS, "slug", "updated_at")
_FRESH = ("welcome", "policy", "version")
_FIELD = ("place_id", "field", "source", "value", "licence", "dated")
_RECORD = ("source", "external_id", "place_id", "fingerprint", "raw")


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy_sql(table: str, columns: Iterable[str]) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))


def _assignment(column: str) -> sql.Composed:
    new = sql.SQL("s.{}").format(sql.Identifier(column))
    if column == "state":
        new = sql.SQL("CASE WHEN place.state IN ('merged', 'draft') THEN place.state ELSE s.state END").format()
    return sql.SQL("{} = {}").format(sql.Identifier(column), new)


_COPY_PLACE = _copy_sql("place", (*_WRITTEN, *_FRESH))
_COPY_STAGED_PLACE = _copy_sql("staged_place", _WRITTEN)
_COPY_FIELD = _copy_sql("place_field", _FIELD)
_COPY_STAGED_FIELD = _copy_sql("staged_field", _FIELD)
_COPY_RECORD = _copy_sql("source_record", _RECORD)
_COPY_STAGED_RECORD = _copy_sql("staged_record", _RECORD)
_UPDATE_PLACE = sql.SQL(
    "UPDATE place SET {}, version = place.version + 1 FROM staged_place s WHERE place.place_id = s.place_id"
).format(sql.SQL(", ").join(_assignment(column) for column in _WRITTEN if column != "place_id"))
_REPLACE_FIELDS = (
    "DELETE FROM place_field WHERE place_id = ANY(%s) AND source = %s AND confirmed_by IS NULL",
    """INSERT INTO place_field (place_id, field, source, value, licence, dated)
    SELECT place_id, field, source, value, licence, dated FROM staged_field ON CONFLICT DO NOTHING""",
)
_UPDATE_RECORD = (
    "UPDATE source_record r SET fingerprint = s.fingerprint, raw = s.raw, missing_since = NULL"
    " FROM staged_record s WHERE r.source = s.source AND r.external_id = s.external_id"
)


class Known(NamedTuple):
    """What an earlier run made of a row."""

    place_id: int
    fingerprint: bytes
    missing_since: date | None


class Row(NamedTuple):
    """A record on its way: its place, its fingerprint, its facts, and they as fields."""

    place_id: int
    record: PlaceRecord
    fingerprint: bytes
    facts: PlaceFacts
    fields: dict[str, Any]


def create_stages(connection: Connection[Any]) -> None:
    """Make the temporary tables of a session."""
    for statement in CREATE_STAGES:
        connection.execute(sql.SQL(statement).format(_names(_WRITTEN)))


def new_ids(connection: Connection[Any], count: int) -> list[int]:
    """That many numbers for places."""
    rows = connection.execute("SELECT nextval('place_id_seq')::integer FROM generate_series(1, %s::integer)", (count,))
    return [row[0] for row in rows]


def known_rows(connection: Connection[Any], source: str, external_ids: Sequence[str]) -> dict[str, Known]:
    """The rows of ``source`` that are known already, by id."""
    rows = connection.execute(
        "SELECT external_id, place_id, fingerprint, missing_since FROM source_record"
        " WHERE source = %s AND external_id = ANY(%s)",
        (source, list(external_ids)),
    )
    return {row[0]: Known(row[1], bytes(row[2]), row[3]) for row in rows}


def insert_places(connection: Connection[Any], places: Iterable[tuple[int, PlaceColumns]], now: datetime) -> None:
    """Create places, unknown in welcome, version 1."""
    with connection.cursor() as cursor, cursor.copy(_COPY_PLACE) as copy:
        for place_id, columns in places:
            copy.write_row((*_place_row(place_id, columns, now), "unknown", "{}", 1))


def update_places(connection: Connection[Any], places: Iterable[tuple[int, PlaceColumns]], now: datetime) -> None:
    """Give places their newly chosen facts. A merged or draft place stays what it is."""
    with connection.cursor() as cursor:
        with cursor.copy(_COPY_STAGED_PLACE) as copy:
            for place_id, columns in places:
                copy.write_row(_place_row(place_id, columns, now))
        cursor.execute(_UPDATE_PLACE)
        cursor.execute("DELETE FROM staged_place")


def insert_fields(connection: Connection[Any], rows: Iterable[Row], mapping: Mapping) -> None:
    """What the source of new places says."""
    _copy_fields(connection, _COPY_FIELD, rows, mapping)


def replace_fields(connection: Connection[Any], rows: Sequence[Row], mapping: Mapping) -> None:
    """What one source says of places now, instead of before; what someone confirmed stays."""
    _copy_fields(connection, _COPY_STAGED_FIELD, rows, mapping)
    delete, insert = _REPLACE_FIELDS
    connection.execute(delete, ([row.place_id for row in rows], mapping.source))
    connection.execute(insert)
    connection.execute("DELETE FROM staged_field")


def insert_records(connection: Connection[Any], rows: Iterable[Row], source: str) -> None:
    """Remember rows that made places."""
    _copy_records(connection, _COPY_RECORD, rows, source)


def update_records(connection: Connection[Any], rows: Iterable[Row], source: str) -> None:
    """Remember what rows say now."""
    _copy_records(connection, _COPY_STAGED_RECORD, rows, source)
    connection.execute(_UPDATE_RECORD)
    connection.execute("DELETE FROM staged_record")


def mark_present(connection: Connection[Any], source: str, external_ids: Sequence[str]) -> None:
    """Rows that were missing are back."""
    connection.execute(
        "UPDATE source_record SET missing_since = NULL WHERE source = %s AND external_id = ANY(%s)",
        (source, list(external_ids)),
    )


def note_seen(connection: Connection[Any], external_ids: Iterable[str]) -> None:
    """Note that the file holds these rows."""
    with connection.cursor() as cursor, cursor.copy("COPY seen_record (external_id) FROM STDIN") as copy:
        for external_id in external_ids:
            copy.write_row((external_id,))


def flag_missing(connection: Connection[Any], source: str, day: date) -> int:
    """Flag the rows of ``source`` that no batch has seen; nothing is deleted. How many rows are missing now."""
    connection.execute("ANALYZE seen_record")  # else the planner compares every row with every other
    connection.execute(
        "UPDATE source_record r SET missing_since = %s WHERE source = %s AND missing_since IS NULL"
        " AND NOT EXISTS (SELECT FROM seen_record s WHERE s.external_id = r.external_id)",
        (day, source),
    )
    row = connection.execute(
        "SELECT count(*) FROM source_record WHERE source = %s AND missing_since IS NOT NULL", (source,)
    ).fetchone()
    return int(row[0]) if row else 0


def _place_row(place_id: int, columns: PlaceColumns, now: datetime) -> tuple[Any, ...]:
    name, commune = columns.search_name, folded(columns.commune_name or "")
    slug = slugify(name if commune in name else f"{name} {commune}", place_id)
    return (place_id, *msgspec.structs.astuple(columns), slug, now)


def _copy_fields(connection: Connection[Any], statement: sql.Composed, rows: Iterable[Row], mapping: Mapping) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            for field, value in row.fields.items():
                text = msgspec.json.encode(value).decode()
                copy.write_row((row.place_id, field, mapping.source, text, mapping.licence, row.record.dated))


def _copy_records(connection: Connection[Any], statement: sql.Composed, rows: Iterable[Row], source: str) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            raw = msgspec.json.encode(row.record.raw).decode()
            copy.write_row((source, row.record.external_id, row.place_id, row.fingerprint, raw))
