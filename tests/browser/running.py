"""Starting the service as it is served, on a port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.conftest import CHECKOUT, SECRET


@contextmanager
def running(database_url: str, state_dir: Path) -> Iterator[str]:
    """The address of the service on that database; ended at the end."""
    port = _free_port()
    env = {
        **os.environ,
        "TIERSLIEUX_DATABASE_URL": database_url,
        "TIERSLIEUX_SECRET": SECRET.decode(),
        "TIERSLIEUX_STATE_DIR": str(state_dir),
        "TIERSLIEUX_LISTEN": "127.0.0.1",
        "TIERSLIEUX_TEST_CLOCK": "on",
        "TIERSLIEUX_RATE_LIMITS": "off",
        "TIERSLIEUX_LOG_LEVEL": "ERROR",
        "PORT": str(port),
        "WORKERS": "1",
    }
    process = subprocess.Popen([sys.executable, "-m", "tierslieux.ops.web"], env=env, cwd=CHECKOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str) -> None:
    """Ask until it answers (httpx waits a little longer each time)."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=7), timeout=30) as client:
        client.get(f"{address}/health/ready").raise_for_status()
