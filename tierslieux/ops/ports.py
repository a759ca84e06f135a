"""The port that the service listens on: free or not, said before any work is done."""

from __future__ import annotations

import errno
import socket

from tierslieux.ops.trouble import Trouble


def check_free(address: str, port: int) -> None:
    """``Trouble`` where ``port`` cannot be had. (The web server lets its workers share ports: it would not notice.)"""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as exc:
            raise Trouble(_reason(exc, address, port)) from exc


def _reason(exc: OSError, address: str, port: int) -> str:
    if exc.errno == errno.EADDRINUSE:
        return f"Port {port} is in use: stop what uses it, or choose another one: `PORT={port + 1} script/server`."
    if exc.errno in {errno.EACCES, errno.EPERM}:
        return f"Port {port} is root's: choose one from 1024 on: `PORT=8000 script/server`."
    return f"{address} is no address of this machine: leave TIERSLIEUX_LISTEN out, or give one of its addresses."
