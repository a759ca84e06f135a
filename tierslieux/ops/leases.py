"""Who uses a cluster: the first starts it, the others join, the last one stops it, however the others ended.

Each user holds a shared ``flock`` on one file while it runs; the kernel counts, so a ``kill -9`` leaves no wrong count.
A second, exclusive lock makes "look and start" and "look and stop" one act each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tierslieux.ops.cluster import Cluster
from tierslieux.ops.console import say, step
from tierslieux.ops.locks import exclusive, in_use, shared
from tierslieux.ops.trouble import NoBase


@dataclass(frozen=True)
class Leases:
    """The uses of ``cluster``, counted by lock files beside it."""

    cluster: Cluster

    @property
    def _change_lock(self) -> Path:
        return self.cluster.home.with_suffix(".lock")

    @property
    def _users(self) -> Path:
        return self.cluster.home.with_suffix(".users")

    @property
    def _kept(self) -> Path:
        return self.cluster.home.with_suffix(".kept")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Use the cluster during this block: it runs from the first line to the last."""
        with ExitStack() as use:
            with exclusive(self._change_lock):
                self._make_ready()
                use.enter_context(shared(self._users))
            try:
                yield
            finally:
                with exclusive(self._change_lock):
                    use.close()
                    self._stop_if_unused()

    def start(self) -> None:
        """Start the cluster and keep it running when its last user goes."""
        with exclusive(self._change_lock):
            self._make_ready()
            self._kept.touch()

    def stop(self) -> None:
        """Stop the cluster, or leave it to its last user where one is there."""
        with exclusive(self._change_lock):
            self._kept.unlink(missing_ok=True)
            if self.is_used():
                raise NoBase("The base is in use: stop script/server first (Ctrl-C); the last one stops the base too.")
            self._stop_if_unused()

    def is_used(self) -> bool:
        """Whether anyone uses the cluster now."""
        return in_use(self._users)

    def _make_ready(self) -> None:
        if self.cluster.is_throwaway and not self.cluster.is_running():
            self.cluster.destroy()  # what a killed run left
        if not self.cluster.data_dir.exists():
            with step("Made the tests' base" if self.cluster.is_throwaway else "Made the private base"):
                self.cluster.create()
        if self.cluster.is_running() and _was_upgraded(self.cluster):
            say("PostgreSQL was upgraded while the base ran: it is started anew")
            self.cluster.stop()
        if not self.cluster.is_running():
            self.cluster.start()

    def _stop_if_unused(self) -> None:
        if not self._kept.exists() and not self.is_used() and self.cluster.is_running():
            self.cluster.stop()
            if self.cluster.is_throwaway:
                self.cluster.destroy()


def _was_upgraded(cluster: Cluster) -> bool:
    """Whether the running server is not of the installed programs: its new connections would fail to load libraries."""
    try:
        with psycopg.connect(cluster.url("postgres"), connect_timeout=10) as connection:
            row = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError:
        return True
    return row is None or row[0].split()[0] != cluster.binaries().version
