"""Who asks, and what they may touch: ``CurrentUser`` and the gates.

A gate loads one object for one person or raises: ``NotSignedIn`` (401) without credentials, ``NotAllowed`` (403) where
the token lacks the scope, ``NotFound`` (404) where the object is outside the person's reach.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, cast
from uuid import UUID

from litestar import Request
from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from tierslieux.shared.errors import NotAllowed, NotFound, NotSignedIn
from tierslieux.web.db import Database, Reads

TokenScope = Literal["bookings:read", "bookings:write", "places:write", "stats:read", "moderation:write"]
SCOPES: tuple[TokenScope, ...] = ("bookings:read", "bookings:write", "places:write", "stats:read", "moderation:write")
TOKEN_PREFIX = "tlx_"  # noqa: S105 - the public first letters of every token

_USER_SQL = """
SELECT t.account_id, t.scopes,
  ARRAY(SELECT r.role FROM account_role r WHERE r.account_id = t.account_id AND r.territory_id = '')
FROM access_token t
WHERE t.token_sha256 = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)
"""


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """A person who gave valid credentials. ``scopes`` bound what this token may do, ``roles`` what the person may."""

    account_id: UUID
    roles: frozenset[str]
    scopes: frozenset[str]

    @property
    def is_moderator(self) -> bool:
        """Whether the person looks after the whole directory."""
        return bool(self.roles & {"moderator", "operator"})

    def require_scope(self, scope: TokenScope) -> None:
        """Raise ``NotAllowed`` unless the token carries ``scope``; a ``:write`` scope includes its ``:read``."""
        area, _, action = scope.partition(":")
        if scope not in self.scopes and not (action == "read" and f"{area}:write" in self.scopes):
            raise NotAllowed(scope=scope)


class AuthMiddleware(ASGIMiddleware):
    """Reads the bearer token, if any. A token that is not valid is refused at once, whatever the address."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set ``scope["user"]`` and go on."""
        if scope["type"] == ScopeType.HTTP:
            scope["user"] = await self._user(scope)
            scope["auth"] = None
        await next_app(scope, receive, send)

    async def _user(self, scope: Scope) -> CurrentUser | None:
        header = Headers.from_scope(scope).get("authorization")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        async with self.database.read_pool.connection() as reads:
            user = await find_user_by_token(reads, token.strip(), scope)
        if user is None:
            raise NotSignedIn
        return user


async def find_user_by_token(reads: Reads, token: str, scope: Scope) -> CurrentUser | None:
    """The person whose valid token this is."""
    digest = hashlib.sha256(token.encode()).digest()
    row = await (await reads.execute(_USER_SQL, (digest, scope["state"]["clock"].now()))).fetchone()
    return CurrentUser(row[0], frozenset(row[2]), frozenset(row[1])) if row else None


async def provide_user(request: Request[Any, Any, Any]) -> CurrentUser | None:
    """The person who asks, or ``None``."""
    return cast("CurrentUser | None", request.scope["user"])


def require_user(user: CurrentUser | None, scope: TokenScope) -> CurrentUser:
    """The signed-in person with ``scope``, or the error that says what is missing."""
    if user is None:
        raise NotSignedIn
    user.require_scope(scope)
    return user


def access_moderation(user: CurrentUser | None) -> CurrentUser:
    """A moderator or operator with ``moderation:write``; for anyone else moderation does not exist (404)."""
    person = require_user(user, "moderation:write")
    if not person.is_moderator:
        raise NotFound
    return person
