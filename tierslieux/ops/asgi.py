"""What granian loads in each worker: the application of the environment's settings."""

from __future__ import annotations

import os
from pathlib import Path

from litestar import Litestar

from tierslieux.app import create_app
from tierslieux.ops.processes import end_with_parent
from tierslieux.settings import read_settings


def create() -> Litestar:
    """The application, in a worker that ends with the process that made it."""
    end_with_parent()
    return create_app(read_settings(os.environ, state_dir=Path(os.environ["TIERSLIEUX_STATE_DIR"])))
