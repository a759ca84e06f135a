"""The cells of one row, read through a mapping, and the remarks that reading them makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tierslieux.places.importing.cleaning import plain, plain_lines
from tierslieux.places.importing.mapping import Mapping, Target, as_list
from tierslieux.places.importing.record import RawRow, Remark
from tierslieux.places.importing.values import is_nothing

_Value = TypeVar("_Value")
_JOINED: frozenset[Target] = frozenset({"name", "street", "complement", "hours_text"})


class Columns:
    """The mapping's columns as lists; made once for a file."""

    def __init__(self, mapping: Mapping) -> None:
        self.of: dict[Target, list[str]] = {target: as_list(names) for target, names in mapping.columns.items()}


class Cells:
    """One row: ``text`` gives a target's plain text, ``read`` a value that cannot be wrong or a remark."""

    __slots__ = ("_columns", "_values", "remarks")

    def __init__(self, row: RawRow, columns: Columns) -> None:
        self._values = row.values
        self._columns = columns.of
        self.remarks: list[Remark] = list(row.remarks)

    def column(self, target: Target) -> str:
        """The first column of a target, for messages; empty where the mapping has none."""
        names = self._columns.get(target)
        return names[0] if names else ""

    def raw(self, target: Target) -> str:
        """What the file says: different texts of several columns joined, or the first where one value is wanted."""
        names = self._columns.get(target)
        if not names:
            return ""
        if len(names) == 1:
            return self._values.get(names[0], "")
        said = list(dict.fromkeys(text for name in names if (text := self._values.get(name, "").strip())))
        return " ".join(said) if target in _JOINED else next(iter(said), "")

    def text(self, target: Target, longest: int) -> str | None:
        """Plain text on one line, cut (and said) after ``longest`` characters; ``None`` where nothing is said."""
        raw = self.raw(target)
        return self._cut(target, plain(raw), longest) if raw else None

    def lines(self, target: Target, longest: int) -> str | None:
        """As ``text``, with its line breaks."""
        raw = self.raw(target)
        return self._cut(target, plain_lines(raw), longest) if raw else None

    def read(self, target: Target, reader: Callable[[str], _Value | None], reason: str, remedy: str) -> _Value | None:
        """``reader`` of the target's text; what it cannot read is left out, and said."""
        raw = self.raw(target)
        if not raw or is_nothing(text := plain(raw)):
            return None
        value = reader(text)
        if value is None:
            self.remark(self.column(target), text, reason, remedy)
        return value

    def remark(self, field: str, value: str, reason: str, remedy: str) -> None:
        """Note something about a cell."""
        self.remarks.append(Remark(field, value[:200], reason, remedy))

    def _cut(self, target: Target, text: str, longest: int) -> str | None:
        if is_nothing(text):
            return None
        if len(text) <= longest:
            return text
        self.remark(
            self.column(target), text, f"texte de {len(text)} caractères, coupé à {longest}", "raccourcir le texte"
        )
        return text[: longest - 1].rstrip() + "…"
