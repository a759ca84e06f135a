"""Real server processes on loopback ports, over one database, that can be killed and started again."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.conftest import CHECKOUT, SECRET
from tests.site_files import name_site_files

START_SECONDS = 60


@dataclass
class ServerProcess:
    """One granian as ``script/server`` starts it, with one worker: its address stays the same over restarts."""

    environment: Mapping[str, str]
    port: int
    log: Path
    running: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, without waiting until it answers."""
        words = [sys.executable, "-P", "-m", "tierslieux.ops.web"]
        env = dict(self.environment) | {"PORT": str(self.port)}
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                words, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def wait_until_ready(self) -> None:
        """Return when it answers."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text()
            assert self.running is not None
            assert self.running.poll() is None, self.log.read_text()
            select.select([], [], [], 0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.address}/health/ready", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL to all of it at once, in the middle of whatever it does."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None

    def stop(self) -> None:
        """End it in order."""
        if self.running is not None:
            self.running.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.running.wait(30)
            self.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server_processes(database_url: str, count: int = 2, **more: str) -> Iterator[list[ServerProcess]]:
    """``count`` processes over one database, with the settable clock and without rate limits; all answer."""
    with tempfile.TemporaryDirectory(prefix="tl-races-") as state, ExitStack() as ended:
        name_site_files(Path(state))
        env = _environment(database_url, state) | more
        servers = [ServerProcess(env, free_port(), Path(state, f"{number}.log")) for number in range(count)]
        for server in servers:
            ended.callback(server.stop)
            server.start()
        for server in servers:
            server.wait_until_ready()
        yield servers


def _environment(database_url: str, state: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIERSLIEUX_")}
    return own | {
        "TIERSLIEUX_DATABASE_URL": database_url,
        "TIERSLIEUX_SECRET": SECRET.decode(),
        "TIERSLIEUX_STATE_DIR": state,
        "TIERSLIEUX_LISTEN": "127.0.0.1",
        "TIERSLIEUX_TEST_CLOCK": "on",
        "TIERSLIEUX_RATE_LIMITS": "off",
        "TIERSLIEUX_LOG_LEVEL": "WARNING",
        "TIERSLIEUX_PUBLIC_URL": "http://127.0.0.1:8000",
        "PYTHONPATH": str(CHECKOUT),
        "WORKERS": "1",
    }
