"""The days of imported places are worked out ahead, and a day that is over stays as it was."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.places.importing.conftest import NOW, Base, write_csv
from tests.places.importing.test_loading import BREST, QUIMPER
from tierslieux.places import place_days
from tierslieux.places.importing.days import DayBuilder
from tierslieux.places.importing.load.hooks import Hooks


def loaded(base: Base, path: Path, hours: str) -> None:
    with DayBuilder(base.url, NOW) as days:
        base.load(write_csv(path, [{**QUIMPER, "horaires_osm": hours}, BREST]), hooks=Hooks(after_batch=days.add))
        days.finish()


def test_an_import_works_out_sixty_days_for_places_with_hours_only(base: Base, tmp_path: Path) -> None:
    loaded(base, tmp_path / "a.csv", "Tu 10:00-12:00")
    assert base.rows("SELECT min(day)::text, max(day)::text, count(*), count(DISTINCT place_id) FROM place_day") == [
        ("2027-03-24", "2027-05-23", 61, 1)
    ]
    assert base.one("SELECT upper(open) - lower(open) FROM place_day WHERE day = '2027-03-30'") == timedelta(hours=2)


def test_unreadable_hours_are_unknown_days_and_not_closed_ones(base: Base, tmp_path: Path) -> None:
    loaded(base, tmp_path / "a.csv", "We 09:30-13:00-18:00")
    assert base.rows("SELECT DISTINCT state, reason FROM place_day") == [("unknown", "unreadable")]


def test_a_day_with_hundreds_of_openings_is_not_stored_as_such(base: Base, tmp_path: Path) -> None:
    minutes = [f"{at // 60:02d}:{at % 60:02d}" for at in range(0, 1440, 4)]
    openings = ",".join(f"{start}-{start[:-1]}{int(start[-1]) + 1}" for start in minutes)
    loaded(base, tmp_path / "a.csv", f"Mo-Su {openings}")
    assert base.rows("SELECT DISTINCT state, reason, isempty(open) FROM place_day") == [("unknown", "unreadable", True)]


def test_changed_hours_change_the_days_to_come_and_not_the_frozen_ones(base: Base, tmp_path: Path) -> None:
    loaded(base, tmp_path / "a.csv", "Mo-Su 10:00-12:00")
    base.connection.execute("UPDATE place_day SET frozen = true WHERE day = '2027-03-24'")
    loaded(base, tmp_path / "a.csv", "Mo-Su 14:00-18:00")
    hours = "SELECT EXTRACT(hour FROM upper(open) - lower(open))::integer FROM place_day WHERE day = %s"
    assert base.one(hours, "2027-03-24") == 2
    assert base.one(hours, "2027-03-25") == 4


def test_the_window_is_kept_sixty_days_long_and_the_past_is_frozen(base: Base, tmp_path: Path) -> None:
    loaded(base, tmp_path / "a.csv", "Mo-Su 10:00-12:00")
    later = NOW + timedelta(days=2)
    assert place_days.extend(base.connection, later) == 1
    assert place_days.extend(base.connection, later) == 0
    assert base.one("SELECT max(day)::text FROM place_day") == "2027-05-25"
    place_days.freeze_past(base.connection, later)
    assert base.rows("SELECT min(day)::text, max(day)::text FROM place_day WHERE frozen") == [
        ("2027-03-24", "2027-03-25")
    ]


def test_many_places_are_worked_out_beside_the_import(base: Base, tmp_path: Path) -> None:
    rows = [{**QUIMPER, "nom": f"Lieu {number}", "horaires_osm": "Mo-Fr 09:00-17:00"} for number in range(600)]
    with DayBuilder(base.url, NOW) as days:
        base.load(write_csv(tmp_path / "a.csv", rows), hooks=Hooks(after_batch=days.add))
        days.finish()
    assert base.one("SELECT count(DISTINCT place_id) FROM place_day") == 600
