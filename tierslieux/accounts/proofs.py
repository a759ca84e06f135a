"""Secrets that are given to people, and what is kept of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from tierslieux.accounts.domain import CODE_DIGITS


def new_secret() -> str:
    """256 random bits, as text for a cookie or a link."""
    return secrets.token_urlsafe(32)


def sha256_of(secret: str) -> bytes:
    """What is kept of a secret of 256 bits: it cannot be guessed, so it needs no salt and no work."""
    return hashlib.sha256(secret.encode()).digest()


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def hmac_of_code(key: bytes, challenge_id: UUID, code: str) -> bytes:
    """What is kept of a code: a million of them are soon tried, so whoever has the table alone learns nothing."""
    return hmac.digest(key, f"sign-in code|{challenge_id}|{code}".encode(), "sha256")
