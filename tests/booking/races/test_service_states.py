"""The service on a real base, one action after another, against a model: a list of stays and what each may become.

One database for all runs, a fresh place for each. Time is the machine's own and only goes forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg.types.json import Jsonb

from tests.booking.races.checks import assert_sound
from tests.booking.races.oracle import Question, Span, Stay, must_accept
from tests.factories import make_account, make_place, make_resource
from tierslieux.booking.domain.statuses import BLOCKING, FOLLOWS
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order, book
from tierslieux.booking.errors import CheckInTooEarly, CheckInTooLate, HoldExpired, Refused, StatusChanged, TooManyHolds
from tierslieux.booking.queries.bookings import load_booking
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import changes
from tierslieux.booking.service.moving import Target, move
from tierslieux.booking.service.passing import due_ends, due_lapses, end, lapse
from tierslieux.web.plans import Plan, run_plan

MORNING = datetime.fromisoformat("2027-03-23T07:00:00+01:00")
QUOTA, HOLD, FREE_UNTIL, HOLDS = 3, timedelta(minutes=10), timedelta(minutes=120), 3
POLICY = {
    "quota_bookings_per_week": QUOTA, "allow_overlapping_own_bookings": True, "pending_limit": 100,
    "slot_minutes": 60, "min_minutes": 60, "hold_minutes": 10, "free_cancellation_minutes": 120,
}  # fmt: skip
starts, lengths = st.integers(1, 12), st.integers(1, 4)


@dataclass
class Known:
    """A booking as the model has it."""

    guest: UUID
    resource: int
    start: datetime
    end: datetime
    rows: int
    status: str
    expires_at: datetime | None
    counted: bool = True
    pinned: bool = False

    def lapsed(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def blocks(self, now: datetime) -> bool:
        return self.status in BLOCKING and not self.lapsed(now)


class LivingService(RuleBasedStateMachine):
    """Answers follow from the model; the table follows from the answers."""

    base: ClassVar[psycopg.Connection[Any]]

    @initialize(seats=st.lists(st.integers(1, 3), min_size=2, max_size=2), approval=st.booleans())
    def open(self, seats: list[int], approval: bool) -> None:
        policy = Jsonb(POLICY | {"requires_approval": approval})
        self.place_id = make_place(self.base, welcome="bookable", hours_osm="Mo-Su 08:00-20:00", policy=policy)
        self.seats = {make_resource(self.base, self.place_id, seats=count): count for count in seats}
        self.guests = [make_account(self.base) for _ in range(2)]
        self.approval, self.now = approval, MORNING
        self.known: dict[UUID, Known] = {}

    @rule(guest=st.integers(0, 1), which=st.integers(0, 1), start=starts, length=lengths, seats=st.integers(1, 2))
    def book(self, guest: int, which: int, start: int, length: int, seats: int) -> None:
        self._book(self._order(guest, which, start, length, seats))

    @rule(guest=st.integers(0, 1), which=st.integers(0, 1), start=starts, length=lengths)
    def hold(self, guest: int, which: int, start: int, length: int) -> None:
        self._book(self._order(guest, which, start, length, 1, is_hold=True))

    def _order(self, guest: int, which: int, start: int, length: int, seats: int, *, is_hold: bool = False) -> Order:
        begins = MORNING + timedelta(hours=start)
        wish = Wish(begins, begins + timedelta(hours=length), seats)
        who = self.guests[guest]
        return Order(self.place_id, sorted(self.seats)[which], wish, who, Actor(who, self.now), is_hold=is_hold)

    def _book(self, order: Order) -> None:
        wish, guest = order.wish, order.guest_id
        assert guest is not None
        expected = self._broken(wish, order.resource_id, guest, None)
        holds = sum(each.status == "held" and each.blocks(self.now) for each in self._of(guest))
        try:
            placed = self._run(book(order))
        except TooManyHolds:
            assert order.is_hold
            assert holds >= HOLDS
        except Refused as exc:
            refused = {broken.code for broken in exc.broken}
            assert refused == expected
        else:
            assert not expected
            assert placed.status == ("held" if order.is_hold else "pending" if self.approval else "confirmed")
            self._learn(placed.booking_id, guest)

    def _broken(self, wish: Wish, resource: int, guest: UUID, without: UUID | None) -> set[str]:
        """What must be refused, by the model alone."""
        broken = set()
        if wish.end > MORNING + timedelta(hours=13):
            broken.add("outside_opening_hours")
        if wish.start < self.now and (without is None or wish.start != self.known[without].start):
            broken.add("in_the_past")
        if wish.seats > self.seats[resource]:
            broken.add("too_many_seats")
        counted = [key for key, each in self.known.items() if each.guest == guest and self._counts(each)]
        if len([key for key in counted if key != without]) >= QUOTA:
            broken.add("quota_reached")
        if wish.seats <= self.seats[resource] and not self._fits(wish, resource, without):
            broken.add("slot_taken")
        return broken

    def _counts(self, each: Known) -> bool:
        return each.counted and not each.lapsed(self.now)

    def _fits(self, wish: Wish, resource: int, without: UUID | None) -> bool:
        rows = self.base.execute(
            "SELECT booking_id, seat_id FROM occupied_seat WHERE place_id = %s AND resource_id = %s",
            (self.place_id, resource),
        ).fetchall()
        stays = []
        for booking_id, seat_id in rows:
            each = self.known[booking_id]
            span = Span(each.start.timestamp(), each.end.timestamp())
            if each.blocks(self.now) and booking_id != without:
                stays.append(Stay(seat_id, span, span, each.pinned))
        numbers = self.base.execute(
            "SELECT seat_id FROM seat WHERE place_id = %s AND resource_id = %s", (self.place_id, resource)
        )
        span = Span(wish.start.timestamp(), wish.end.timestamp())
        seats = tuple(row[0] for row in numbers)
        return bool(must_accept(Question(seats, tuple(stays), (), span, span, wish.seats)))

    @precondition(lambda self: bool(getattr(self, "known", None)))
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        key, each = self._some(data)
        order = Order(
            self.place_id, each.resource, Wish(each.start, each.end, each.rows), each.guest, Actor(each.guest, self.now)
        )
        over = [other for other in self._of(each.guest) if other is not each and self._counts(other)]
        try:
            self._run(changes.confirm_hold(order, key, each.guest))
        except HoldExpired:
            assert each.lapsed(self.now) or each.status == "expired"
        except StatusChanged:
            assert each.status not in {"held", "expired"}
        except Refused as exc:
            refused = {broken.code for broken in exc.broken}
            assert refused == {"quota_reached"}
            assert len(over) >= QUOTA
        else:
            assert each.status == "held"
            assert len(over) < QUOTA
            self._learn(key, each.guest)

    @precondition(lambda self: bool(getattr(self, "known", None)))
    @rule(data=st.data(), name=st.sampled_from(("cancel_by_guest", "cancel_by_host", "approve", "decline")))
    def decide(self, data: st.DataObject, name: str) -> None:
        becomes = {"approve": "confirmed", "decline": "declined", "cancel_by_guest": "cancelled_by_guest"}
        key, each = self._some(data)
        target = becomes.get(name, "cancelled_by_host")
        sources = {
            "cancel_by_guest": {"held", "pending", "confirmed"}, "cancel_by_host": {"pending", "confirmed"},
        }.get(name, {"pending"})  # fmt: skip
        may = each.status in sources and not each.lapsed(self.now)
        was = each.status
        if self._changed(getattr(changes, name)(self.place_id, key, Actor(None, self.now)), may):
            late = name == "cancel_by_guest" and was == "confirmed" and self.now > each.start - FREE_UNTIL
            each.counted = each.counted and (late or name == "approve")
            each.status, each.expires_at = target, None

    @precondition(lambda self: bool(getattr(self, "known", None)))
    @rule(data=st.data(), arrived=st.booleans())
    def meet(self, data: st.DataObject, arrived: bool) -> None:
        key, each = self._some(data)
        act = changes.check_in if arrived else changes.note_no_show
        early = each.start - timedelta(minutes=15) if arrived else each.start
        may = each.status == "confirmed" and self.now >= early and (self.now < each.end or not arrived)
        if self._changed(act(self.place_id, key, Actor(None, self.now)), may):
            each.status = "checked_in" if arrived else "no_show"
            each.pinned = each.pinned or arrived

    def _changed(self, plan: Plan[Any], may: bool) -> bool:
        try:
            self._run(plan)
        except (StatusChanged, CheckInTooEarly, CheckInTooLate):
            assert not may
            return False
        assert may
        return True

    @precondition(lambda self: bool(getattr(self, "known", None)))
    @rule(data=st.data(), which=st.integers(0, 1), start=starts, length=lengths)
    def move(self, data: st.DataObject, which: int, start: int, length: int) -> None:
        key, each = self._some(data)
        resource, begins = sorted(self.seats)[which], MORNING + timedelta(hours=start)
        wish = Wish(begins, begins + timedelta(hours=length), each.rows)
        expected = self._broken(wish, resource, each.guest, key)
        before = self._row(key)
        found = self._run(load_booking(self.place_id, key, self.now))
        if each.start <= self.now:  # under way: only the end may change, to an instant that is still to come
            expected -= {"in_the_past"}
            if wish.start != each.start or resource != each.resource or wish.end <= self.now:
                expected |= {"in_the_past"}
        try:
            self._run(move(found, Target(resource, wish.start, wish.end), Actor(each.guest, self.now)))
        except StatusChanged:
            over = each.end <= self.now or (each.start <= self.now and each.status == "pending")
            assert each.status not in {"pending", "confirmed"} or each.lapsed(self.now) or over
            assert self._row(key) == before
        except Refused as exc:
            refused = {broken.code for broken in exc.broken}
            assert refused == expected
            assert self._row(key) == before
        else:
            assert not expected
            self._learn(key, each.guest)

    @rule(minutes=st.sampled_from((5, 15, 60, 180)))
    def pass_time(self, minutes: int) -> None:
        if self.now < MORNING + timedelta(hours=14):
            self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        """The job of every minute: lapses and ends."""
        if not hasattr(self, "known"):
            return
        for find, change in ((due_lapses, lapse), (due_ends, end)):
            for due in self._run(find(self.now)):
                if due.place_id == self.place_id:
                    self._run(change(due, self.now))
        for each in self.known.values():
            if each.lapsed(self.now):
                each.status, each.expires_at, each.counted = "expired", None, False
            elif each.status in {"confirmed", "checked_in"} and each.end <= self.now:
                each.status = "completed"

    @invariant()
    def the_table_is_as_the_model(self) -> None:
        for key, each in getattr(self, "known", {}).items():
            status, start, end_, counted, _ = self._row(key)
            assert (start, end_) == (each.start, each.end)
            assert status == each.status or (each.lapsed(self.now) and status == "expired")
            assert status in FOLLOWS
            assert each.lapsed(self.now) or counted == each.counted

    @invariant()
    def all_is_sound(self) -> None:
        if hasattr(self, "known"):
            assert_sound(self.base, self.place_id)

    @invariant()
    def nobody_has_more_than_the_quota(self) -> None:
        for guest in getattr(self, "guests", ()):
            assert sum(self._counts(each) for each in self._of(guest)) <= QUOTA

    def _of(self, guest: UUID) -> Iterator[Known]:
        return (each for each in self.known.values() if each.guest == guest)

    def _some(self, data: st.DataObject) -> tuple[UUID, Known]:
        key = data.draw(st.integers(0, len(self.known) - 1).map(lambda number: list(self.known)[number]))
        return key, self.known[key]

    def _row(self, key: UUID) -> tuple[Any, ...]:
        row = self.base.execute(
            "SELECT status, lower(during), upper(during), counted, version FROM booking WHERE booking_id = %s", (key,)
        ).fetchone()
        assert row is not None
        return tuple(row)

    def _learn(self, key: UUID, guest: UUID) -> None:
        row = self.base.execute(
            "SELECT resource_id, lower(during), upper(during), seat_rows, status, expires_at, counted, seats_chosen"
            " FROM booking WHERE place_id = %s AND booking_id = %s",
            (self.place_id, key),
        ).fetchone()
        assert row is not None
        self.known[key] = Known(guest, *row)

    def _run(self, plan: Plan[Any]) -> Any:
        with self.base.transaction():
            return run_plan(self.base, plan)


def live(base: psycopg.Connection[Any], examples: int, steps: int) -> None:
    LivingService.base = base
    how = settings(max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True, database=None)
    run_state_machine_as_test(LivingService, settings=how)


def test_the_service_answers_as_a_list_of_stays_would(base: psycopg.Connection[Any]) -> None:
    live(base, 15, 15)


@pytest.mark.endurance
def test_the_service_answers_as_a_list_of_stays_would_for_a_long_time(base: psycopg.Connection[Any]) -> None:
    live(base, 250, 40)
