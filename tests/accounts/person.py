"""A person at a browser, in tests: asks for a code, reads the mail, types the code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

FORM = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@dataclass
class Person:
    """``client`` is their browser; it keeps cookies."""

    client: AsyncClient
    email: str = "camille@exemple.fr"

    async def send(self, path: str, **fields: str) -> Response:
        """Send a form, and stay at its answer."""
        return await self.client.post(path, data=fields, headers=FORM, follow_redirects=False)

    async def open(self, path: str) -> Response:
        """Open a page, and stay at its answer."""
        return await self.client.get(path, headers={"accept": "text/html"}, follow_redirects=False)

    async def ask(self, **fields: str) -> str:
        """Ask for a code; the number of the request, as the page keeps it."""
        answer = await self.send("/connexion", email=self.email, **fields)
        assert answer.status_code == 303, answer.text
        return str(re.search(r"demande=([0-9a-f-]+)", answer.headers["location"])[1])  # type: ignore[index]

    async def mails(self) -> list[dict[str, Any]]:
        """Their mails, newest first."""
        found = (await self.client.get("/dev/outbox?format=json")).json()
        return [mail for mail in found if mail["to"] == self.email]

    async def code(self) -> str:
        """The code of the newest mail."""
        return str((await self.mails())[0]["subject"][:6])

    async def link(self) -> str:
        """The path of the newest mail's link."""
        text = (await self.mails())[0]["text"]
        return str(re.search(r"http://[^/\s]+(\S*/connexion/lien/\S+)", text)[1])  # type: ignore[index]

    async def type(self, challenge: str, code: str, **fields: str) -> Response:
        """Type a code on the page that asked."""
        return await self.send("/connexion/code", demande=challenge, code=code, email=self.email, **fields)

    async def sign_in(self, **fields: str) -> Response:
        """Ask, read, type; the answer that lets in."""
        challenge = await self.ask(**fields)
        answer = await self.type(challenge, await self.code())
        assert answer.status_code == 303, answer.text
        return answer

    async def is_in(self) -> bool:
        """Whether this browser is signed in: who is, is not asked for an address."""
        return (await self.open("/connexion")).status_code == 303


def another_browser(app: Litestar, email: str = "camille@exemple.fr") -> Person:
    """Someone at another browser of the service that runs already: without its cookies."""
    transport = ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return Person(AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", follow_redirects=True), email)


def another_code(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
