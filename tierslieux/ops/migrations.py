"""Migrations through Alembic's API, on a given address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from tierslieux.ops.console import step


@dataclass(frozen=True)
class Migrations:
    """The migrations of the checkout at ``root`` for the base at ``sqlalchemy_url``."""

    root: Path
    sqlalchemy_url: str

    def upgrade(self) -> bool:
        """Bring the base to today's schema; whether there was anything to do. Two at a time wait for each other."""
        if self.is_current():
            return False
        with step("Migrated the base"), self._connected() as config:
            command.upgrade(config, "head")
        return True

    def is_current(self) -> bool:
        """Whether the base's revision is the newest one of the code."""
        engine = create_engine(self.sqlalchemy_url, poolclass=pool.NullPool)
        with engine.connect() as connection:
            stored = MigrationContext.configure(connection).get_current_heads()
        return set(stored) == set(ScriptDirectory.from_config(self._config()).get_heads())

    def check(self) -> None:
        """Raise ``alembic.util.CommandError`` where the models describe other tables than the migrations make."""
        with self._connected() as config:
            command.check(config)

    @contextmanager
    def _connected(self) -> Iterator[Config]:
        engine = create_engine(self.sqlalchemy_url, poolclass=pool.NullPool)
        config = self._config()
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            yield config

    def _config(self) -> Config:
        return Config(toml_file=self.root / "pyproject.toml")
