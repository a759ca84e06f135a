"""Use cases of booking: each runs in the request's transaction and leaves what follows to one job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.engine import Order, Placed, book
from tierslieux.booking.following import follow_end_of_series, follow_up
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.repository.writing import Changed
from tierslieux.booking.service.keeping import keep_anew
from tierslieux.shared.time import TimeRange
from tierslieux.web.jobs import defer
from tierslieux.web.plans import Plan, T, run_plan_in


class SeatConflict(Exception):
    """The exclusion constraint refused: a writer went around the locks."""


async def run(session: AsyncSession, plan: Plan[T]) -> T:
    """Run a plan that may place a booking; told by SQLSTATE 23P01 that the database refuses it."""
    try:
        return await run_plan_in(session, plan)
    except psycopg.errors.ExclusionViolation as exc:
        raise SeatConflict from exc


async def place(session: AsyncSession, order: Order) -> Placed:
    """``engine.book``, and the job that tells who must know."""
    placed = await run(session, book(order))
    events = [(placed.booking_id, 1)] if placed.status != "held" else []
    await follow(session, order.place_id, events, placed.lapsed)
    return placed


async def keep(session: AsyncSession, order: Order) -> Placed:
    """``place`` for a desk that is kept: what the same person kept here for that time is let go."""
    placed = await run(session, keep_anew(replace(order, is_hold=True)))
    await follow(session, order.place_id, [], placed.lapsed)
    return placed


async def follow(
    session: AsyncSession,
    place_id: int,
    events: Sequence[tuple[UUID, int]],
    lapsed: Sequence[Changed] = (),
    series: Mapping[str, Any] | None = None,
) -> None:
    """Store the one job that mails what happened and offers what has become free.

    A series is told once: ``events`` holds its first date's, ``series`` its id and the dates that were skipped.
    """
    told = [*events, *((each.booking_id, each.seq) for each in lapsed if each.was != "held")]
    freed = bool(lapsed)
    if told or freed:
        more = {} if series is None else {"series": dict(series)}
        await defer(session, follow_up, place_id=place_id, events=[[each.hex, seq] for each, seq in told], **more)


async def follow_end(session: AsyncSession, place_id: int, changed: Sequence[Changed]) -> None:
    """``follow`` for dates of a series that were cancelled together: their guest is told of all at once."""
    events = [(each.booking_id, each.seq) for each in changed]
    if len(events) == 1:
        await follow(session, place_id, events)
        return
    told = [[each.hex, seq] for each, seq in events]
    await defer(session, follow_end_of_series, place_id=place_id, events=told)


async def read(session: AsyncSession, place_id: int, booking_id: UUID, now: datetime) -> BookingView:
    """The booking as it is in this transaction."""
    return await run_plan_in(session, load_booking(place_id, booking_id, now))


def slot_taken(start: datetime, end: datetime) -> BrokenRule:
    """The rule that the constraint itself refused by."""
    return BrokenRule("slot_taken", None, TimeRange(start, end))
