"""``tierslieux serve``: what ``script/server`` runs."""

from __future__ import annotations

import click

from tierslieux.ops.checkout import this_checkout
from tierslieux.ops.server import serve as serve_checkout


@click.command()
def serve() -> None:
    """Start the base where needed, migrate it, load the data once, and serve on 127.0.0.1 (PORT, WORKERS)."""
    serve_checkout(this_checkout())
