"""``tierslieux import places`` prints counts, and its exit code says how it ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.places.importing.conftest import CHECKOUT, SAMPLE, Base, report_rows, write_csv
from tests.places.importing.test_loading import BREST, QUIMPER


def run(url: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "TIERSLIEUX_DATABASE_URL": url, "TIERSLIEUX_SECRET": "s" * 40}
    command = [sys.executable, "-m", "tierslieux.cli", "import", "places", *map(str, words)]
    return subprocess.run(command, env=env, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_it_prints_the_counts_and_ends_with_0(base: Base) -> None:
    done = run(base.url, SAMPLE / "lieux_finistere.csv", "--mapping", "lieux_finistere")
    counts = json.loads(done.stdout)
    assert done.returncode == 0
    assert counts["rows"] == counts["created"] + counts["merged"] == 57
    assert base.one("SELECT sum(places) FROM place_grid WHERE zoom = 5 AND kind <> ''") == counts["created"]
    assert base.one("SELECT count(DISTINCT place_id) FROM place_day") > 10


def test_a_place_that_moved_moves_in_the_grid_of_the_map(base: Base, tmp_path: Path) -> None:
    cell = "SELECT x, places FROM place_grid WHERE zoom = 10 AND kind = 'library'"
    run(base.url, write_csv(tmp_path / "a.csv", [QUIMPER]), "--mapping", "csv_simple")
    before = base.rows(cell)
    run(base.url, write_csv(tmp_path / "a.csv", [{**QUIMPER, "longitude": "-3.5"}]), "--mapping", "csv_simple")
    assert [count for _, count in base.rows(cell)] == [1]
    assert base.rows(cell) != before


def test_refusals_end_with_3_and_stand_in_both_files(base: Base, tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [QUIMPER, {**BREST, "nom": ""}])
    done = run(base.url, source, "--mapping", "csv_simple", "--report", tmp_path / "r.csv")
    assert done.returncode == 3
    assert json.loads(done.stdout)["refused"] == 1
    assert [row["outcome"] for row in report_rows(tmp_path / "r.csv")] == ["created", "refused"]
    assert report_rows(tmp_path / "r.refus.csv")[0]["refus_raison"] == "nom absent"


def test_an_unknown_mapping_is_wrong_use_and_an_absent_file_a_refusal(base: Base, tmp_path: Path) -> None:
    assert run(base.url, SAMPLE / "lieux_finistere.csv", "--mapping", "none").returncode == 2
    absent = run(base.url, tmp_path / "none.csv", "--mapping", "csv_simple")
    assert absent.returncode == 4
    assert "n'existe pas" in absent.stderr
    assert "Traceback" not in absent.stderr


def test_without_a_base_it_ends_with_5(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "a.csv", [QUIMPER])
    url = f"postgresql://postgres@/none?host={tmp_path}"
    done = run(url, source, "--mapping", "csv_simple")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_a_mapping_of_ones_own_is_given_by_its_path(base: Base, tmp_path: Path) -> None:
    mapping = tmp_path / "mienne.toml"
    mapping.write_text('extends = "csv_simple"\nsource = "mienne"\n[columns]\nname = "intitule"\n', "utf-8")
    row = {**QUIMPER, "intitule": "La Ruche"}
    done = run(base.url, write_csv(tmp_path / "a.csv", [row]), "--mapping", mapping)
    assert done.returncode == 0
    assert base.rows("SELECT p.name, r.source FROM place p JOIN source_record r USING (place_id)") == [
        ("La Ruche", "mienne")
    ]
