"""Text from anywhere made harmless and plain: no markup, no control characters, no broken bytes, one kind of space."""

from __future__ import annotations

import html
import re
import unicodedata

ESCAPED_BYTE = 0xF700
"""Private-use code points ``U+F780..U+F7FF`` stand for bytes that are not UTF-8 until ``mend_bytes`` reads them."""

_ESCAPED = re.compile("[\udc80-\udcff\uf780-\uf7ff]+")
_HIDDEN = re.compile("<(script|style|iframe|object|template)\\b.*?(?:</\\1\\s*>|$)", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile("<(?:br|/p|/div|/li|/tr|/h[1-6])\\b[^>]*>", re.IGNORECASE)
_TAG = re.compile("</?[a-zA-Z!][^<>]*>?|<!--.*?(?:-->|$)", re.DOTALL)
_ENTITY = re.compile("&(?:#\\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});")
_SPACES = re.compile("[^\\S\n]+")
_LINES = re.compile(" ?\n[ \n]*")
_PLAIN = re.compile("[ -%'-;=?-~\xa1-\xac\xae-\u02ff\u2018-\u201d\u2026\u20ac]*")
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_KEPT = {"\n", "\t", "\u200d"}
_SUSPECT = re.compile(
    "[^\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u05ff\u1e00-\u200a\u2010-\u2027\u202f-\u205e\u20a0-\u20bf\u2190-\u21ff]"
)


def has_broken_bytes(text: str) -> bool:
    """Whether some characters stand for bytes that are not UTF-8."""
    return _ESCAPED.search(text) is not None


def mend_bytes(text: str) -> tuple[str, str]:
    """``text`` with bytes that were not UTF-8 read as Windows-1252, the bytes as ``"\\xe9"`` (else empty)."""
    found = _ESCAPED.findall(text)
    if not found:
        return text, ""
    return _ESCAPED.sub(lambda match: _windows(match.group()), text), "".join(
        f"\\x{_byte(char):02x}" for char in found[0]
    )


def plain(text: str) -> str:
    """``text`` on one line: no markup, no control character, single spaces, NFC. Idempotent."""
    if _PLAIN.fullmatch(text) and "  " not in text:
        return text.strip(" ")
    return _SPACES.sub(" ", plain_lines(text).replace("\n", " ")).strip()


def plain_lines(text: str) -> str:
    """As ``plain``, but line breaks (also those of ``<br>`` and ``</p>``) are kept, never two in a row."""
    text = _visible(_untag(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return _LINES.sub("\n", _SPACES.sub(" ", unicodedata.normalize("NFC", text))).strip()


def _untag(text: str) -> str:
    """Without tags and entities, until nothing of either is left (``&amp;lt;script&amp;gt;`` hides three layers)."""
    for _ in range(5):
        bare = _without_tags(text)
        decoded = html.unescape(bare) if _ENTITY.search(bare) else bare
        if decoded == text:
            return text
        text = decoded
    return text.replace("<", " ").replace("&", " ")


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    return _TAG.sub(" ", _BREAK.sub("\n", _HIDDEN.sub(" ", text)))


def _visible(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    return "".join(
        char if char in _KEPT or unicodedata.category(char) not in _UNSEEN else _instead(char) for char in text
    )


def _instead(char: str) -> str:
    """A soft hyphen or a byte-order mark vanishes; any other unseen character parts words."""
    return "" if unicodedata.category(char) == "Cf" else " "


def _byte(char: str) -> int:
    return ord(char) & 0xFF


def _windows(escaped: str) -> str:
    return bytes(_byte(char) for char in escaped).decode("cp1252", errors="replace")
