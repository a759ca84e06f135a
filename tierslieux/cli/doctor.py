"""``tierslieux doctor``: whether what must hold in the base does."""

from __future__ import annotations

import json

import click
import psycopg

from tierslieux.booking.queries.doctor import examine
from tierslieux.cli.context import EXIT_NO_BASE, refuse, settings_or_exit
from tierslieux.web.plans import run_plan


@click.command()
def doctor() -> None:
    """Look at every booking and its seats; JSON on stdout. Exit 0: all is well; 3: something is wrong, and named."""
    settings = settings_or_exit()
    try:
        with psycopg.connect(settings.database_url, autocommit=True) as connection:
            connection.execute("SET default_transaction_read_only = on")
            found = run_plan(connection, examine())
    except psycopg.OperationalError:
        refuse("The database does not answer: start it (tierslieux db start), then run this again.", EXIT_NO_BASE)
    click.echo(json.dumps(found, ensure_ascii=False))
    if any(found.values()):
        raise SystemExit(3)
