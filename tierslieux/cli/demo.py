"""``tierslieux demo``: a made-up life, to show the service with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click
import psycopg

from tierslieux.cli.context import EXIT_NO_BASE, EXIT_WRONG_USE, refuse, settings_or_exit
from tierslieux.cli.writing import NO_BASE
from tierslieux.demo.service import Order, make_demonstration, remove_demonstration
from tierslieux.ops.console import say, step
from tierslieux.shared.errors import DomainError
from tierslieux.shared.time import SystemClock

T = TypeVar("T")
_SENTENCES = {
    "real_bookings": (
        "cette base contient {count} réservation(s) qu'aucune démonstration n'a faite(s). Une démonstration ne se mêle"
        " pas à de vraies réservations : donnez-lui une autre base (TIERSLIEUX_DATABASE_URL)."
    ),
    "already_demonstration": (
        "cette base est déjà une démonstration. Pour la refaire : « tierslieux demo --replace » ; pour l'enlever :"
        " « tierslieux demo --remove »."
    ),
    "no_demonstration": "cette base n'est pas une démonstration : il n'y a rien à enlever.",
    "no_suitable_places": (
        "aucun lieu de cette base ne peut recevoir de bureaux. Chargez d'abord des lieux, par exemple l'échantillon :"
        " « tierslieux import territories data », puis « tierslieux import folder data »."
    ),
}


@click.command("demo")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True, help="Another life for each.")
@click.option("--places", type=click.IntRange(1, 500), default=25, show_default=True)
@click.option("--months", type=click.IntRange(2, 12), default=6, show_default=True, help="The last one is to come.")
@click.option("--replace", "is_replacing", is_flag=True, help="Remove the demonstration that is there first.")
@click.option("--remove", "is_removing", is_flag=True, help="Take the demonstration away again, and end.")
def demo(*, seed: int, places: int, months: int, is_replacing: bool, is_removing: bool) -> None:
    """Give places made-up desks, teams, guests and bookings; print what was made as JSON.

    Every page and mail of the base says from then on that bookings and people are made up. No mail is sent by it.
    The same seed makes the same life on the same day.

    Exit codes: 0 done, 2 wrong use, 4 refused (the base holds real bookings, or a demonstration), 5 no base.
    """
    if is_removing and is_replacing:
        refuse("--remove ou --replace : l'un des deux.", EXIT_WRONG_USE)
    now = SystemClock().now()
    if is_removing:
        removed = _done(lambda connection: remove_demonstration(connection, now))
        click.echo(json.dumps({"removed_from_places": removed}))
        return
    order = Order(seed, places, months, now, is_replacing)
    made = _done(lambda connection: make_demonstration(connection, order, say))
    bookings = {"total": sum(made.bookings.values()), **dict(sorted(made.bookings.items()))}
    click.echo(
        json.dumps(
            {
                "places": made.places,
                "people": made.people,
                "series": made.series,
                "counts_at_the_door": made.counted,
                "bookings": bookings,
            }
        )
    )


def _done(work: Callable[[psycopg.Connection[Any]], T]) -> T:
    """Do it on a connection; what refuses it ends as one sentence."""
    settings = settings_or_exit()
    try:
        with (
            psycopg.connect(settings.database_url, autocommit=True, application_name="tierslieux-demo") as connection,
            step("Done"),
        ):
            connection.execute("SET timezone = 'UTC'")
            return work(connection)
    except DomainError as exc:
        sentence = _SENTENCES.get(exc.code, exc.code).format(**exc.facts)
        refuse(f"{sentence} Rien n'a été changé.")
    except psycopg.OperationalError:
        refuse(NO_BASE, EXIT_NO_BASE)
