"""Counting free seats of the whole country: in two halves, side by side where two connections are free.

All of it takes one processor a third of a second, and PostgreSQL shares no statement with correlated subqueries among
workers; the places of one half say nothing of those of the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

from tierslieux.map.free_queries import read_all
from tierslieux.map.free_sql import ALL_PLACES
from tierslieux.web.db import Reads

Cell = tuple[int, int, int, float, float, int, int]
"""Column and row; how many places; the sums of their longitudes and latitudes; the least number; free seats."""
Spare = Callable[[], AbstractAsyncContextManager[Reads | None]]
"""A second connection, or none (``web.db.Database.spare_reads``)."""
_MIDDLE = "SELECT (min(place_id) + max(place_id)) / 2 FROM place"


def no_spare() -> AbstractAsyncContextManager[Reads | None]:
    """There is only one connection: the halves are read one after the other."""
    return nullcontext()


async def read_cells(reads: Reads, spare: Spare, sql: str, params: Mapping[str, Any]) -> list[Cell]:
    """The rows of ``sql``, which counts the places ``BY_DAY`` into cells, of all places.

    A booking made between the readings of the halves is counted with its place, once.
    """
    row = await (await reads.execute(_MIDDLE)).fetchone()
    middle = row[0] if row and row[0] else 1
    halves = [{**params, "last_place": middle}, {**params, **ALL_PLACES, "first_place": middle + 1}]
    async with spare() as other:
        if other is None:
            found = [await read_all(reads, sql, half) for half in halves]
        else:
            found = await _side_by_side((reads, other), sql, halves)
    return _summed(cell for part in found for cell in part)


async def _side_by_side(
    connections: Sequence[Reads], sql: str, halves: Sequence[Mapping[str, Any]]
) -> list[list[tuple[Any, ...]]]:
    """What each connection read. One that fails ends the other, and is the error of both."""
    try:
        async with asyncio.TaskGroup() as group:
            reading = zip(connections, halves, strict=True)
            tasks = [group.create_task(read_all(connection, sql, half)) for connection, half in reading]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return [task.result() for task in tasks]


def _summed(cells: Iterable[tuple[Any, ...]]) -> list[Cell]:
    found: dict[tuple[int, int], Cell] = {}
    for x, y, *counted in cells:
        places, lon, lat, least, free = counted
        if (x, y) in found:
            _, _, more, lons, lats, other, freed = found[x, y]
            places, lon, lat, least, free = places + more, lon + lons, lat + lats, min(least, other), free + freed
        found[x, y] = (x, y, places, lon, lat, least, free)
    return list(found.values())
