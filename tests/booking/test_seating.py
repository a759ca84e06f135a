"""Seats never run out early: the seating against the peak, and against brute force where bookings are pinned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tierslieux.booking.domain.seating import Ask, Pool, Seating, choose_seats, free_seats, peak
from tierslieux.booking.domain.values import Seat, SeatOutage, TakenSeat
from tierslieux.shared.time import TimeRange

DAWN = datetime(2027, 3, 22, 8, tzinfo=UTC)
EVER = datetime(2020, 1, 1, tzinfo=UTC)


def hours(start: float, end: float) -> TimeRange:
    return TimeRange(DAWN + timedelta(hours=start), DAWN + timedelta(hours=end))


def seat(number: int, *attributes: str) -> Seat:
    return Seat(number, str(number), frozenset(attributes), EVER, None)


def stay(seat_id: int, start: float, end: float, *, pinned: bool = False) -> TakenSeat:
    return TakenSeat(uuid4(), seat_id, hours(start, end), hours(start, end), pinned)


def ask(start: float, end: float, count: int = 1, wanted: tuple[int, ...] = ()) -> Ask:
    return Ask(hours(start, end), hours(start, end), count, wanted)


def pool(seats: int, *taken: TakenSeat) -> Pool:
    return Pool(tuple(seat(number) for number in range(1, seats + 1)), taken)


def apply(before: Pool, wish: Ask, found: Seating) -> Pool:
    """The pool after the seating, as the table would hold it."""
    moved = {(move.booking_id, move.from_seat): move.to_seat for move in found.moves}
    rows = [replace(row, seat_id=moved.get((row.booking_id, row.seat_id), row.seat_id)) for row in before.taken]
    booking = uuid4()
    rows += [TakenSeat(booking, number, wish.busy, wish.during, bool(wish.wanted)) for number in found.seats]
    return replace(before, taken=tuple(rows))


def has_no_overlap(after: Pool) -> bool:
    rows = after.taken
    return not any(
        a.seat_id == b.seat_id and a.busy.overlaps(b.busy) for i, a in enumerate(rows) for b in rows[i + 1 :]
    )


def test_the_seat_that_leaves_the_least_gap_is_given() -> None:
    found = choose_seats(pool(3, stay(1, 0, 1), stay(2, 0, 2)), ask(2, 4))
    assert found == Seating((2,))


def test_a_long_stay_is_seated_by_moving_a_short_one() -> None:
    before = pool(2, stay(1, 0, 2), stay(2, 2, 4))
    found = choose_seats(before, ask(0, 4))
    assert found is not None
    assert len(found.moves) == 1
    assert has_no_overlap(apply(before, ask(0, 4), found))


def test_two_pinned_neighbours_on_two_seats_refuse_a_long_third() -> None:
    before = pool(2, stay(1, 0, 2, pinned=True), stay(2, 2, 4, pinned=True))
    assert peak(before.taken, hours(0, 4)) == 1
    assert choose_seats(before, ask(0, 4)) is None


def test_a_chosen_seat_is_freed_of_who_merely_sits_there() -> None:
    before = pool(2, stay(1, 0, 2))
    found = choose_seats(before, ask(1, 3, wanted=(1,)))
    assert found == Seating((1,), found.moves if found else ())
    assert found is not None
    assert [move.to_seat for move in found.moves] == [2]


def test_an_adapted_seat_is_given_last_and_never_left() -> None:
    seats = (seat(1, "wheelchair"), seat(2), seat(3))
    before = Pool(seats, (stay(2, 0, 2), stay(3, 2, 4)))
    found = choose_seats(before, ask(0, 4))
    assert found is not None
    assert found.seats != (1,)
    full = apply(before, ask(0, 4), found)
    last = choose_seats(full, ask(0, 4))
    assert last == Seating((1,))
    assert choose_seats(apply(full, ask(0, 4), last), ask(3, 4)) is None


def test_a_resident_s_seat_counts_as_taken() -> None:
    before = replace(pool(2, stay(1, 0, 2)), outages=(SeatOutage(2, hours(0, 9)),))
    assert choose_seats(before, ask(1, 3)) is None
    assert free_seats(before, hours(2, 3), hours(2, 3)) == 1


def test_who_sits_on_a_seat_that_was_closed_since_takes_none_of_the_others() -> None:
    before = replace(pool(2, stay(2, 0, 2)), outages=(SeatOutage(2, hours(3, 5)),))
    assert choose_seats(before, ask(1, 4)) == Seating((1,))
    assert free_seats(before, hours(1, 4), hours(1, 4)) == 1


def test_a_seat_that_begins_to_serve_later_is_not_free_before() -> None:
    before = Pool((seat(1), Seat(2, "2", frozenset(), hours(3, 4).start, None)), (stay(1, 0, 5),))
    assert free_seats(before, hours(1, 2), hours(1, 2)) == 0
    assert free_seats(before, hours(3, 4), hours(3, 4)) == 1


def test_a_chosen_seat_that_is_closed_or_a_resident_s_is_not_given() -> None:
    before = replace(pool(2), outages=(SeatOutage(2, hours(0, 9)),))
    assert choose_seats(before, ask(1, 3, wanted=(2,))) is None
    gone = Seat(3, "3", frozenset(), EVER, DAWN)
    assert choose_seats(replace(before, seats=(*before.seats, gone)), ask(1, 3, wanted=(3,))) is None


def test_a_chosen_seat_is_not_taken_from_who_chose_it_or_needs_it() -> None:
    assert choose_seats(pool(2, stay(1, 0, 2, pinned=True)), ask(1, 3, wanted=(1,))) is None
    assert choose_seats(Pool((seat(1, "wheelchair"), seat(2)), (stay(1, 0, 2),)), ask(1, 3, wanted=(1,))) is None


def test_who_was_left_on_a_seat_out_of_use_takes_none_of_the_others() -> None:
    kept = replace(pool(2, stay(1, 0, 4, pinned=True)), outages=(SeatOutage(1, hours(0, 8)),))
    assert choose_seats(kept, ask(1, 3)) == Seating((2,))
    assert free_seats(kept, hours(1, 3), hours(1, 3)) == 1


def test_a_seat_out_of_service_is_not_given() -> None:
    gone = Seat(1, "1", frozenset(), EVER, DAWN)
    assert choose_seats(Pool((gone,), ()), ask(0, 1)) is None


def test_ten_thousand_seats_are_seated_at_once() -> None:
    crowd = pool(10_000, *(stay(number, 0, 4) for number in range(1, 200)))
    found = choose_seats(crowd, ask(1, 2, 9_000))
    assert found is not None
    assert len(set(found.seats)) == 9_000


spans = st.tuples(st.integers(0, 11), st.integers(1, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 5), st.lists(st.tuples(spans, st.integers(1, 2)), max_size=25))
def test_without_pins_a_pool_refuses_only_what_the_peak_refuses(
    seats: int, wishes: list[tuple[tuple[int, int], int]]
) -> None:
    state = pool(seats)
    for (start, end), count in wishes:
        wish = ask(start, end, count)
        fits = peak(state.taken, wish.busy) + count <= seats
        assert free_seats(state, wish.during, wish.busy) == seats - peak(state.taken, wish.busy)
        found = choose_seats(state, wish)
        assert (found is not None) == fits
        if found is not None:
            state = apply(state, wish, found)
            assert has_no_overlap(state)


def seating_exists(state: Pool, wish: Ask) -> bool:
    """Every way to place what may move, tried one by one."""
    fixed = [row for row in state.taken if row.is_pinned]
    movable = [row for row in state.taken if not row.is_pinned]
    stays = [row.busy for row in movable] + [wish.busy] * wish.count
    numbers = [each.seat_id for each in state.seats]

    def place(index: int, sitting: dict[int, list[TimeRange]]) -> bool:
        if index == len(stays):
            return True
        for number in numbers:
            if not any(other.overlaps(stays[index]) for other in sitting[number]):
                sitting[number].append(stays[index])
                if place(index + 1, sitting):
                    return True
                sitting[number].pop()
        return False

    return place(0, {number: [row.busy for row in fixed if row.seat_id == number] for number in numbers})


@settings(max_examples=120, deadline=None)
@given(
    st.integers(1, 6),
    st.lists(st.tuples(spans, st.integers(1, 2), st.booleans()), max_size=14),
)
def test_with_pins_a_pool_refuses_only_what_no_seating_allows(
    seats: int, wishes: list[tuple[tuple[int, int], int, bool]]
) -> None:
    state = pool(seats)
    for (start, end), count, is_pinned in wishes:
        wish = ask(start, end, count)
        found = choose_seats(state, wish)
        assert (found is not None) == seating_exists(state, wish)
        if found is not None:
            state = apply(state, wish, found)
            assert has_no_overlap(state)
            if is_pinned:
                last = state.taken[-1]
                state = replace(state, taken=(*state.taken[:-1], replace(last, is_pinned=True)))


def test_a_move_keeps_every_pinned_stay_where_it_is() -> None:
    before = pool(3, stay(1, 0, 3, pinned=True), stay(2, 0, 1), stay(3, 2, 4), stay(2, 3, 6))
    found = choose_seats(before, ask(0, 6))
    pinned: set[UUID] = {row.booking_id for row in before.taken if row.is_pinned}
    assert found is None or not pinned & {move.booking_id for move in found.moves}


def test_every_start_and_length_in_a_full_day_agrees_with_the_peak() -> None:
    state = pool(2, stay(1, 0, 2), stay(2, 1, 4), stay(1, 5, 7), stay(2, 6, 8))
    for start, length in product(range(9), range(1, 5)):
        wish = ask(start, start + length)
        assert (choose_seats(state, wish) is not None) == (peak(state.taken, wish.busy) < 2)
