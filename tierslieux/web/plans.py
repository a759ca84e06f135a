"""Plans: work on the database written once for the two ways to run it, a command's connection and a request's session.

A plan is a generator that yields ``(statement, parameters)`` and is sent the rows. It decides what to ask next and what
to answer; it never waits, so the same plan runs on a plain connection and on an asynchronous one. It opens and ends no
transaction: that belongs to whoever runs it.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, LiteralString, TypeVar

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.web.db import Reads, raw_connection

Rows = list[tuple[Any, ...]]
Step = tuple[LiteralString, Mapping[str, Any] | Sequence[Any]]
T = TypeVar("T")
Plan = Generator[Step, Rows, T]
"""Steps to run, rows to be sent, and the answer at the end."""


def run_plan(connection: psycopg.Connection[Any], plan: Plan[T]) -> T:
    """Run ``plan`` on a plain connection, in its transaction."""
    try:
        step = next(plan)
        while True:
            cursor = connection.execute(step[0], step[1])
            step = plan.send(cursor.fetchall() if cursor.description is not None else [])
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


async def run_plan_in(session: AsyncSession, plan: Plan[T]) -> T:
    """Run ``plan`` in the transaction of ``session``; what the session holds is flushed first and forgotten after."""
    await session.flush()
    answer = await read_plan(await raw_connection(session), plan)
    session.expire_all()
    return answer


async def read_plan(reads: Reads, plan: Plan[T]) -> T:
    """Run ``plan`` on a connection of its own."""
    try:
        step = next(plan)
        while True:
            cursor = await reads.execute(step[0], step[1])
            step = plan.send(await cursor.fetchall() if cursor.description is not None else [])
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]
