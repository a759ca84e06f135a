"""Mail: stored in the transaction of the facts that cause it, sent after its COMMIT, once.

What is personal in it is kept as short as it can be: the message is erased when the mail server took it, or after
``MESSAGE_KEPT`` where none did (or where there is none: ``/dev/outbox``). What stays until ``ROW_KEPT`` says that
something was sent about a cause to a number, so that nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Literal
from uuid import UUID, uuid5

import msgspec
import structlog
from procrastinate import JobContext
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock
from tierslieux.web.jobs import PATIENTLY, JobServices, defer, jobs, services_of
from tierslieux.web.models import MailRow
from tierslieux.web.smtp import MailRefused

MESSAGE_KEPT = timedelta(days=30)
ROW_KEPT = timedelta(days=400)
NO_PLACE = 0
_NAMESPACE = UUID("7f1f1c1e-5d0c-5a5e-9a53-0c5f5a1b2d11")
_POLICY = policy.SMTP.clone(cte_type="7bit")

logger = structlog.get_logger()


class CalendarFile(msgspec.Struct, frozen=True):
    """An iCalendar text that goes with a mail; ``method`` as inside it (RFC 5546)."""

    ics: str
    method: Literal["REQUEST", "CANCEL", "PUBLISH"] = "REQUEST"


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to one person.

    ``place_id`` is the place it is about (``NO_PLACE`` for none), ``cause`` what made it, stable and unique there
    (``booking 0193f3c2 confirmed``); the same cause is mailed to the same ``recipient_id`` once. ``recipient_id`` is
    an account, or a fresh identifier for someone who has none. ``text`` is complete without ``html``.
    """

    place_id: int
    cause: str
    recipient_id: UUID
    to: str
    subject: str
    text: str
    html: str | None = None
    calendar: CalendarFile | None = None


def is_mail_address(text: str) -> bool:
    """Whether ``text`` is one plain address (``name@host.fr``) that a mail can be sent to."""
    try:
        address = Address(addr_spec=text)
    except (ValueError, HeaderParseError, IndexError):
        return False
    return bool(address.username and address.domain) and text.isascii() and text.isprintable() and len(text) <= 254


async def enqueue_mail(session: AsyncSession, clock: Clock, mail: Mail) -> bool:
    """Store ``mail`` and the job that sends it in the session's transaction; whether it is new.

    ``False``: this cause was mailed to this person already, nothing is stored. ``ValueError`` where ``mail.to`` is not
    ``is_mail_address``.
    """
    mail_id = uuid5(_NAMESPACE, f"{mail.place_id} {mail.recipient_id} {mail.cause}")
    row = {
        "place_id": mail.place_id,
        "mail_id": mail_id,
        "cause": mail.cause,
        "recipient_id": mail.recipient_id,
        "message_id": str(mail_id),
        "message": compose(mail).as_bytes(),
        "created_at": clock.now(),
        "sent_at": None,
    }
    new = await session.execute(insert(MailRow).values(row).on_conflict_do_nothing().returning(MailRow.mail_id))
    if new.first() is None:
        return False
    await defer(session, send_mail, place_id=mail.place_id, mail_id=str(mail_id))
    return True


def compose(mail: Mail) -> EmailMessage:
    """The MIME message, still without sender, date and id. No text of ``mail`` can add a header."""
    if not is_mail_address(mail.to):
        raise ValueError("not a mail address")
    message = EmailMessage(policy=_POLICY)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = " ".join("".join(char if char.isprintable() else " " for char in mail.subject).split())
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    if mail.calendar is not None:
        message.add_attachment(
            mail.calendar.ics.encode(),
            maintype="text",
            subtype="calendar",
            filename="evenement.ics",
            params={"method": mail.calendar.method, "charset": "utf-8"},
        )
    return message


def addressed(row: MailRow, stored: bytes, sender: str) -> EmailMessage:
    """The whole message of ``row``: with its sender, its date, and the same Message-ID at every try."""
    message = message_from_bytes(stored, policy=_POLICY)
    message["From"] = sender
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = message_id_of(row.message_id, sender)
    return message


def message_id_of(left_part: str, sender: str) -> str:
    """The Message-ID header of a stored mail (RFC 5322, 3.6.4)."""
    return f"<{left_part}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"


@jobs.task(name="send_mail", pass_context=True, retry=PATIENTLY)
async def send_mail(context: JobContext, place_id: int, mail_id: str) -> None:
    """Send one stored mail, unless it was sent; tried nine times over a day where the server is away.

    The row is locked meanwhile, so that two workers send it once. A crash after the server took it and before COMMIT
    sends it again under the same Message-ID, by which mail programs tell the two are one.
    """
    services = services_of(context)
    async with services.database.write() as session:
        row = await session.get(MailRow, (place_id, UUID(mail_id)), with_for_update=True)
        if row is not None and row.message is not None and row.sent_at is None:
            await _send(row, row.message, services)


async def _send(row: MailRow, stored: bytes, services: JobServices) -> None:
    try:
        await services.post.deliver(addressed(row, stored, services.post.sender))
    except MailRefused as exc:
        logger.warning("mail_refused", mail_id=str(row.mail_id), why=str(exc))
        row.message = None
        return
    row.sent_at = services.clock.now()
    if not services.post.keeps:
        row.message = None


async def erase_messages_to(session: AsyncSession, recipients: Sequence[UUID]) -> None:
    """Erase what was written to these recipients, sent or not: that something was written stays, not what nor where."""
    await session.execute(update(MailRow).where(MailRow.recipient_id.in_(recipients)).values(message=None))


async def forget_old_mails(session: AsyncSession, clock: Clock) -> None:
    """Erase messages that nobody took within 30 days, and rows after 400 days."""
    await session.execute(update(MailRow).where(MailRow.created_at < clock.now() - MESSAGE_KEPT).values(message=None))
    await session.execute(delete(MailRow).where(MailRow.created_at < clock.now() - ROW_KEPT))
