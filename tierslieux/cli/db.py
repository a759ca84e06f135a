"""``tierslieux db``: the base, private or not."""

from __future__ import annotations

import click

from tierslieux.ops.base import ensure_database, opened_base, serving_leases
from tierslieux.ops.checkout import this_checkout
from tierslieux.ops.migrations import Migrations


@click.group()
def db() -> None:
    """Start, stop, migrate, check, back up and restore the base."""


@db.command()
def start() -> None:
    """Start the private base and keep it running; print its address."""
    leases = serving_leases(this_checkout())
    leases.start()
    ensure_database(leases.cluster)
    click.echo(leases.cluster.url("tierslieux", "tierslieux"))


@db.command()
def stop() -> None:
    """Stop the private base, unless a server uses it."""
    serving_leases(this_checkout()).stop()


@db.command()
def status() -> None:
    """Say whether the private base runs and where it lies."""
    leases = serving_leases(this_checkout())
    if not leases.cluster.data_dir.exists():
        click.echo("not made yet: script/server makes it")
        return
    state = "running" if leases.cluster.is_running() else "stopped"
    click.echo(f"{state}, {'in use' if leases.is_used() else 'not in use'}: {leases.cluster.home}")


@db.command()
def migrate() -> None:
    """Bring the base to this version's schema."""
    checkout = this_checkout()
    with opened_base(checkout) as settings:
        done = Migrations(checkout.root, settings.sqlalchemy_url).upgrade()
    click.echo("migrated" if done else "already at this version's schema")
