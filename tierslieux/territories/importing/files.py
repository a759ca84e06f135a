"""Which files of a folder hold territories, and their rows, one at a time. Every file may be gzipped (``.gz``)."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import ijson

from tierslieux.territories.domain import Level
from tierslieux.territories.errors import UnreadableFiles

_COMMUNES = re.compile(r"communes\.csv(\.gz)?")
_COMMUNES_OF_PART = re.compile(r"communes_(2[AB]|\d{2,3})\.csv(\.gz)?")
_OLD_CODES = re.compile(r"communes_anciens_codes\.csv(\.gz)?")
_EPCI = re.compile(r"epci\.csv(\.gz)?")
_FINE_COMMUNES = re.compile(r"communes_(2[AB]|\d{2,3})\.geojson(\.gz)?")
_SHAPES: tuple[tuple[re.Pattern[str], Level, int], ...] = (
    (re.compile(r"regions.*\.geojson(\.gz)?"), "region", 0),
    (re.compile(r"departements.*\.geojson(\.gz)?"), "departement", 0),
    (re.compile(r"epci.*\.geojson(\.gz)?"), "epci", 0),
    (_FINE_COMMUNES, "commune", 1),
    (re.compile(r"communes.*\.geojson(\.gz)?"), "commune", 0),
)


@dataclass(frozen=True, slots=True)
class ShapeFile:
    """A GeoJSON file of one level; of two outlines of a territory the finer (greater ``fineness``) is taken."""

    path: Path
    level: Level
    fineness: int


@dataclass(frozen=True, slots=True)
class TerritoryFiles:
    """What a folder holds; only ``communes`` must be there."""

    communes: tuple[Path, ...]
    epci: Path | None
    old_codes: Path | None
    shapes: tuple[ShapeFile, ...]

    @property
    def paths(self) -> list[Path]:
        """All of them."""
        others = [path for path in (self.epci, self.old_codes) if path is not None]
        return [*self.communes, *others, *(shape.path for shape in self.shapes)]

    def fingerprint(self, *facts: object) -> int:
        """63 bits of a digest of the files' names and bytes, and of ``facts``."""
        digest = hashlib.sha256(repr(facts).encode())
        for path in self.paths:
            digest.update(path.name.encode() + path.read_bytes())
        return int.from_bytes(digest.digest()[:8]) >> 1


def find_files(folder: Path) -> TerritoryFiles:
    """The files in ``folder``; the national ``communes.csv`` goes before those of single départements.

    Raises ``UnreadableFiles`` where there is no file of communes.
    """
    paths = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    communes = _named(paths, _COMMUNES)[:1] or _named(paths, _COMMUNES_OF_PART)
    if not communes:
        raise UnreadableFiles(
            f"{folder} holds no communes.csv (or communes_29.csv, either may be gzipped): give the folder that does."
        )
    return TerritoryFiles(
        communes=tuple(communes),
        epci=next(iter(_named(paths, _EPCI)), None),
        old_codes=next(iter(_named(paths, _OLD_CODES)), None),
        shapes=tuple(shape for path in paths if (shape := _shape_file(path))),
    )


def _named(paths: list[Path], pattern: re.Pattern[str]) -> list[Path]:
    return [path for path in paths if pattern.fullmatch(path.name)]


def _shape_file(path: Path) -> ShapeFile | None:
    for pattern, level, fineness in _SHAPES:
        if pattern.fullmatch(path.name):
            return ShapeFile(path, level, fineness)
    return None


class CsvRow:
    """A row that knows where it stands, so that a refusal names file, line and column."""

    def __init__(self, path: Path, line: int, cells: dict[str, str]) -> None:
        self.path, self.line, self._cells = path, line, cells

    def text(self, column: str) -> str:
        """The cell without spaces around it; empty where the column is missing."""
        return (self._cells.get(column) or "").strip()

    def required(self, column: str) -> str:
        """The cell, or a refusal where it is empty."""
        return self.text(column) or self.refuse(column)

    def whole(self, column: str) -> int:
        """A whole number; 0 where the cell is empty."""
        text = self.text(column) or "0"
        return int(text) if text.isascii() and text.isdigit() else self.refuse(column)

    def degrees(self, column: str, bound: int) -> float:
        """A number of degrees from ``-bound`` to ``bound``."""
        try:
            value = float(self.required(column))
        except ValueError:
            value = float("nan")
        return value if -bound <= value <= bound else self.refuse(column)

    def refuse(self, column: str) -> Any:
        """Raise ``UnreadableFiles`` for this cell."""
        raise UnreadableFiles(
            f"{self.path.name}, line {self.line}, column {column}: {self.text(column)[:80]!r} cannot be read;"
            " nothing was stored. Correct the file, then import it again."
        )


def csv_rows(path: Path, required: tuple[str, ...]) -> Iterator[CsvRow]:
    """The rows of a UTF-8, comma-separated file that has at least the ``required`` columns."""
    with _opened(path) as stream, _readable(path):
        reader = csv.DictReader(
            line.decode("utf-8-sig" if number == 0 else "utf-8") for number, line in enumerate(stream)
        )
        missing = [name for name in required if name not in (reader.fieldnames or [])]
        if missing:
            raise UnreadableFiles(f"{path.name} lacks the column {missing[0]}: nothing was stored.")
        for cells in reader:
            yield CsvRow(path, reader.line_num, cells)


def features(path: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Properties and geometry of each feature of a GeoJSON file, read as a stream."""
    with _opened(path) as stream, _readable(path):
        for number, feature in enumerate(ijson.items(stream, "features.item", use_float=True), 1):
            properties, geometry = feature.get("properties") or {}, feature.get("geometry")
            if not (geometry and isinstance(properties.get("code"), str)):
                raise UnreadableFiles(
                    f"{path.name}, feature {number} has no geometry or no text property 'code': nothing was stored."
                )
            yield properties, geometry


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        if path.suffix == ".gz":
            with gzip.open(raw) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield raw


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in one sentence what file is broken."""
    try:
        yield
    except (csv.Error, UnicodeDecodeError, ijson.JSONError, gzip.BadGzipFile, EOFError) as exc:
        raise UnreadableFiles(
            f"{path.name} is damaged or of another format ({type(exc).__name__}): nothing was stored. Fetch it again."
        ) from exc
