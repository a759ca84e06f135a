"""One run of the importer: a file, a mapping, a base; counts at the end, a line in the report for every row."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import Connection

from tierslieux.places.importing.identity import SeenRows, fingerprint
from tierslieux.places.importing.load import store
from tierslieux.places.importing.load.batch import Loader, Read
from tierslieux.places.importing.load.communes import CREATE_STAGE
from tierslieux.places.importing.load.hooks import NO_HOOKS, Hooks
from tierslieux.places.importing.load.outcome import Counts, Outcome
from tierslieux.places.importing.mapping import Mapping, as_list
from tierslieux.places.importing.normalise import Normaliser
from tierslieux.places.importing.readers import FileUnreadable, SourceFile, open_source
from tierslieux.places.importing.readers.mending import BROKEN_FILE
from tierslieux.places.importing.record import PlaceRecord, RawRow, Refusal, Remark
from tierslieux.places.importing.report import REFUSAL_COLUMNS, RefusedRows, Report, refused
from tierslieux.web.versions import BUMP_SQL

BATCH = 2000
_MOVES = {"created", "changed", "merged"}


class SourceBusy(Exception):
    """Another import of the same source is under way."""


class Interrupted(Exception):
    """Ctrl-C: what was loaded stays, whole batch by whole batch; the same command goes on from there."""

    def __init__(self, counts: Counts) -> None:
        super().__init__("interrupted")
        self.counts = counts


@dataclass(frozen=True, slots=True)
class Order:
    """What to import and how. ``is_partial``: rows that the file lacks are not missing from the source."""

    path: Path
    mapping: Mapping
    now: datetime
    is_dry: bool = False
    is_partial: bool = False
    report: Path | None = None
    refused: Path | None = None
    hooks: Hooks = NO_HOOKS
    progress: Callable[[Counts, float], None] = lambda _counts, _seconds: None


@dataclass
class Batch:
    """Rows read so far: records to load, and outcomes that are settled without the base."""

    records: list[Read] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)
    repeats: list[PlaceRecord] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.records) + len(self.settled) + len(self.repeats)


def import_places(database_url: str, order: Order) -> Counts:
    """Import the file. ``FileUnreadable``, ``SourceBusy`` and ``Interrupted`` say why nothing or not all was done."""
    source = open_source(order.path, order.mapping.encoding, order.mapping.separator)
    check_columns(source, order.mapping)
    with psycopg.connect(database_url, autocommit=True, application_name="tierslieux-import") as connection:
        _prepare(connection)
        with (
            _claimed(connection, order.mapping.source),
            Report(order.report) as report,
            RefusedRows(order.refused, list(source.columns), source.separator) as refused_rows,
        ):
            return _Run(connection, order, report, refused_rows).go(source)


def check_columns(source: SourceFile, mapping: Mapping) -> None:
    """``FileUnreadable`` where the file lacks columns that the mapping needs."""
    if source.form != "csv":
        return
    needed = set(as_list(mapping.columns["name"])) if mapping.optional_columns else mapping.named_columns()
    absent = sorted(needed - set(source.columns))
    if absent:
        raise FileUnreadable(
            f"Le fichier {source.path.name} ne va pas avec la correspondance « {mapping.source} ». "
            f"Colonnes absentes : {', '.join(absent)}. Colonnes lues : {', '.join(source.columns[:30])}. "
            "Rien n'a été importé."
        )


@contextmanager
def _claimed(connection: Connection[Any], source: str) -> Iterator[None]:
    """Keep other imports of the source away; given back at once, not when the server notices the end of the session."""
    row = connection.execute("SELECT pg_try_advisory_lock(hashtext('import'), hashtext(%s))", (source,)).fetchone()
    if not row or not row[0]:
        raise SourceBusy(source)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(hashtext('import'), hashtext(%s))", (source,))


def _prepare(connection: Connection[Any]) -> None:
    connection.execute("SET client_min_messages = warning")
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET jit = off")
    connection.execute(CREATE_STAGE)
    store.create_stages(connection)


class _Run:
    """Reads and normalises in one thread while the other writes the batch before."""

    def __init__(self, connection: Connection[Any], order: Order, report: Report, refused_rows: RefusedRows) -> None:
        self._connection = connection
        self._order = order
        self._report = report
        self._refused = refused_rows
        self._loader = Loader(connection, order.mapping, order.now, order.hooks)
        self._normaliser = Normaliser(order.mapping, order.now.date())
        self._seen = SeenRows()
        self._counts = Counts()
        self._is_whole = not order.is_partial
        self._has_changed = False
        self._began = time.monotonic()

    def go(self, source: SourceFile) -> Counts:
        """Every row of the source, then the rows that are gone from it."""
        self._is_whole = self._is_whole and not set(REFUSAL_COLUMNS) <= set(source.columns)
        run_id = self._begin()
        try:
            self._load(self._batches(source))
        except KeyboardInterrupt as exc:
            raise Interrupted(self._counts) from exc
        if self._is_whole and not self._order.is_dry:
            self._counts.missing = store.flag_missing(self._connection, self._order.mapping.source, self._today)
        if self._has_changed:
            self._order.hooks.at_end(self._connection)
        self._end(run_id)
        return self._counts

    @property
    def _today(self) -> date:
        return self._order.now.date()

    def _load(self, batches: Iterator[Batch]) -> None:
        with ThreadPoolExecutor(1) as writer:
            pending: Future[list[Outcome]] | None = None
            try:
                for batch in batches:
                    following, done = writer.submit(self._write, batch), pending
                    pending = following
                    if done:
                        self._tell(done.result())
            finally:
                if pending:
                    self._tell(pending.result())

    def _batches(self, source: SourceFile) -> Iterator[Batch]:
        batch = Batch()
        for row in source.rows():
            self._take(row, batch)
            if len(batch) >= BATCH:
                yield batch
                batch = Batch()
        if len(batch):
            yield batch

    def _take(self, row: RawRow | Refusal, batch: Batch) -> None:
        record = row if isinstance(row, Refusal) else self._normaliser.read(_without_refusal(row))
        if isinstance(record, Refusal):
            self._is_whole = self._is_whole and record.reason != BROKEN_FILE.reason
            batch.settled.append(refused(record))
            return
        print_ = fingerprint(record)
        sighting = self._seen.see(record.external_id, print_)
        if sighting.state == "clash":
            batch.settled.append(refused(_twice(record, self._order.mapping)))
        elif sighting.state == "same":
            batch.repeats.append(msgspec.structs.replace(record, external_id=sighting.key))
        else:
            batch.records.append(Read(msgspec.structs.replace(record, external_id=sighting.key), print_))

    def _write(self, batch: Batch) -> list[Outcome]:
        try:
            with self._connection.transaction(force_rollback=self._order.is_dry):
                loaded = self._loader.load(batch.records) if batch.records else []
                settled = [*loaded, *batch.settled]
                store.note_seen(self._connection, [outcome.external_id for outcome in settled if outcome.external_id])
                merged = self._repeats(batch.repeats, loaded)
                if any(outcome.kind in _MOVES for outcome in loaded):
                    self._connection.execute(BUMP_SQL)
        finally:
            batch.records.clear()
        if not self._order.is_dry and (touched := self._loader.touched()):
            self._has_changed = True
            self._order.hooks.after_batch(touched)
        return sorted([*settled, *merged], key=lambda outcome: outcome.line)

    def _repeats(self, repeats: list[PlaceRecord], loaded: list[Outcome]) -> list[Outcome]:
        """Rows that say again what an earlier row of the file said: merged into its place."""
        if not repeats:
            return []
        ids = {outcome.external_id: outcome.place_id for outcome in loaded}
        known = store.known_rows(
            self._connection, self._order.mapping.source, [record.external_id for record in repeats]
        )
        ids.update({external_id: row.place_id for external_id, row in known.items()})
        remark = Remark("", "", "ligne identique à une autre du fichier", "supprimer la ligne en double")
        return [
            Outcome(record.line, record.external_id, "merged", ids.get(record.external_id), (), (remark,))
            for record in repeats
        ]

    def _tell(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._counts.add(outcome.kind)
            self._report.add(outcome)
            if outcome.kind == "refused":
                self._refused.add(outcome)
        self._order.progress(self._counts, time.monotonic() - self._began)

    def _begin(self) -> int | None:
        if self._order.is_dry:
            return None
        row = self._connection.execute(
            "INSERT INTO import_run (source, file_name, started_at, counts) VALUES (%s, %s, %s, '{}') RETURNING run_id",
            (self._order.mapping.source, self._order.path.name, self._order.now),
        ).fetchone()
        return row[0] if row else None

    def _end(self, run_id: int | None) -> None:
        self._connection.execute(
            "UPDATE import_run SET finished_at = %s, counts = %s::jsonb WHERE run_id = %s",
            (self._order.now, msgspec.json.encode(self._counts.as_dict()).decode(), run_id),
        )


def _without_refusal(row: RawRow) -> RawRow:
    """Without the columns that the file of refused rows adds, so that a corrected row is as the source's own."""
    if REFUSAL_COLUMNS[0] not in row.values:
        return row
    return msgspec.structs.replace(
        row, values={name: text for name, text in row.values.items() if name not in REFUSAL_COLUMNS}
    )


def _twice(record: PlaceRecord, mapping: Mapping) -> Refusal:
    column = ", ".join(mapping.id.columns)
    reason = "identifiant déjà donné à une autre ligne du fichier"
    return Refusal(
        record.line,
        column,
        record.external_id,
        reason,
        "donner à chaque lieu son identifiant",
        record.external_id,
        record.raw,
    )
