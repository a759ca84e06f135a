"""``tierslieux db``: the base, private or not."""

from __future__ import annotations

from pathlib import Path

import click

from tierslieux.cli.context import refuse
from tierslieux.ops.backup import back_up
from tierslieux.ops.backup import restore as restore_file
from tierslieux.ops.base import ensure_database, opened_base, serving_leases
from tierslieux.ops.checkout import this_checkout
from tierslieux.ops.database_check import administrator_sql, check_database
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


@db.command()
def check() -> None:
    """Look at versions, extensions and rights; print the SQL that an administrator must run where something misses."""
    with opened_base(this_checkout()) as settings:
        findings = check_database(settings.database_url)
    for finding in findings:
        click.echo(f"{finding.subject}: {finding.fault or 'ok'}")
    faults = [finding for finding in findings if finding.fault]
    for finding in faults:
        if not finding.remedy.endswith(";"):
            click.echo(f"{finding.subject}: {finding.remedy}", err=True)
    statements = administrator_sql(findings)
    if statements:
        click.echo("-- As a superuser, connected to this database:\n" + "\n".join(statements))
    if faults:
        refuse("the base cannot serve yet: mend the points above, then run `tierslieux db check` again")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole base to FILE (readable by you alone: it holds personal data)."""
    with opened_base(this_checkout()) as settings:
        back_up(settings.database_url, file)
    click.echo(f"{file}: {file.stat().st_size} bytes")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.confirmation_option(prompt="What the base holds now is replaced. Go on?")
def restore(file: Path) -> None:
    """Replace what the base holds by FILE, all of it or nothing; then bring it to this version's schema."""
    checkout = this_checkout()
    with opened_base(checkout) as settings:
        restore_file(settings.database_url, file)
        Migrations(checkout.root, settings.sqlalchemy_url).upgrade()
    click.echo("restored")
