"""Duplicates on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from tierslieux.shared.pagination import Link

PairState = Literal["to_review", "same", "different", "unsure"]
Answer = Literal["same", "different", "unsure"]


class DuplicatePair(msgspec.Struct, frozen=True):
    """Two places that may be one, with what speaks for and against it."""

    id: str
    places: list[str]
    names: list[str]
    score: float
    reasons: list[dict[str, Any]]
    state: PairState


class DuplicateList(msgspec.Struct, frozen=True):
    """Pairs, the likeliest first; more of them where there is a ``next`` link."""

    items: list[DuplicatePair]
    links: list[Link]


class PairDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A moderator's judgement. ``keep`` is the place that stays (for ``same``); without it the richer one does."""

    answer: Answer
    keep: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}$")] | None = None
