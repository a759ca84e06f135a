"""``Idempotency-Key``: the same key, address and body give the first 2xx answer again (api.md, Conventions).

The answer is stored in the request's own transaction: there is no key without its facts, nor facts without their key.
A refusal is rolled back with everything else, so the same key is judged anew.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import HTTPReceiveMessage, HTTPResponseStartEvent, Receive, Scope, Send
from sqlalchemy import delete, func, select

from tierslieux.shared.errors import Conflict, PayloadTooLarge, RuleRefused, invalid
from tierslieux.shared.time import Clock
from tierslieux.web.models import IdempotentRequestRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

HEADER = "idempotency-key"
MAX_KEY = 255
MAX_BODY = 2_000_000
KEPT = timedelta(hours=24)
KEPT_HEADERS = frozenset({b"content-type", b"location", b"etag"})


class KeyReused(RuleRefused):
    """The key was used with another body, or at another address."""

    code = "key_reused"


class InProgress(Conflict):
    """A request with this key is still under way."""

    code = "in_progress"


@dataclass(slots=True)
class IdempotentCall:
    """One POST with a key: who, which key, which body, and the stored answer if there is one."""

    session: AsyncSession
    clock: Clock
    place_id: int
    actor_id: UUID
    key: str
    target: bytes
    body: bytes
    replay: IdempotentRequestRow | None = None

    @classmethod
    async def begin(cls, scope: Scope, receive: Receive, session: AsyncSession) -> IdempotentCall | None:
        """Take the key, or raise ``in_progress`` or ``key_reused``; ``None`` where the request has no key."""
        key = Headers.from_scope(scope).get(HEADER)
        if scope["type"] != ScopeType.HTTP or scope["method"] != "POST" or key is None:
            return None
        body = await _read(receive)
        call = cls(
            session,
            scope["state"]["clock"],
            _place_of(scope),
            _actor_of(scope, body),
            _checked(key),
            _target_of(scope),
            body,
        )
        await call._take()
        return call

    async def _take(self) -> None:
        lock = func.pg_try_advisory_xact_lock(func.hashtextextended(f"{self.actor_id}:{self.key}", 0))
        if not (await self.session.execute(select(lock))).scalar_one():
            raise InProgress
        # in a later statement: the lock's own statement would not see what its last holder committed
        found = await self.session.get(IdempotentRequestRow, (self.place_id, self.actor_id, self.key))
        if found is None:
            return
        if found.body_sha256 != self._asked():
            raise KeyReused
        self.replay = found

    def _asked(self) -> bytes:
        """What was asked, address and body: a key that served one address gives nothing at another."""
        return hashlib.sha256(self.target + b"\0" + self.body).digest()

    async def receive(self) -> HTTPReceiveMessage:
        """The body that was already read, for the handler."""
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def store(self, start: HTTPResponseStartEvent, body: bytes) -> None:
        """Add the answer to the transaction; only a 2xx is kept."""
        if not 200 <= start["status"] < 300:
            return
        headers = [[name.decode(), value.decode()] for name, value in start["headers"] if name.lower() in KEPT_HEADERS]
        self.session.add(
            IdempotentRequestRow(
                place_id=self.place_id,
                actor_id=self.actor_id,
                key=self.key,
                body_sha256=self._asked(),
                status=start["status"],
                answer={"headers": headers, "body": body.decode()},
                created_at=self.clock.now(),
            )
        )
        await self.session.flush()

    async def send_replay(self, send: Send) -> None:
        """Answer as the first time, marked ``Idempotency-Replayed: true``."""
        if self.replay is None:
            return
        body = self.replay.answer["body"].encode()
        headers = [(name.encode(), value.encode()) for name, value in self.replay.answer["headers"]]
        headers += [(b"idempotency-replayed", b"true"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": self.replay.status, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


async def forget_old_keys(session: AsyncSession, clock: Clock) -> None:
    """Delete the answers older than 24 hours."""
    await session.execute(delete(IdempotentRequestRow).where(IdempotentRequestRow.created_at < clock.now() - KEPT))


def _checked(key: str) -> str:
    if not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise invalid("header", "Idempotency-Key", "wrong_format", key, "1 à 255 caractères ASCII imprimables attendus")
    return key


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message: dict[str, Any] = dict(await receive())
        body += cast("bytes", message.get("body", b""))
        if len(body) > MAX_BODY:
            raise PayloadTooLarge(limit=MAX_BODY)
        if not message.get("more_body"):
            return body


def _target_of(scope: Scope) -> bytes:
    return scope["raw_path"] + b"?" + scope["query_string"]


def _place_of(scope: Scope) -> int:
    number = str(scope.get("path_params", {}).get("place_id", ""))
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def _actor_of(scope: Scope, body: bytes) -> UUID:
    """The signed-in person; for anyone else a number made of the body, so that nobody is given another's answer."""
    user = scope.get("user")
    account_id = getattr(user, "account_id", None)
    return account_id if isinstance(account_id, UUID) else UUID(bytes=hashlib.sha256(body).digest()[:16])
