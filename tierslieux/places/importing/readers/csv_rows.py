"""CSV, row by row, in flat memory: any separator, quoted line breaks, unclosed quotes, giant fields, broken bytes."""

from __future__ import annotations

import csv
import io
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from tierslieux.places.importing.readers.bytestream import FileUnreadable, open_bytes, sniff
from tierslieux.places.importing.readers.mending import BROKEN_FILE, as_row
from tierslieux.places.importing.record import RawRow, Refusal

MAX_RECORD = 1 << 20
MAX_LINES = 400
_SEPARATORS = ",;\t|"
_QUOTE = '"'

Line = tuple[int, str]


def read_csv(path: Path, *, encoding: str = "utf-8", separator: str | None = None) -> Iterator[RawRow | Refusal]:
    """Every row of the file, in its order; blank lines are no rows. A row that cannot be read is a ``Refusal``."""
    with open_bytes(path) as source:
        text = io.TextIOWrapper(source, encoding=sniff(path, encoding), errors="tierslieux_escape", newline="")
        lines = _Lines(cast("IO[str]", text))
        header, separator = _read_header(lines, separator, path)
        yield from _rows(lines, header, separator)


def read_header(path: Path, *, encoding: str = "utf-8", separator: str | None = None) -> tuple[list[str], str]:
    """The column names and the separator of a CSV file."""
    with open_bytes(path) as source:
        text = io.TextIOWrapper(source, encoding=sniff(path, encoding), errors="tierslieux_escape", newline="")
        return _read_header(_Lines(cast("IO[str]", text)), separator, path)


class _Lines:
    """Physical lines with their number; what is pushed back comes again. A line comes in pieces of ``MAX_RECORD``."""

    def __init__(self, source: IO[str]) -> None:
        self._source = source
        self._back: deque[Line] = deque()
        self._number = 0
        self.broken = False

    def push_back(self, lines: list[Line]) -> None:
        self._back.extendleft(reversed(lines))

    def next(self) -> Line | None:
        """The next line with its line break, ``None`` at the end (``broken``: of a file that is cut short)."""
        if self._back:
            return self._back.popleft()
        text = self._read()
        self._number += 1
        return (self._number, text) if text else None

    def skip_rest(self, piece: str) -> None:
        """Leave out what follows ``piece`` on its physical line."""
        while piece and not piece.endswith(("\n", "\r")):
            piece = self._read()

    def _read(self) -> str:
        try:
            return self._source.readline(MAX_RECORD)
        except (OSError, EOFError, UnicodeError, zlib.error):
            self.broken = True
            return ""


def _read_header(lines: _Lines, separator: str | None, path: Path) -> tuple[list[str], str]:
    first = _record(lines, separator or ",", 0)
    while first is not None and not isinstance(first, Refusal) and not first[1].strip("\ufeff \r\n\t"):
        first = _record(lines, separator or ",", 0)
    if first is None or isinstance(first, Refusal):
        raise FileUnreadable(f"Le fichier {path.name} est vide ou n'a pas de ligne d'en-têtes. Rien n'a été importé.")
    text = first[1]
    used = separator if separator and separator in text else max(_SEPARATORS, key=lambda sign: len(_split(text, sign)))
    return _unique(_split(text, used)), used


def _unique(names: list[str]) -> list[str]:
    """Names without spaces around; a name that comes again gets its number, an empty one its place."""
    seen: dict[str, int] = {}
    unique = []
    for place, name in enumerate(names, start=1):
        clean = " ".join(name.replace("\ufeff", "").split()) or f"colonne {place}"
        seen[clean] = seen.get(clean, 0) + 1
        unique.append(clean if seen[clean] == 1 else f"{clean} ({seen[clean]})")
    return unique


def _rows(lines: _Lines, header: list[str], separator: str) -> Iterator[RawRow | Refusal]:
    while (record := _record(lines, separator, len(header))) is not None:
        if isinstance(record, Refusal):
            yield record
            continue
        number, text = record
        if text.strip(" \r\n\t") and (fields := _split(text, separator)):
            yield as_row(number, header, fields)
    if lines.broken:
        yield BROKEN_FILE


def _record(lines: _Lines, separator: str, width: int) -> Line | Refusal | None:
    """The next record: one line, or several where a quoted field holds line breaks (``width`` tells a quote astray)."""
    first = lines.next()
    if first is None:
        return None
    if len(first[1]) >= MAX_RECORD:
        lines.skip_rest(first[1])
        return _too_long(first)
    if first[1].count(_QUOTE) % 2 == 0:
        return first
    return _joined(lines, first, separator, width)


def _joined(lines: _Lines, first: Line, separator: str, width: int) -> Line | Refusal:
    taken = _lines_to_closing_quote(lines, first)
    text = "".join(part for _, part in taken)
    if len(taken) > 1 and width and len(_split(text, separator)) != width:
        lines.push_back(taken[1:])
        return first if len(_split(first[1], separator)) == width else _unclosed(first)
    return first[0], text


def _lines_to_closing_quote(lines: _Lines, first: Line) -> list[Line]:
    taken, quotes, size = [first], first[1].count(_QUOTE), len(first[1])
    while quotes % 2 and size < MAX_RECORD and len(taken) < MAX_LINES and (line := lines.next()) is not None:
        taken.append(line)
        quotes += line[1].count(_QUOTE)
        size += len(line[1])
    return taken


def _split(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator), [])
    except csv.Error:
        return []


def _too_long(line: Line) -> Refusal:
    return Refusal(
        line[0],
        "",
        line[1][:80],
        "ligne de plus d'un million de caractères",
        "raccourcir la ligne dans le fichier d'origine",
    )


def _unclosed(line: Line) -> Refusal:
    return Refusal(
        line[0],
        "",
        line[1].strip()[:200],
        "guillemet ouvert qui n'est pas fermé",
        "fermer ou doubler le guillemet de cette ligne",
    )


csv.field_size_limit(2 * MAX_RECORD)
