"""How a row is known again: its own id, or a key derived from its content; and its fingerprint."""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

import msgspec

from tierslieux.places.importing.cleaning import plain
from tierslieux.places.importing.mapping import Mapping, as_list
from tierslieux.places.importing.record import PlaceRecord
from tierslieux.shared.text import fold

_LONGEST = 200
_UNIT = "\x1f"
_VERSION = b"1"
"""Changed when the same row must be loaded anew although neither it nor its mapping changed."""


class Identifier:
    """Gives each row of a source its external id."""

    def __init__(self, mapping: Mapping) -> None:
        self._part = mapping.id
        self._fallback = [
            name
            for target in ("name", "street", "postal_code", "commune")
            for name in as_list(mapping.columns.get(target, []))
        ]

    def identify(self, values: dict[str, str]) -> str:
        """The row's own id without the mapping's prefix; derived (it begins with ``~``) where the source gives none."""
        if self._part.derived:
            return self._derived(list(self._part.columns), values)
        given = plain(" ".join(values.get(column, "") for column in self._part.columns))
        return given.removeprefix(self._part.strip_prefix)[:_LONGEST] or self._derived(self._fallback, values)

    @staticmethod
    def _derived(columns: list[str], values: dict[str, str]) -> str:
        text = _UNIT.join(fold(values.get(column, "")) for column in columns)
        return "~" + hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def fingerprint(record: PlaceRecord) -> bytes:
    """Sixteen bytes that change with what the row says or with how it is read, and not with its line."""
    content = msgspec.structs.replace(record, line=0, remarks=())
    return hashlib.blake2b(_VERSION + msgspec.msgpack.encode(content), digest_size=16).digest()


class Sighting(NamedTuple):
    """``new``: load the row under ``key``; ``same``: as an earlier row; ``clash``: that key, another content."""

    state: Literal["new", "same", "clash"]
    key: str


class SeenRows:
    """Which keys a file has shown so far. About 100 bytes a row."""

    def __init__(self) -> None:
        self._seen: dict[int, int] = {}

    def see(self, key: str, print_: bytes) -> Sighting:
        """Judge a row. Derived keys that come again with another content are numbered (``~ab12#2``); own ids clash."""
        short = int.from_bytes(print_[:8], "big")
        for number in range(1, 1000):
            numbered = key if number == 1 else f"{key}#{number}"
            known = self._seen.get(hash(numbered))
            if known is None:
                self._seen[hash(numbered)] = short
                return Sighting("new", numbered)
            if known == short:
                return Sighting("same", numbered)
            if not key.startswith("~"):
                return Sighting("clash", key)
        return Sighting("clash", key)
