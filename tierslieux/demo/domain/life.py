"""A day of a room, lived through in the order in which things happened, up to now.

Wishes are judged by the rules of booking at the moment they are said and given seats by its seating; those that it
refuses leave no trace. Bookings stay within one local day, so that each day stands alone.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from tierslieux.booking.domain.rules import broken_rules, busy_of
from tierslieux.booking.domain.seating import Ask as SeatAsk
from tierslieux.booking.domain.seating import Pool, Seating, choose_seats
from tierslieux.booking.domain.statuses import BLOCKING, Status
from tierslieux.booking.domain.values import OwnBooking, Situation, TakenSeat
from tierslieux.demo.domain.rooms import Ask, Room, Step, Story
from tierslieux.shared.time import TimeRange

Ledger = dict[UUID, list[OwnBooking]]
"""Each guest's bookings, at all places: what quotas and overlaps are judged by."""


@dataclass(slots=True)
class Lived:
    """A booking as far as it has come; ``seat_ids`` are those it had last."""

    room: Room
    ask: Ask
    seat_rows: int
    steps: list[Step] = field(default_factory=list)
    seat_ids: list[int] = field(default_factory=list)
    instead: str | None = None

    @property
    def status(self) -> Status:
        """What it is now."""
        return self.steps[-1].becomes


@dataclass(slots=True)
class _Day:
    room: Room
    day: date
    ledger: Ledger
    taken: list[TakenSeat] = field(default_factory=list)
    lived: dict[UUID, Lived] = field(default_factory=dict)

    def begin(self, story: Story) -> bool:
        """Make the booking if the rules and the seats allow it."""
        ask, resource = story.ask, self.room.resource
        during = TimeRange(ask.wish.start, ask.wish.end)
        if ask.origin != "walk_in" and broken_rules(ask.wish, self._situation(ask)):
            return False
        busy = busy_of(during, resource.turnaround_minutes)
        if busy.end.astimezone(self.room.zone).date() != self.day:
            return False
        count = resource.rows_for(ask.wish.seats)
        seating = choose_seats(Pool(resource.seats, tuple(self.taken)), SeatAsk(during, busy, count))
        if seating is None:
            return False
        self._seat(ask, seating, (busy, during))
        self.lived[ask.booking_id] = Lived(self.room, ask, count)
        if ask.person is not None:
            own = OwnBooking(ask.booking_id.hex, resource.place_id, during, is_counted=True, is_blocking=True)
            self.ledger.setdefault(ask.person.account_id, []).append(own)
        return True

    def go_on(self, ask: Ask, step: Step) -> None:
        """The booking's next step: who ends it frees its seats, who arrives stays where they sit."""
        lived = self.lived[ask.booking_id]
        lived.steps.append(step)
        mine = [row for row in self.taken if row.booking_id == ask.booking_id]
        lived.seat_ids = [row.seat_id for row in mine] or lived.seat_ids
        rest = [row for row in self.taken if row.booking_id != ask.booking_id]
        if step.becomes in BLOCKING:
            rest += [replace(row, is_pinned=row.is_pinned or step.becomes == "checked_in") for row in mine]
        self.taken = rest

    def _situation(self, ask: Ask) -> Situation:
        room = self.room
        own = self.ledger.get(ask.person.account_id, []) if ask.person else []
        return Situation(
            now=ask.at,
            zone=room.zone,
            welcome="bookable",
            is_published=True,
            resource=room.resource,
            days=room.around(self.day),
            own=tuple(own),
        )

    def _seat(self, ask: Ask, seating: Seating, spans: tuple[TimeRange, TimeRange]) -> None:
        target = {(move.booking_id, move.from_seat): move.to_seat for move in seating.moves}
        self.taken = [
            replace(row, seat_id=target.get((row.booking_id, row.seat_id), row.seat_id)) for row in self.taken
        ]
        self.taken += [TakenSeat(ask.booking_id, seat_id, *spans, is_pinned=False) for seat_id in seating.seats]


def live_through(room: Room, day: date, stories: Iterable[Story], ledger: Ledger) -> list[Lived]:
    """The bookings of one local day, as far as their stories are told; ``stories`` hold no step to come."""
    here, told = _Day(room, day, ledger), [story for story in stories if story.steps]
    waiting = [(story.steps[0].at, number, 0) for number, story in enumerate(told)]
    heapq.heapify(waiting)
    while waiting:
        _, number, place = heapq.heappop(waiting)
        story = told[number]
        if place == 0 and not here.begin(story):
            continue
        here.go_on(story.ask, story.steps[place])
        if place + 1 < len(story.steps):
            heapq.heappush(waiting, (story.steps[place + 1].at, number, place + 1))
    for lived in here.lived.values():  # who was moved since their own last step sits elsewhere now
        sits_on = [row.seat_id for row in here.taken if row.booking_id == lived.ask.booking_id]
        lived.seat_ids = sits_on or lived.seat_ids
    return list(here.lived.values())
