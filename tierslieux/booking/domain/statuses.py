"""The life of a booking: what may follow what (api.md), and what each status means."""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "held", "pending", "confirmed", "checked_in", "completed", "cancelled_by_guest", "cancelled_by_host", "declined",
    "expired", "no_show",
]  # fmt: skip
STATUSES: tuple[Status, ...] = (
    "held", "pending", "confirmed", "checked_in", "completed", "cancelled_by_guest", "cancelled_by_host", "declined",
    "expired", "no_show",
)  # fmt: skip
BLOCKING: frozenset[Status] = frozenset({"held", "pending", "confirmed", "checked_in"})
"""Statuses in which a booking occupies its seats."""
EXPIRING: frozenset[Status] = frozenset({"held", "pending"})
"""Statuses that end by themselves at ``expires_at``."""

FOLLOWS: dict[Status, frozenset[Status]] = {
    "held": frozenset({"pending", "confirmed", "expired", "cancelled_by_guest"}),
    "pending": frozenset({"confirmed", "declined", "expired", "cancelled_by_guest", "cancelled_by_host"}),
    "confirmed": frozenset({"checked_in", "no_show", "completed", "cancelled_by_guest", "cancelled_by_host"}),
    "checked_in": frozenset({"completed", "confirmed"}),
    "no_show": frozenset({"checked_in"}),
    "completed": frozenset({"checked_in"}),
    "cancelled_by_host": frozenset({"confirmed", "pending"}),  # a closure undone: as it was before
    "cancelled_by_guest": frozenset(),
    "declined": frozenset(),
    "expired": frozenset(),
}
"""What may follow each status; any other change is refused with ``status_changed``."""


def sources_of(becomes: Status) -> tuple[Status, ...]:
    """The statuses from which ``becomes`` can be reached."""
    return tuple(status for status in STATUSES if becomes in FOLLOWS[status])
