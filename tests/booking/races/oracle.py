"""Whether seats can be found, worked out as plainly as can be: every way to seat everyone, kept side by side.

Written apart from ``domain/seating.py``, from booking.md alone, to judge its refusals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MOST_SEATS = 6
"""Up to here every seating is tried; larger pools are judged by their peak."""


class Span(NamedTuple):
    """Half-open, in seconds."""

    start: float
    end: float

    def meets(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Stay:
    """A seat taken for ``busy`` by someone who is there ``during``; ``fixed``: may not be given another."""

    seat_id: int
    busy: Span
    during: Span
    fixed: bool


@dataclass(frozen=True)
class Question:
    """``count`` seats, or exactly ``wanted``; ``shut`` are seats that nobody new may have, and when."""

    seats: tuple[int, ...]
    stays: tuple[Stay, ...]
    shut: tuple[tuple[int, Span], ...]
    busy: Span
    during: Span
    count: int
    wanted: tuple[int, ...] = ()


def together(question: Question) -> list[Stay]:
    """The stays that hang together with what is asked, link by link."""
    found: list[Stay] = []
    rest, links = list(question.stays), [question.busy]
    while links:
        link = links.pop()
        near = [stay for stay in rest if stay.busy.meets(link)]
        rest = [stay for stay in rest if stay not in near]
        found += near
        links += [stay.busy for stay in near]
    return found


def highest(stays: Sequence[Stay], within: Span) -> int:
    """The most seats taken at one instant, looked at wherever someone comes."""
    moments = [within.start, *(stay.busy.start for stay in stays if within.start <= stay.busy.start < within.end)]
    return max(sum(stay.busy.start <= moment < stay.busy.end for stay in stays) for moment in moments)


def must_accept(question: Question) -> bool | None:
    """Whether seats can be found; ``None`` where a large pool with fixed seats leaves it open."""
    near = together(question)
    if len(question.seats) <= MOST_SEATS:
        return seating_exists(question, near)
    if highest(near, question.busy) + question.count > len(question.seats):
        return False
    plain = not (question.wanted or question.shut or any(stay.fixed for stay in near))
    return True if plain else None


def seating_exists(question: Question, near: Sequence[Stay]) -> bool:
    """Go through the movable stays in the order in which they come, keeping every way to have seated those before."""
    fixed = [(stay.seat_id, stay.busy) for stay in near if stay.fixed]
    pieces = [(stay.busy, stay.during, stay.seat_id) for stay in near if not stay.fixed]
    if question.wanted:
        wanted = [(seat_id, question.busy) for seat_id in question.wanted]
        if any(a == b and one.meets(other) for a, one in wanted for b, other in fixed):
            return False
        if any(a == b and question.during.meets(out) for a in question.wanted for b, out in question.shut):
            return False
        fixed += wanted
    else:
        pieces += [(question.busy, question.during, 0)] * question.count
    ways = {tuple(0.0 for _ in question.seats)}
    for busy, during, sits_on in sorted(pieces):
        open_to = [
            not any(a == seat_id and busy.meets(other) for a, other in fixed)
            and (seat_id == sits_on or not any(a == seat_id and during.meets(out) for a, out in question.shut))
            for seat_id in question.seats
        ]
        ways = {
            tuple(busy.end if index == taken else (end if end > busy.start else 0.0) for index, end in enumerate(way))
            for way in ways
            for taken, end in enumerate(way)
            if open_to[taken] and end <= busy.start
        }
    return bool(ways)
