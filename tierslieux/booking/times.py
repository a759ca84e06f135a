"""Instants as programs write them: RFC 3339 with any offset; without one they are refused by a rule, not guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tierslieux.booking.domain.values import BrokenRule
from tierslieux.shared.errors import invalid

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?P<offset>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)


def read_instant(name: str, text: str, where: str = "body") -> datetime | BrokenRule:
    """The instant in UTC, the broken rule ``naive_time``, or ``InvalidRequest`` where it is none at all."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise _unreadable(where, name, text)
    try:
        instant = datetime.fromisoformat(text.upper().replace(" ", "T"))
        return instant.astimezone(UTC) if found["offset"] else BrokenRule("naive_time", None, text)
    except (ValueError, OverflowError) as exc:
        raise _unreadable(where, name, text) from exc


def read_query_instant(name: str, text: str) -> datetime:
    """The instant of a query, where one without offset is a fault like any other."""
    found = read_instant(name, text, "query")
    if isinstance(found, BrokenRule):
        raise invalid("query", name, "naive_time", text, "décalage attendu (2027-09-06T10:00:00+02:00)")
    return found


def _unreadable(where: str, name: str, text: str) -> Exception:
    return invalid(
        where, name, "wrong_format", text, "instant RFC 3339 avec décalage attendu (2027-09-06T10:00:00+02:00)"
    )
