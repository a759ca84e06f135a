"""Requests before jobs: how many requests a process answers, and a pause for its jobs while these are several.

Somebody waits for an answer; nobody waits for a mail to leave a second earlier.
"""

from __future__ import annotations

import asyncio

from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

LONGEST_PAUSE = 0.5
"""Seconds after which a job begins all the same: under any load some jobs are done each second."""


class PressureMiddleware(ASGIMiddleware):
    """Counts the requests under way in this process."""

    def __init__(self) -> None:
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Count the request until it is answered."""
        self._note(1)
        try:
            await next_app(scope, receive, send)
        finally:
            self._note(-1)

    async def pause(self) -> None:
        """Wait until at most one request is under way (it may itself wait for jobs), but not for long."""
        try:
            async with asyncio.timeout(LONGEST_PAUSE):
                await self._quiet.wait()
        except TimeoutError:
            return

    def _note(self, change: int) -> None:
        self._under_way += change
        if self._under_way > 1:
            self._quiet.clear()
        else:
            self._quiet.set()
