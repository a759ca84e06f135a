"""``tierslieux jobs run``."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from click.testing import CliRunner, Result

from tests.conftest import SECRET
from tierslieux.cli import main


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("TIERSLIEUX_DATABASE_URL", database_url)
    monkeypatch.setenv("TIERSLIEUX_SECRET", SECRET.decode())
    monkeypatch.setenv("TIERSLIEUX_STATE_DIR", str(tmp_path))
    return CliRunner()


def answer(result: Result) -> dict[str, int]:
    counts: dict[str, int] = json.loads(result.stdout.strip().splitlines()[-1])
    return counts


def test_upkeep_forgets_what_its_time_is_over_for(run: CliRunner, base: psycopg.Connection) -> None:
    remember(base)
    result = run.invoke(main, ["jobs", "run"])
    assert (result.exit_code, answer(result)["failed"]) == (0, 0), result.output
    assert kept(base) == {
        "idempotent_request": ["new"],
        "mail": ["new"],
        "contribution": ["new"],
        "rate_limit": ["new"],
    }


def test_a_second_run_changes_nothing(run: CliRunner, base: psycopg.Connection) -> None:
    remember(base)
    run.invoke(main, ["jobs", "run"])
    before = kept(base)
    assert run.invoke(main, ["jobs", "run"]).exit_code == 0
    assert kept(base) == before


def test_without_a_base_it_says_so(run: CliRunner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIERSLIEUX_DATABASE_URL", f"postgresql:///x?host={tmp_path}")
    result = run.invoke(main, ["jobs", "run"])
    assert result.exit_code == 5
    assert "Traceback" not in result.output


def remember(base: psycopg.Connection) -> None:
    """One thing of each kind whose time is over, and one whose is not."""
    base.execute(
        "INSERT INTO place (state, kind, name, search_name, slug, time_zone, details, known_yes, known_no, welcome,"
        " policy, version, updated_at) VALUES ('published', 'library', 'A', 'a', 'a', 'Europe/Paris', '{}', '{}', '{}',"
        " 'unknown', '{}', 1, now())"
    )
    for name, hours in (("new", 1), ("old", 24 * 31)):
        base.execute(
            "INSERT INTO idempotent_request VALUES (0, %s, %s, '', 201, '{}', now() - make_interval(hours => %s))",
            (UUID(int=1), name, hours),
        )
        base.execute(
            "INSERT INTO mail VALUES (0, %s, %s, %s, 'x', 'text', now() - make_interval(hours => %s), NULL)",
            (uuid4(), name, uuid4(), hours),
        )
        base.execute("INSERT INTO rate_limit VALUES (%s, now() - make_interval(hours => %s), 1)", (name, hours))
        base.execute(
            "INSERT INTO contribution (place_id, contribution_id, kind, subject, message, email, created_at, state,"
            " answer, answered_at) SELECT place_id, %s, 'error', %s, 'x', 'a@b.fr', now(), 'accepted', 'x',"
            " now() - make_interval(hours => %s) FROM place",
            (uuid4(), name, hours),
        )


def kept(base: psycopg.Connection) -> dict[str, list[str]]:
    """What still holds something of a person."""
    rows = base.execute(
        "SELECT 'idempotent_request', key FROM idempotent_request"
        " UNION ALL SELECT 'mail', cause FROM mail WHERE message IS NOT NULL"
        " UNION ALL SELECT 'contribution', subject FROM contribution WHERE email IS NOT NULL"
        " UNION ALL SELECT 'rate_limit', bucket FROM rate_limit"
    ).fetchall()
    found: dict[str, list[str]] = {}
    for table, name in rows:
        found.setdefault(table, []).append(name)
    return found
