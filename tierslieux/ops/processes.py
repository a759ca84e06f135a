"""Processes that end together: a killed launcher leaves no web server behind that would hold the port."""

from __future__ import annotations

import os
import select
import signal
import threading
import time


def end_with_parent() -> None:
    """From now on this process is told to end (SIGTERM) when the one that started it is gone, even by ``kill -9``."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True, name="end-with-parent").start()


def end_by_signals() -> None:
    """From now on SIGTERM and SIGINT end this process at once.

    A forked worker has its parent's handlers, which only note the signal: while it loads it would never stop.
    Once it has loaded, granian gives it handlers of its own.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _watch(parent: int) -> None:
    _wait_for_end(parent)
    os.kill(os.getpid(), signal.SIGTERM)


def _wait_for_end(parent: int) -> None:
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(parent)
        except ProcessLookupError:
            return
        except OSError:  # an old kernel
            pass
        else:
            select.select([descriptor], [], [])
            return
    while os.getppid() == parent:
        time.sleep(1)
