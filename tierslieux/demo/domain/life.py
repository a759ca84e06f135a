"""All days of all rooms, lived through in the order in which things happened, up to now.

Wishes are judged by the rules of booking at the moment they are said and given seats by its seating; those that it
refuses leave no trace. Bookings stay within one local day, so that the seats of each day stand alone.
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

Ledger = dict[UUID, dict[UUID, OwnBooking]]
"""Each guest's bookings that count or block, at all places: what quotas and overlaps are judged by."""
Wished = tuple[Room, date, Story]
"""A story, in which room and on which local day."""


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
            self.ledger.setdefault(ask.person.account_id, {})[ask.booking_id] = own
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
        self._note(ask, step)

    def _note(self, ask: Ask, step: Step) -> None:
        """What ends no longer blocks its guest's time, and no longer counts where it ended in time."""
        own = self.ledger.get(ask.person.account_id, {}) if ask.person else {}
        if step.becomes not in BLOCKING and ask.booking_id in own:
            if step.is_counted:
                own[ask.booking_id] = replace(own[ask.booking_id], is_blocking=False)
            else:
                del own[ask.booking_id]

    def settled(self) -> list[Lived]:
        """The day's bookings, each with the seats it has or had last."""
        for lived in self.lived.values():  # who was moved since their own last step sits elsewhere now
            sits_on = [row.seat_id for row in self.taken if row.booking_id == lived.ask.booking_id]
            lived.seat_ids = sits_on or lived.seat_ids
        return list(self.lived.values())

    def _situation(self, ask: Ask) -> Situation:
        room = self.room
        own = self.ledger.get(ask.person.account_id, {}) if ask.person else {}
        return Situation(
            now=ask.at,
            zone=room.zone,
            welcome="bookable",
            is_published=True,
            resource=room.resource,
            days=room.around(self.day),
            own=tuple(own.values()),
        )

    def _seat(self, ask: Ask, seating: Seating, spans: tuple[TimeRange, TimeRange]) -> None:
        target = {(move.booking_id, move.from_seat): move.to_seat for move in seating.moves}
        self.taken = [
            replace(row, seat_id=target.get((row.booking_id, row.seat_id), row.seat_id)) for row in self.taken
        ]
        self.taken += [TakenSeat(ask.booking_id, seat_id, *spans, is_pinned=False) for seat_id in seating.seats]


def live_through(wished: Iterable[Wished]) -> list[Lived]:
    """The bookings that come of these stories, as far as they are told; none holds a step to come."""
    days, ledger = dict[tuple[int, int, date], _Day](), Ledger()
    told = {story.ask.booking_id: (room, day, story) for room, day, story in wished if story.steps}
    # ids decide between what happens in one second, so that what comes later changes nothing before
    waiting = [(story.steps[0].at, booking_id, 0) for booking_id, (_, _, story) in told.items()]
    heapq.heapify(waiting)
    while waiting:
        _, booking_id, place = heapq.heappop(waiting)
        room, day, story = told[booking_id]
        here = days.setdefault((*room.key, day), _Day(room, day, ledger))
        if place == 0 and not here.begin(story):
            continue
        here.go_on(story.ask, story.steps[place])
        if place + 1 < len(story.steps):
            heapq.heappush(waiting, (story.steps[place + 1].at, booking_id, place + 1))
    return [lived for _, here in sorted(days.items()) for lived in here.settled()]
