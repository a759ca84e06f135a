"""What every command shares: the settings of this checkout, and one sentence instead of a stack trace."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from tierslieux.settings import Settings, SettingsError, read_settings

EXIT_DONE, EXIT_WRONG_USE, EXIT_REFUSALS, EXIT_REFUSED, EXIT_NO_BASE = 0, 2, 3, 4, 5


def settings_or_exit() -> Settings:
    """The settings of the environment; where one is wrong, its sentence on stderr and exit 4."""
    try:
        return read_settings(os.environ, state_dir=Path(os.environ.get("TIERSLIEUX_STATE_DIR", ".tierslieux")))
    except SettingsError as exc:
        refuse(str(exc))


def refuse(sentence: str, code: int = EXIT_REFUSED) -> NoReturn:
    """Say why and end."""
    print(f"tierslieux: {sentence}", file=sys.stderr)
    sys.exit(code)
