"""A private PostGIS cluster: one directory, a Unix socket, no TCP port. ``leases.py`` decides when it runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from tierslieux.ops import postmaster
from tierslieux.ops.binaries import Binaries, find_binaries, usual_places
from tierslieux.ops.identity import Identity, cluster_identity
from tierslieux.ops.sockets import socket_dir
from tierslieux.ops.trouble import NoBase, diagnose

SUPERUSER = "postgres"
_START_TIMEOUT = 600
"""Seconds: a recovery after a power cut may take minutes."""
_COMMON = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "log_min_error_statement": "panic",  # statements hold what people typed
    "log_checkpoints": "off",
}
SERVING = MappingProxyType(
    _COMMON
    | {
        "shared_buffers": "256MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
    }
)
"""Durable, sized for a small machine."""
THROWAWAY = MappingProxyType(
    _COMMON
    | {
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "shared_buffers": "256MB",
        "autovacuum": "off",
        "max_connections": "200",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "1h",
    }
)
"""Fast, and lost by a power cut: for tests."""


@dataclass(frozen=True)
class Cluster:
    """The cluster in ``home``, which belongs to the cluster's user, with the ``options`` of its configuration."""

    home: Path
    options: Mapping[str, str]

    @property
    def data_dir(self) -> Path:
        """Where PostgreSQL keeps its files; exists once the cluster was made whole."""
        return self.home / "data"

    @property
    def socket_dir(self) -> Path:
        """Where the socket lies."""
        return socket_dir(self.home)

    @property
    def log(self) -> Path:
        """PostgreSQL's own log."""
        return self.home / "postgresql.log"

    @property
    def is_throwaway(self) -> bool:
        """Whether what it holds is worth nothing after its last use."""
        return self.options.get("fsync") == "off"

    @property
    def identity(self) -> Identity:
        """The user that it runs as."""
        return cluster_identity(self.data_dir)

    def binaries(self) -> Binaries:
        """The programs that fit its data; ``NoBase`` where they are not installed."""
        version = self.data_dir / "PG_VERSION"
        return find_binaries(usual_places(), int(version.read_text("ascii")) if version.exists() else None)

    def url(self, database: str, user: str = SUPERUSER) -> str:
        """The address of ``database`` as ``user``. No password: the socket's folder decides who may connect."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_dir), safe='/')}&port=5432"

    def is_running(self) -> bool:
        """Whether this cluster's own server process lives (a stale process id of another program does not count)."""
        return postmaster.running_pid(self.data_dir) is not None

    def create(self) -> None:
        """Make the cluster; a making that was cut short is begun anew. ``NoBase`` where it fails."""
        identity, unfinished = self.identity, self.home / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        identity.own_dir(self.home)
        options = ["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", f"--locale={_locale()}", "--no-instructions"]
        sync = ["--no-sync"] if self.is_throwaway else []
        made = identity.run([self.binaries().program("initdb"), "-D", str(unfinished), *options, *sync])
        if made.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise NoBase(self._failure("made", made.stderr))
        with (unfinished / "postgresql.conf").open("a") as conf:
            conf.write("\ninclude 'tierslieux.conf'\n")
        unfinished.rename(self.data_dir)

    def start(self) -> None:
        """Start it and wait until it answers. The caller holds the cluster's lock and knows that it does not run."""
        self.identity.own_dir(self.home)
        self.identity.own_dir(self.socket_dir)
        self._write_options()
        postmaster.forget_dead(self.data_dir, self.socket_dir)
        deadline = time.monotonic() + 30
        while True:
            mark = self.log.stat().st_size if self.log.exists() else 0
            if self._pg_ctl("start", "-l", str(self.log), "-t", str(_START_TIMEOUT)).returncode == 0:
                return
            said = self.log.read_bytes()[mark:].decode(errors="replace") if self.log.exists() else ""
            if "is still in use" not in said or time.monotonic() > deadline:
                raise NoBase(self._failure("started", said))
            time.sleep(0.2)  # back ends of a killed server notice its death and go, one by one

    def stop(self) -> None:
        """Stop it and wait for its end; connections are closed, nothing stored is lost."""
        stopped = self._pg_ctl("stop", "-m", "fast", "-t", "60")
        if stopped.returncode and self.is_running():
            raise NoBase(self._failure("stopped", stopped.stderr))

    def destroy(self) -> None:
        """Forget it and everything it holds. It does not run."""
        shutil.rmtree(self.home, ignore_errors=True)

    def _pg_ctl(self, verb: str, *options: str) -> subprocess.CompletedProcess[str]:
        words = [self.binaries().program("pg_ctl"), "-D", str(self.data_dir), "-w", *options, verb]
        return self.identity.run(words)

    def _write_options(self) -> None:
        options = {"unix_socket_directories": f'"{self.socket_dir}"', **self.options}
        lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'\n" for name, value in options.items()]
        path = self.data_dir / "tierslieux.conf"
        path.write_text("# Written at every start.\n" + "".join(lines))
        self.identity.own_file(path)

    def _failure(self, verb: str, said: str) -> str:
        known = diagnose(said)
        last = next((line.strip() for line in reversed(said.splitlines()) if "FATAL" in line or "rror:" in line), "")
        return (
            known
            or f"The private base could not be {verb}: {last or 'PostgreSQL gave no reason.'} (Its log: {self.log})"
        )


def _locale() -> str:
    return "en_US.UTF-8" if os.uname().sysname == "Darwin" else "C.UTF-8"
