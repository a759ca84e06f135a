"""Who keeps a desk before saying who they are: a random number in a signed cookie, for an hour."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID, uuid4

from litestar.datastructures import Cookie
from litestar.types import Scope

from tierslieux.accounts.cookies import OwnCookie


class HolderCookie:
    """The cookie of someone without account who keeps a desk. It names nobody and is set only then."""

    def __init__(self, secret: bytes, *, is_https: bool) -> None:
        self._secret = secret
        self._cookie = OwnCookie("holder", 3600, is_https)

    def of(self, scope: Scope) -> UUID | None:
        """The holder that the browser says it is, if we said so first."""
        value = self._cookie.of(scope) or ""
        number, _, signature = value.partition(".")
        try:
            holder = UUID(hex=number)
        except ValueError:
            return None
        return holder if hmac.compare_digest(signature.encode(), self._sign(holder).encode()) else None

    def new(self) -> tuple[UUID, Cookie]:
        """Someone new, and the cookie that says so."""
        holder = uuid4()
        return holder, self._cookie.holding(f"{holder.hex}.{self._sign(holder)}")

    def _sign(self, holder: UUID) -> str:
        return hmac.digest(self._secret, f"holder {holder.hex}".encode(), hashlib.sha256).hex()[:32]
