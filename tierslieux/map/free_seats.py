"""How many people a resource still has seats for in a window, and when it next has: pure rules on whole seconds.

Instants are seconds since 1970, ranges ``[start, end)``. Free is what hours, closures and seats leave: the grid, the
length, the notice and the quotas are judged when one books. What a new booking takes is its window and the resource's
turnaround after it, which may run past closing.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import itemgetter
from zoneinfo import ZoneInfo

Span = tuple[int, int]
Step = tuple[int, int]
"""From an instant on, so many."""


@dataclass(frozen=True)
class SeatsInService:
    """``count`` seats of a resource that are there from a local day to another, both included, as ordinals."""

    first_day: int
    last_day: int
    count: int


@dataclass(frozen=True)
class ClosedSeat:
    """A single seat that is closed, or a resident's, for ``during``, and the local days on which it is there at all."""

    seat_id: int
    during: Span
    first_day: int
    last_day: int


@dataclass(frozen=True)
class ResourceFacts:
    """All that decides when a resource is free.

    ``opened`` are the open ranges as they are filed, in order: the grid of ``slot`` seconds begins at each. ``closed``
    are the closures of the place and the whole resource, ``busy`` the seats taken, one span for each. ``head_count`` is
    how many people a seat takes, ``turnaround`` what a new booking keeps after it, ``shortest`` the shortest booking.
    """

    place_id: int
    time_zone: str
    head_count: int
    turnaround: int
    slot: int
    shortest: int
    opened: Sequence[Span]
    closed: Sequence[Span]
    seats: Sequence[SeatsInService]
    closed_seats: Sequence[ClosedSeat]
    busy: Sequence[Span]

    @cached_property
    def merged(self) -> list[Span]:
        """The open ranges, those that touch as one."""
        return _merged(self.opened)

    @cached_property
    def levels(self) -> list[Step]:
        """How many seats are taken from an instant on, in order, from the beginning of time."""
        changes = [(start, 1) for start, _ in self.busy] + [(end, -1) for _, end in self.busy]
        steps, level = [(-(2**62), 0)], 0
        for instant, group in itertools.groupby(sorted(changes), key=itemgetter(0)):
            level += sum(change for _, change in group)
            steps.append((instant, level))
        return steps


def free_people(resource: ResourceFacts, window: Span) -> int:
    """For how many people there are seats throughout ``window``; none where it is not open all the time."""
    return _free_people(resource, window, resource.turnaround)


def free_people_at(resource: ResourceFacts, instant: int) -> int:
    """For how many people there are seats at this very moment."""
    return _free_people(resource, (instant, instant + 1), 0)


def _free_people(resource: ResourceFacts, window: Span, turnaround: int) -> int:
    if not _is_open(resource, window) or _last_closure(resource, window) is not None:
        return 0
    spare = _capacity(resource, window) - _taken(resource, (window[0], window[1] + turnaround))
    return max(0, spare) * resource.head_count


def first_free(resource: ResourceFacts, search: Span, length: int | None, people: int) -> int | None:
    """The first start on the grid within ``search`` at which so many people find seats for ``length`` seconds.

    Without a length, for the resource's shortest booking. ``None`` where there is no such start.
    """
    lasting = length or resource.shortest
    needed = -(-people // resource.head_count)
    for opened, end in resource.opened:
        until = next(last for first, last in resource.merged if first <= opened < last)
        start: int | None = _on_grid(resource, opened, search[0])
        while start is not None and start < min(end, search[1]) and start + lasting <= until:
            blocked_until = _blocked_until(resource, (start, start + lasting), needed)
            if blocked_until is None:
                return start
            start = _on_grid(resource, opened, max(blocked_until, start + 1))
    return None


def _on_grid(resource: ResourceFacts, opened: int, instant: int) -> int:
    """The first instant of the grid from ``opened`` that is not before ``instant``."""
    return opened + max(0, -(-(instant - opened) // resource.slot)) * resource.slot


def _blocked_until(resource: ResourceFacts, window: Span, needed: int) -> int | None:
    """Until when nobody gets in who begins with ``window``, as far as that is known at once; ``None``: it is free."""
    closure_ends = _last_closure(resource, window)
    if closure_ends is not None:
        return closure_ends
    spare = _capacity(resource, window) - needed
    if spare < 0:
        return window[0] + 1
    numbers = _steps_in(resource, (window[0], window[1] + resource.turnaround))
    full = [number for number in numbers if resource.levels[number][1] > spare]
    return resource.levels[full[-1] + 1][0] if full else None  # the last level of all is none


def _is_open(resource: ResourceFacts, window: Span) -> bool:
    return any(start <= window[0] and window[1] <= end for start, end in resource.merged)


def _last_closure(resource: ResourceFacts, window: Span) -> int | None:
    return max((end for start, end in resource.closed if _meet((start, end), window)), default=None)


def _capacity(resource: ResourceFacts, window: Span) -> int:
    """Seats that are in service on every local day of ``window`` and not closed in it."""
    zone = ZoneInfo(resource.time_zone)
    first, last = (datetime.fromtimestamp(at, zone).toordinal() for at in (window[0], window[1] - 1))
    there = sum(group.count for group in resource.seats if group.first_day <= first and last <= group.last_day)
    closed = {
        seat.seat_id
        for seat in resource.closed_seats
        if seat.first_day <= first and last <= seat.last_day and _meet(seat.during, window)
    }
    return there - len(closed)


def _taken(resource: ResourceFacts, span: Span) -> int:
    return max(resource.levels[number][1] for number in _steps_in(resource, span))


def _steps_in(resource: ResourceFacts, span: Span) -> range:
    """Which levels hold within ``span``, the first of them from before it."""
    first = bisect_right(resource.levels, span[0], key=itemgetter(0)) - 1
    return range(first, bisect_left(resource.levels, span[1], lo=first, key=itemgetter(0)))


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _merged(spans: Sequence[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
