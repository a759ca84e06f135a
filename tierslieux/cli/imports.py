"""``tierslieux import``: files of open data into the base."""

from __future__ import annotations

import click

from tierslieux.cli.folder import folder_of_places
from tierslieux.cli.places import places
from tierslieux.cli.territories import territories


@click.group("import")
def imports() -> None:
    """Load files of open data."""


imports.add_command(territories)
imports.add_command(places)
imports.add_command(folder_of_places)
