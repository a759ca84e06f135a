"""The base of a checkout: made, checked, backed up and restored, on real PostGIS."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.conftest import url_of
from tierslieux.ops.backup import back_up, restore
from tierslieux.ops.base import kept_secret, opened_base
from tierslieux.ops.checkout import Checkout
from tierslieux.ops.database_check import EXTENSIONS, administrator_sql, check_database
from tierslieux.ops.migrations import Migrations
from tierslieux.ops.trouble import NoBase, Trouble

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def guest_url() -> Iterator[str]:
    """A bare database that belongs to somebody else, as a role that may only connect."""
    name = f"tl_guest_{uuid4().hex[:12]}"
    names = {"name": sql.Identifier(name)}
    with psycopg.connect(url_of("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE ROLE {name} LOGIN").format(**names))
        server.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE template0").format(**names))
        yield url_of(name).replace("postgres@", f"{name}@", 1)
        server.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**names))
        server.execute(sql.SQL("DROP ROLE {name}").format(**names))


def test_a_base_that_may_serve_has_no_fault(database_url: str) -> None:
    assert [finding for finding in check_database(database_url) if finding.fault] == []


def test_the_printed_statements_are_all_that_an_administrator_must_run(guest_url: str) -> None:
    statements = administrator_sql(check_database(guest_url))
    assert [f"CREATE EXTENSION IF NOT EXISTS {name};" in statements for name in EXTENSIONS] == [True] * 4
    database = guest_url.partition("?")[0].rsplit("/", 1)[1]
    with psycopg.connect(url_of(database), autocommit=True) as superuser:
        for statement in statements:
            superuser.execute(statement.encode())
    assert [finding for finding in check_database(guest_url) if finding.fault] == []
    assert Migrations(ROOT, sqlalchemy(guest_url)).upgrade()


def test_a_missing_role_or_database_is_answered_with_the_statements_that_make_them() -> None:
    with pytest.raises(NoBase, match='CREATE DATABASE "tl absent" OWNER "postgres"'):
        check_database(url_of("tl%20absent"))


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(NoBase, match=r"No database server answers at 127\.0\.0\.1") as refused:
        check_database("postgresql://someone:hidden@127.0.0.1:9/tl")
    assert "hidden" not in str(refused.value)


def test_a_backup_brings_back_what_it_held_and_nothing_else(
    database_url: str, base: psycopg.Connection[Any], tmp_path: Path
) -> None:
    base.execute("INSERT INTO data_version VALUES ('kept', 7)")
    back_up(database_url, tmp_path / "base.dump")
    base.execute("DELETE FROM data_version")
    base.execute("CREATE TABLE newer (number integer)")
    restore(database_url, tmp_path / "base.dump")
    assert base.execute("SELECT subject, version FROM data_version WHERE subject = 'kept'").fetchall() == [("kept", 7)]
    assert base.execute("SELECT to_regclass('newer')").fetchone() == (None,)
    assert Migrations(ROOT, sqlalchemy(database_url)).is_current()


def test_a_backup_is_for_its_owner_alone(database_url: str, tmp_path: Path) -> None:
    back_up(database_url, tmp_path / "base.dump")
    assert (tmp_path / "base.dump").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob("base*")] == ["base.dump"]


def test_a_backup_that_is_cut_short_changes_nothing(
    database_url: str, base: psycopg.Connection[Any], tmp_path: Path
) -> None:
    base.execute("INSERT INTO mail (place_id, mail_id, cause, recipient_id, message_id, message, created_at) SELECT 0, "
        "gen_random_uuid(), 'x', gen_random_uuid(), n::text, convert_to(md5(n::text), 'UTF8'), 'epoch' "
        "FROM generate_series(1, 20000) n")  # fmt: skip
    file = tmp_path / "base.dump"
    back_up(database_url, file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])
    base.execute("INSERT INTO data_version VALUES ('present', 1)")
    with pytest.raises(Trouble, match="the base is as it was"):
        restore(database_url, file)
    assert base.execute("SELECT count(*) FROM mail").fetchone() == (20000,)
    assert base.execute("SELECT version FROM data_version WHERE subject = 'present'").fetchone() == (1,)


def test_what_is_no_backup_is_refused(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("hello")
    with pytest.raises(Trouble, match="is no backup"):
        restore(database_url, tmp_path / "letter.txt")
    with pytest.raises(Trouble, match="There is no file"):
        restore(database_url, tmp_path / "absent.dump")


def test_the_private_base_is_made_for_a_role_that_is_no_superuser(
    open_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TIERSLIEUX_DATABASE_URL", "TIERSLIEUX_SECRET"):
        monkeypatch.delenv(name, raising=False)
    checkout = Checkout(ROOT, open_dir)
    with opened_base(checkout) as settings:
        assert Migrations(ROOT, settings.sqlalchemy_url).upgrade()
        assert not Migrations(ROOT, settings.sqlalchemy_url).upgrade()
        with psycopg.connect(settings.database_url) as connection:
            assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (
                False,
            )
        first = settings.secret
    with opened_base(checkout) as settings:
        assert settings.secret == first
    assert (open_dir / "secret").stat().st_mode & 0o777 == 0o600


def test_a_secret_whose_writing_was_cut_short_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "secret").touch()
    assert len(kept_secret(tmp_path / "secret")) >= 32


def sqlalchemy(url: str) -> str:
    return "postgresql+psycopg" + url[url.index("://") :]
