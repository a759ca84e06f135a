"""Who asks, by session or by token, and what they may touch: ``CurrentUser`` and the gates.

A gate loads one object for one person or raises: ``NotSignedIn`` (401) without credentials, ``NotAllowed`` (403) where
the token lacks the scope, ``NotFound`` (404) where the object is outside the person's reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, cast
from uuid import UUID

from litestar import Request
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from sqlalchemy import update

from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.models import AccountRow, LoginSessionRow
from tierslieux.accounts.proofs import sha256_of
from tierslieux.shared.errors import NotAllowed, NotFound, NotSignedIn
from tierslieux.web.db import Database, Reads

TokenScope = Literal["bookings:read", "bookings:write", "places:write", "stats:read", "moderation:write"]
SCOPES: tuple[TokenScope, ...] = ("bookings:read", "bookings:write", "places:write", "stats:read", "moderation:write")
TOKEN_PREFIX = "tlx_"  # noqa: S105 - the public first letters of every token

PRIVATE = "private, no-store"
"""The ``Cache-Control`` of what is one person's."""
_SAME_FOR_ALL = ("/static/", "/tiles/", "/health/", "/metrics")
"""Addresses whose answers never depend on the cookie: it is not looked up there."""

_ROLES = """
  ARRAY(SELECT r.role FROM account_role r WHERE r.account_id = t.account_id AND r.territory_id = ''),
  ARRAY(SELECT r.territory_id FROM account_role r WHERE r.account_id = t.account_id AND r.role = 'agent')
"""
_TOKEN_SQL = f"""
SELECT t.account_id, t.scopes, {_ROLES} FROM access_token t
WHERE t.token_sha256 = %s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %s)
"""  # noqa: S608 - constants
_SESSION_SQL = f"""
SELECT t.account_id, t.last_used_on, {_ROLES} FROM login_session t
WHERE t.token_sha256 = %s AND t.revoked_at IS NULL AND t.expires_at > %s
"""  # noqa: S608 - constants


@dataclass(frozen=True, slots=True)
class CurrentUser:
    """A person who gave valid credentials. ``scopes`` bound what this token may do, ``roles`` what the person may.

    A session carries every scope. ``session_key`` is its public key, ``None`` for a token. ``territories`` are those
    that the person is agent of; who is host of which place is known to ``places``.
    """

    account_id: UUID
    roles: frozenset[str]
    scopes: frozenset[str]
    territories: frozenset[str] = frozenset()
    session_key: str | None = None

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
    """Reads the bearer token, else the session's cookie, in one round trip.

    A token that is not valid is refused at once, whatever the address: a program must hear of it. A cookie that is not
    valid (any more) is nobody's: its browser can still read everything that is public.
    """

    def __init__(self, database: Database, cookie: OwnCookie) -> None:
        self.database = database
        self.cookie = cookie

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Set ``scope["user"]`` and go on."""
        if scope["type"] == ScopeType.HTTP:
            scope["user"] = await self._user(scope)
            scope["auth"] = None
        await next_app(scope, receive, send)

    async def _user(self, scope: Scope) -> CurrentUser | None:
        header = Headers.from_scope(scope).get("authorization")
        if header is not None:
            return await self._by_token(scope, header)
        value = None if scope["path"].startswith(_SAME_FOR_ALL) else self.cookie.of(scope)
        return None if value is None else await self._by_session(scope, value)

    async def _by_token(self, scope: Scope, header: str) -> CurrentUser:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn
        async with self.database.read_pool.connection() as reads:
            user = await find_user_by_token(reads, token.strip(), scope)
        if user is None:
            raise NotSignedIn
        return user

    async def _by_session(self, scope: Scope, value: str) -> CurrentUser | None:
        now: datetime = scope["state"]["clock"].now()
        async with self.database.read_pool.connection() as reads:
            row = await (await reads.execute(_SESSION_SQL.encode(), (sha256_of(value), now))).fetchone()
        if row is None:
            return None
        if row[1] < now.date():
            await note_use(self.database, sha256_of(value), row[0], now.date())
        key = sha256_of(value).hex()
        return CurrentUser(row[0], frozenset(row[2]), frozenset(SCOPES), frozenset(row[3]), key)


async def note_use(database: Database, token_sha256: bytes, account_id: UUID, day: date) -> None:
    """Note, once a day, that a session is used: who uses theirs is not told that their account is unused."""
    used = update(LoginSessionRow).where(
        LoginSessionRow.token_sha256 == token_sha256, LoginSessionRow.last_used_on < day
    )
    async with database.write() as session:
        await session.execute(used.values(last_used_on=day))
        seen = update(AccountRow).where(AccountRow.account_id == account_id)
        await session.execute(seen.values(last_seen_on=day, warned_on=None))


async def find_user_by_token(reads: Reads, token: str, scope: Scope) -> CurrentUser | None:
    """The person whose valid token this is."""
    found = await reads.execute(_TOKEN_SQL.encode(), (sha256_of(token), scope["state"]["clock"].now()))
    row = await found.fetchone()
    return CurrentUser(row[0], frozenset(row[2]), frozenset(row[1]), frozenset(row[3])) if row else None


async def keep_private(message: Message, scope: Scope) -> None:
    """A ``before_send`` hook: what is answered to a signed-in person is kept by no cache, unless it says otherwise.

    Public answers say so themselves; they are the same for everyone.
    """
    if message["type"] == "http.response.start" and scope.get("user") is not None:
        headers = MutableScopeHeaders.from_message(message)
        if "cache-control" not in headers:
            headers["Cache-Control"] = PRIVATE


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


def require_session(user: CurrentUser | None) -> CurrentUser:
    """Someone who is signed in with a browser; a token cannot stand for that (it could make itself others)."""
    if user is None or user.session_key is None:
        raise NotSignedIn
    return user
