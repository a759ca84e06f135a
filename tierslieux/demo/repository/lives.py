"""Bookings as the engine would have stored them, many at a time: with their events, seats and marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from psycopg import Connection
from psycopg.types.range import Range

from tierslieux.booking.domain.rules import busy_of
from tierslieux.booking.domain.statuses import BLOCKING, EXPIRING
from tierslieux.demo.domain.life import Lived
from tierslieux.demo.domain.rooms import Step
from tierslieux.demo.domain.series import Series
from tierslieux.demo.domain.stories import visitor_of
from tierslieux.demo.domain.visits import Counted
from tierslieux.shared.time import TimeRange

_BOOKING = """COPY booking (place_id, booking_id, resource_id, guest_id, origin, mode, status, during, local_date,
  seats, seat_rows, seats_chosen, turnaround_minutes, expires_at, renewed, price_cents, counted, series_id,
  home_commune, work_commune, travel_mode, instead, checked_in_at, checked_out_at, created_at, version) FROM STDIN"""
_EVENT = "COPY booking_event (place_id, booking_id, seq, at, actor_id, was, becomes) FROM STDIN"
_SEAT = "COPY occupied_seat (place_id, booking_id, seat_id, resource_id, pinned, expires_at, busy) FROM STDIN"
_MARK = "COPY stat_dirty (place_id, day) FROM STDIN"
_GUEST = "COPY guest_at_place (place_id, guest_id) FROM STDIN"
_SERIES = """COPY booking_series (place_id, series_id, guest_id, rrule, wall_start, minutes, created_at)
  FROM STDIN"""
_VISIT = "COPY visit (place_id, visit_id, at, local_date, count) FROM STDIN"


def store_lives(connection: Connection[Any], lives: Sequence[Lived]) -> None:
    """Store bookings, one event for each step, one mark for each event, and the seats of those that block."""
    _copy(connection, _BOOKING, map(_booking, lives))
    _copy(connection, _EVENT, (row for lived in lives for row in _events(lived)))
    _copy(connection, _SEAT, (row for lived in lives for row in _seats(lived)))
    _copy(connection, _MARK, ((_place(lived), _local_date(lived)) for lived in lives for _ in lived.steps))
    _copy(connection, _GUEST, sorted({(_place(lived), guest) for lived in lives if (guest := _guest(lived))}))


def store_series(connection: Connection[Any], found: Iterable[Series]) -> None:
    """Store series whose dates are stored as bookings."""
    rows = (
        (
            each.place_id,
            each.series_id,
            each.person.account_id,
            each.rrule,
            each.wall_start.isoformat(),
            each.minutes,
            each.created_at,
        )
        for each in found
    )
    _copy(connection, _SERIES, rows)


def store_visits(connection: Connection[Any], counted: Sequence[Counted]) -> None:
    """Store people counted at the door, a mark for each count."""
    rows = ((each.place_id, each.visit_id, each.at, each.local_date, each.count) for each in counted)
    _copy(connection, _VISIT, rows)
    _copy(connection, _MARK, ((each.place_id, each.local_date) for each in counted))


def _copy(connection: Connection[Any], statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _place(lived: Lived) -> int:
    return lived.room.resource.place_id


def _guest(lived: Lived) -> Any:
    ask = lived.ask
    if ask.origin == "walk_in":
        return None
    return ask.person.account_id if ask.person else visitor_of(lived.room, ask)


def _local_date(lived: Lived) -> Any:
    return lived.ask.wish.start.astimezone(lived.room.zone).date()


def _booking(lived: Lived) -> tuple[Any, ...]:
    room, ask, last = lived.room, lived.ask, lived.steps[-1]
    wish, resource, during = ask.wish, room.resource, TimeRange(ask.wish.start, ask.wish.end)
    mode = wish.mode or "hour"
    home, work, travel_mode = ask.person.travels if ask.person else (None, None, None)
    arrived = next((step.at for step in lived.steps if step.becomes == "checked_in"), None)
    return (
        resource.place_id,
        ask.booking_id,
        resource.resource_id,
        _guest(lived),
        ask.origin,
        mode,
        last.becomes,
        Range(during.start, during.end),
        _local_date(lived),
        wish.seats,
        lived.seat_rows,
        False,
        resource.turnaround_minutes,
        last.expires_at if last.becomes in EXPIRING else None,
        False,
        resource.price_of(mode, during, wish.seats),
        all(step.is_counted for step in lived.steps),
        ask.series_id,
        home,
        work,
        travel_mode,
        lived.instead,
        arrived,
        last.at if last.becomes == "completed" and arrived else None,
        ask.at,
        len(lived.steps),
    )


def _events(lived: Lived) -> Iterator[tuple[Any, ...]]:
    before: Step | None = None
    for number, step in enumerate(lived.steps, start=1):
        was = before.becomes if before else None
        yield _place(lived), lived.ask.booking_id, number, step.at, step.actor_id, was, step.becomes
        before = step


def _seats(lived: Lived) -> Iterator[tuple[Any, ...]]:
    last = lived.steps[-1]
    if last.becomes not in BLOCKING:
        return
    resource, wish = lived.room.resource, lived.ask.wish
    busy = busy_of(TimeRange(wish.start, wish.end), resource.turnaround_minutes)
    for seat_id in lived.seat_ids:
        yield (
            resource.place_id,
            lived.ask.booking_id,
            seat_id,
            resource.resource_id,
            last.becomes == "checked_in",
            last.expires_at,
            Range(busy.start, busy.end),
        )
