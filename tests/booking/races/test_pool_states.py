"""A pool that lives: booked, moved, cancelled, arrived at, closed in part, against a search of every seating."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.booking.races.oracle import Question, Span, Stay, highest, must_accept
from tierslieux.booking.domain.seating import Ask, Pool, Seating, choose_seats, free_seats
from tierslieux.booking.domain.values import Seat, SeatOutage, TakenSeat
from tierslieux.shared.time import TimeRange

DAWN = datetime(2027, 3, 22, 8, tzinfo=UTC)
EVER = datetime(2020, 1, 1, tzinfo=UTC)
ranges = st.tuples(st.integers(0, 10), st.integers(1, 5)).map(lambda pair: hours(pair[0], pair[0] + pair[1]))


def hours(start: int, end: int) -> TimeRange:
    return TimeRange(DAWN + timedelta(hours=start), DAWN + timedelta(hours=end))


def span(of: TimeRange) -> Span:
    return Span(of.start.timestamp(), of.end.timestamp())


class LivingPool(RuleBasedStateMachine):
    """Every answer of ``choose_seats`` is that of the search, and what it says can be done."""

    bookings: Bundle[UUID] = Bundle("bookings")

    @initialize(count=st.integers(1, 5), adapted=st.booleans(), turnaround=st.sampled_from((0, 30)))
    def open(self, count: int, adapted: bool, turnaround: int) -> None:
        attributes = frozenset({"wheelchair"}) if adapted and count > 1 else frozenset()
        seats = (Seat(n, str(n), attributes if n == 1 else frozenset(), EVER, None) for n in range(1, count + 1))
        self.pool = Pool(tuple(seats), ())
        self.turnaround = timedelta(minutes=turnaround)

    @rule(target=bookings, during=ranges, count=st.integers(1, 2))
    def book(self, during: TimeRange, count: int) -> MultipleResults[UUID] | UUID:
        return self._booked(self._ask(during, count))

    @rule(target=bookings, during=ranges, data=st.data())
    def book_a_chosen_seat(self, during: TimeRange, data: st.DataObject) -> MultipleResults[UUID] | UUID:
        seat_id = data.draw(st.sampled_from([seat.seat_id for seat in self.pool.seats]))
        return self._booked(replace(self._ask(during, 1), wanted=(seat_id,)))

    @rule(booking=bookings, during=ranges)
    def move(self, booking: UUID, during: TimeRange) -> None:
        own = [row for row in self.pool.taken if row.booking_id == booking]
        before = self.pool
        self.pool = replace(before, taken=tuple(row for row in before.taken if row.booking_id != booking))
        if not self._seat(self._ask(during, len(own)), booking):
            self.pool = before

    @rule(booking=consumes(bookings))
    def cancel_or_lapse(self, booking: UUID) -> None:
        self.pool = replace(self.pool, taken=tuple(row for row in self.pool.taken if row.booking_id != booking))

    @rule(booking=bookings)
    def arrive(self, booking: UUID) -> None:
        taken = (replace(row, is_pinned=row.is_pinned or row.booking_id == booking) for row in self.pool.taken)
        self.pool = replace(self.pool, taken=tuple(taken))

    @rule(during=ranges, data=st.data())
    def close_a_seat(self, during: TimeRange, data: st.DataObject) -> None:
        seat_id = data.draw(st.sampled_from([seat.seat_id for seat in self.pool.seats]))
        if len(self.pool.outages) < 2:
            self.pool = replace(self.pool, outages=(*self.pool.outages, SeatOutage(seat_id, during)))

    @invariant()
    def nobody_shares_a_seat(self) -> None:
        rows = getattr(self, "pool", Pool((), ())).taken
        for number, one in enumerate(rows):
            for other in rows[number + 1 :]:
                assert one.seat_id != other.seat_id or not one.busy.overlaps(other.busy)

    def _ask(self, during: TimeRange, count: int) -> Ask:
        return Ask(during, TimeRange(during.start, during.end + self.turnaround), count)

    def _booked(self, ask: Ask) -> MultipleResults[UUID] | UUID:
        booking = uuid4()
        return booking if self._seat(ask, booking) else multiple()

    def _seat(self, ask: Ask, booking: UUID) -> bool:
        """Seat it if that can be; the answer must be the search's, and the peak's where nothing is fixed."""
        question = self._question(ask)
        found = choose_seats(self.pool, ask)
        assert (found is not None) == must_accept(question), question
        if not ask.wanted and not self.pool.outages and not any(stay.fixed for stay in question.stays):
            assert (found is not None) == (highest(question.stays, question.busy) + ask.count <= len(self.pool.seats))
        if not ask.wanted:
            assert (free_seats(self.pool, ask.during, ask.busy) >= ask.count) == (found is not None)
        if found is not None:
            self._apply(ask, found, booking)
        return found is not None

    def _question(self, ask: Ask) -> Question:
        adapted = {seat.seat_id for seat in self.pool.seats if seat.is_adapted}
        stays = (
            Stay(row.seat_id, span(row.busy), span(row.during), row.is_pinned or row.seat_id in adapted)
            for row in self.pool.taken
        )
        shut = tuple((out.seat_id, span(out.during)) for out in self.pool.outages)
        seats = tuple(seat.seat_id for seat in self.pool.seats)
        return Question(seats, tuple(stays), shut, span(ask.busy), span(ask.during), ask.count, ask.wanted)

    def _apply(self, ask: Ask, found: Seating, booking: UUID) -> None:
        """As the table would hold it; who is fixed has not moved, and nobody was put on a closed seat."""
        moved = {(each.booking_id, each.from_seat): each.to_seat for each in found.moves}
        rows = []
        for row in self.pool.taken:
            seat_id = moved.get((row.booking_id, row.seat_id), row.seat_id)
            assert seat_id == row.seat_id or not row.is_pinned
            assert seat_id == row.seat_id or not self._is_shut(seat_id, row.during)
            rows.append(replace(row, seat_id=seat_id))
        assert not any(self._is_shut(seat_id, ask.during) for seat_id in found.seats)
        rows += [TakenSeat(booking, seat_id, ask.busy, ask.during, bool(ask.wanted)) for seat_id in found.seats]
        self.pool = replace(self.pool, taken=tuple(rows))

    def _is_shut(self, seat_id: int, during: TimeRange) -> bool:
        return any(out.seat_id == seat_id and out.during.overlaps(during) for out in self.pool.outages)


def live(examples: int, steps: int) -> None:
    how = settings(max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None)
    run_state_machine_as_test(LivingPool, settings=how)


def test_a_living_pool_answers_as_a_search_of_every_seating() -> None:
    live(60, 20)


@pytest.mark.endurance
def test_a_living_pool_answers_as_a_search_of_every_seating_for_a_long_time() -> None:
    live(2_000, 40)
