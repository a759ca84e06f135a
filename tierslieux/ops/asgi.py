"""What granian loads in each worker: the application of the environment's settings.

This module is light: ``create`` first makes the worker one that can be stopped, then imports the application, then
waits until the launcher has made the base ready.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tierslieux.ops.locks import wait_until_free
from tierslieux.ops.processes import end_by_signals, end_with_parent

if TYPE_CHECKING:
    from litestar import Litestar


def create() -> Litestar:
    """The application, in a worker that ends with the process that made it."""
    end_by_signals()
    end_with_parent()
    from tierslieux.app import create_app  # noqa: PLC0415 - see the module
    from tierslieux.settings import read_settings  # noqa: PLC0415

    if gate := os.environ.get("TIERSLIEUX_GATE"):
        wait_until_free(Path(gate))
    return create_app(read_settings(os.environ, state_dir=Path(os.environ["TIERSLIEUX_STATE_DIR"])))
