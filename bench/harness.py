"""What every benchmark stands on: the real service under granian, wrk as the asker, pgbench on the same SQL.

A figure is a ratio of two measurements of one run, taken one after the other on the same machine and database.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg.adapt import Transformer

from tests.site_files import name_site_files
from tierslieux.web.db import READ_OPTIONS

LISTEN = "127.0.0.1"
_LUA = """
local paths = {}
for line in io.lines("PATHS") do paths[#paths + 1] = line end
math.randomseed(1)
request = function() return wrk.format("GET", paths[math.random(#paths)], {["Accept-Encoding"] = "gzip"}) end
done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect
  io.stderr:write(string.format('{"requests": %d, "microseconds": %d, "errors": %d}\\n',
    summary.requests, summary.duration, bad))
end
"""


@dataclass(frozen=True)
class Load:
    """What wrk measured."""

    per_second: float
    errors: int


@dataclass(frozen=True)
class Options:
    """What the command line of a benchmark says."""

    database_url: str
    seconds: int
    clients: int
    workers: int
    port: int
    tipg: Path | None


def options(description: str | None, *, clients: int = 8) -> Options:
    """Read the command line that all benchmarks share."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url", help="made by bench.generate")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--clients", type=int, default=clients)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--tipg", type=Path, help="the environment that tipg is installed in")
    return Options(**vars(parser.parse_args()))


@contextmanager
def service(run: Options) -> Iterator[str]:
    """The address of the real service over the run's database, stopped at the end."""
    with tempfile.TemporaryDirectory() as state:
        name_site_files(Path(state))
        environment = os.environ | {
            "TIERSLIEUX_DATABASE_URL": run.database_url,
            "TIERSLIEUX_SECRET": "for benchmarks only, of forty letters ...",
            "TIERSLIEUX_STATE_DIR": state,
            "TIERSLIEUX_LISTEN": LISTEN,
            "TIERSLIEUX_LOG_LEVEL": "WARNING",
            "TIERSLIEUX_TEST_CLOCK": "off",
            "WORKERS": str(run.workers),
            "PORT": str(run.port),
        }
        command = [sys.executable, "-m", "tierslieux.ops.web"]
        with process(command, environment):
            address = f"http://{LISTEN}:{run.port}"
            wait_for(f"{address}/health/ready")
            yield address


@contextmanager
def process(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[None]:
    """A program that is stopped at the end."""
    started = subprocess.Popen(command, env=dict(environment), stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.terminate()
        started.wait(timeout=30)


def wait_for(url: str, seconds: float = 120) -> None:
    """Return when ``url`` answers."""
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def fetch(url: str) -> tuple[bytes, int]:
    """The body as sent, compressed where the service does so, and its length in bytes."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        body = answer.read()
    return body, len(body)


def ask(address: str, paths: Sequence[str], run: Options, clients: int | None = None) -> Load:
    """Ask ``paths`` at random for the run's seconds, after a moment of warming."""
    with tempfile.TemporaryDirectory() as folder:
        listed, script = Path(folder, "paths"), Path(folder, "ask.lua")
        listed.write_text("\n".join(paths) + "\n")
        script.write_text(_LUA.replace("PATHS", str(listed)))
        _wrk(address, script, clients or run.clients, 2)
        return _wrk(address, script, clients or run.clients, run.seconds)


def _wrk(address: str, script: Path, clients: int, seconds: int) -> Load:
    command = [
        "wrk",
        "-t",
        "1",
        "-c",
        str(clients),
        "-d",
        f"{seconds}s",
        "--timeout",
        "10s",
        "-s",
        str(script),
        address,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    found = json.loads(said.strip().splitlines()[-1])
    per_second = found["requests"] / found["microseconds"] * 1e6
    return Load(per_second, found["errors"])


def replay(statements: Sequence[tuple[str, Mapping[str, Any]]], run: Options, clients: int | None = None) -> float:
    """Statements a second of pgbench, prepared, each of ``statements`` as often as the others."""
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, (sql, params) in enumerate(statements):
            path = Path(folder, f"{number}.sql")
            path.write_text(script_of(sql, params))
            files += ["-f", str(path)]
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients or run.clients), "-j", "1"]
        command += ["-T", str(run.seconds), *files, run.database_url]
        environment = os.environ | {"PGOPTIONS": READ_OPTIONS}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise SystemExit(done.stderr)
    return float(found[1])


def script_of(sql: str, params: Mapping[str, Any]) -> str:
    """A pgbench script: numbers are variables, which become parameters of the prepared statement, the rest is text."""
    numbers = {name: value for name, value in params.items() if isinstance(value, int | float)}
    texts = {name: _literal(value) for name, value in params.items() if name not in numbers}

    def value_of(found: re.Match[str]) -> str:
        return f":{found[1]}" if found[1] in numbers else texts[found[1]]

    body = " ".join(re.sub(r"%\((\w+)\)s", value_of, sql).replace("%%", "%").split())
    return "".join(f"\\set {name} {value!r}\n" for name, value in numbers.items()) + body + ";\n"


def _literal(value: Any) -> str:
    if isinstance(value, datetime):
        return f"'{value.isoformat()}'"
    return psycopg.sql.Literal(value).as_string(Transformer())


def rows(run: Options, sql: str, params: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    """The answer of the database itself, for choosing what to ask."""
    with psycopg.connect(run.database_url, options="-c timezone=UTC") as connection:
        return connection.execute(sql, params).fetchall()


def say(name: str, value: float, bar: str, *, holds: bool) -> bool:
    """Print one bar; whether it holds."""
    print(f"{'ok  ' if holds else 'FAIL'} {name}: {value:.2f} (bar: {bar})", flush=True)
    return holds


def end(results: Sequence[bool]) -> None:
    """End the benchmark: 0 where all bars hold."""
    raise SystemExit(0 if all(results) else 1)
