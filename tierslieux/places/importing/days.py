"""Working out the days of imported places beside the import, on the machine's other core."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Self

import psycopg

from tierslieux.places import place_days

FEW = 500
"""Up to so many places are worked out at once, in this process: starting another one takes longer."""


class DayBuilder:
    """Works out ``place_day`` for places whose rows are committed. Leaving the context waits for what is under way.

    What an interrupted run leaves undone is made good by the nightly ``place_days.extend``, or by ``finish``.
    """

    def __init__(self, database_url: str, now: datetime) -> None:
        self._url = database_url
        self._now = now
        self._pool: ProcessPoolExecutor | None = None
        self._under_way: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=error is not None)

    def add(self, place_ids: Sequence[int]) -> None:
        """Have the days of these places worked out."""
        if len(place_ids) <= FEW and self._pool is None:
            build(self._url, place_ids, self._now)
        elif place_ids:
            self._under_way.append(self._workers().submit(build, self._url, list(place_ids), self._now))

    def finish(self) -> None:
        """Wait until all is worked out; raises what went wrong."""
        for future in self._under_way:
            future.result()

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        return self._pool


def build(database_url: str, place_ids: Sequence[int], now: datetime) -> None:
    """Work out the days of these places on a connection of its own."""
    if not place_ids:
        return
    with psycopg.connect(database_url, autocommit=True, application_name="tierslieux-days") as connection:
        connection.execute("SET synchronous_commit = off")
        place_days.rebuild(connection, place_ids, now)
