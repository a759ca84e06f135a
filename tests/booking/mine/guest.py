"""A guest at a browser: signed in, or with a link from a mail."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from httpx import AsyncClient, Response

from tests.factories import LONG_AGO, insert, make_account

FORM = {"accept": "text/html", "sec-fetch-site": "same-origin"}
NOBODY = UUID(int=0)
NEVER = datetime.fromisoformat("2099-01-01T00:00:00+00:00")


def make_session(base: psycopg.Connection[Any], account_id: UUID) -> str:
    """Sign a person in with a browser; the value of its cookie."""
    value = uuid4().hex
    digest = hashlib.sha256(value.encode()).digest()
    row = {"token_sha256": digest, "account_id": account_id, "created_at": LONG_AGO, "expires_at": NEVER}
    insert(base, "login_session", row | {"last_used_on": date(2099, 1, 1)})
    return value


@dataclass
class Guest:
    """``client`` is a browser; ``cookie`` is that of their session, if they have one."""

    client: AsyncClient
    account_id: UUID = NOBODY
    cookie: str = ""

    async def open(self, path: str) -> Response:
        """Open a page, and stay at its answer."""
        headers = {"accept": "text/html"} | self._cookie()
        return await self.client.get(path, headers=headers, follow_redirects=False)

    async def send(self, path: str, **fields: str) -> Response:
        """Send a form, and stay at its answer."""
        return await self.client.post(path, data=fields, headers=FORM | self._cookie(), follow_redirects=False)

    def _cookie(self) -> dict[str, str]:
        return {"cookie": f"session={self.cookie}"} if self.cookie else {}


def sign_in(base: psycopg.Connection[Any], client: AsyncClient, account_id: UUID | None = None) -> Guest:
    """Someone (new) at a browser where they are signed in."""
    account = account_id or make_account(base)
    return Guest(client, account, make_session(base, account))


def read(answer: Response) -> str:
    """The words of a page: without marks, spaces plain."""
    body = re.sub(r"<(script|style|head).*?</\1>", " ", answer.text, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", " ", body))
    return " ".join(text.replace("\N{WORD JOINER}", "").split())
