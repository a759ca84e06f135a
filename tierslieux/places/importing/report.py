"""The report: one line for every row of the file, and the refused rows as a file to correct and re-import."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from tierslieux.places.importing.load.outcome import Outcome
from tierslieux.places.importing.record import Refusal, Remark

COLUMNS = ("line", "id_source", "outcome", "place_id", "field", "value", "reason", "remedy")
REFUSAL_COLUMNS = ("refus_ligne", "refus_colonne", "refus_raison", "refus_remede")
"""Columns that the file of refused rows begins with; a file that has them is a correction, not a whole source."""

_JOINT = " | "
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Sheet:
    """A file that is closed at the end of the block, if there is one by then."""

    _file: IO[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()


class Report(_Sheet):
    """Writes ``COLUMNS`` as CSV in UTF-8. Use as a context manager; without a path nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self._file = path.open("w", encoding="utf-8", newline="") if path else None
        self._writer = csv.writer(self._file) if self._file else None
        self._write(COLUMNS)

    def add(self, outcome: Outcome) -> None:
        """One line: several remarks on a row stand in one cell, separated by " | "."""
        reasons = list(dict.fromkeys(remark.reason for remark in outcome.remarks))
        remedies = list(dict.fromkeys(remark.remedy for remark in outcome.remarks))
        named = list(dict.fromkeys((*outcome.fields, *(remark.field for remark in outcome.remarks if remark.field))))
        values = [remark.value for remark in outcome.remarks if remark.value]
        cells = (outcome.line, outcome.external_id, outcome.kind, outcome.place_id or "")
        self._write((*cells, *(_JOINT.join(map(_safe, part)) for part in (named, values, reasons, remedies))))

    def _write(self, cells: Iterable[object]) -> None:
        if self._writer:
            self._writer.writerow(cells)


class RefusedRows(_Sheet):
    """Collects refused rows in a CSV with the source's own columns; the file is made with the first of them."""

    def __init__(self, path: Path | None, columns: list[str], separator: str) -> None:
        self._path = path
        self._columns = [name for name in columns if name not in REFUSAL_COLUMNS]
        self._separator = separator

    def add(self, outcome: Outcome) -> None:
        """Write one refused row; a row that could not be split into columns is named by its line only."""
        if self._path is None:
            return
        if self._file is None:
            self._columns = self._columns or list(outcome.values)
            self._file = self._path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file, delimiter=self._separator).writerow((*REFUSAL_COLUMNS, *self._columns))
        why = _why(outcome)
        row = (
            outcome.line,
            why.field,
            why.reason,
            why.remedy,
            *(outcome.values.get(name, "") for name in self._columns),
        )
        csv.writer(self._file, delimiter=self._separator).writerow(row)


def refused(refusal: Refusal) -> Outcome:
    """The outcome of a row that no record could be made of."""
    remark = Remark(refusal.column, refusal.value, refusal.reason, refusal.remedy)
    return Outcome(refusal.line, refusal.external_id, "refused", None, (), (remark,), refusal.values)


def _why(outcome: Outcome) -> Remark:
    return outcome.remarks[-1] if outcome.remarks else Remark("", "", "", "")


def _safe(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(_FORMULA) and len(text) > 1 else text
