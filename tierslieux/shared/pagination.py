"""Keyset paging: an opaque, signed cursor that holds the last row's sort key, and the link that carries it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

import msgspec

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
_SIGNATURE_BYTES = 12


class Link(msgspec.Struct, frozen=True):
    """An address that belongs to an answer: ``rel`` is ``self`` or ``next``."""

    rel: str
    href: str


class BadCursor(ValueError):
    """The cursor was altered, is of another list, or is not a cursor at all."""


def encode_cursor(key: Sequence[Any], *, purpose: str, secret: bytes) -> str:
    """The cursor after a row with sort key ``key``. ``purpose`` binds it to one list and its filters."""
    body = msgspec.json.encode(list(key))
    return base64.urlsafe_b64encode(_sign(body, purpose, secret) + body).decode().rstrip("=")


def decode_cursor(cursor: str, *, purpose: str, secret: bytes) -> list[Any]:
    """The sort key that ``encode_cursor`` was given, or ``BadCursor``."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadCursor from exc
    signature, body = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _sign(body, purpose, secret)):
        raise BadCursor
    key: list[Any] = msgspec.json.decode(body)
    return key


def _sign(body: bytes, purpose: str, secret: bytes) -> bytes:
    return hmac.digest(secret, purpose.encode() + b"\0" + body, hashlib.sha256)[:_SIGNATURE_BYTES]
