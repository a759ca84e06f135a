"""Sentences of mails: translated, filled in, each on one line whatever stands in a name."""

from __future__ import annotations

from tierslieux.web.i18n import current_locale, gettext
from tierslieux.web.wording import NBSP, unbroken

_KEPT = f"{NBSP}\N{NARROW NO-BREAK SPACE}\N{WORD JOINER}"


def say(message: str, **words: object) -> str:
    """``message`` in the language in force, filled in, on one line, with the spaces of French typography."""
    text = gettext(message)
    shown = unbroken(text) if current_locale() == "fr" else text
    return shown.format(**{name: one_line(str(word)) for name, word in words.items()})


def one_line(text: str) -> str:
    """``text`` without line breaks or control characters; no-break spaces stay."""
    kept = "".join(char if char.isprintable() or char in _KEPT else " " for char in text)
    return kept.strip(" ")
