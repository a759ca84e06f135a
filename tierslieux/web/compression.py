"""Answers compressed on their way where the client reads gzip; what is compressed already passes as it is."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseBodyEvent, HTTPResponseStartEvent, Message, Receive, Scope, Send

LEVEL = 5
SMALLEST = 700
"""A shorter answer fits in one packet anyway."""
_GZIP_WINDOW = zlib.MAX_WBITS | 16
_KINDS = ("text/", "application/json", "application/geo+json", "application/xml", "application/problem+json")
_MORE_KINDS = ("application/vnd.mapbox-vector-tile", "image/svg+xml", "application/vnd.oai.openapi+json")


class Compression:
    """Compresses text, JSON and vector tiles. Wraps the whole application."""

    def __init__(self, next_app: ASGIApp) -> None:
        self._next_app = next_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on; compress the answer where the client says that it reads gzip."""
        if scope["type"] == ScopeType.HTTP and "gzip" in Headers.from_scope(scope).get("accept-encoding", ""):
            send = _Compressor(send).send
        await self._next_app(scope, receive, send)


@dataclass(slots=True)
class _Compressor:
    outer: Send
    start: HTTPResponseStartEvent | None = None
    packer: Any = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            await self._body(message)
        else:
            await self.outer(message)

    async def _body(self, message: HTTPResponseBodyEvent) -> None:
        if self.start is not None:
            await self._begin(self.start, message)
            self.start = None
        if self.packer is not None:
            packed = self.packer.compress(message["body"])
            packed += self.packer.flush(zlib.Z_SYNC_FLUSH if message["more_body"] else zlib.Z_FINISH)
            message = {"type": "http.response.body", "body": packed, "more_body": message["more_body"]}
        await self.outer(message)

    async def _begin(self, start: HTTPResponseStartEvent, first: HTTPResponseBodyEvent) -> None:
        headers = MutableScopeHeaders.from_message(start)
        if _is_worth_it(headers, first):
            self.packer = zlib.compressobj(LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
            headers["content-encoding"] = "gzip"
            headers.extend_header_value("vary", "Accept-Encoding")
            headers.pop("content-length", None)
        await self.outer(start)


def _is_worth_it(headers: MutableScopeHeaders, first: HTTPResponseBodyEvent) -> bool:
    if headers.get("content-encoding") or not (first["more_body"] or len(first["body"]) >= SMALLEST):
        return False
    return str(headers.get("content-type", "")).startswith((*_KINDS, *_MORE_KINDS))
