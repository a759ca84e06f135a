"""``tierslieux import places``: load a list of places through a mapping."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import psycopg

from tierslieux.cli.context import EXIT_NO_BASE, EXIT_REFUSALS, EXIT_WRONG_USE, refuse, settings_or_exit
from tierslieux.places.importing.aftermath import note_merged, settle
from tierslieux.places.importing.days import DayBuilder
from tierslieux.places.importing.load.hooks import Hooks
from tierslieux.places.importing.load.outcome import Counts
from tierslieux.places.importing.mapping import Mapping as SourceMapping
from tierslieux.places.importing.mapping import MappingError, load_mapping
from tierslieux.places.importing.readers import FileUnreadable
from tierslieux.places.importing.run import Interrupted, Order, SourceBusy, import_places
from tierslieux.shared.time import SystemClock

EXIT_INTERRUPTED = 130
_EVERY = 5


@click.command("places")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--mapping", "mapping_name", help="The source's mapping, or a .toml file; without it the file's own name."
)
@click.option("--dry-run", is_flag=True, help="Read and judge every row, and change nothing.")
@click.option("--report", type=click.Path(path_type=Path), help="Write what became of each row as CSV.")
@click.option(
    "--refused", type=click.Path(path_type=Path), help="Write refused rows as CSV, to correct and import again."
)
@click.option("--partial", is_flag=True, help="The file is a part of its source: rows that it lacks are not missing.")
def places(
    *, file: Path, mapping_name: str | None, dry_run: bool, report: Path | None, refused: Path | None, partial: bool
) -> None:
    """Import the places of FILE (CSV, GeoJSON or JSON, also gzip) and print the counts as JSON.

    Exit codes: 0 done, 2 wrong use, 3 done with refusals (see the report), 4 refused as a whole, 5 no base.
    """
    settings = settings_or_exit()
    mapping = _mapping(mapping_name or file.name.split(".")[0])
    now = SystemClock().now()
    if refused is None and report is not None:
        refused = report.with_suffix(".refus.csv")
    order = Order(file, mapping, now, dry_run, partial, report, refused, progress=show_progress)
    counts = import_and_settle(settings.database_url, order)
    click.echo(json.dumps(counts.as_dict()))
    if counts.refused:
        _say_refusals(counts, report, refused)
        sys.exit(EXIT_REFUSALS)


def import_and_settle(database_url: str, order: Order) -> Counts:
    """Import the file, then merge its duplicates; the counts tell merged rows from created ones."""
    with DayBuilder(database_url, order.now) as days:
        counts, new = import_rows(database_url, order, days)
        if (new or counts.changed) and not order.is_dry:
            count_merged(counts, new, settle_all(database_url, new, order.now, days), order.report)
        days.finish()
    return counts


def import_rows(database_url: str, order: Order, days: DayBuilder) -> tuple[Counts, list[int]]:
    """The counts of the run and the numbers of the places that it created; ``days`` works out theirs beside it."""
    new: list[int] = []
    hooks = Hooks(on_new=lambda _connection, places: new.extend(places), after_batch=days.add)
    return run_or_refuse(database_url, replace(order, hooks=hooks)), new


def settle_all(database_url: str, new: Sequence[int], now: datetime, days: DayBuilder) -> Mapping[int, int]:
    """Merge the duplicates among ``new``: which of them now points to which place."""
    with psycopg.connect(database_url, autocommit=True, application_name="tierslieux-import") as connection:
        settled = settle(connection, new, now)
    days.add(settled.keepers)
    return settled.merged


def count_merged(counts: Counts, new: Sequence[int], merged: Mapping[int, int], report: Path | None) -> None:
    """Count, and say in the report, which created rows turned out to be there already."""
    number = sum(place_id in merged for place_id in new)
    counts.created -= number
    counts.merged += number
    if report is not None:
        note_merged(report, merged)


def run_or_refuse(database_url: str, order: Order) -> Counts:
    """The counts of the run; what stops it ends as one sentence and an exit code."""
    try:
        return import_places(database_url, order)
    except (FileUnreadable, MappingError) as exc:
        refuse(str(exc))
    except SourceBusy:
        refuse("Un autre import de cette source est en cours. Rien n'a été fait ; relancez quand il sera fini.")
    except Interrupted as exc:
        sentence = (
            "Import interrompu : ce qui était chargé reste, rien n'est à moitié écrit. La même commande le reprend."
        )
        refuse(f"{sentence} Lignes traitées : {exc.counts.rows}.", EXIT_INTERRUPTED)
    except psycopg.OperationalError:
        refuse(
            "La base ne répond pas. Rien n'a été perdu ; démarrez-la (« tierslieux db start ») et relancez.",
            EXIT_NO_BASE,
        )
    except psycopg.errors.UndefinedTable:
        refuse("La base n'est pas à jour : lancez « tierslieux db migrate », puis relancez l'import.", EXIT_NO_BASE)


def show_progress(counts: Counts, seconds: float) -> None:
    """One line on stderr that is written over where people look on, else one now and then."""
    speed = counts.rows / seconds if seconds else 0
    line = f"{counts.rows} lignes, {speed:.0f} par seconde, {counts.refused} refusées"
    if sys.stderr.isatty():
        click.echo(f"\r{line}", nl=False, err=True)
    elif counts.rows // 2000 % _EVERY == 0:
        click.echo(line, err=True)


def _mapping(name: str) -> SourceMapping:
    try:
        return load_mapping(name)
    except MappingError as exc:
        refuse(str(exc), EXIT_WRONG_USE)


def _say_refusals(counts: Counts, report: Path | None, refused: Path | None) -> None:
    where = f"Le rapport {report} dit pourquoi." if report else "Ajoutez --report FICHIER.csv pour savoir pourquoi."
    again = f" Corrigez {refused} et importez-le avec la même correspondance." if refused else ""
    click.echo(f"\n{counts.refused} lignes refusées sur {counts.rows}. {where}{again}", err=True)
