"""One batch of records: which are new, changed or known, written in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from psycopg import Connection

from tierslieux.places.importing.load import store
from tierslieux.places.importing.load.choosing import choose_again
from tierslieux.places.importing.load.communes import ASTRAY_METRES, FAR_METRES, Resolved, resolve
from tierslieux.places.importing.load.fields import columns_of_record, facts_of_record, fields_of_record
from tierslieux.places.importing.load.hooks import Hooks
from tierslieux.places.importing.load.outcome import Outcome
from tierslieux.places.importing.load.store import Known, Row
from tierslieux.places.importing.mapping import Mapping
from tierslieux.places.importing.record import PlaceRecord, Remark

MAINLAND = "Europe/Paris"


class Read(NamedTuple):
    """A record and its fingerprint."""

    record: PlaceRecord
    fingerprint: bytes


class Loader:
    """Writes batches of one source. ``connection`` is in autocommit; each batch is a transaction of its own."""

    def __init__(self, connection: Connection[Any], mapping: Mapping, now: datetime, hooks: Hooks) -> None:
        self._connection = connection
        self._mapping = mapping
        self._source = mapping.source
        self._now = now
        self._hooks = hooks
        self._touched: list[int] = []

    def load(self, batch: Sequence[Read]) -> list[Outcome]:
        """Write the batch; what became of each record. External ids are unique within a batch and a run."""
        self._touched = []
        known = store.known_rows(self._connection, self._source, [read.record.external_id for read in batch])
        same = [read for read in batch if _is_same(read, known)]
        fresh = [read for read in batch if not _is_same(read, known)]
        self._note(same, known)
        outcomes = [_outcome(read.record, "unchanged", known[read.record.external_id].place_id) for read in same]
        return outcomes + (self._write(fresh, known) if fresh else [])

    def touched(self) -> list[int]:
        """The places that the last batch created or changed."""
        return self._touched

    def _note(self, same: Sequence[Read], known: dict[str, Known]) -> None:
        back = [read.record.external_id for read in same if known[read.record.external_id].missing_since]
        if back:
            store.mark_present(self._connection, self._source, back)

    def _write(self, fresh: Sequence[Read], known: dict[str, Known]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        new: list[tuple[Read, Resolved]] = []
        old: list[tuple[Read, Resolved]] = []
        for read, found in zip(fresh, resolve(self._connection, [read.record for read in fresh]), strict=True):
            if _is_abroad(read.record, found):
                outcomes.append(_abroad(read.record))
            else:
                (old if read.record.external_id in known else new).append((_remarked(read, found), found))
        return outcomes + self._create(new) + self._change(old, known)

    def _create(self, new: Sequence[tuple[Read, Resolved]]) -> list[Outcome]:
        if not new:
            return []
        ids = store.new_ids(self._connection, len(new))
        rows = [self._row(place_id, read, found) for place_id, (read, found) in zip(ids, new, strict=True)]
        columns = [(row.place_id, columns_of_record(row.record, row.facts)) for row in rows]
        store.insert_places(self._connection, columns, self._now)
        store.insert_fields(self._connection, rows, self._mapping)
        store.insert_records(self._connection, rows, self._source)
        self._hooks.on_new(self._connection, ids)
        merged = self._merged(ids)
        self._touched += sorted(set(ids) - merged.keys() | set(merged.values()))
        return [self._created(row, merged) for row in rows]

    def _created(self, row: Row, merged: dict[int, int]) -> Outcome:
        into = merged.get(row.place_id)
        return _outcome(row.record, "merged" if into else "created", into or row.place_id)

    def _merged(self, ids: Sequence[int]) -> dict[int, int]:
        rows = self._connection.execute(
            "SELECT place_id, merged_into FROM place WHERE place_id = ANY(%s) AND merged_into IS NOT NULL", (list(ids),)
        )
        return {row[0]: row[1] for row in rows}

    def _change(self, old: Sequence[tuple[Read, Resolved]], known: dict[str, Known]) -> list[Outcome]:
        if not old:
            return []
        rows = [self._row(known[read.record.external_id].place_id, read, found) for read, found in old]
        before = self._said_before([row.place_id for row in rows])
        changes = [_changed_fields(row, before.get(row.place_id, {})) for row in rows]
        store.update_records(self._connection, rows, self._source)
        touched = [row for row, fields in zip(rows, changes, strict=True) if fields]
        if touched:
            store.replace_fields(self._connection, touched, self._mapping)
            self._touched += choose_again(self._connection, [row.place_id for row in touched], self._now)
        return [_changed(row, fields) for row, fields in zip(rows, changes, strict=True)]

    def _said_before(self, place_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
        said: dict[int, dict[str, Any]] = {}
        rows = self._connection.execute(
            "SELECT place_id, field, value, dated FROM place_field WHERE source = %s AND place_id = ANY(%s)",
            (self._source, list(place_ids)),
        )
        for place_id, field, value, dated in rows:
            said.setdefault(place_id, {})[field] = (value, dated)
        return said

    def _row(self, place_id: int, read: Read, found: Resolved) -> Row:
        facts = facts_of_record(read.record, found.placed)
        return Row(place_id, read.record, read.fingerprint, facts, fields_of_record(read.record, facts))


def _is_same(read: Read, known: dict[str, Known]) -> bool:
    before = known.get(read.record.external_id)
    return before is not None and before.fingerprint == read.fingerprint


def _changed_fields(row: Row, before: dict[str, Any]) -> tuple[str, ...]:
    now = {field: (value, row.record.dated) for field, value in row.fields.items()}
    return tuple(sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name)))


def _changed(row: Row, fields: tuple[str, ...]) -> Outcome:
    return _outcome(row.record, "changed" if fields else "unchanged", row.place_id, fields)


def _outcome(record: PlaceRecord, kind: Any, place_id: int | None, fields: Iterable[str] = ()) -> Outcome:
    return Outcome(record.line, record.external_id, kind, place_id, tuple(fields), record.remarks)


def _is_abroad(record: PlaceRecord, found: Resolved) -> bool:
    """Whether a point of mainland France's box lies far from every commune: Geneva is, a beach is not."""
    return found.nearest_metres is not None and found.nearest_metres > FAR_METRES and record.time_zone == MAINLAND


def _abroad(record: PlaceRecord) -> Outcome:
    lon, lat = record.position or (0.0, 0.0)
    remark = Remark("position", f"{lon} {lat}", "position hors de France", "vérifier la longitude et la latitude")
    return Outcome(record.line, record.external_id, "refused", None, (), (*record.remarks, remark), record.raw)


def _remarked(read: Read, found: Resolved) -> Read:
    """With a remark where the code given and the position are far apart: which one is wrong cannot be told here."""
    if not found.metres or found.metres < ASTRAY_METRES or found.placed.time_zone != MAINLAND:
        return read
    reason = f"la position est à {found.metres // 1000} km de {found.placed.name}, commune indiquée"
    remark = Remark("position", read.record.commune_code or "", reason, "vérifier le code de la commune et la position")
    return read._replace(record=msgspec.structs.replace(read.record, remarks=(*read.record.remarks, remark)))
