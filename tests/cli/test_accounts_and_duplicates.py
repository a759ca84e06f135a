"""What an operator does without a page: people, tokens, duplicates."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import Base, insert, make_place
from tierslieux.cli import main

Client = AsyncTestClient[Litestar]


@pytest.fixture(autouse=True)
def here(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TIERSLIEUX_DATABASE_URL", database_url)
    monkeypatch.setenv("TIERSLIEUX_SECRET", "0123456789" * 4)
    monkeypatch.setenv("TIERSLIEUX_STATE_DIR", str(tmp_path))


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_host_with_a_token_looks_after_the_place(base: Base) -> None:
    place_id = make_place(base)
    created = run("user", "create", "--email", "Camille@Exemple.FR", "--role", "host", "--place", str(place_id))
    assert created.exit_code == 0, created.output
    account_id = created.stdout.strip()
    token = run("token", "create", "--user", account_id, "--scope", "places:write", "--scope", "bookings:read")
    assert token.exit_code == 0
    printed = token.stdout.strip()
    assert token.stdout == f"{printed}\n"
    row = base.execute("SELECT account_id::text, scopes, token_sha256 FROM access_token").fetchone()
    assert row == (account_id, ["bookings:read", "places:write"], hashlib.sha256(printed.encode()).digest())
    assert base.execute("SELECT place_id, role FROM membership").fetchall() == [(place_id, "host")]
    assert base.execute("SELECT email FROM account").fetchall() == [("camille@exemple.fr",)]


@pytest.mark.parametrize("role", ["moderator", "operator"])
def test_a_role_over_everything_is_given_with_the_account(base: Base, role: str) -> None:
    assert run("user", "create", "--email", "a@exemple.fr", "--role", role).exit_code == 0
    assert base.execute("SELECT role, territory_id FROM account_role").fetchall() == [(role, "")]


def test_an_agent_acts_for_a_territory_and_a_guest_for_nobody(base: Base) -> None:
    assert run("user", "create", "--email", "a@exemple.fr", "--role", "agent", "--territory", "dep-29").exit_code == 0
    assert run("user", "create", "--email", "b@exemple.fr", "--role", "guest").exit_code == 0
    assert base.execute("SELECT role, territory_id FROM account_role").fetchall() == [("agent", "dep-29")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("user", "create", "--email", "a@exemple.fr", "--role", "agent"), 2),
        (("user", "create", "--email", "a@exemple.fr", "--role", "guest", "--place", "1"), 2),
        (("user", "create", "--email", "a@exemple.fr", "--role", "king"), 2),
        (("user", "create", "--email", "nobody", "--role", "guest"), 4),
        (("user", "create", "--email", "a@exemple.fr", "--role", "host", "--place", "99"), 4),
        (("user", "grant", "--user", "a@exemple.fr", "--role", "moderator"), 4),
        (("user", "grant", "--user", "a@exemple.fr", "--role", "host"), 2),
        (("user", "grant", "--user", "a@exemple.fr", "--role", "guest"), 2),
        (("user", "grant", "--user", "a@exemple.fr", "--role", "agent"), 2),
        (("user", "revoke", "--user", "a@exemple.fr", "--role", "moderator"), 4),
        (("user", "revoke", "--user", "a@exemple.fr", "--role", "moderator", "--place", "1"), 2),
        (("token", "create", "--user", "a@exemple.fr", "--scope", "places:write"), 4),
        (("token", "create", "--user", "a@exemple.fr", "--scope", "all"), 2),
        (("duplicates", "decide", "1", "same"), 4),
        (("duplicates", "merge", "1", "1"), 4),
        (("duplicates", "unmerge", "1"), 4),
        (("contributions", "answer", "1-x", "accepted"), 4),
        (("contributions", "list", "--after", "x"), 2),
    ],
)
def test_what_is_wrong_ends_with_a_sentence_and_stores_nothing(base: Base, words: tuple[str, ...], code: int) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr
    assert base.execute("SELECT count(*) FROM account").fetchone() == (0,)


def test_an_address_has_one_account(base: Base) -> None:
    first = run("user", "create", "--email", "a@exemple.fr", "--role", "guest").stdout.strip()
    again = run("user", "create", "--email", "A@exemple.fr", "--role", "guest")
    assert again.exit_code == 4
    assert first in again.stderr
    assert "user grant" in again.stderr


def test_a_role_is_given_to_who_has_an_account_and_taken_back(base: Base) -> None:
    place_id = make_place(base)
    account_id = run("user", "create", "--email", "a@exemple.fr", "--role", "guest").stdout.strip()
    roles = [
        ("--role", "host", "--place", str(place_id)),
        ("--role", "moderator"),
        ("--role", "agent", "--territory", "dep-29"),
    ]
    for role in (*roles, *roles):
        granted = run("user", "grant", "--user", "A@exemple.fr", *role)
        assert (granted.exit_code, granted.stdout.strip()) == (0, account_id), granted.output
    assert roles_of(base) == [("agent", "dep-29"), ("host", str(place_id)), ("moderator", "")]
    for number, role in enumerate(roles):
        assert run("user", "revoke", "--user", account_id, *role).stdout.strip() == account_id
        assert len(roles_of(base)) == len(roles) - number - 1
        again = run("user", "revoke", "--user", account_id, *role)
        assert (again.exit_code, again.stdout) == (4, "")
        assert "n'a pas ce rôle" in again.stderr


def test_taking_one_territory_back_leaves_the_other(base: Base) -> None:
    run("user", "create", "--email", "a@exemple.fr", "--role", "agent", "--territory", "dep-29")
    run("user", "grant", "--user", "a@exemple.fr", "--role", "agent", "--territory", "dep-22")
    assert run("user", "revoke", "--user", "a@exemple.fr", "--role", "agent", "--territory", "dep-29").exit_code == 0
    assert roles_of(base) == [("agent", "dep-22")]


def roles_of(base: Base) -> list[tuple[str, str]]:
    return base.execute(
        "SELECT role, territory_id FROM account_role UNION SELECT role, place_id::text FROM membership ORDER BY 1, 2"
    ).fetchall()


def test_places_are_merged_listed_and_unmerged(base: Base) -> None:
    one, other = make_place(base, "Le Hub", kind="coworking"), make_place(base, "Le Hub", kind="coworking")
    merged = run("duplicates", "merge", str(one), str(other), "--keep", str(other))
    assert (merged.exit_code, json.loads(merged.stdout)) == (0, {"kept": str(other)}), merged.output
    listed = run("duplicates", "list", "--state", "same")
    assert json.loads(listed.stdout)["places"] == [str(one), str(other)]
    undone = run("duplicates", "unmerge", str(one))
    assert json.loads(undone.stdout) == {"unmerged": str(one), "from": str(other)}
    assert base.execute("SELECT DISTINCT state FROM place").fetchall() == [("published",)]


def test_reports_are_listed_and_answered_once(base: Base) -> None:
    place_id = make_place(base, "Le Hub")
    insert(
        base,
        "contribution",
        {
            "place_id": place_id,
            "contribution_id": UUID(int=7),
            "kind": "removal",
            "subject": "place",
            "message": "Fermé depuis 2020",
            "email": "a@exemple.fr",
            "created_at": datetime(2027, 3, 1, tzinfo=UTC),
            "state": "open",
        },
    )
    listed = json.loads(run("contributions", "list").stdout)
    assert (listed["place_name"], listed["message"]) == ("Le Hub", "Fermé depuis 2020")
    assert run("contributions", "answer", listed["id"], "accepted", "--note", "vu").exit_code == 0
    stored = base.execute("SELECT state, email, answer, answered_by FROM contribution").fetchall()
    assert stored == [("accepted", None, "vu", None)]
    again = run("contributions", "answer", listed["id"], "declined")
    assert (again.exit_code, again.stdout) == (4, "")
    assert "déjà reçu une réponse" in again.stderr
    assert run("contributions", "list").stdout == ""
