"""The exact search behind a re-seating: give each piece a seat by order of start, going back where stuck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tierslieux.booking.domain.values import Seat
from tierslieux.shared.time import TimeRange

STEP_LIMIT = 20_000
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stay to be seated; ``sits_on`` is where it sits now."""

    busy: TimeRange
    during: TimeRange
    sits_on: int | None


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat with what stays on it (``blocked``) and when nobody can be given it (``shut``).

    ``is_open`` says whether a piece that does not sit there may be given it.
    """

    seat_id: int
    is_adapted: bool
    is_open: bool
    blocked: tuple[TimeRange, ...]
    seat: Seat
    shut: tuple[TimeRange, ...]

    def takes(self, piece: Piece) -> bool:
        """Whether ``piece`` can sit here beside what stays."""
        if piece.sits_on != self.seat_id and not self.is_open:
            return False
        if any(each.overlaps(piece.busy) for each in self.blocked):
            return False
        # who sits there already stays, also where its days in service or a block were cut shorter since
        is_there = piece.sits_on == self.seat_id
        return is_there or (self.seat.serves(piece.during) and not any(out.overlaps(piece.during) for out in self.shut))


def find_seating(lines: Sequence[SeatLine], pieces: Sequence[Piece]) -> list[int] | None:
    """A seat for each piece, in their order, or ``None``: there is no such seating, or the step limit was reached."""
    order = sorted(range(len(pieces)), key=lambda index: (pieces[index].busy.start, pieces[index].busy.end))
    search = _Search(lines, [pieces[index] for index in order])
    if not search.seat_from(0):
        return None
    found = [0] * len(pieces)
    for place, index in enumerate(order):
        found[index] = search.given[place]
    return found


@dataclass(slots=True)
class _Search:
    lines: Sequence[SeatLine]
    pieces: Sequence[Piece]
    given: list[int] = field(default_factory=list)
    ends: dict[int, datetime] = field(default_factory=dict)
    dead: set[tuple[object, ...]] = field(default_factory=set)
    steps: int = 0
    candidates: list[list[SeatLine]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.candidates = [[line for line in self.lines if line.takes(piece)] for piece in self.pieces]

    def seat_from(self, first: int) -> bool:
        """Depth-first without recursion: a stack of what is still to be tried at each piece."""
        stack: list[tuple[Iterator[SeatLine], datetime | None]] = [(self._choices(first), None)] if self.pieces else []
        while stack:
            depth = len(stack) - 1
            self._undo(depth, stack[-1][1])
            line = next(stack[-1][0], None)
            self.steps += 1
            if self.steps > STEP_LIMIT:
                return False
            if line is None:
                self.dead.add(self._state(depth))
                stack.pop()
                continue
            stack[-1] = (stack[-1][0], self.ends.get(line.seat_id))
            self._give(depth, line)
            if depth + 1 == len(self.pieces):
                return True
            if self._state(depth + 1) not in self.dead:
                stack.append((self._choices(depth + 1), None))
        return not self.pieces

    def _give(self, depth: int, line: SeatLine) -> None:
        self.given.append(line.seat_id)
        self.ends[line.seat_id] = self.pieces[depth].busy.end

    def _undo(self, depth: int, before: datetime | None) -> None:
        """Take back what the piece at ``depth`` was given."""
        if len(self.given) <= depth:
            return
        seat_id = self.given.pop()
        if before is None:
            self.ends.pop(seat_id, None)
        else:
            self.ends[seat_id] = before

    def _choices(self, depth: int) -> Iterator[SeatLine]:
        """The seats free for this piece: its own, then ordinary ones that leave the least gap, alike ones once."""
        piece = self.pieces[depth]
        free = [line for line in self.candidates[depth] if self._end(line) <= piece.busy.start]
        free.sort(key=lambda line: (line.seat_id != piece.sits_on, line.is_adapted, piece.busy.start - self._end(line)))
        tried: set[object] = set()
        for line in free:
            alike = self._alike(line, piece)
            if line.seat_id == piece.sits_on or alike not in tried:
                tried.add(alike)
                yield line

    def _alike(self, line: SeatLine, piece: Piece) -> object:
        """Seats with the same answer can stand for each other from here on; one with bounds of its own stands alone."""
        if line.shut or not line.is_open or line.seat.serves_until is not None:
            return line.seat_id
        ahead = tuple(each for each in line.blocked if each.end > piece.busy.start)
        return line.is_adapted, ahead

    def _end(self, line: SeatLine) -> datetime:
        """When the last piece that was given this seat leaves it."""
        return self.ends.get(line.seat_id, _LONG_AGO)

    def _state(self, depth: int) -> tuple[object, ...]:
        """What matters for the pieces from ``depth`` on: which seats are taken beyond its start, and until when."""
        start = self.pieces[depth].busy.start
        later = sorted((seat_id, end) for seat_id, end in self.ends.items() if end > start)
        return depth, *later
