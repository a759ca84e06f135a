"""Where the shared data folder is: beside the checkout, or named by TIERSLIEUX_SHARED; tests without it are skipped."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the shared data, or skip the test."""
    path = _shared_file(name)
    if path is None:
        pytest.skip(f"data/{name} is not beside this checkout (set TIERSLIEUX_SHARED to the shared folder)")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _shared_file(name: str) -> Path | None:
    named = os.environ.get("TIERSLIEUX_SHARED")
    roots = [Path(named)] if named else [parent / "shared" for parent in Path(__file__).resolve().parents]
    return next((root / "data" / name for root in roots if (root / "data" / name).is_file()), None)
