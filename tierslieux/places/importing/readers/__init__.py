"""Readers: bytes in, raw rows out, one at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tierslieux.places.importing.readers.bytestream import FileUnreadable, open_bytes
from tierslieux.places.importing.readers.csv_rows import read_csv, read_header
from tierslieux.places.importing.readers.json_rows import read_geojson, read_json
from tierslieux.places.importing.record import RawRow, Refusal

__all__ = ["FileUnreadable", "SourceFile", "open_source"]


class SourceFile(msgspec.Struct, frozen=True):
    """A file and how to read it. ``columns`` is empty for JSON, whose features differ."""

    path: Path
    form: str
    encoding: str
    separator: str
    columns: tuple[str, ...] = ()

    def rows(self) -> Iterator[RawRow | Refusal]:
        """Its rows, streamed."""
        if self.form == "geojson":
            return read_geojson(self.path, encoding=self.encoding)
        if self.form == "json":
            return read_json(self.path, encoding=self.encoding)
        return read_csv(self.path, encoding=self.encoding, separator=self.separator)


def open_source(path: Path, encoding: str, separator: str | None) -> SourceFile:
    """The file at ``path``, its form told by its first character, or ``FileUnreadable`` with a French sentence."""
    form = _form(path)
    if form != "csv":
        return SourceFile(path, form, encoding, ",")
    columns, used = read_header(path, encoding=encoding, separator=separator)
    return SourceFile(path, form, encoding, used, tuple(columns))


def _form(path: Path) -> str:
    with open_bytes(path) as source:
        try:
            head = source.read(4096)
        except (OSError, EOFError, zlib.error) as exc:
            raise FileUnreadable(f"Le fichier {path.name} ne peut pas être lu.") from exc
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": "geojson", b"[": "json"}.get(first, "csv")
