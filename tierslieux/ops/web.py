"""The web server's own process: granian on a loopback port, in as many workers as asked. Started by ``server.py``."""

from __future__ import annotations

import os

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from tierslieux.ops.processes import end_with_parent


def main() -> None:
    """Serve until SIGTERM, or until the launcher is gone."""
    end_with_parent()
    Server(
        "tierslieux.ops.asgi:create",
        factory=True,
        address=os.environ["TIERSLIEUX_LISTEN"],
        port=int(os.environ["PORT"]),
        workers=int(os.environ["WORKERS"]),
        interface=Interfaces.ASGI,
        log_level=LogLevels.warning,
        websockets=False,
        workers_kill_timeout=20,
    ).serve()


if __name__ == "__main__":
    main()
