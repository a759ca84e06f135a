"""Domain errors: each names the broken rule and carries facts. HTTP appears in ``web/problems.py`` only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldError:
    """One part of a request that could not be read.

    ``where`` is ``query``, ``path``, ``header``, ``body`` or ``form``; ``code`` is stable, ``message`` is for people.
    """

    where: str
    field: str
    code: str
    value: str | None
    message: str


class DomainError(Exception):
    """A rule refused; nothing was stored. ``code`` is stable and public, ``facts`` become members of the answer."""

    code = "refused"

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.code)
        self.facts = facts


class NotFound(DomainError):
    """There is no such thing, or it lies outside the asker's scope; the two are not told apart."""

    code = "not_found"


class NotAllowed(DomainError):
    """The right object, but the token lacks the scope for it."""

    code = "missing_scope"


class NotSignedIn(DomainError):
    """No credentials, or credentials that are not valid (any more)."""

    code = "not_signed_in"


class Conflict(DomainError):
    """The request was right, but someone was first or the state has moved on."""

    code = "conflict"


class RuleRefused(DomainError):
    """The request can be read, and a rule refuses it."""

    code = "refused"


class Stale(DomainError):
    """``If-Match`` names a version that is no longer the current one."""

    code = "stale_version"


class RateLimited(DomainError):
    """Too many requests; ``retry_after`` says for how many seconds."""

    code = "too_many_requests"


class PayloadTooLarge(DomainError):
    """The body is larger than what is read."""

    code = "body_too_large"


class Gone(DomainError):
    """It was there, and its time is over."""

    code = "gone"


@dataclass
class InvalidRequest(Exception):
    """The request cannot be read: syntax, type, range or an unknown name. Holds every fault found."""

    errors: list[FieldError] = field(default_factory=list)
    code: str = "invalid_request"

    def __str__(self) -> str:
        return "; ".join(error.message for error in self.errors)


def invalid(where: str, name: str, code: str, value: object, message: str) -> InvalidRequest:
    """An ``InvalidRequest`` of one fault. ``message`` is shown after the field's name; long values are shortened."""
    shown = None if value is None else str(value)[:200]
    return InvalidRequest([FieldError(where, name, code, shown, f"{name}\N{NO-BREAK SPACE}: {message}")])
