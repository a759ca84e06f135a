"""Choosing anew the facts of places of which a source says something else now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from psycopg import Connection

from tierslieux.places.choosing import SourceValue, choose_fields
from tierslieux.places.importing.load.fields import PlaceColumns, columns_of
from tierslieux.places.importing.load.store import update_places

_SELECT = """
SELECT COALESCE(p.merged_into, p.place_id) AS shown,
  p.place_id, f.field, f.source, f.value, f.licence, f.dated, f.confirmed_by
FROM place p JOIN place_field f USING (place_id)
WHERE p.place_id = ANY(%(ids)s) OR p.merged_into = ANY(%(ids)s)
ORDER BY shown
"""


def choose_again(connection: Connection[Any], place_ids: Sequence[int], now: datetime) -> list[int]:
    """Choose the facts of these places (a merged one: of the place that it was merged into) from all their sources.

    Places merged into one lend it what they know. Answers whom it updated.
    """
    shown = _shown(connection, place_ids)
    places = list(_chosen(connection.execute(_SELECT, {"ids": shown})))
    update_places(connection, places, now)
    return [place_id for place_id, _ in places]


def _shown(connection: Connection[Any], place_ids: Sequence[int]) -> list[int]:
    rows = connection.execute(
        "SELECT DISTINCT COALESCE(merged_into, place_id) FROM place WHERE place_id = ANY(%s) ORDER BY 1",
        (list(place_ids),),
    )
    return [row[0] for row in rows]


def _chosen(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, PlaceColumns]]:
    for place_id, group in groupby(rows, key=lambda row: int(row[0])):
        yield place_id, columns_of(choose_fields(SourceValue(*row[1:]) for row in group))
