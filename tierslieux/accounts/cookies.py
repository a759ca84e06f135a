"""The cookies of this site: one for who is signed in, one while a sign-in at an issuer is under way. No other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie, Headers
from litestar.types import Scope

_MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class OwnCookie:
    """A cookie that only our own pages get back, and no script can read.

    On https its name begins with ``__Host-``: browsers then take it from this host alone, over https alone, for all
    paths. Plain http is for this machine only, where that prefix is not possible.
    """

    plain_name: str
    seconds: int
    is_https: bool

    @property
    def name(self) -> str:
        """The name under which it travels."""
        return f"__Host-{self.plain_name}" if self.is_https else self.plain_name

    def of(self, scope: Scope) -> str | None:
        """What the browser sent, unless it cannot be ours."""
        if "cookie" not in Headers.from_scope(scope):
            return None
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        value = connection.cookies.get(self.name, "")
        return value if 0 < len(value) <= _MAX_LENGTH else None

    def holding(self, value: str) -> Cookie:
        """The cookie that a browser is to keep."""
        return self._cookie(value, self.seconds)

    def gone(self) -> Cookie:
        """What makes the browser forget it."""
        return self._cookie("", 0)

    def _cookie(self, value: str, seconds: int) -> Cookie:
        return Cookie(
            key=self.name, value=value, max_age=seconds, path="/", secure=self.is_https, httponly=True, samesite="lax"
        )
