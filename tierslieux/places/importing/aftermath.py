"""What follows an import once all its rows are stored: duplicates, the map's grid, the words, newly known days."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection

from tierslieux.places.duplicates.scoring import score_new_places
from tierslieux.places.grid import rebuild_grid
from tierslieux.places.words import learn_all_words
from tierslieux.web.versions import BUMP_SQL


class Settled(NamedTuple):
    """``merged``: new places that now point to another, by number; ``keepers`` show what those know as well."""

    merged: Mapping[int, int]
    keepers: Sequence[int]


def settle(connection: Connection[Any], new_places: Sequence[int], now: datetime) -> Settled:
    """Merge the sure duplicates among ``new_places``, list the likely ones, count the map and learn the words anew.

    One transaction: cut short by a crash, it changes nothing; ``tierslieux duplicates`` then finds the pairs later.
    """
    with connection.transaction():
        outcome = score_new_places(connection, new_places, now)
        rows = connection.execute(
            "SELECT place_id, merged_into FROM place WHERE place_id = ANY(%s::integer[]) AND state = 'merged'",
            (list(new_places),),
        ).fetchall()
        rebuild_grid(connection)
        learn_all_words(connection)
        connection.execute(BUMP_SQL)
    return Settled(dict(rows), outcome.keepers)


def note_merged(report: Path, merged: Mapping[int, int]) -> None:
    """Say in the report which created rows turned out to be a place that was there already."""
    draft = report.with_name(report.name + ".part")
    with report.open(encoding="utf-8", newline="") as source, draft.open("w", encoding="utf-8", newline="") as target:
        reader = csv.DictReader(source)
        writer = csv.DictWriter(target, reader.fieldnames or ())
        writer.writeheader()
        for row in reader:
            keeper = merged.get(int(row["place_id"] or 0))
            if keeper is not None and row["outcome"] == "created":
                row |= {"outcome": "merged", "place_id": str(keeper)}
            writer.writerow(row)
    draft.replace(report)
