"""Security headers, request ids, and the refusal of forms that come from another site."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from litestar.connection import ASGIConnection
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from tierslieux.shared.errors import NotAllowed, NotFound
from tierslieux.shared.hosts import is_loopback
from tierslieux.web.db import SAFE_METHODS

HSTS = "max-age=31536000"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class CrossSite(NotAllowed):
    """A browser says that the request was made by another site's page."""

    code = "cross_site"


@dataclass(frozen=True, slots=True)
class HeaderPolicy:
    """What differs between installations: the host of raster tiles, and whether the address is https."""

    tile_origin: str | None
    is_https: bool

    def csp(self, nonce: str, *, embeddable: bool) -> str:
        """The Content-Security-Policy: our own files only, no inline code without the nonce."""
        images = " ".join(filter(None, ["'self'", "data:", self.tile_origin]))
        ancestors = "*" if embeddable else "'none'"
        return (
            "default-src 'none'; "
            f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src {images}; "
            "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
            f"frame-ancestors {ancestors}"
        )


def request_id_of(scope: Scope) -> str:
    """The id of this request, made at the first call; a problem carries it as its ``instance``."""
    return str(scope["state"].setdefault("request_id", str(uuid4())))


def nonce_of(scope: Scope) -> str:
    """The nonce of this answer's Content-Security-Policy, made at the first call."""
    return str(scope["state"].setdefault("nonce", secrets.token_urlsafe(16)))


def loopback_only(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """A guard: the address exists only for who asks this machine by its own name, not through a proxy."""
    if not is_loopback(urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""):
        raise NotFound


def not_there(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """A guard: the address exists for nobody."""
    raise NotFound


def add_security_headers(policy: HeaderPolicy) -> Callable[[Message, Scope], Awaitable[None]]:
    """A ``before_send`` hook: it sees every answer, also those to addresses and errors that no middleware sees."""

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        embeddable = scope["path"].removeprefix("/en").startswith("/embed/")
        headers = MutableScopeHeaders.from_message(message)
        headers["Content-Security-Policy"] = policy.csp(nonce_of(scope), embeddable=embeddable)
        headers["X-Request-Id"] = request_id_of(scope)
        for name, value in ALWAYS.items():
            headers[name] = value
        if not embeddable:
            headers["X-Frame-Options"] = "DENY"
        if policy.is_https:
            headers["Strict-Transport-Security"] = HSTS

    return add


class CrossSiteMiddleware(ASGIMiddleware):
    """Refuses requests that change something and come from another site's page."""

    def __init__(self, public_url: str) -> None:
        self.public_host = urlsplit(public_url).netloc

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Check, then go on."""
        if scope["type"] == ScopeType.HTTP and scope["method"] not in SAFE_METHODS:
            refuse_cross_site(Headers.from_scope(scope), self.public_host)
        await next_app(scope, receive, send)


def refuse_cross_site(headers: Headers, public_host: str) -> None:
    """Raise ``CrossSite`` where a browser says that another origin sent the request.

    Browsers send ``Sec-Fetch-Site`` (since 2023 all of them) or at least ``Origin`` with every form; programs send
    neither and authenticate by a header that no other site can set. No cookie and no hidden field is needed.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
        return
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc not in {public_host, headers.get("host", "")}:
        raise CrossSite
