"""``/dev/outbox``: the mails of an instance that has no mail server, for who tries it out on this machine."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes, policy
from typing import Annotated, Literal

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Template
from msgspec import Struct

from tierslieux.web.db import Reads
from tierslieux.web.mailer import message_id_of

_SQL = """
SELECT place_id, mail_id, message_id, message, created_at FROM mail
WHERE message IS NOT NULL ORDER BY created_at DESC, place_id, mail_id LIMIT 1000
"""


class OutboxMail(Struct, frozen=True):
    """A mail as it would arrive. ``calendar`` is the iCalendar text that goes with it; ``at`` when it was written."""

    id: str
    to: str
    subject: str
    text: str
    html: str | None
    calendar: str | None
    message_id: str
    at: datetime


async def mails_of(reads: Reads, sender: str) -> list[OutboxMail]:
    """The newest thousand mails, newest first."""
    rows = await (await reads.execute(_SQL)).fetchall()
    return [_read(f"{row[0]}-{row[1]}", message_id_of(row[2], sender), row[3], row[4]) for row in rows]


def outbox_page(sender: str) -> HTTPRouteHandler:
    """``GET /dev/outbox``: a page, or JSON with ``format=json``."""

    @get("/outbox", include_in_schema=False)
    async def outbox(
        reads: NamedDependency[Reads],
        format: Annotated[Literal["html", "json"], QueryParameter()] = "html",  # noqa: A002 - the public name
    ) -> Template | Response[list[OutboxMail]]:
        mails = await mails_of(reads, sender)
        if format == "json":
            return Response(mails, media_type=MediaType.JSON, headers={"Cache-Control": "no-store"})
        return Template("web/outbox.html", context={"mails": mails}, headers={"Cache-Control": "no-store"})

    return outbox


def _lines(content: str | bytes) -> str:
    text = content.decode() if isinstance(content, bytes) else content
    return text.replace("\r\n", "\n")


def _read(mail_id: str, message_id: str, stored: bytes, at: datetime) -> OutboxMail:
    message = message_from_bytes(stored, policy=policy.SMTP)
    parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    texts = {kind: _lines(part.get_content()) for kind, part in parts.items()}
    return OutboxMail(
        mail_id,
        str(message["To"]),
        str(message["Subject"]),
        texts["text/plain"],
        texts.get("text/html"),
        texts.get("text/calendar"),
        message_id,
        at,
    )
