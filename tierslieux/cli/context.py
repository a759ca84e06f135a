"""What every command shares: the settings of this checkout, and one sentence instead of a stack trace."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from tierslieux.ops.base import opened_base
from tierslieux.ops.checkout import this_checkout
from tierslieux.ops.migrations import Migrations
from tierslieux.settings import Settings

EXIT_DONE, EXIT_WRONG_USE, EXIT_REFUSALS, EXIT_REFUSED, EXIT_NO_BASE = 0, 2, 3, 4, 5


def settings_or_exit() -> Settings:
    """The settings of a base that answers until the command ends; the private one is started and migrated where needed.

    Raises ``SettingsError`` or ``NoBase``, which end the command with their sentence.
    """
    checkout = this_checkout()
    settings = click.get_current_context().find_root().with_resource(opened_base(checkout))
    if not os.environ.get("TIERSLIEUX_DATABASE_URL"):  # a base that an administrator keeps is migrated when they say so
        Migrations(checkout.root, settings.sqlalchemy_url).upgrade()
    return settings


def refuse(sentence: str, code: int = EXIT_REFUSED) -> NoReturn:
    """Say why and end."""
    print(f"tierslieux: {sentence}", file=sys.stderr)
    sys.exit(code)
