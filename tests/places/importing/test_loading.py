"""Records become places: once, with what each source says, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.places.importing.conftest import NOW, SAMPLE, Base, report_rows, write_csv
from tierslieux.places.importing.load.hooks import Hooks
from tierslieux.places.importing.mapping import load_mapping
from tierslieux.places.importing.readers import FileUnreadable
from tierslieux.places.importing.run import Interrupted, Order, SourceBusy, import_places

QUIMPER = {
    "nom": "Médiathèque",
    "type": "bibliothèque",
    "code_insee": "29232",
    "longitude": "-4.1024",
    "latitude": "47.996",
}
BREST = {
    "nom": "Fablab",
    "type": "fablab",
    "code_insee": "29019",
    "longitude": "-4.49",
    "latitude": "48.39",
    "commune": "Brest",
}
SUM = ("created", "changed", "unchanged", "merged", "refused")


def test_the_sample_loads_whole_and_a_second_run_changes_nothing(base: Base) -> None:
    first = base.load(SAMPLE / "lieux_finistere.csv", "lieux_finistere")
    assert (first.rows, first.created, first.refused) == (57, 57, 0)
    second = base.load(SAMPLE / "lieux_finistere.csv", "lieux_finistere")
    assert (second.rows, second.unchanged) == (57, 57)
    assert base.one("SELECT count(*) FROM place WHERE commune_code IS NULL") == 0
    assert base.one("SELECT count(*) FROM place WHERE version > 1") == 0


def test_a_place_is_unknown_in_welcome_and_says_where_each_fact_comes_from(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [{**QUIMPER, "telephone": "0298000000", "date_maj": "2026-05-04"}]))
    assert base.rows("SELECT welcome, kind, commune_code, commune_name, phone, state FROM place") == [
        ("unknown", "library", "29232", "Quimper", "+33298000000", "published")
    ]
    assert base.rows(
        "SELECT value, source, licence, dated::text, confirmed_by FROM place_field WHERE field = 'phone'"
    ) == [("+33298000000", "csv", "Licence Ouverte 2.0", "2026-05-04", None)]


def test_a_changed_row_names_its_fields_in_the_report(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [QUIMPER, BREST]))
    counts = base.load(
        write_csv(tmp_path / "b.csv", [{**QUIMPER, "telephone": "0298000000"}, BREST]), report=tmp_path / "report.csv"
    )
    assert (counts.changed, counts.unchanged) == (1, 1)
    changed, unchanged = report_rows(tmp_path / "report.csv")
    assert (changed["outcome"], changed["field"], unchanged["outcome"]) == ("changed", "phone", "unchanged")
    assert base.rows("SELECT phone, version FROM place WHERE kind = 'library'") == [("+33298000000", 2)]


def test_a_column_that_no_mapping_reads_changes_no_place(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [{**QUIMPER, "note": "a"}]))
    counts = base.load(write_csv(tmp_path / "b.csv", [{**QUIMPER, "note": "b"}]))
    assert (counts.changed, counts.unchanged) == (0, 1)
    assert base.one("SELECT raw->>'note' FROM source_record") == "b"


def test_what_vanished_from_a_source_is_flagged_and_comes_back(base: Base, tmp_path: Path) -> None:
    whole, part = write_csv(tmp_path / "a.csv", [QUIMPER, BREST]), write_csv(tmp_path / "b.csv", [QUIMPER])
    base.load(whole)
    assert base.load(part).missing == 1
    assert base.rows("SELECT missing_since::text FROM source_record WHERE missing_since IS NOT NULL") == [
        ("2027-03-24",)
    ]
    assert base.one("SELECT count(*) FROM place WHERE state = 'published'") == 2
    assert base.load(whole).missing == 0


def test_a_part_of_a_source_flags_nothing(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [QUIMPER, BREST]))
    assert base.load(write_csv(tmp_path / "b.csv", [QUIMPER]), is_partial=True).missing == 0


def test_a_dry_run_judges_every_row_and_writes_nothing(base: Base, tmp_path: Path) -> None:
    rows = [QUIMPER, BREST, {**BREST, "nom": ""}]
    counts = base.load(write_csv(tmp_path / "a.csv", rows), is_dry=True, report=tmp_path / "report.csv")
    assert (counts.created, counts.refused) == (2, 1)
    assert [row["outcome"] for row in report_rows(tmp_path / "report.csv")] == ["created", "created", "refused"]
    for table in ("place", "source_record", "place_field", "import_run"):
        assert base.one(f"SELECT count(*) FROM {table}") == 0


def test_refused_rows_are_corrected_and_imported_again(base: Base, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [QUIMPER, {**BREST, "longitude": "999"}])
    counts = base.load(source, report=tmp_path / "report.csv", refused=tmp_path / "refused.csv")
    assert (counts.created, counts.refused) == (1, 1)
    (row,) = report_rows(tmp_path / "refused.csv")
    assert (row["refus_ligne"], row["nom"], row["refus_raison"]) == ("3", "Fablab", "position hors de France")
    again = base.load(write_csv(tmp_path / "refused.csv", [{**row, "longitude": "-4.49"}]))
    assert (again.created, again.missing) == (1, 0)
    whole = base.load(write_csv(tmp_path / "a.csv", [QUIMPER, BREST]))
    assert whole.unchanged == 2


def test_the_report_has_one_line_for_every_row_and_they_add_up(base: Base, tmp_path: Path) -> None:
    rows = [QUIMPER, BREST, QUIMPER, {**BREST, "nom": ""}, {**BREST, "nom": "Autre", "longitude": "0", "latitude": "0"}]
    counts = base.load(write_csv(tmp_path / "a.csv", rows), report=tmp_path / "report.csv")
    outcomes = [row["outcome"] for row in report_rows(tmp_path / "report.csv")]
    assert outcomes == ["created", "created", "merged", "refused", "created"]
    assert sum(getattr(counts, name) for name in SUM) == counts.rows == len(outcomes)
    assert [row["line"] for row in report_rows(tmp_path / "report.csv")] == ["2", "3", "4", "5", "6"]


def test_an_id_given_twice_to_different_rows_is_refused_the_second_time(base: Base, tmp_path: Path) -> None:
    rows = [{"id": "1", **QUIMPER}, {"id": "1", **BREST}]
    counts = base.load(write_csv(tmp_path / "a.csv", rows), "lieux_finistere", report=tmp_path / "report.csv")
    assert (counts.created, counts.refused) == (1, 1)
    assert "identifiant" in report_rows(tmp_path / "report.csv")[1]["reason"]


def test_an_old_commune_code_gives_the_one_in_force_and_is_kept(base: Base, tmp_path: Path) -> None:
    base.connection.execute(
        "INSERT INTO commune_change (old_code, on_date, old_name, code)"
        " VALUES ('29999', '2016-01-01', 'Vieille', '29232')"
    )
    base.load(write_csv(tmp_path / "a.csv", [{**QUIMPER, "code_insee": "29999"}]))
    assert base.rows("SELECT commune_code, commune_code_given FROM place") == [("29232", "29999")]


def test_a_place_without_a_code_lies_in_the_commune_around_its_point(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [{**QUIMPER, "code_insee": ""}]))
    assert base.rows("SELECT commune_code, commune_code_given FROM place") == [("29232", None)]


def test_a_place_without_a_position_is_found_by_postal_code_and_name(base: Base, tmp_path: Path) -> None:
    row = {"nom": "Lieu", "commune": "QUIMPER", "code_postal": "29000"}
    base.load(write_csv(tmp_path / "a.csv", [row]))
    assert base.rows("SELECT commune_code, position IS NULL, commune_name FROM place") == [("29232", True, "Quimper")]


def test_an_overseas_code_that_no_commune_has_is_kept_with_its_time(base: Base, tmp_path: Path) -> None:
    row = {"nom": "Médiathèque", "code_insee": "98818", "longitude": "166.45", "latitude": "-22.27"}
    base.load(write_csv(tmp_path / "a.csv", [row]))
    assert base.rows("SELECT commune_code, commune_code_given, time_zone FROM place") == [
        (None, "98818", "Pacific/Noumea")
    ]


def test_a_point_in_the_box_of_france_but_far_from_every_commune_is_refused(base: Base, tmp_path: Path) -> None:
    london = {"nom": "Library", "longitude": "0.1", "latitude": "51.2"}
    counts = base.load(write_csv(tmp_path / "a.csv", [london, QUIMPER]), refused=tmp_path / "refused.csv")
    assert (counts.refused, counts.created) == (1, 1)
    assert report_rows(tmp_path / "refused.csv")[0]["nom"] == "Library"


def test_a_code_and_a_position_far_apart_are_said(base: Base, tmp_path: Path) -> None:
    row = {**QUIMPER, "longitude": "-4.49", "latitude": "48.39"}
    base.load(write_csv(tmp_path / "a.csv", [row]), report=tmp_path / "report.csv")
    assert "km de Quimper" in report_rows(tmp_path / "report.csv")[0]["reason"]


def test_what_someone_confirmed_is_not_overwritten(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [{**QUIMPER, "telephone": "0298000000"}]))
    base.connection.execute(
        "UPDATE place_field SET confirmed_by = '00000000-0000-0000-0000-000000000007' WHERE field = 'phone'"
    )
    base.load(write_csv(tmp_path / "b.csv", [{**QUIMPER, "telephone": "0298999999", "site_web": "exemple.fr"}]))
    assert base.rows("SELECT phone, details->>'website' FROM place") == [("+33298000000", "https://exemple.fr")]


def test_a_merged_place_lends_what_it_knows_when_its_row_changes(base: Base, tmp_path: Path) -> None:
    base.load(write_csv(tmp_path / "a.csv", [QUIMPER, {**QUIMPER, "nom": "Mediatheque"}]))
    keeper, other = (row[0] for row in base.rows("SELECT place_id FROM place ORDER BY place_id"))
    base.connection.execute("UPDATE place SET state = 'merged', merged_into = %s WHERE place_id = %s", (keeper, other))
    base.load(write_csv(tmp_path / "b.csv", [QUIMPER, {**QUIMPER, "nom": "Mediatheque", "telephone": "0298000000"}]))
    assert base.rows("SELECT phone, state FROM place ORDER BY place_id") == [
        ("+33298000000", "published"),
        (None, "merged"),
    ]


def test_places_that_the_source_says_are_closed_are_not_shown(base: Base, tmp_path: Path) -> None:
    row = {
        "id": "paris_wifi_2025-1", "nom": "Parc", "lon": "-4.1024", "lat": "47.996", "categorie": "point_wifi",
        "typologie_source": "Fermé pour travaux", "internet": "wlan",
    }  # fmt: skip
    base.load(write_csv(tmp_path / "a.csv", [row]), "paris_wifi_2025")
    assert base.rows("SELECT state, known_yes FROM place") == [("closed", ["wifi", "wifi_free"])]


def test_sure_duplicates_count_as_merged_and_name_the_place_that_stays(base: Base, tmp_path: Path) -> None:
    def merge_second(connection: psycopg.Connection[Any], ids: Any) -> None:
        connection.execute("UPDATE place SET state = 'merged', merged_into = %s WHERE place_id = %s", (ids[0], ids[1]))

    touched: list[int] = []
    hooks = Hooks(on_new=merge_second, after_batch=touched.extend)
    rows = [QUIMPER, {**QUIMPER, "nom": "Mediatheque"}]
    counts = base.load(write_csv(tmp_path / "a.csv", rows), hooks=hooks, report=tmp_path / "report.csv")
    assert (counts.created, counts.merged) == (1, 1)
    first, second = report_rows(tmp_path / "report.csv")
    assert second["outcome"] == "merged"
    assert first["place_id"] == second["place_id"]
    assert touched == [int(first["place_id"])]


def test_what_fails_in_a_batch_leaves_nothing_of_it_behind(base: Base, tmp_path: Path) -> None:
    def fail(_connection: psycopg.Connection[Any], _ids: Any) -> None:
        raise RuntimeError("power cut")

    source = write_csv(tmp_path / "a.csv", [QUIMPER, BREST])
    with pytest.raises(RuntimeError):
        base.load(source, hooks=Hooks(on_new=fail))
    assert base.one("SELECT count(*) FROM place") == 0
    assert base.load(source).created == 2


def test_an_interrupted_run_keeps_whole_batches_and_goes_on_from_there(base: Base, tmp_path: Path) -> None:
    rows = [{**QUIMPER, "nom": f"Lieu {number}"} for number in range(4500)]
    source = write_csv(tmp_path / "a.csv", rows)

    def stop(_counts: Any, _seconds: float) -> None:
        raise KeyboardInterrupt

    order = Order(source, load_mapping("csv_simple"), NOW, progress=stop)
    with pytest.raises(Interrupted):
        import_places(base.url, order)
    kept = base.one("SELECT count(*) FROM place")
    assert kept in (2000, 4000)
    assert base.one("SELECT count(*) FROM source_record") == kept
    rest = base.load(source)
    assert (rest.unchanged, rest.created) == (kept, 4500 - kept)


def test_two_imports_of_one_source_do_not_run_together(base: Base, tmp_path: Path) -> None:
    base.connection.execute("SELECT pg_advisory_lock(hashtext('import'), hashtext('csv'))")
    with pytest.raises(SourceBusy):
        base.load(write_csv(tmp_path / "a.csv", [QUIMPER]))


def test_a_file_without_the_columns_of_its_mapping_is_refused_as_a_whole(base: Base, tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="c_nom"):
        base.load(write_csv(tmp_path / "a.csv", [QUIMPER]), "hub_lo_etiquettes")


def test_sql_and_formulas_in_fields_stay_text(base: Base, tmp_path: Path) -> None:
    row = {**QUIMPER, "nom": "'; DROP TABLE place; --", "horaires": "=HYPERLINK(1)"}
    base.load(write_csv(tmp_path / "a.csv", [row]), report=tmp_path / "report.csv")
    assert base.one("SELECT name FROM place") == "'; DROP TABLE place; --"
    assert report_rows(tmp_path / "report.csv")[0]["value"].startswith("'=")


def test_the_catalogue_version_moves_only_with_a_change(base: Base, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [QUIMPER])
    base.load(source)
    before = base.one("SELECT version FROM data_version WHERE subject = 'catalogue'")
    base.load(source)
    assert base.one("SELECT version FROM data_version WHERE subject = 'catalogue'") == before
