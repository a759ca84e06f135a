"""Duplicates on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

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


class Link(msgspec.Struct, frozen=True):
    """Where more of a list is."""

    rel: str
    href: str


class DuplicateList(msgspec.Struct, frozen=True):
    """Pairs, the likeliest first; more of them where there is a ``next`` link."""

    items: list[DuplicatePair]
    links: list[Link]


class PairDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A moderator's judgement. ``keep`` is the place that stays (for ``same``); without it the richer one does."""

    answer: Answer
    keep: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}$")] | None = None
