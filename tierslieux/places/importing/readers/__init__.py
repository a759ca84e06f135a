"""Readers: bytes in, raw rows out, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tierslieux.places.importing.readers.bytestream import FileUnreadable
from tierslieux.places.importing.readers.csv_rows import read_csv
from tierslieux.places.importing.readers.json_rows import read_geojson, read_json
from tierslieux.places.importing.record import RawRow, Refusal

__all__ = ["FileUnreadable", "read_rows"]


def read_rows(path: Path, form: str, encoding: str, separator: str | None) -> Iterator[RawRow | Refusal]:
    """The rows of ``path``. ``form`` is ``csv``, ``geojson`` or ``json``; ``FileUnreadable`` where nothing can be read."""
    if form == "geojson":
        return read_geojson(path, encoding=encoding)
    if form == "json":
        return read_json(path, encoding=encoding)
    return read_csv(path, encoding=encoding, separator=separator)
