"""``tierslieux import folder``: every list of places in a folder that has a mapping of its own name."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from tierslieux.cli.context import EXIT_REFUSALS, settings_or_exit
from tierslieux.cli.places import count_merged, import_rows, settle_all, show_progress
from tierslieux.places.importing.days import DayBuilder
from tierslieux.places.importing.load.outcome import Counts
from tierslieux.places.importing.mapping import load_mapping, mapping_names
from tierslieux.places.importing.run import Order
from tierslieux.shared.time import SystemClock


@click.command("folder")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def folder_of_places(folder: Path) -> None:
    """Import every file of FOLDER that has a mapping of its name; print the counts of each as a JSON line.

    Duplicates are looked for once, over all files together.

    Exit codes as for `import places`: 3 where a row was refused.
    """
    url, now = settings_or_exit().database_url, SystemClock().now()
    done: list[tuple[Path, Counts, list[int]]] = []
    with DayBuilder(url, now) as days:
        for file in files_of(folder):
            order = Order(file, load_mapping(stem_of(file)), now, progress=show_progress)
            done.append((file, *import_rows(url, order, days)))
        new = [place_id for _, _, places in done for place_id in places]
        has_news = new or any(counts.changed for _, counts, _ in done)
        merged = settle_all(url, new, now, days) if has_news else {}
        days.finish()
    for file, counts, places in done:
        count_merged(counts, places, merged, None)
        click.echo(json.dumps({"file": file.name, **counts.as_dict()}))
    if any(counts.refused for _, counts, _ in done):
        sys.exit(EXIT_REFUSALS)


def files_of(folder: Path) -> list[Path]:
    """The files that have a mapping, the largest first."""
    known = set(mapping_names())
    files = [file for file in folder.iterdir() if file.is_file() and stem_of(file) in known]
    return sorted(files, key=lambda file: (-file.stat().st_size, file.name))


def stem_of(file: Path) -> str:
    """The file's name without its endings: ``bibliotheques_publiques`` of ``bibliotheques_publiques.csv.gz``."""
    return file.name.split(".")[0]
