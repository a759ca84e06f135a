"""The base of this checkout: the server of ``TIERSLIEUX_DATABASE_URL`` where that is set, else a private cluster."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tierslieux.ops.checkout import Checkout
from tierslieux.ops.cluster import SERVING, THROWAWAY, Cluster
from tierslieux.ops.console import step
from tierslieux.ops.database_check import EXTENSIONS, connected
from tierslieux.ops.leases import Leases
from tierslieux.settings import Settings, read_settings

DATABASE = "tierslieux"
OWNER = "tierslieux"
"""The application's role: owner of its database, no superuser, as on a server that an administrator keeps."""


def serving_leases(checkout: Checkout) -> Leases:
    """The private cluster of ``checkout``."""
    return Leases(Cluster(checkout.state_dir / "cluster", SERVING))


def test_leases(checkout: Checkout) -> Leases:
    """The throwaway cluster of the tests of ``checkout``."""
    return Leases(Cluster(checkout.state_dir / "test-cluster", THROWAWAY))


def settings_of(checkout: Checkout) -> Settings:
    """The settings of this environment, whose base may not run yet. ``SettingsError`` names what is wrong."""
    env = dict(os.environ)
    if not env.get("TIERSLIEUX_DATABASE_URL"):
        env["TIERSLIEUX_DATABASE_URL"] = serving_leases(checkout).cluster.url(DATABASE, OWNER)
        env.setdefault("TIERSLIEUX_SECRET", kept_secret(checkout.state_dir / "secret"))
    return read_settings(env, state_dir=checkout.state_dir)


@contextmanager
def opened_base(checkout: Checkout) -> Iterator[Settings]:
    """The settings of a base that answers during this block; the private cluster is started where needed.

    Raises ``SettingsError`` or ``NoBase``. Nothing is migrated here.
    """
    settings = settings_of(checkout)
    leases = serving_leases(checkout)
    if settings.database_url != leases.cluster.url(DATABASE, OWNER):
        connected(settings.database_url).close()
        yield settings
        return
    with leases.held():
        ensure_database(leases.cluster)
        yield settings


def kept_secret(path: Path) -> str:
    """The secret of this checkout's private base: made once, readable by its owner alone."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text("ascii").strip()
        if kept:
            return kept
        path.unlink()  # a crash between making and writing it: nothing was signed yet
        return kept_secret(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii")


def ensure_database(cluster: Cluster) -> None:
    """Make the application's role, database and extensions where they miss; half of it left by a crash is completed."""
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (OWNER,)).fetchone() is None:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(OWNER)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone() is None:
            names = {"database": sql.Identifier(DATABASE), "owner": sql.Identifier(OWNER)}
            connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    with psycopg.connect(cluster.url(DATABASE), autocommit=True) as connection:
        present = {name for (name,) in connection.execute("SELECT extname FROM pg_extension").fetchall()}
        missing = [name for name in EXTENSIONS if name not in present]
        if missing:
            with step("Added PostGIS to the base"):
                for name in missing:
                    connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))
