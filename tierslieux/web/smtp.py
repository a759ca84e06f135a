"""The way out for mail: an SMTP server, or the outbox of this machine where none is set."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal, Protocol, get_args
from urllib.parse import unquote, urlsplit

import aiosmtplib

Security = Literal["smtp", "smtps", "smtp+starttls"]
PORTS: dict[Security, int] = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
TIMEOUT_SECONDS = 30


class MailDelayed(Exception):
    """The server could not take the mail now: to be tried again. Says the code only; addresses stay out of logs."""


class MailRefused(Exception):
    """The server will never take this mail (no such mailbox, content refused): trying again changes nothing."""


class Post(Protocol):
    """Takes a mail to its recipient, or raises ``MailDelayed`` or ``MailRefused``."""

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        ...

    @property
    def keeps(self) -> bool:
        """Whether the mail stays in our database, to be read there."""
        ...

    async def deliver(self, message: EmailMessage) -> None:
        """Hand the mail over; when this returns it is the other side's."""
        ...


@dataclass(frozen=True, slots=True)
class Outbox:
    """Nothing leaves this machine: mails stay in the database, and ``/dev/outbox`` shows them."""

    sender: str = "tierslieux@localhost"
    keeps: bool = field(default=True, init=False)

    async def deliver(self, message: EmailMessage) -> None:
        """Do nothing: the mail is where it can be read."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server: in clear (``smtp``: for a relay on this machine), over TLS, or upgraded to TLS, never less."""

    sender: str
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    keeps: bool = field(default=False, init=False)

    @classmethod
    def from_url(cls, url: str, sender: str) -> SmtpServer:
        """``smtp[s|+starttls]://[user:password@]host[:port]``, user and password percent-encoded; else ``ValueError``.

        The password is in no message.
        """
        parts = urlsplit(url)
        if parts.scheme not in get_args(Security) or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("expected smtp://, smtps:// or smtp+starttls:// followed by user:password@host:port")
        security: Security = parts.scheme  # type: ignore[assignment]
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(sender, parts.hostname, parts.port or PORTS[security], security, user, password)

    async def deliver(self, message: EmailMessage) -> None:
        """Send it; see ``Post``. What nobody can have (``.invalid``, RFC 2606) never leaves this machine."""
        if str(message["To"]).rstrip(">").endswith(".invalid"):
            raise MailRefused("reserved domain")
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.security == "smtps",
                start_tls=self.security == "smtp+starttls",
                timeout=TIMEOUT_SECONDS,
            )
        except (aiosmtplib.SMTPException, OSError) as exc:
            raise _verdict(exc) from None


def post_of(smtp_url: str | None, sender: str) -> Post:
    """The way out that the settings ask for."""
    return Outbox(sender) if smtp_url is None else SmtpServer.from_url(smtp_url, sender)


def _verdict(exc: Exception) -> MailDelayed | MailRefused:
    """Whether trying again can help. A wrong password or sender is the operator's to mend, so it can."""
    refused: tuple[Exception, ...] = (exc,)
    if isinstance(exc, aiosmtplib.SMTPRecipientsRefused):
        refused = tuple(exc.recipients)
    codes = [getattr(one, "code", 0) for one in refused]
    of_recipient = isinstance(exc, aiosmtplib.SMTPRecipientsRefused | aiosmtplib.SMTPDataError)
    kind = MailRefused if of_recipient and all(code >= 500 for code in codes) else MailDelayed
    return kind(f"{type(exc).__name__} {' '.join(str(code) for code in codes if code)}".strip())
