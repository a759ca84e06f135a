"""The ``tierslieux`` command: what an operator needs without a page.

Exit codes: 0 done, 2 wrong use, 3 done with refusals (they are in the report), 4 refused as a whole, 5 no base.
Data goes to stdout, talk to stderr.
"""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tierslieux")
def main() -> None:
    """Directory and booking of third places."""
