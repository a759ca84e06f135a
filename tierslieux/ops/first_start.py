"""Data on the first start, once per base: what the folder beside the checkout, the operator or the repository holds."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tierslieux.ops.checkout import Checkout
from tierslieux.ops.commands import run_logged
from tierslieux.ops.console import step
from tierslieux.ops.open_data import fetch_files
from tierslieux.ops.trouble import DISK_FULL, Trouble
from tierslieux.settings import Settings

LOADS = (("import", "territories"), ("import", "folder"))
"""The commands that load a folder, in order."""
EXIT_REFUSALS = 3
"""Done, with rows that were refused: real files have some."""
_LITTLE = 32 * 1024 * 1024
_SUBJECT = "first-load"
_ADVISORY_LOCK = 712_408_224


def load_once(settings: Settings, checkout: Checkout, env: Mapping[str, str]) -> None:
    """Load the data unless this base has it. A load cut short is begun again: nothing is imported twice."""
    with _only_one(settings) as connection:
        if _is_loaded(connection):
            return
        folder = data_folder(settings, checkout)
        with step(f"Loaded the data of {folder}"):
            _load(folder, checkout, env)
        connection.execute(
            "INSERT INTO data_version (subject, version) VALUES (%s, 1) ON CONFLICT DO NOTHING", (_SUBJECT,)
        )


def _load(folder: Path, checkout: Checkout, env: Mapping[str, str]) -> None:
    try:
        for words in LOADS:
            command = [sys.executable, "-P", "-m", "tierslieux.cli", *words, str(folder)]
            run_logged(command, checkout.log_path("first-load"), env=env, accepted=(0, EXIT_REFUSALS))
    except Trouble:
        if shutil.disk_usage(checkout.state_dir).free < _LITTLE:  # what a base without room says is not always that
            raise Trouble(DISK_FULL) from None
        raise


def data_folder(settings: Settings, checkout: Checkout) -> Path:
    """The data's folder: ``TIERSLIEUX_DATA_DIR``, else ``../shared/data`` beside the checkout, else what the configured
    addresses hold, else the repository's own sample.
    """
    beside = checkout.root.parent / "shared" / "data"
    if settings.data_dir is not None:
        return settings.data_dir
    if (beside / "communes.csv.gz").exists():
        return beside
    if settings.open_data_urls:
        return fetch_files(settings.open_data_urls, checkout.state_dir / "open-data")
    return checkout.root / "data"


@contextmanager
def _only_one(settings: Settings) -> Iterator[psycopg.Connection]:
    """Two first starts at a time: the second waits, then finds the data there."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        yield connection


def _is_loaded(connection: psycopg.Connection) -> bool:
    return connection.execute("SELECT 1 FROM data_version WHERE subject = %s", (_SUBJECT,)).fetchone() is not None
