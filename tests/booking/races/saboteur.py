"""Who kills server processes and restarts the base every few seconds, and who receives the mails meanwhile."""

from __future__ import annotations

import asyncio
import os
import select
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from itertools import cycle
from typing import Any

from aiosmtpd.controller import Controller

from tests.booking.races.processes import ServerProcess
from tierslieux.ops import postmaster
from tierslieux.ops.cluster import Cluster

EVERY_SECONDS = 3


@dataclass
class Saboteur:
    """In turn: one process, the base in order, the other process, the base as by a power cut, the base in order."""

    servers: Sequence[ServerProcess]
    cluster: Cluster
    over: asyncio.Event = field(default_factory=asyncio.Event)
    done: Counter[str] = field(default_factory=Counter)

    async def work(self) -> None:
        """Until it is over, with everything started again: a process may still be loading when the next blow falls."""
        blows = (self._kill_first, self._stop_base, self._kill_second, self._kill_base, self._stop_base)
        for blow in cycle(blows):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.over.wait(), EVERY_SECONDS)
            if self.over.is_set():
                break
            await asyncio.to_thread(blow)
        for server in self.servers:
            await asyncio.to_thread(server.wait_until_ready)

    def _kill_first(self) -> None:
        self._kill_process(self.servers[0])

    def _kill_second(self) -> None:
        self._kill_process(self.servers[1])

    def _kill_process(self, server: ServerProcess) -> None:
        server.kill()
        server.start()
        self.done["process"] += 1

    def _stop_base(self) -> None:
        self.cluster.stop()
        self.cluster.start()
        self.done["base"] += 1

    def _kill_base(self) -> None:
        """As by a power cut: what was committed is recovered."""
        pid = postmaster.running_pid(self.cluster.data_dir)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        while self.cluster.is_running():
            select.select([], [], [], 0.01)
        self.cluster.start()
        self.done["base"] += 1


@dataclass
class Mailbox:
    """The Message-ID and the recipient of each mail that was taken."""

    received: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.SMTP)
        self.received.append((str(message["Message-ID"]), str(message["To"])))
        return "250 OK"


@contextmanager
def mail_server(port: int) -> Iterator[Mailbox]:
    """A mail server in a thread of its own."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
