"""Numbers and addresses that name a place or its organisation, read as people write them."""

from __future__ import annotations

import re


def valid_siret(siret: str | None) -> str | None:
    """``siret`` without spaces if it is one (14 digits, Luhn, not all zero), else ``None``.

    La Poste's own numbers follow another rule: their digits add up to a multiple of five (INSEE).
    """
    digits = "".join((siret or "").split())
    if len(digits) != 14 or not (digits.isascii() and digits.isdigit()) or not digits.strip("0"):
        return None
    if digits.startswith("356000000"):
        return digits if sum(map(int, digits)) % 5 == 0 else None
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(digits))
    return digits if sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0 else None


def web_page(address: str | None) -> str | None:
    """Host without ``www.`` and path of a web address as people write it, ``None`` where there is no host."""
    rest = (address or "").strip().lower().partition("://")[2] or (address or "").strip().lower()
    host, slash, path = re.split(r"[?#]", rest, maxsplit=1)[0].partition("/")
    host = host.removeprefix("www.")
    return f"{host}{slash}{path}".rstrip("/") if "." in host else None
