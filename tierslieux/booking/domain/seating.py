"""Which seat a booking gets, so that seats never run out early (booking.md).

A pool refuses a wish only where no seating of all its bookings exists. The free seat that leaves the least gap is
taken; where none is free throughout, bookings whose guest neither chose their seat nor arrived are given other seats.
Without pinned bookings that decides exactly by the peak; with them it is a search with a step limit (the question is
NP-complete in general: colouring an interval graph with some colours given).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tierslieux.booking.domain.opening import joined
from tierslieux.booking.domain.seat_search import Piece, SeatLine, find_seating
from tierslieux.booking.domain.values import Seat, SeatOutage, TakenSeat
from tierslieux.shared.time import TimeRange

_FAR = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Pool:
    """The seats of a resource, and what takes them around the time that is asked."""

    seats: tuple[Seat, ...]
    taken: tuple[TakenSeat, ...]
    outages: tuple[SeatOutage, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """``count`` seats for ``during``, kept until ``busy`` ends; those in ``wanted`` and no others, if any are named."""

    during: TimeRange
    busy: TimeRange
    count: int
    wanted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatMove:
    """A booking that is given another seat."""

    booking_id: UUID
    from_seat: int
    to_seat: int


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats that are given, and the bookings that make room."""

    seats: tuple[int, ...]
    moves: tuple[SeatMove, ...] = ()


def choose_seats(pool: Pool, ask: Ask) -> Seating | None:
    """The seating for ``ask``, or ``None`` where there is none (or none was found within the step limit)."""
    if ask.wanted:
        return _wanted(pool, ask)
    if ask.count > _at_most(pool, ask):
        return None
    free = [seat for seat in pool.seats if _is_free(pool, seat, ask)]
    ordinary = [seat for seat in free if not seat.is_adapted]
    if len(ordinary) >= ask.count:
        return Seating(_least_gaps(pool, ordinary, ask))
    moved = _reseated(pool, ask, tuple(seat for seat in pool.seats if not seat.is_adapted))
    if moved is not None:
        return moved
    if len(free) >= ask.count:
        return Seating(_least_gaps(pool, free, ask))
    return _reseated(pool, ask, pool.seats)


def free_seats(pool: Pool, during: TimeRange, busy: TimeRange) -> int:
    """How many seats a booking of exactly ``during`` would get."""
    most = _at_most(pool, Ask(during, busy, 1))
    if _decides_by_peak(pool, during):
        return max(0, most)
    while most > 0 and choose_seats(pool, Ask(during, busy, most)) is None:
        most -= 1
    return max(0, most)


def _decides_by_peak(pool: Pool, during: TimeRange) -> bool:
    """Whether every seat can stand for every other, so that the peak says all."""
    return not (
        pool.outages
        or any(row.is_pinned for row in pool.taken)
        or any(seat.is_adapted or seat.serves_until or not seat.serves(during) for seat in pool.seats)
    )


def peak(taken: Sequence[TakenSeat], within: TimeRange) -> int:
    """The greatest number of seats taken at one instant of ``within``."""
    changes: list[tuple[datetime, int]] = []
    for each in taken:
        if each.busy.overlaps(within):
            changes += [(max(each.busy.start, within.start), 1), (each.busy.end, -1)]
    highest = now = 0
    for _, change in sorted(changes):  # at one instant, those who leave go first: the ranges are half-open
        now += change
        highest = max(highest, now)
    return highest


def span_of(taken: Sequence[TakenSeat], asked: TimeRange) -> TimeRange:
    """The stretch around ``asked`` within which seats hang together: nothing that is taken reaches over its ends."""
    return next(each for each in joined([asked, *(row.busy for row in taken)]) if each.overlaps(asked))


def _at_most(pool: Pool, ask: Ask) -> int:
    """More seats than this cannot be had, whoever moves: those that serve, and what the peak leaves of all in use.

    Who sits on a seat that was closed since takes none of those that serve; a seat that nobody can be given for as long
    as anything hangs together with ``ask``, and on which nobody sits, is no seat.
    """
    span = span_of(pool.taken, ask.busy)
    sat_on = {row.seat_id for row in pool.taken if row.busy.overlaps(span)}
    closed = {out.seat_id for out in pool.outages if out.during.start <= span.start and span.end <= out.during.end}
    in_use = sum(1 for seat in pool.seats if seat.seat_id in sat_on or _may_hold(seat, span, closed))
    return max(0, min(_serving(pool, ask), in_use - peak(pool.taken, ask.busy)))


def _may_hold(seat: Seat, span: TimeRange, closed: set[int]) -> bool:
    """Whether anything within ``span`` could be seated there."""
    serves = seat.serves_from < span.end and (seat.serves_until is None or span.start < seat.serves_until)
    return serves and seat.seat_id not in closed


def _serving(pool: Pool, ask: Ask) -> int:
    out = {outage.seat_id for outage in pool.outages if outage.during.overlaps(ask.during)}
    return sum(1 for seat in pool.seats if seat.serves(ask.during) and seat.seat_id not in out)


def _is_free(pool: Pool, seat: Seat, ask: Ask) -> bool:
    return (
        seat.serves(ask.during)
        and not any(row.seat_id == seat.seat_id and row.busy.overlaps(ask.busy) for row in pool.taken)
        and not any(out.seat_id == seat.seat_id and out.during.overlaps(ask.during) for out in pool.outages)
    )


def _least_gaps(pool: Pool, free: Sequence[Seat], ask: Ask) -> tuple[int, ...]:
    """The ``count`` free seats whose idle time around the booking is shortest."""
    return tuple(seat.seat_id for seat in sorted(free, key=lambda seat: _gap(pool, seat, ask))[: ask.count])


def _gap(pool: Pool, seat: Seat, ask: Ask) -> tuple[bool, timedelta, int]:
    rows = [row.busy for row in pool.taken if row.seat_id == seat.seat_id]
    before = min((ask.busy.start - row.end for row in rows if row.end <= ask.busy.start), default=_FAR)
    after = min((row.start - ask.busy.end for row in rows if row.start >= ask.busy.end), default=_FAR)
    return seat.is_adapted, before + after, seat.seat_id


def _wanted(pool: Pool, ask: Ask) -> Seating | None:
    """Exactly these seats; who merely happens to sit there is given another."""
    chosen = [seat for seat in pool.seats if seat.seat_id in ask.wanted]
    if len(chosen) != ask.count:
        return None
    if all(_is_free(pool, seat, ask) for seat in chosen):
        return Seating(tuple(seat.seat_id for seat in chosen))
    if not all(_can_be_cleared(pool, seat, ask) for seat in chosen):
        return None
    return _reseated(pool, ask, pool.seats)


def _can_be_cleared(pool: Pool, seat: Seat, ask: Ask) -> bool:
    """Whether it is in service throughout, and whoever sits there may be given another."""
    stays = [row for row in pool.taken if row.seat_id == seat.seat_id and row.busy.overlaps(ask.busy)]
    return (
        seat.serves(ask.during)
        and not any(out.seat_id == seat.seat_id and out.during.overlaps(ask.during) for out in pool.outages)
        and not (stays and seat.is_adapted)
        and not any(row.is_pinned for row in stays)
    )


def _reseated(pool: Pool, ask: Ask, may_use: Sequence[Seat]) -> Seating | None:
    """A seating of everything that hangs together with ``ask``, movable bookings on their own seats or ``may_use``."""
    span = span_of(pool.taken, ask.busy)
    near = [row for row in pool.taken if row.busy.overlaps(span)]
    adapted = {seat.seat_id for seat in pool.seats if seat.is_adapted}
    fixed = [row for row in near if row.is_pinned or row.seat_id in adapted]
    movable = [row for row in near if not (row.is_pinned or row.seat_id in adapted)]
    lines = _lines(pool, fixed, ask, {seat.seat_id for seat in may_use})
    pieces = [Piece(row.busy, row.during, row.seat_id) for row in movable]
    if not ask.wanted:
        pieces += [Piece(ask.busy, ask.during, None)] * ask.count
    found = find_seating(lines, pieces)
    if found is None:
        return None
    moves = tuple(
        SeatMove(row.booking_id, row.seat_id, seat_id)
        for row, seat_id in zip(movable, found, strict=False)
        if row.seat_id != seat_id
    )
    return Seating(tuple(ask.wanted or found[len(movable) :]), moves)


def _lines(pool: Pool, fixed: Sequence[TakenSeat], ask: Ask, may_use: set[int]) -> list[SeatLine]:
    lines = []
    for seat in pool.seats:
        blocked = [row.busy for row in fixed if row.seat_id == seat.seat_id]
        if seat.seat_id in ask.wanted:
            blocked.append(ask.busy)
        shut = [out.during for out in pool.outages if out.seat_id == seat.seat_id]
        lines.append(
            SeatLine(seat.seat_id, seat.is_adapted, seat.seat_id in may_use, tuple(sorted(blocked)), seat, tuple(shut))
        )
    return lines
