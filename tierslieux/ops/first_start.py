"""Data on the first start, once per base: what the folder beside the checkout, the operator or the repository holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tierslieux.ops.checkout import Checkout
from tierslieux.ops.console import say, step
from tierslieux.settings import Settings

_SUBJECT = "first-load"
_ADVISORY_LOCK = 712_408_224


def load_once(settings: Settings, checkout: Checkout) -> None:
    """Load the data unless this base has it. A load cut short is begun again: nothing is imported twice."""
    with _only_one(settings) as connection:
        if _is_loaded(connection):
            return
        folder = data_folder(settings, checkout)
        say(f"loading the data of {folder}")
        with step("Loaded the data"):
            load(settings, folder)
        connection.execute(
            "INSERT INTO data_version (subject, version) VALUES (%s, 1) ON CONFLICT DO NOTHING", (_SUBJECT,)
        )


def data_folder(settings: Settings, checkout: Checkout) -> Path:
    """The data's folder: ``TIERSLIEUX_DATA_DIR``, else ``../shared/data`` beside the checkout, else the own sample."""
    beside = checkout.root.parent / "shared" / "data"
    if settings.data_dir is not None:
        return settings.data_dir
    return beside if (beside / "communes.csv.gz").exists() else checkout.root / "data"


def load(settings: Settings, folder: Path) -> None:
    """Load the territories, then the places, of ``folder`` into the base of ``settings``."""


@contextmanager
def _only_one(settings: Settings) -> Iterator[psycopg.Connection]:
    """Two first starts at a time: the second waits, then finds the data there."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        yield connection


def _is_loaded(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT 1 FROM data_version WHERE subject = %s", (_SUBJECT,)).fetchone() is not None
