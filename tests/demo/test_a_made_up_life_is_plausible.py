"""What a demonstration holds is what the engine would have stored, and looks like life."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg

from tests.demo.conftest import AFTERNOON, TODAY
from tierslieux.booking.domain.rules import PERSONAL, broken_rules
from tierslieux.booking.domain.statuses import BLOCKING, FOLLOWS
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.repository.loading import Asked, load_situation
from tierslieux.web.plans import run_plan

Base = psycopg.Connection[Any]


def count(base: Base, condition: str) -> int:
    row = base.execute(f"SELECT count(*) FROM booking b WHERE {condition}".encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_what_blocks_has_its_seats_and_what_is_over_has_none(shown: Base) -> None:
    seats = "(SELECT count(*) FROM occupied_seat o WHERE o.place_id = b.place_id AND o.booking_id = b.booking_id)"
    blocking = f"b.status IN ({', '.join(repr(str(status)) for status in sorted(BLOCKING))})"
    assert count(shown, f"{blocking} AND b.seat_rows <> {seats}") == 0
    assert count(shown, f"NOT {blocking} AND {seats} > 0") == 0
    assert count(shown, f"{blocking} AND b.seat_rows = {seats}") > 10


def test_no_two_bookings_that_blocked_at_one_time_outnumber_the_seats(shown: Base) -> None:
    over = shown.execute(
        """
        WITH stay AS (
          SELECT place_id, resource_id, seat_rows, lower(during) AS start,
            upper(during) + make_interval(mins => turnaround_minutes) AS stop
          FROM booking WHERE status IN ('confirmed', 'checked_in', 'completed', 'pending', 'held')),
        taken AS (
          SELECT s.place_id, s.resource_id, s.start, (
            SELECT sum(o.seat_rows) FROM stay o WHERE (o.place_id, o.resource_id) = (s.place_id, s.resource_id)
              AND o.start <= s.start AND o.stop > s.start) AS seats
          FROM stay s)
        SELECT * FROM taken t WHERE t.seats > (
          SELECT count(*) FROM seat e WHERE (e.place_id, e.resource_id) = (t.place_id, t.resource_id))
        """
    ).fetchall()
    assert over == []


def test_every_event_follows_from_the_one_before(shown: Base) -> None:
    rows = shown.execute(
        "SELECT booking_id, seq, was, becomes, at FROM booking_event ORDER BY booking_id, seq"
    ).fetchall()
    before: dict[UUID, Any] = {}
    for booking_id, seq, was, becomes, at in rows:
        last = before.get(booking_id)
        assert seq == (last[1] + 1 if last else 1)
        assert was == (last[3] if last else None)
        assert last is None or (becomes in FOLLOWS[was] and last[4] <= at)
        before[booking_id] = (booking_id, seq, was, becomes, at)
        assert at <= AFTERNOON
    last_of = {key: (row[3], row[1]) for key, row in before.items()}
    stored = {row[0]: row[1:] for row in shown.execute("SELECT booking_id, status, version FROM booking").fetchall()}
    assert last_of == stored


def test_every_event_marks_its_day_for_the_figures(shown: Base) -> None:
    row = shown.execute(
        "SELECT (SELECT count(*) FROM stat_dirty), (SELECT count(*) FROM booking_event) + (SELECT count(*) FROM visit)"
    ).fetchone()
    assert row is not None
    assert row[0] == row[1]


def test_nothing_is_left_that_time_has_caught_up_with(shown: Base) -> None:
    now = f"'{AFTERNOON.isoformat()}'::timestamptz"
    ended = f"{now} - interval '1 minute'"  # the job of the next minute comes to it
    assert count(shown, f"b.status IN ('confirmed', 'checked_in') AND upper(b.during) <= {ended}") == 0
    assert count(shown, f"b.expires_at <= {ended}") == 0
    assert count(shown, f"b.status IN ('completed', 'no_show') AND lower(b.during) > {now}") == 0


def test_people_come_stay_away_cancel_and_walk_in(shown: Base) -> None:
    found = dict(shown.execute("SELECT status, count(*) FROM booking GROUP BY 1").fetchall())
    assert set(found) >= {
        "completed", "confirmed", "checked_in", "no_show", "cancelled_by_guest", "cancelled_by_host", "expired",
        "declined", "pending",
    }  # fmt: skip
    assert found["completed"] > 3 * (found["no_show"] + found["cancelled_by_guest"])
    assert count(shown, "b.origin = 'walk_in' AND b.guest_id IS NULL AND b.checked_in_at IS NOT NULL") > 10
    assert count(shown, "b.status = 'cancelled_by_guest' AND b.counted") > 0
    assert count(shown, "b.series_id IS NOT NULL") > 10
    assert count(shown, f"b.local_date > '{TODAY.isoformat()}'") > 10
    assert count(shown, "b.status = 'completed' AND b.home_commune IS NOT NULL AND b.travel_mode IS NOT NULL") > 100


def test_bookings_lie_where_the_rules_of_booking_allow_them(shown: Base) -> None:
    rows = shown.execute(
        "SELECT place_id, resource_id, booking_id, guest_id, lower(during), upper(during), seats, mode, created_at"
        " FROM booking WHERE origin <> 'walk_in' ORDER BY md5(booking_id::text) LIMIT 150"
    ).fetchall()
    for place_id, resource_id, booking_id, guest_id, start, end, seats, mode, created_at in rows:
        wish = Wish(start, end, seats, mode)
        loaded = run_plan(shown, load_situation(Asked(place_id, resource_id, guest_id, created_at, booking_id), wish))
        broken = [rule for rule in broken_rules(wish, loaded.situation) if rule.code not in PERSONAL]
        assert broken == [], (place_id, start, end, mode)
    assert len(rows) == 150


def test_nobody_is_at_two_desks_at_once(shown: Base) -> None:
    assert (
        count(
            shown,
            "EXISTS (SELECT FROM booking o WHERE o.guest_id = b.guest_id AND o.booking_id <> b.booking_id"
            " AND o.during && b.during AND o.status IN ('completed', 'checked_in')"
            " AND b.status IN ('completed', 'checked_in'))",
        )
        == 0
    )


def test_working_days_are_busy_and_closed_days_empty(shown: Base) -> None:
    by_day = dict(
        shown.execute("SELECT extract(isodow FROM local_date)::integer, count(*) FROM booking GROUP BY 1").fetchall()
    )
    weekdays, weekend = sum(by_day.get(day, 0) for day in range(1, 6)) / 5, by_day.get(6, 0) + by_day.get(7, 0)
    assert weekdays > weekend
    closed = count(
        shown,
        "NOT EXISTS (SELECT FROM place_day d WHERE d.place_id = b.place_id AND d.day = b.local_date"
        " AND NOT isempty(d.open))",
    )
    assert closed == 0


def test_days_behind_are_known_and_frozen(shown: Base) -> None:
    row = shown.execute(
        "SELECT count(*), count(*) FILTER (WHERE frozen) FROM place_day JOIN demonstration USING (place_id)"
        " WHERE day < %s",
        (TODAY,),
    ).fetchone()
    assert row == (6 * 60, 6 * 60)


def test_hours_are_made_up_only_where_none_are_known(shown: Base) -> None:
    rows = shown.execute(
        "SELECT p.kind, f.source = 'demonstration' FROM place p JOIN place_field f USING (place_id)"
        " WHERE f.field = 'opening_hours' ORDER BY 1"
    ).fetchall()
    assert dict(rows) == {
        "cafe": True, "coworking": False, "fablab": True, "library": True, "shop": False, "third_place": False,
    }  # fmt: skip


def test_people_have_numbers_and_addresses_that_nobody_can_have(shown: Base) -> None:
    rows = shown.execute("SELECT name, email FROM account").fetchall()
    assert {email.rpartition("@")[2] for _, email in rows} == {"demonstration.invalid"}
    assert {name.split()[0] for name, _ in rows} == {"Personne", "Équipe"}
    assert ("Équipe 3", "equipe-3@demonstration.invalid") in rows
    assert ("Personne 12", "personne-12@demonstration.invalid") in rows
