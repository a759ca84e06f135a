"""A demonstration repeats itself, never mixes with real bookings, and goes without a trace."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from tests.conftest import NOON, SECRET
from tests.demo.conftest import furnish, make
from tests.factories import insert, make_resource
from tests.rules.source import import_models
from tierslieux.cli import main
from tierslieux.demo.errors import AlreadyDemonstration, NoDemonstration, NoSuitablePlaces, RealBookings
from tierslieux.demo.service import remove_demonstration
from tierslieux.web.tables import Base as Tables

import_models()

Base = psycopg.Connection[Any]
COUNTERS = {"place": ["version", "updated_at"], "data_version": ["version"], "stat_dirty": ["mark"]}
"""Columns that say how often something changed."""


def facts(base: Base, *left_out: str) -> dict[str, str]:
    """A digest of every table but those left out."""
    return {table: digest(base, table) for table in Tables.metadata.tables if table not in left_out}


def digest(base: Base, table: str) -> str:
    rows = base.execute(
        sql.SQL("SELECT (to_jsonb(t) - {}::text[])::text FROM {} t ORDER BY 1").format(
            sql.Literal(COUNTERS.get(table, [])), sql.Identifier(table)
        )
    ).fetchall()
    return f"{len(rows)} {hashlib.sha256(repr(rows).encode()).hexdigest()[:12]}"


def real_booking(base: Base) -> None:
    """A booking that somebody made at a place that is theirs."""
    row = base.execute("SELECT place_id FROM place ORDER BY place_id LIMIT 1").fetchone()
    assert row is not None
    make_resource(base, row[0])
    base.execute(
        "INSERT INTO booking (place_id, booking_id, resource_id, origin, mode, status, during, local_date, seats,"
        " seat_rows, seats_chosen, turnaround_minutes, renewed, counted, created_at, version)"
        " VALUES (%s, %s, 1, 'web', 'hour', 'completed', '[2027-03-22 09:00+01,2027-03-22 10:00+01)', '2027-03-22',"
        " 1, 1, false, 0, false, true, '2027-03-20 09:00+01', 1)",
        (row[0], uuid4()),
    )


def test_the_same_seed_and_day_make_the_same_facts_and_another_seed_others(base: Base) -> None:
    furnish(base)
    first_made = make(base)
    first = facts(base, "stat_dirty")
    assert make(base, is_replacing=True) == first_made
    assert facts(base, "stat_dirty") == first
    assert make(base, is_replacing=True, seed=8).bookings != first_made.bookings


def test_it_is_removed_whole(base: Base) -> None:
    furnish(base)
    row = base.execute("SELECT max(place_id) FROM place").fetchone()
    assert row is not None
    insert(
        base,
        "place_day",
        {"place_id": row[0], "day": "2027-03-01", "state": "known", "reason": None, "open": "{}", "frozen": True},
    )
    remove_nothing_first(base)
    make(base)
    make(base, is_replacing=True)  # works out the days ahead as removing does
    remove_demonstration(base, NOON)
    first = facts(base, "stat_dirty")
    make(base)
    assert facts(base, "stat_dirty") != first
    remove_demonstration(base, NOON)
    assert facts(base, "stat_dirty") == first
    left = {table for table, said in first.items() if not said.startswith("0 ")}
    assert left <= {"place", "place_field", "place_day", "place_grid", "search_word", "commune", "commune_postal_code",
                    "data_version"}  # fmt: skip
    assert base.execute("SELECT day::text FROM place_day WHERE day < '2027-03-24'").fetchall() == [("2027-03-01",)]
    assert base.execute("SELECT DISTINCT welcome FROM place").fetchall() == [("unknown",)]


def remove_nothing_first(base: Base) -> None:
    with pytest.raises(NoDemonstration):
        remove_demonstration(base, NOON)


def test_days_that_had_a_life_are_to_be_worked_out_again_once_it_is_gone(base: Base) -> None:
    furnish(base)
    make(base, places=2)
    days = base.execute("SELECT DISTINCT place_id, day FROM stat_dirty ORDER BY 1, 2").fetchall()
    base.execute("DELETE FROM stat_dirty")
    remove_demonstration(base, NOON)
    assert base.execute("SELECT place_id, day FROM stat_dirty ORDER BY 1, 2").fetchall() == days


def test_it_never_mixes_with_real_bookings(base: Base) -> None:
    furnish(base)
    real_booking(base)
    before = facts(base)
    with pytest.raises(RealBookings):
        make(base)
    assert facts(base) == before


def test_a_real_booking_elsewhere_keeps_a_demonstration_from_being_made_anew(base: Base) -> None:
    furnish(base)
    make(base, places=2)
    base.execute("DELETE FROM demonstration WHERE place_id = (SELECT min(place_id) FROM demonstration)")
    before = facts(base)
    with pytest.raises(RealBookings):
        make(base, is_replacing=True)
    assert facts(base) == before


def test_a_second_one_takes_a_word(base: Base) -> None:
    furnish(base)
    make(base, places=2)
    before = facts(base)
    with pytest.raises(AlreadyDemonstration):
        make(base, places=2)
    assert facts(base) == before


def test_a_base_without_places_is_refused(base: Base) -> None:
    with pytest.raises(NoSuitablePlaces):
        make(base)


def test_no_mail_and_no_job_comes_of_it(base: Base) -> None:
    furnish(base)
    make(base)
    remove_demonstration(base, NOON)
    row = base.execute("SELECT (SELECT count(*) FROM mail), (SELECT count(*) FROM procrastinate_jobs)").fetchone()
    assert row == (0, 0)


def test_later_the_same_day_more_of_the_same_has_happened(base: Base) -> None:
    furnish(base)
    make(base, places=1)
    at_noon = dict(base.execute("SELECT booking_id, created_at FROM booking").fetchall())
    make(base, places=1, is_replacing=True, now=NOON.replace(hour=16))
    at_five = dict(base.execute("SELECT booking_id, created_at FROM booking").fetchall())
    assert at_noon.items() <= at_five.items()


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("TIERSLIEUX_DATABASE_URL", database_url)
    monkeypatch.setenv("TIERSLIEUX_SECRET", SECRET.decode())
    monkeypatch.setenv("TIERSLIEUX_STATE_DIR", str(tmp_path))
    return CliRunner()


def test_the_command_makes_refuses_and_removes(run: CliRunner, base: Base) -> None:
    furnish(base)
    made = run.invoke(main, ["demo", "--places", "2", "--months", "2", "--seed", "3"])
    assert made.exit_code == 0, made.output
    assert '"places": 2' in made.stdout
    again = run.invoke(main, ["demo", "--places", "2"])
    assert again.exit_code == 4
    assert "--replace" in again.stderr
    removed = run.invoke(main, ["demo", "--remove"])
    assert (removed.exit_code, removed.stdout) == (0, '{"removed_from_places": 2}\n')
    assert run.invoke(main, ["demo", "--remove"]).exit_code == 4
    assert run.invoke(main, ["demo", "--remove", "--replace"]).exit_code == 2


def test_the_command_says_why_it_refuses_and_what_to_do(run: CliRunner, base: Base) -> None:
    furnish(base)
    real_booking(base)
    refused = run.invoke(main, ["demo"])
    assert refused.exit_code == 4
    assert "1 réservation" in refused.stderr
    assert "TIERSLIEUX_DATABASE_URL" in refused.stderr
