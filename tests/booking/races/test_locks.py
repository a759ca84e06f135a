"""The lock rules of the data model, with real transactions that run at the same time: threads with connections."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.booking.races.checks import assert_sound
from tests.booking.world import HOURS
from tests.factories import make_account, make_place, make_resource
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order, Placed, book
from tierslieux.booking.erasing import erase_guest
from tierslieux.booking.errors import HoldExpired, Refused, StatusChanged
from tierslieux.booking.queries.bookings import load_booking
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service.changes import approve, cancel_by_guest, confirm_hold
from tierslieux.booking.service.moving import Target, move
from tierslieux.booking.service.passing import Due, lapse
from tierslieux.web.plans import Plan, run_plan

NOW = datetime.fromisoformat("2027-03-22T08:00:00+01:00")
NINE = datetime.fromisoformat("2027-03-23T09:00:00+01:00")
ROUNDS = 30
WAITING = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'"


@dataclass
class Room:
    """A place, its people, and a way to run several plans at the same moment."""

    base: psycopg.Connection[Any]
    url: str
    place_id: int = 0
    policy: dict[str, Any] = field(default_factory=dict)

    def opened(self, **policy: Any) -> Room:
        self.place_id = make_place(self.base, welcome="bookable", hours_osm=HOURS, policy=Jsonb(policy))
        return self

    def resource(self, seats: int = 1) -> int:
        return make_resource(self.base, self.place_id, seats=seats)

    def order(self, resource_id: int, hour: float, length: float = 1, **more: Any) -> Order:
        guest = more.pop("guest", None) or make_account(self.base)
        start = NINE + timedelta(hours=hour)
        wish = Wish(start, start + timedelta(hours=length), more.pop("seats", 1))
        return Order(self.place_id, resource_id, wish, guest, Actor(guest, NOW), **more)

    def book(self, resource_id: int, hour: float, length: float = 1, **more: Any) -> UUID:
        placed: Placed = self.run(book(self.order(resource_id, hour, length, **more)))
        return placed.booking_id

    def run(self, plan: Plan[Any]) -> Any:
        with self.base.transaction():
            return run_plan(self.base, plan)

    def at_once(self, plans: Sequence[Plan[Any]]) -> list[Any]:
        """Each in a transaction of its own, all let go at the same moment; what they answered or raised, in order."""
        gate = threading.Barrier(len(plans))

        def one(plan: Plan[Any]) -> Any:
            with psycopg.connect(self.url) as connection:
                gate.wait()
                try:
                    return run_plan(connection, plan)
                except Exception as exc:  # noqa: BLE001 - the test looks at it
                    connection.rollback()
                    return exc

        with ThreadPoolExecutor(len(plans)) as pool:
            return list(pool.map(one, plans))

    def status(self, booking_id: UUID) -> str:
        row = self.base.execute("SELECT status FROM booking WHERE booking_id = %s", (booking_id,)).fetchone()
        assert row is not None
        return str(row[0])


@pytest.fixture
def room(base: psycopg.Connection[Any], database_url: str) -> Room:
    return Room(base, database_url)


def kinds(answers: Sequence[Any]) -> Counter[str]:
    return Counter(type(answer).__name__ for answer in answers)


def test_a_quota_of_one_holds_though_six_ask_at_once_at_six_resources(room: Room) -> None:
    room.opened(quota_bookings_per_week=1, allow_overlapping_own_bookings=True)
    resources = [room.resource() for _ in range(6)]
    for _ in range(ROUNDS):
        guest = make_account(room.base)
        orders = [room.order(each, random.Random(each).choice((0, 1, 2)), guest=guest, seats=1) for each in resources]
        answers = room.at_once([book(order) for order in orders])
        assert kinds(answers) == {"Placed": 1, "Refused": 5}
        broken = {rule.code for answer in answers if isinstance(answer, Refused) for rule in answer.broken}
        assert "quota_reached" in broken
        for answer in answers:
            if isinstance(answer, Placed):
                room.run(cancel_by_guest(room.place_id, answer.booking_id, Actor(guest, NOW)))
    assert_sound(room.base)


def test_who_cancels_during_a_re_seating_leaves_no_seat_behind(room: Room) -> None:
    """Two short stays on two seats, a long one that needs the first moved, and the first is cancelled meanwhile."""
    room.opened()
    for _ in range(ROUNDS):
        resource = room.resource(2)
        first = room.book(resource, 0, 1)
        second = room.book(resource, 0.5, 1)
        room.book(resource, 1.5, 1.5)
        order = room.order(resource, 1, 2)
        answers = room.at_once(
            [
                book(order),
                cancel_by_guest(room.place_id, first, Actor(None, NOW)),
                cancel_by_guest(room.place_id, second, Actor(None, NOW)),
            ]
        )
        assert kinds(answers[1:]) == {"Changed": 2}
        assert isinstance(answers[0], Placed | Refused), answers[0]
        assert room.status(first) == room.status(second) == "cancelled_by_guest"
    assert_sound(room.base)


def test_two_moves_that_cross_between_two_resources_never_wait_for_each_other_for_ever(room: Room) -> None:
    room.opened()
    left, right = room.resource(2), room.resource(2)
    a, b = room.book(left, 0), room.book(right, 0)
    for number in range(ROUNDS):
        to = (right, left) if number % 2 == 0 else (left, right)
        found = [room.run(load_booking(room.place_id, each, NOW)) for each in (a, b)]
        answers = room.at_once(
            [move(one, Target(resource_id=target), Actor(None, NOW)) for one, target in zip(found, to, strict=True)]
        )
        assert [type(answer) for answer in answers] == [int, int], answers
    assert_sound(room.base)


def test_full_resources_whose_guests_want_to_change_places_refuse_without_a_deadlock(room: Room) -> None:
    room.opened()
    left, right = room.resource(), room.resource()
    a, b = room.book(left, 0), room.book(right, 0)
    found = [room.run(load_booking(room.place_id, each, NOW)) for each in (a, b)]
    for _ in range(ROUNDS):
        answers = room.at_once(
            [
                move(found[0], Target(resource_id=right), Actor(None, NOW)),
                move(found[1], Target(resource_id=left), Actor(None, NOW)),
            ]
        )
        assert kinds(answers) == {"Refused": 2}
    assert_sound(room.base)


def test_a_kept_desk_is_either_confirmed_or_swept_and_never_both(room: Room) -> None:
    room.opened()
    ends = Counter[str]()
    for number in range(ROUNDS):
        resource = room.resource()
        guest = make_account(room.base)
        order = room.order(resource, 0, is_hold=True, guest=guest)
        held = room.run(book(order)).booking_id
        late = NOW + timedelta(minutes=10)  # when desks kept for ten minutes lapse, to the second
        now = late - timedelta(microseconds=1) if number % 2 else late
        confirming = Order(order.place_id, resource, order.wish, guest, Actor(guest, now))
        answers = room.at_once(
            [
                confirm_hold(confirming, held, guest),
                lapse(Due(room.place_id, resource, (held,)), late),
            ]
        )
        status = room.status(held)
        ends[status] += 1
        assert (status == "confirmed") == (type(answers[0]).__name__ == "Changed")
        assert (status == "expired") == (isinstance(answers[0], HoldExpired))
    assert set(ends) <= {"confirmed", "expired"}
    assert_sound(room.base)


def test_a_request_is_either_agreed_to_or_lapses_and_never_both(room: Room) -> None:
    room.opened(requires_approval=True)
    for number in range(ROUNDS):
        resource = room.resource()
        asked = room.book(resource, 0)
        row = room.base.execute("SELECT expires_at FROM booking WHERE booking_id = %s", (asked,)).fetchone()
        assert row is not None
        now = row[0] - timedelta(microseconds=1) if number % 2 else row[0]
        answers = room.at_once(
            [
                approve(room.place_id, asked, Actor(None, now)),
                lapse(Due(room.place_id, resource, (asked,)), row[0]),
            ]
        )
        agreed = type(answers[0]).__name__ == "Changed"
        assert room.status(asked) == ("confirmed" if agreed else "expired")
        assert agreed or isinstance(answers[0], StatusChanged)
        assert len(answers[1]) == (0 if agreed else 1)
    assert_sound(room.base)


def test_what_is_kept_for_a_person_while_they_are_erased_is_no_longer_theirs(room: Room) -> None:
    room.opened()
    resource, guest = room.resource(2), make_account(room.base)
    past = room.book(resource, 0, guest=guest)
    room.run(cancel_by_guest(room.place_id, past, Actor(guest, NOW)))
    with psycopg.connect(room.url) as keeping, psycopg.connect(room.url) as erasing:
        kept = run_plan(keeping, book(room.order(resource, 2, guest=guest, is_hold=True, origin="waitlist")))
        with ThreadPoolExecutor(1) as pool:
            erased = pool.submit(run_plan, erasing, erase_guest(guest, NOW))
            while not room.base.execute(WAITING, (erasing.info.backend_pid,)).fetchone():
                assert not erased.done(), "the erasure waits for nobody"
            keeping.commit()
            erased.result()
        erasing.commit()
    rows = room.base.execute("SELECT booking_id, guest_id FROM booking").fetchall()
    assert {row[0] for row in rows} == {past, kept.booking_id}
    assert len({row[1] for row in rows} - {guest}) == 1
    assert guest not in {row[1] for row in rows}
