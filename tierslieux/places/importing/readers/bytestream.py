"""Opening a file: compressed or not, in which encoding."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from pathlib import Path
from typing import IO, Any, cast

from tierslieux.places.importing.cleaning import ESCAPED_BYTE

_SAMPLE = 1 << 18
_GZIP = b"\x1f\x8b"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class FileUnreadable(Exception):
    """The file as a whole cannot be read: absent, a folder, no right, not the format. The text is French."""


def open_bytes(path: Path) -> IO[bytes]:
    """The file's bytes, decompressed where it is gzip, whatever its name says."""
    try:
        raw = path.open("rb")
    except OSError as exc:
        raise FileUnreadable(_why_closed(path, exc)) from exc
    compressed = raw.read(2) == _GZIP
    raw.seek(0)
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw, mode="rb")) if compressed else raw


def _why_closed(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"Le fichier {path} n'existe pas. Vérifiez le chemin. Rien n'a été importé."
    if isinstance(error, IsADirectoryError):
        return f"{path} est un dossier : donnez un fichier. Rien n'a été importé."
    return f"Le fichier {path} ne peut pas être ouvert : vérifiez les droits de lecture. Rien n'a été importé."


def sniff(path: Path, declared: str) -> str:
    """``utf-8-sig`` after a byte-order mark, ``utf-8`` where 256 kB of it are, UTF-16 by its mark, else ``declared``.

    A declared UTF-8 stands even where single bytes are broken: those are reported row by row.
    """
    with open_bytes(path) as source:
        try:
            sample = source.read(_SAMPLE)
        except (OSError, EOFError, zlib.error) as exc:
            raise FileUnreadable(f"Le fichier {path.name} ne peut pas être décompressé.") from exc
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    return "utf-8" if _is_utf8(sample) else declared


def as_utf8(source: IO[bytes], encoding: str) -> IO[bytes]:
    """``source`` as clean UTF-8 bytes without NUL, for parsers that stop at the first broken byte."""
    return cast("IO[bytes]", io.BufferedReader(_Utf8(source, encoding), 1 << 16))


class _Utf8(io.RawIOBase):
    """A stream re-encoded: broken bytes become private-use characters that ``mend_bytes`` reads."""

    def __init__(self, source: IO[bytes], encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="tierslieux_escape")
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready:
            chunk = self._source.read(1 << 16)
            self._ready = self._decoder.decode(chunk, final=not chunk).replace("\x00", "").encode("utf-8", "replace")
            if not chunk:
                break
        size = min(len(buffer), len(self._ready))
        buffer[:size], self._ready = self._ready[:size], self._ready[size:]
        return size


def _is_utf8(sample: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    return "".join(chr(ESCAPED_BYTE | byte) for byte in broken), error.end


codecs.register_error("tierslieux_escape", _escape)
