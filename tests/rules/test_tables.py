"""Tables are made to be sharded by place, and the migrations make exactly what the models say."""

from __future__ import annotations

import re

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, Table, create_engine, pool, text

from tests.conftest import CHECKOUT, cloned, migrate
from tests.rules.catalog import catalog_of, keyed_columns
from tests.rules.source import import_models
from tierslieux.web.tables import Base

import_models()  # before the tables are listed below, in every worker: the migrations' own imports reach one of them

REFERENCE = {"territory", "commune", "commune_postal_code", "commune_change"}
NOT_SHARDED = {
    "account": "people are in no place",
    "account_role": "people are in no place",
    "access_token": "people are in no place",
    "login_session": "people are in no place",
    "sign_in_code": "people are in no place",
    "external_identity": "people are in no place",
    "external_sign_in": "people are in no place",
    "data_version": "one counter for the whole catalogue",
    "dev_clock": "one row, tests only",
    "rate_limit": "counted before any place is known",
    "place_grid": "sums over places, for the map",
    "search_word": "words of all places, for typing errors",
    "source_record": "import bookkeeping",
    "import_run": "import bookkeeping",
    "duplicate_pair": "speaks of two places",
}
"""Tables that are not a place's own data, each with its reason."""
CLOCKS = re.compile(
    r"\bnow\(|current_(date|time|timestamp)|localtime|clock_timestamp|statement_timestamp|\bage\(", re.IGNORECASE
)
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent")


def owned_tables() -> list[Table]:
    return [table for name, table in Base.metadata.tables.items() if name not in REFERENCE | NOT_SHARDED.keys()]


@pytest.mark.parametrize("table", owned_tables(), ids=lambda table: table.name)
def test_a_table_of_a_place_begins_every_key_with_the_place(table: Table) -> None:
    keys = [constraint for constraint in table.constraints if not isinstance(constraint, CheckConstraint)]
    first = {str(key.name): next(iter(key.columns)).name for key in keys if hasattr(key, "columns")}
    first |= {str(index.name): next(iter(index.columns)).name for index in table.indexes if index.unique}
    assert {name: column for name, column in first.items() if column != "place_id"} == {}
    assert any(isinstance(key, PrimaryKeyConstraint) for key in keys)


def test_no_foreign_key_points_to_a_table_that_is_not_sharded() -> None:
    targets = {
        (table.name, key.referred_table.name)
        for table in owned_tables()
        for key in table.constraints
        if isinstance(key, ForeignKeyConstraint)
    }
    assert [pair for pair in targets if pair[1] in NOT_SHARDED] == []


def test_the_catalog_begins_every_key_of_a_place_with_the_place(database_url: str) -> None:
    owned = {table.name for table in owned_tables()}
    with psycopg.connect(database_url) as connection:
        keys = keyed_columns(connection)
    assert {row for row in keys if row[0] in owned and row[2] != "place_id"} == set()
    assert owned <= {row[0] for row in keys}


def test_no_column_default_reads_a_clock(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        lines = catalog_of(connection)
    assert [line for line in lines if line.startswith(("column", "trigger")) and CLOCKS.search(line)] == []
    defaults = [(column, column.default) for table in Base.metadata.tables.values() for column in table.columns]
    assert [str(column) for column, default in defaults if default is not None and default.is_callable] == []


def test_the_migrations_make_exactly_what_the_models_say(database_url: str, template: str) -> None:
    with cloned("template1") as bare:
        engine = create_engine("postgresql+psycopg" + bare[bare.index("://") :], poolclass=pool.NullPool)
        with engine.begin() as connection:
            for extension in EXTENSIONS:
                connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {extension}"))
            Base.metadata.create_all(connection)
        with psycopg.connect(bare) as made, psycopg.connect(database_url) as migrated:
            assert catalog_of(migrated) == catalog_of(made)


def test_a_migration_can_be_undone_and_done_again(template: str) -> None:
    with cloned(template) as url:
        with psycopg.connect(url) as connection:
            before = catalog_of(connection)
        downgrade(url)
        with psycopg.connect(url) as connection:
            left = [
                row[0]
                for row in connection.execute(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    " AND relkind IN ('r', 'S') AND relname NOT IN ('spatial_ref_sys', 'alembic_version')"
                )
            ]
        assert left == []
        migrate(url)
        with psycopg.connect(url) as connection:
            assert catalog_of(connection) == before


def test_a_migration_waits_neither_for_ever_nor_in_silence() -> None:
    text_of_env = (CHECKOUT / "migrations" / "env.py").read_text("utf-8")
    assert {"lock_timeout", "statement_timeout", "pg_advisory_lock"} <= set(re.findall(r"\w+", text_of_env))


def downgrade(url: str) -> None:
    engine = create_engine("postgresql+psycopg" + url[url.index("://") :], poolclass=pool.NullPool)
    with engine.connect() as connection:
        config = Config(toml_file=CHECKOUT / "pyproject.toml")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")


def test_names_of_constraints_follow_the_convention() -> None:
    named = [constraint for table in Base.metadata.tables.values() for constraint in table.constraints]
    assert [str(constraint) for constraint in named if constraint.name is None] == []
