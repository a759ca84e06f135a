"""The minute's questions to the waitlist read the few wishes that are alive, however many are over."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.factories import make_place
from tierslieux.booking.repository.waitlist import (
    end_what_is_over,
    is_waited_for,
    load_line,
    note_acceptance,
    places_that_wait,
)
from tierslieux.web.plans import Plan

NOW = datetime(2027, 3, 22, 8, tzinfo=UTC)


@pytest.fixture
def place_id(base: psycopg.Connection[Any]) -> int:
    """A place where thousands have waited, three wait, and two were offered a seat."""
    number = make_place(base)
    base.execute(
        """INSERT INTO waitlist_entry (place_id, entry_id, guest_id, wish, minutes, seats, state, notices, created_at,
          offer_booking_id)
        SELECT %s, gen_random_uuid(), gen_random_uuid(), tstzrange('2027-03-23 08:00+00', '2027-03-23 18:00+00'), 60, 1,
          CASE WHEN n <= 3 THEN 'waiting' WHEN n <= 5 THEN 'offered' WHEN n %% 2 = 0 THEN 'over' ELSE 'accepted' END,
          0, '2027-03-01 08:00+00', gen_random_uuid()
        FROM generate_series(1, 20000) n""",
        (number,),
    )
    base.execute("ANALYZE waitlist_entry")
    return number


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


def indexes(base: psycopg.Connection[Any], asking: Plan[Any]) -> list[list[str | None]]:
    """For each statement of a plan: by which index it reads the waitlist, ``None`` where by none."""
    found = []
    try:
        statement, values = next(asking)
        while True:
            row = base.execute(f"EXPLAIN (FORMAT JSON) {statement}", values).fetchone()
            assert row is not None
            explained = row[0] if isinstance(row[0], list) else json.loads(row[0])
            reading = [node for node in nodes(explained[0]["Plan"]) if node["Node Type"].endswith("Scan")]
            found.append([each.get("Index Name") for each in reading if reads_wishes(each)])
            statement, values = asking.send([(True,)])
    except StopIteration:
        return found


def reads_wishes(node: dict[str, Any]) -> bool:
    return node.get("Relation Name") == "waitlist_entry" and node["Node Type"] != "Bitmap Heap Scan"


def test_lapsed_offers_and_wishes_that_are_over_are_found_by_the_index_of_what_is_alive(
    base: psycopg.Connection[Any], place_id: int
) -> None:
    assert indexes(base, end_what_is_over(place_id, NOW)) == [["ix_waitlist_entry_open"], ["ix_waitlist_entry_open"]]


def test_places_where_somebody_waits_are_found_by_the_index_of_what_is_alive(
    base: psycopg.Connection[Any], place_id: int
) -> None:
    assert indexes(base, places_that_wait()) == [["ix_waitlist_entry_open"]]
    assert indexes(base, is_waited_for(place_id)) == [["ix_waitlist_entry_open"]]


def test_the_line_and_an_acceptance_are_found_by_the_index_of_what_is_alive(
    base: psycopg.Connection[Any], place_id: int
) -> None:
    line: Plan[Any] = load_line(place_id, NOW.date())
    statement, values = next(line)
    row = base.execute(f"EXPLAIN (FORMAT JSON) {statement}", values).fetchone()
    assert row is not None
    read = {node.get("Index Name") for node in nodes(row[0][0]["Plan"])}
    assert "ix_waitlist_entry_open" in read
    accepted = note_acceptance(place_id, next(iter(base.execute("SELECT gen_random_uuid()").fetchall()))[0])
    assert indexes(base, accepted) == [["ix_waitlist_entry_open"]]
