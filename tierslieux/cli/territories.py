"""``tierslieux import territories FOLDER``."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import click
import psycopg

from tierslieux.cli.context import EXIT_NO_BASE, refuse, settings_or_exit
from tierslieux.territories.domain import GEO_COG
from tierslieux.territories.errors import UnreadableFiles
from tierslieux.territories.importing import import_territories


@click.command("territories")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--geo-cog", type=click.IntRange(2000, 2100), default=GEO_COG, show_default=True, help="Year of the codes."
)
def territories(folder: Path, geo_cog: int) -> None:
    """Load communes, EPCI, départements and régions from FOLDER.

    It holds communes.csv, and where there are any epci.csv, communes_anciens_codes.csv and outlines as GeoJSON
    (communes*, epci, departements, regions); each may be gzipped. Prints the counts as JSON.
    """
    begun = time.perf_counter()

    def progress(step: str) -> None:
        print(f"{time.perf_counter() - begun:6.1f} s  {step}", file=sys.stderr)

    try:
        with psycopg.connect(settings_or_exit().database_url, autocommit=True) as connection:
            outcome = import_territories(connection, folder, geo_cog=geo_cog, progress=progress)
    except UnreadableFiles as exc:
        refuse(str(exc))
    except psycopg.OperationalError:
        refuse(
            "The database does not answer; nothing was stored. Start it (script/server) and import again.", EXIT_NO_BASE
        )
    if outcome is None:
        progress("the same files were loaded last: nothing to do")
        return
    progress("done: nothing changed" if outcome.is_nothing else "done")
    print(json.dumps(outcome.counts()))
