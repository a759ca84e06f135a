"""A mail's two forms, from the same content: text that is complete, and plain HTML without a picture or a style."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from tierslieux.booking.mails.calendars import calendar_of
from tierslieux.booking.mails.content import Content, content_of
from tierslieux.booking.mails.facts import BookingMail
from tierslieux.web.i18n import Locale, current_locale, current_path, use_locale
from tierslieux.web.mailer import CalendarFile, Mail
from tierslieux.web.templating import TEMPLATES


@dataclass(frozen=True, slots=True)
class MailParts:
    """A mail without its recipient. ``subject`` is one line, ``text`` is complete without ``html``."""

    subject: str
    text: str
    html: str
    calendar: CalendarFile | None


def booking_mail(mail: BookingMail, locale: Locale) -> MailParts:
    """``mail`` in ``locale``. The language of a request that is being answered stays what it was."""
    with _language(locale):
        content = content_of(mail)
        return MailParts(content.subject, _rendered("txt", content), _rendered("html", content), calendar_of(mail))


def mail_to(to: str, recipient_id: UUID, parts: MailParts, place_id: int, cause: str) -> Mail:
    """The mail that ``web.mailer.enqueue_mail`` takes; ``cause`` and ``recipient_id`` as described there."""
    return Mail(
        place_id=place_id,
        cause=cause,
        recipient_id=recipient_id,
        to=to,
        subject=parts.subject,
        text=parts.text,
        html=parts.html,
        calendar=parts.calendar,
    )


@contextmanager
def _language(locale: Locale) -> Iterator[None]:
    before = current_locale(), current_path()
    use_locale(locale)
    try:
        yield
    finally:
        use_locale(*before)


def _rendered(form: str, content: Content) -> str:
    return _environment().get_template(f"mails/booking.{form}").render(mail=content)


@cache
def _environment() -> Environment:
    """HTML is escaped, text is not: there is nothing in a text that could act."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
