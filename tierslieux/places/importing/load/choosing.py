"""Choosing a place's facts anew from all that its sources say; also what a merge or its undoing needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from psycopg import Connection

from tierslieux.places.importing.load.fields import FieldValue, PlaceColumns, choose, columns_of
from tierslieux.places.importing.load.store import update_places
from tierslieux.places.importing.mapping import load_mapping, mapping_names

_SELECT = """
SELECT COALESCE(p.merged_into, p.place_id), f.field, f.source, f.value, f.dated, f.confirmed_by IS NOT NULL
FROM place p JOIN place_field f USING (place_id)
WHERE p.place_id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s)
ORDER BY 1
"""


def choose_again(connection: Connection[Any], place_ids: Sequence[int], now: datetime) -> list[int]:
    """Choose the facts of these places (a merged one: of the place that it was merged into) from all their sources.

    Places merged into one lend it what they know. Call it after a merge and after its undoing. Answers whom it updated.
    """
    targets = _surviving(connection, place_ids)
    places = list(_chosen(connection.execute(_SELECT, {"ids": targets})))
    update_places(connection, places, now)
    return [place_id for place_id, _ in places]


def _surviving(connection: Connection[Any], place_ids: Sequence[int]) -> list[int]:
    rows = connection.execute(
        "SELECT DISTINCT COALESCE(merged_into, place_id) FROM place WHERE place_id = ANY(%s) ORDER BY 1", (list(place_ids),)
    )
    return [row[0] for row in rows]


def _chosen(rows: Iterable[Sequence[Any]]) -> Iterable[tuple[int, PlaceColumns]]:
    by_place: dict[int, list[FieldValue]] = {}
    for place_id, field, source, value, dated, confirmed in rows:
        by_place.setdefault(place_id, []).append(FieldValue(field, source, value, dated, confirmed))
    for place_id, values in by_place.items():
        if any(value.field == "kind" for value in values) and any(value.field == "name" for value in values):
            yield place_id, columns_of(choose(values, specificity_of))


@cache
def _specificities() -> dict[str, int]:
    return {mapping.source: mapping.specificity for mapping in map(load_mapping, mapping_names())}


def specificity_of(source: str) -> int:
    """How specific a source is; 1 where no mapping of ours names it."""
    return _specificities().get(source, 1)
