"""Closures against bookings, in real transactions at once: none slips past the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from tests.factories import make_account, make_place, make_resource
from tierslieux.booking.domain.closing import Choice, Decisions, Goal
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order, book
from tierslieux.booking.errors import Refused, SlotTaken
from tierslieux.booking.repository.closures import NewClosure
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service.closing.closures import close
from tierslieux.booking.service.closing.settling import Undecided
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan, run_plan

ROUNDS = 60
NOW = datetime(2027, 3, 22, 7, tzinfo=UTC)
FIRST = datetime(2027, 3, 23, 8, tzinfo=UTC)


def at_once(url: str, plans: list[Callable[[], Plan[Any]]]) -> list[bool]:
    """Run each plan in a transaction of its own, all begun together; which of them committed."""
    start = threading.Barrier(len(plans))

    def run(plan: Callable[[], Plan[Any]]) -> bool:
        with psycopg.connect(url) as connection:
            connection.execute("SELECT 1")
            start.wait(timeout=30)
            try:
                run_plan(connection, plan())
            except (Refused, SlotTaken, Undecided):
                connection.rollback()
                return False
            return True

    with ThreadPoolExecutor(len(plans)) as pool:
        return list(pool.map(run, plans))


def test_of_sixty_closures_that_race_a_booking_none_slips_past(
    base: psycopg.Connection[Any], database_url: str
) -> None:
    policy = Jsonb({"horizon_days": 100, "allow_overlapping_own_bookings": True})
    place_id = make_place(base, welcome="bookable", hours_osm="24/7", policy=policy)
    resource_id, by = make_resource(base, place_id, seats=2), Actor(None, NOW)
    make_resource(base, place_id)
    guests = [make_account(base) for _ in range(2)]
    for number in range(ROUNDS):
        during = TimeRange(FIRST + timedelta(hours=number), FIRST + timedelta(hours=number + 1))
        wish = Wish(during.start, during.end, 1)
        orders = [Order(place_id, resource_id, wish, guest, Actor(guest, NOW)) for guest in guests]
        new = NewClosure(place_id, during, "closure", None, None)
        closed, *booked = at_once(
            database_url,
            [partial(close, new, Decisions(), by), *(partial(book, order) for order in orders)],
        )
        assert closed != any(booked)
    slipped = base.execute(
        "SELECT count(*) FROM booking b JOIN closure c USING (place_id)"
        " WHERE b.during && c.during AND b.status = 'confirmed' AND c.withdrawn_at IS NULL"
    ).fetchone()
    assert slipped == (0,)


def test_two_places_that_close_at_once_and_send_their_guests_to_each_other_never_wait_for_each_other(
    base: psycopg.Connection[Any], database_url: str
) -> None:
    places = [make_place(base, welcome="bookable", hours_osm="24/7") for _ in range(2)]
    resources = [make_resource(base, place_id, seats=2) for place_id in places]
    by = Actor(None, NOW)
    for number in range(20):
        during = TimeRange(FIRST + timedelta(hours=number), FIRST + timedelta(hours=number + 1))
        later = during.start + timedelta(days=10), during.end + timedelta(days=10)
        plans: list[Callable[[], Plan[Any]]] = []
        for here, there in ((0, 1), (1, 0)):
            order = Order(places[here], resources[here], Wish(during.start, during.end, 1), make_account(base), by)
            key = run_plan(base, book(order)).booking_id
            goal = Choice("move", Goal(places[there], resources[there], *later))
            new = NewClosure(places[here], during, "closure", None, None)
            plans.append(partial(close, new, Decisions("refuse", {key: goal}), by))
        assert any(at_once(database_url, plans))
    seats = base.execute(
        "SELECT count(*) FROM booking b WHERE (SELECT count(*) FROM occupied_seat o WHERE o.place_id = b.place_id"
        " AND o.booking_id = b.booking_id) <> CASE WHEN status = 'confirmed' THEN 1 ELSE 0 END"
    ).fetchone()
    assert seats == (0,)
