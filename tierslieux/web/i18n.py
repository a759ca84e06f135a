"""French at the root, English under ``/en``: the language is in the address, never in a cookie or a header.

The message ids are the French texts. The English catalogue is read from ``locale/en/LC_MESSAGES/messages.po`` when it
is first needed, so there is no compilation step.
"""

from __future__ import annotations

import functools
import gettext as std_gettext
from contextvars import ContextVar
from io import BytesIO
from pathlib import Path
from typing import Literal
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

Locale = Literal["fr", "en"]
LOCALES: tuple[Locale, ...] = ("fr", "en")
CATALOGUES = Path(__file__).parent.parent / "locale"
_PREFIX = "/en"

_locale: ContextVar[Locale] = ContextVar("locale", default="fr")
_path: ContextVar[str] = ContextVar("path", default="/")


class _French(std_gettext.NullTranslations):
    """The texts as they stand; in French, zero is singular."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return msgid1 if abs(n) < 2 else msgid2


@functools.cache
def translations(locale: Locale) -> std_gettext.NullTranslations:
    """The catalogue of ``locale``; a text that it lacks is shown in French."""
    if locale == "fr":
        return _French()
    with (CATALOGUES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    found = std_gettext.GNUTranslations(compiled)
    found.add_fallback(_French())
    return found


def current_locale() -> Locale:
    """The language of the request that is being answered, French outside one."""
    return _locale.get()


def current_path() -> str:
    """The path of the request that is being answered, without the language's prefix and without the query."""
    return _path.get()


def use_locale(locale: Locale, path: str = "/") -> None:
    """Answer in ``locale`` from here on, in this task only (mails and tests; requests have ``LocalePrefix``)."""
    _locale.set(locale)
    _path.set(path)


def mark(message: str) -> str:
    """The text itself: marks a constant for extraction, to be translated by ``gettext`` when it is shown."""
    return message


def gettext(message: str) -> str:
    """``message`` (a French text) in the language of the request."""
    return translations(current_locale()).gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """``singular`` or ``plural``, as ``n`` asks for, in the language of the request."""
    return translations(current_locale()).ngettext(singular, plural, n)


def localised(path: str, locale: Locale | None = None, /, **query: object) -> str:
    """The address of ``path`` (from the root, without prefix) in ``locale``, else in the language of the request.

    ``query`` values that are ``None`` or empty are left out; a list or tuple repeats its name.
    """
    given = {name: value for name, value in query.items() if value not in (None, "", [], ())}
    prefix = _PREFIX if (locale or current_locale()) == "en" else ""
    address = (prefix + path).removesuffix("/") if prefix else path
    return f"{address}?{urlencode(given, doseq=True)}" if given else address


class LocalePrefix:
    """Takes ``/en`` off the path and answers in English; everything else is French. Wraps the whole application."""

    def __init__(self, next_app: ASGIApp) -> None:
        self._next_app = next_app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the language of this request and hand it on."""
        if scope["type"] == ScopeType.HTTP:
            locale, path = _split(scope["path"])
            use_locale(locale, path)
            if locale != "fr":
                scope["path"] = path
                scope["raw_path"] = scope["raw_path"][len(_PREFIX) :] or b"/"
        await self._next_app(scope, receive, send)


def _split(path: str) -> tuple[Locale, str]:
    if path == _PREFIX or path.startswith(_PREFIX + "/"):
        return "en", path[len(_PREFIX) :] or "/"
    return "fr", path
