"""``tierslieux serve`` as a person meets it: a process, its lines, its port, its end."""

from __future__ import annotations

import http.client
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tierslieux.ops import libraries, ports
from tierslieux.ops.checkout import Checkout

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    not libraries.are_installed(Checkout(ROOT, ROOT), libraries.SITE),
    reason="script/test installs the site's libraries",
)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def env(database_url: str, base: psycopg.Connection[Any], tmp_path: Path, port: int) -> dict[str, str]:
    """The environment of a service on a database of its own, whose data counts as loaded."""
    base.execute("INSERT INTO data_version VALUES ('first-load', 1)")
    own = {name: value for name, value in os.environ.items() if not name.startswith("TIERSLIEUX_")}
    return own | {
        "TIERSLIEUX_DATABASE_URL": database_url,
        "TIERSLIEUX_SECRET": "a secret of forty characters for tests..",
        "TIERSLIEUX_STATE_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "WORKERS": "2",
    }


@contextmanager
def served(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A service that said its address."""
    words = [sys.executable, "-P", "-m", "tierslieux.cli", "serve"]
    process = subprocess.Popen(words, env=env, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    said = [process.stderr.readline()]
    while said[-1] and "open http://" not in said[-1]:
        said.append(process.stderr.readline())
    assert f"open http://127.0.0.1:{env['PORT']} " in said[-1], said
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", "/health/ready")
    return connection.getresponse().status


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_in_order(env: dict[str, str], port: int, number: signal.Signals) -> None:
    with served(env) as process:
        assert status(port) == 200
        process.send_signal(number)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == "tierslieux: stopped\n"
    ports.check_free("127.0.0.1", port)


def test_a_killed_launcher_takes_its_web_server_along(env: dict[str, str], port: int) -> None:
    with served(env) as process:
        watched = [os.pidfd_open(pid) for pid in descendants(process.pid)]
        assert len(watched) == 3
        process.kill()
        for descriptor in watched:
            assert select.select([descriptor], [], [], 20)[0]
            os.close(descriptor)
    ports.check_free("127.0.0.1", port)


def test_a_web_server_that_ends_by_itself_ends_the_launcher_with_a_sentence(env: dict[str, str]) -> None:
    with served(env) as process:
        (web,) = children(process.pid)
        os.kill(web, signal.SIGTERM)
        assert process.wait(30) == 6
        assert process.stderr is not None
        assert "The web server ended by itself" in process.stderr.read()


def test_a_taken_port_is_refused_before_any_work(env: dict[str, str], port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        words = [sys.executable, "-P", "-m", "tierslieux.cli", "serve"]
        refused = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    assert refused.returncode == 6
    assert refused.stderr.startswith(f"tierslieux: Port {port} is in use")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "said", "code"),
    [
        ("PORT", "http", "PORT must be a whole number from 1 to 65535", 4),
        ("TIERSLIEUX_SECRET", "short", "TIERSLIEUX_SECRET is too short", 4),
        ("TIERSLIEUX_DATABASE_URL", "postgresql://a@127.0.0.1:9/tl", "No database server answers at 127.0.0.1", 5),
    ],
)
def test_a_wrong_setting_is_one_sentence(env: dict[str, str], name: str, value: str, said: str, code: int) -> None:
    words = [sys.executable, "-P", "-m", "tierslieux.cli", "serve"]
    refused = subprocess.run(words, env=env | {name: value}, capture_output=True, text=True, check=False)
    assert (refused.returncode, len(refused.stderr.splitlines())) == (code, 1)
    assert said in refused.stderr


def children(pid: int) -> list[int]:
    """The process ids of the programs that ``pid`` started."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def descendants(pid: int) -> list[int]:
    """The process ids of all that ``pid`` started, or that they started."""
    return [one for child in children(pid) for one in (child, *descendants(child))]
