"""What must hold whatever happened, looked at twice: by SQL, and in Python on the rows as they are."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Any

import psycopg

from tierslieux.booking.domain.statuses import BLOCKING, FOLLOWS

Base = psycopg.Connection[Any]


def overlaps_by_sql(base: Base, place_id: int | None = None) -> list[tuple[Any, ...]]:
    """Two bookings on one seat at one time, by the ranges of the bookings themselves and of their seats."""
    return base.execute(
        """SELECT a.place_id, a.seat_id, a.booking_id, b.booking_id FROM occupied_seat a JOIN occupied_seat b
          ON a.place_id = b.place_id AND a.seat_id = b.seat_id AND a.booking_id < b.booking_id AND a.busy && b.busy
        WHERE (%(place_id)s::integer IS NULL OR a.place_id = %(place_id)s)
        UNION ALL
        SELECT a.place_id, a.seat_id, a.booking_id, b.booking_id
        FROM occupied_seat a JOIN booking x ON x.place_id = a.place_id AND x.booking_id = a.booking_id
          JOIN occupied_seat b ON a.place_id = b.place_id AND a.seat_id = b.seat_id AND a.booking_id < b.booking_id
          JOIN booking y ON y.place_id = b.place_id AND y.booking_id = b.booking_id
        WHERE x.during && y.during AND (%(place_id)s::integer IS NULL OR a.place_id = %(place_id)s)""",
        {"place_id": place_id},
    ).fetchall()


def overlaps_in_python(base: Base, place_id: int | None = None) -> list[tuple[Any, ...]]:
    """The same by sorting: on each seat nobody begins before the one before has gone, turnaround included."""
    stays = defaultdict(list)
    rows = base.execute(
        """SELECT o.place_id, o.seat_id, lower(b.during), upper(b.during), b.turnaround_minutes, b.booking_id
        FROM occupied_seat o JOIN booking b ON b.place_id = o.place_id AND b.booking_id = o.booking_id
        WHERE (%(place_id)s::integer IS NULL OR o.place_id = %(place_id)s)""",
        {"place_id": place_id},
    )
    for place, seat_id, start, end, turnaround, booking_id in rows:
        stays[place, seat_id].append((start, end + timedelta(minutes=turnaround), booking_id))
    found = []
    for key, line in stays.items():
        line.sort()
        found += [(*key, one[2], other[2]) for one, other in pairwise(line) if other[0] < one[1]]
    return found


def wrong_seat_rows(base: Base, place_id: int | None = None) -> list[tuple[Any, ...]]:
    """Bookings whose rows are not what their status says: ``seat_rows`` of them, for its time, or none."""
    rows = base.execute(
        """SELECT b.booking_id, b.status, b.seat_rows, count(o.seat_id),
          bool_and(lower(o.busy) = lower(b.during) AND o.resource_id = b.resource_id
            AND upper(o.busy) = upper(b.during) + b.turnaround_minutes * interval '1 minute'
            AND o.expires_at IS NOT DISTINCT FROM b.expires_at)
        FROM booking b LEFT JOIN occupied_seat o ON o.place_id = b.place_id AND o.booking_id = b.booking_id
        WHERE (%(place_id)s::integer IS NULL OR b.place_id = %(place_id)s) GROUP BY b.place_id, b.booking_id""",
        {"place_id": place_id},
    ).fetchall()
    return [row for row in rows if row[3] != (row[2] if row[1] in BLOCKING else 0) or (row[3] and not row[4])]


def wrong_histories(base: Base, place_id: int | None = None) -> list[tuple[Any, ...]]:
    """Bookings whose events are not 1, 2, 3 … up to their version, each following the one before, to their status."""
    rows = base.execute(
        """SELECT b.booking_id, b.version, b.status, array_agg(e.seq ORDER BY e.seq),
          array_agg(e.was ORDER BY e.seq), array_agg(e.becomes ORDER BY e.seq)
        FROM booking b LEFT JOIN booking_event e ON e.place_id = b.place_id AND e.booking_id = b.booking_id
        WHERE (%(place_id)s::integer IS NULL OR b.place_id = %(place_id)s) GROUP BY b.place_id, b.booking_id""",
        {"place_id": place_id},
    ).fetchall()
    return [row for row in rows if not _is_history(*row[1:])]


def _is_history(version: int, status: str, numbers: list[int], was: list[str | None], becomes: list[str]) -> bool:
    return (
        numbers == list(range(1, version + 1))
        and becomes[-1] == status
        and was == [None, *becomes[:-1]]
        and all(
            after == before or after in FOLLOWS[before]  # type: ignore[index]
            for before, after in pairwise(becomes)
        )
    )


def assert_sound(base: Base, place_id: int | None = None) -> None:
    """All of it, everywhere or at one place."""
    for look in (overlaps_by_sql, overlaps_in_python, wrong_seat_rows, wrong_histories):
        assert look(base, place_id) == []
