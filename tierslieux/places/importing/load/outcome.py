"""What became of a row."""

from __future__ import annotations

from typing import Literal

import msgspec

from tierslieux.places.importing.record import Remark

Kind = Literal["created", "changed", "unchanged", "merged", "refused"]
KINDS: tuple[Kind, ...] = ("created", "changed", "unchanged", "merged", "refused")


class Outcome(msgspec.Struct, frozen=True):
    """One line of the report. ``fields`` are those that changed; ``remarks`` what was mended or why it was refused."""

    line: int
    external_id: str
    kind: Kind
    place_id: int | None = None
    fields: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    values: dict[str, str] = {}


class Counts(msgspec.Struct):
    """How many rows ended how; ``rows`` is their sum. ``missing`` rows of earlier runs are not in the file any more."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    merged: int = 0
    refused: int = 0
    missing: int = 0

    def add(self, kind: Kind) -> None:
        """Count one row."""
        self.rows += 1
        setattr(self, kind, getattr(self, kind) + 1)

    def as_dict(self) -> dict[str, int]:
        """What the command prints; the outcomes add up to ``rows``."""
        return {name: getattr(self, name) for name in ("rows", *KINDS, "missing")}
