"""Several answers about the same time become one: what all of them say, or the first that says anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

_UNSURE_SCHOOL = "vacances scolaires non connues"

Said = tuple[str, str]
"""A state and its comment."""


class Interval(NamedTuple):
    """``[start, end)`` in UTC, ``state`` is ``open`` or ``unknown``; what is not listed is closed."""

    start: datetime
    end: datetime
    state: str
    comment: str


def same_or_unknown(said: Sequence[Said]) -> Said:
    """What every answer says; unknown where they differ."""
    return said[0] if len(set(said)) == 1 else ("unknown", _UNSURE_SCHOOL)


def first_not_closed(said: Sequence[Said]) -> Said:
    """The first answer that is not closed: rules after ``||`` hold where those before it leave a time closed."""
    return next((each for each in said if each[0] != "closed"), ("closed", ""))


def combine(answers: Sequence[tuple[Interval, ...]], choose: Callable[[Sequence[Said]], Said]) -> tuple[Interval, ...]:
    """One answer: ``choose`` decides for each stretch of time in which no answer changes."""
    cuts = sorted({instant for answer in answers for piece in answer for instant in (piece.start, piece.end)})
    cursors = [0] * len(answers)
    merged: list[Interval] = []
    for low, high in pairwise(cuts):
        state, comment = choose([_said(answer, cursors, index, low) for index, answer in enumerate(answers)])
        if state != "closed":
            _append(merged, Interval(low, high, state, comment))
    return tuple(merged)


def _said(answer: tuple[Interval, ...], cursors: list[int], index: int, at: datetime) -> Said:
    while cursors[index] < len(answer) and answer[cursors[index]].end <= at:
        cursors[index] += 1
    if cursors[index] < len(answer) and answer[cursors[index]].start <= at:
        return answer[cursors[index]].state, answer[cursors[index]].comment
    return "closed", ""


def _append(merged: list[Interval], piece: Interval) -> None:
    if merged and merged[-1].end == piece.start and merged[-1][2:] == piece[2:]:
        merged[-1] = merged[-1]._replace(end=piece.end)
    else:
        merged.append(piece)
