"""A person takes their bookings along, is taken out of them, and is forgotten after twelve months."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from tests.booking.mine.guest import Guest
from tests.booking.world import TUESDAY, World
from tests.factories import insert, make_account, make_booking
from tierslieux.booking.personal import booked_since, forget_old_bookings
from tierslieux.settings import Settings
from tierslieux.shared.time import FixedClock
from tierslieux.web.db import Database

LEADING = {
    "booking": "guest_id",
    "booking_event": "actor_id",
    "booking_series": "guest_id",
    "guest_at_place": "guest_id",
    "waitlist_entry": "guest_id",
    "favourite": "account_id",
}


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    made = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    await made.open()
    yield made
    await made.close()


async def forget(database: Database, now: datetime) -> None:
    async with database.write() as session:
        await forget_old_bookings(session, FixedClock(now))


def numbers(world: World, table: str) -> list[Any]:
    statement = f"SELECT {LEADING[table]} FROM {table} ORDER BY 1"
    return [row[0] for row in world.base.execute(statement.encode()).fetchall()]


def make_wish(world: World, guest_id: UUID) -> None:
    """A wish for more seats than there are: the job of the minute offers nothing meanwhile."""
    day = datetime.fromisoformat(f"{TUESDAY}T09:00:00+01:00")
    row = {"place_id": world.place_id, "entry_id": uuid4(), "resource_id": 1, "guest_id": guest_id, "state": "waiting"}
    more = {"wish": Range(day, day + timedelta(hours=4)), "minutes": 60, "seats": 9, "notices": 0, "created_at": day}
    insert(world.base, "waitlist_entry", row | more)


def make_series(world: World, guest_id: UUID) -> None:
    row = {"place_id": world.place_id, "series_id": uuid4(), "guest_id": guest_id, "rrule": "FREQ=WEEKLY;COUNT=2"}
    made = datetime(2026, 1, 1, tzinfo=UTC)
    insert(world.base, "booking_series", row | {"wall_start": "2027-03-23T10:00:00", "minutes": 60, "created_at": made})


async def test_an_export_holds_bookings_with_their_events_series_wishes_and_places(world: World, guest: Guest) -> None:
    booking = await world.book()
    await world.post(f"/bookings/{booking['id']}/cancel", {"reason": "malade"})
    make_wish(world, guest.account_id)
    make_series(world, guest.account_id)
    await guest.send(f"/lieux/x-{world.place_id}/favori", etat="garder")
    export = (await world.get("/me/export")).json()
    found = export["booking"]
    assert [each["id"] for each in found["bookings"]] == [booking["id"]]
    assert [event["becomes"] for event in found["bookings"][0]["events"]] == ["confirmed", "cancelled_by_guest"]
    assert {event["by"] for event in found["bookings"][0]["events"]} == {"guest"}
    assert [len(found[part]) for part in ("series", "wishes", "places")] == [1, 1, 1]
    assert len(export["places"]["favourites"]) == 1


async def test_nobody_is_erased_while_bookings_are_to_come(world: World, guest: Guest) -> None:
    booking = await world.book()
    answer = await world.client.delete("/api/v1/me", headers=world.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "open_bookings")
    assert answer.json()["bookings"] == [booking["id"]]
    assert numbers(world, "booking") == [guest.account_id]


async def test_an_erased_person_is_one_fresh_number_everywhere(world: World, guest: Guest) -> None:
    for hour in (10, 11):
        booking = await world.book(world.wish(f"{TUESDAY}T{hour}:00:00+01:00", f"{TUESDAY}T{hour + 1}:00:00+01:00"))
        await world.post(f"/bookings/{booking['id']}/cancel", {"reason": "malade"})
    make_wish(world, guest.account_id)
    make_series(world, guest.account_id)
    await guest.send(f"/lieux/x-{world.place_id}/favori", etat="garder")
    assert (await world.client.delete("/api/v1/me", headers=world.headers)).status_code == 204
    found = {number for table in LEADING for number in numbers(world, table)}
    assert len(found) == 1
    assert guest.account_id not in found
    assert numbers(world, "favourite") == []
    assert world.base.execute("SELECT DISTINCT why FROM booking_event").fetchall() == [(None,)]
    assert world.base.execute("SELECT state FROM waitlist_entry").fetchall() == [("withdrawn",)]


async def test_after_twelve_months_a_booking_leads_to_nobody_and_persons_can_still_be_counted(
    world: World, guest: Guest, database: Database
) -> None:
    def visit(day: date, guest_id: UUID) -> UUID:
        start = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)
        columns = {"guest_id": guest_id, "status": "completed", "local_date": day}
        return make_booking(world.base, world.place_id, 1, (start, start + timedelta(hours=1)), 1, **columns)

    other = make_account(world.base)
    old = [visit(date(2026, 2, 3), guest.account_id), visit(date(2026, 2, 27), guest.account_id)]
    theirs, kept = visit(date(2026, 2, 4), other), visit(date(2026, 3, 1), guest.account_id)
    event = {"place_id": world.place_id, "booking_id": old[0], "seq": 1, "at": datetime(2026, 2, 3, tzinfo=UTC)}
    insert(world.base, "booking_event", event | {"becomes": "completed", "actor_id": other, "why": "un nom"})
    insert(
        world.base,
        "booking_event",
        event | {"seq": 2, "becomes": "completed", "actor_id": guest.account_id, "facts": Jsonb({})},
    )
    await forget(database, datetime(2027, 3, 1, 4, tzinfo=UTC))
    rows = dict(world.base.execute("SELECT booking_id, guest_id FROM booking").fetchall())
    assert rows[kept] == guest.account_id
    assert rows[old[0]] == rows[old[1]] != guest.account_id
    assert rows[theirs] not in {other, rows[old[0]]}
    events = world.base.execute("SELECT actor_id, why FROM booking_event ORDER BY seq").fetchall()
    assert events == [(UUID(int=0), None), (rows[old[0]], None)]
    await forget(database, datetime(2027, 3, 2, 4, tzinfo=UTC))
    assert dict(world.base.execute("SELECT booking_id, guest_id FROM booking").fetchall()) == rows


async def test_the_name_that_a_team_noted_is_gone_thirty_days_after_the_visit(world: World, database: Database) -> None:
    start = datetime(2027, 1, 5, 10, tzinfo=UTC)
    columns = {"status": "completed", "guest_label": "Camille Dupont"}
    make_booking(world.base, world.place_id, 1, (start, start + timedelta(hours=1)), 1, **columns)
    await forget(database, start + timedelta(days=30))
    assert world.base.execute("SELECT guest_label FROM booking").fetchone() == ("Camille Dupont",)
    await forget(database, start + timedelta(days=31))
    assert world.base.execute("SELECT guest_label FROM booking").fetchone() == (None,)


async def test_wishes_and_traces_without_a_booking_are_deleted(world: World, guest: Guest, database: Database) -> None:
    make_wish(world, guest.account_id)
    insert(world.base, "guest_at_place", {"place_id": world.place_id, "guest_id": guest.account_id})
    make_series(world, guest.account_id)
    await forget(database, datetime(2027, 4, 30, tzinfo=UTC))
    assert numbers(world, "waitlist_entry") == []
    assert numbers(world, "guest_at_place") == []
    assert numbers(world, "booking_series") == [None]


async def test_who_books_uses_their_account(world: World, guest: Guest, database: Database) -> None:
    await world.book()
    async with database.write() as session:
        asked = [guest.account_id, uuid4()]
        assert await booked_since(session, asked, date(2027, 3, 23)) == {guest.account_id}
        assert await booked_since(session, asked, date(2027, 3, 24)) == set()
