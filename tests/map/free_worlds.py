"""Small random worlds of desks, and what is free in them told minute by minute: the search must say the same.

All times are on the quarter of an hour, which is what a world is counted by.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from tests.factories import Base, insert, make_booking, make_closure, make_day, make_place, make_resource, make_seats
from tierslieux.places.seat_counts import recount_seats
from tierslieux.web.plans import run_plan

QUARTER = timedelta(minutes=15)
NOW = datetime(2027, 3, 27, 6, 0, tzinfo=UTC)
"""A Saturday; in the night after it the clocks of France go forward."""
FIRST, DAYS = date(2027, 3, 26), 4
ZONES = ("Europe/Paris", "Europe/Paris", "Europe/Paris", "Indian/Reunion", "America/Miquelon", "Pacific/Noumea")
Span = tuple[datetime, datetime]


def meet(one: Span, other: Span) -> bool:
    """Whether the two share an instant."""
    return one[0] < other[1] and other[0] < one[1]


def quarters(span: Span) -> Iterator[datetime]:
    """The beginnings of the quarters of an hour of ``span``."""
    at = span[0]
    while at < span[1]:
        yield at
        at += QUARTER


@dataclass
class Seat:
    """``service`` are its first and last day, ``gone`` when it is closed, ``taken`` the spans that count."""

    service: tuple[date, date]
    gone: list[Span] = field(default_factory=list)
    taken: list[Span] = field(default_factory=list)


@dataclass
class Resource:
    """As it is stored; ``opened`` is where it has hours of its own."""

    head_count: int
    turnaround: timedelta
    archived: bool
    opened: list[Span] | None
    seats: list[Seat]
    closed: list[Span] = field(default_factory=list)


@dataclass
class Place:
    """As it is stored; ``slot`` and ``shortest`` are its policy."""

    zone: str
    opened: list[Span]
    resources: list[Resource]
    slot: timedelta
    shortest: timedelta
    closed: list[Span] = field(default_factory=list)
    place_id: int = 0

    def free(self, window: Span, *, pad: bool = True) -> int:
        """For how many people some resource has seats in every quarter of ``window``."""
        return max([0, *(self._free(each, window, pad) for each in self.resources if not each.archived)])

    def first_free(self, begins: datetime, length: timedelta | None, people: int) -> datetime | None:
        """The first start on the grid, tried one after the other."""
        starts = [
            start
            for each in self.resources
            if not each.archived
            for opened in (self.opened if each.opened is None else each.opened)
            for start in self._grid(opened, begins)
            if self._free(each, (start, start + (length or self.shortest)), pad=True) >= people
        ]
        return min(starts, default=None)

    def _grid(self, opened: Span, begins: datetime) -> Iterator[datetime]:
        start = opened[0]
        while start < opened[1]:
            if begins <= start:
                yield start
            start += self.slot

    def _free(self, each: Resource, window: Span, pad: bool) -> int:
        opened = self.opened if each.opened is None else each.opened
        if not all(any(start <= at < end for start, end in opened) for at in quarters(window)):
            return 0
        if any(meet(closed, window) for closed in (*self.closed, *each.closed)):
            return 0
        zone = ZoneInfo(self.zone)
        days = {at.astimezone(zone).date() for at in quarters(window)}
        usable = [
            seat
            for seat in each.seats
            if all(seat.service[0] <= day <= seat.service[1] for day in days)
            and not any(meet(gone, window) for gone in seat.gone)
        ]
        padded = (window[0], window[1] + (each.turnaround if pad else timedelta()))
        peak = max(
            sum(any(start <= at < end for start, end in seat.taken) for seat in each.seats) for at in quarters(padded)
        )
        return max(0, len(usable) - peak) * each.head_count


def random_place(chance: random.Random, base: Base, at: tuple[float, float]) -> Place:
    """A place of a random world, stored."""
    zone = chance.choice(ZONES)
    place = Place(
        zone=zone,
        opened=[],
        resources=[],
        slot=chance.choice((1, 2, 3, 4)) * QUARTER,
        shortest=chance.choice((1, 2, 4, 7)) * QUARTER,
    )
    policy = {"slot_minutes": place.slot // timedelta(minutes=1), "min_minutes": place.shortest // timedelta(minutes=1)}
    name = f"Lieu {chance.random()}"
    place.place_id = make_place(base, name, at=at, welcome="bookable", time_zone=zone, policy=Jsonb(policy))
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        place.opened += (opened := _opened(chance, zone, day))
        make_day(base, place.place_id, day, *opened)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        place.resources.append(_random_resource(chance, base, place))
    if chance.random() < 0.3:
        place.closed.append(span := _span(chance))
        make_closure(base, place.place_id, span, chance.choice(("closure", "external_busy")))
        make_closure(base, place.place_id, _span(chance), withdrawn_at=NOW)
    if chance.random() < 0.7:
        run_plan(base, recount_seats([place.place_id]))
    return place


def _opened(chance: random.Random, zone: str, day: date) -> list[Span]:
    """None, one or two ranges of a local day; some to midnight, from midnight, or into the night."""
    ends = chance.choice(((), (9, 12, 14, 18), (0, 24), (8, 24), (0, 4, 9, 17), (20, 26), (9, 13), (10, 17), (13, 19)))
    midnight = datetime.combine(day, time())
    walls = [midnight + timedelta(hours=hour) for hour in ends]
    instants = [wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for wall in walls]
    return list(zip(instants[::2], instants[1::2], strict=True))


def _span(chance: random.Random, longest: int = 40) -> Span:
    start = datetime.combine(FIRST, time(), UTC) + chance.randrange(DAYS * 96) * QUARTER
    return start, start + chance.randint(1, longest) * QUARTER


def _random_resource(chance: random.Random, base: Base, place: Place) -> Resource:
    own = chance.random() < 0.2
    resource = Resource(
        head_count=chance.choice((1, 1, 1, 4)),
        turnaround=chance.choice((0, 0, 0, 1, 3, 8)) * QUARTER,
        archived=chance.random() < 0.15,
        opened=[] if own else None,
        seats=[],
    )
    resource_id = make_resource(
        base,
        place.place_id,
        seats=0,
        head_count=resource.head_count,
        turnaround_minutes=resource.turnaround // timedelta(minutes=1),
        archived_at=NOW if resource.archived else None,
        hours_osm="24/7" if own else None,
    )
    for number in range(DAYS if own else 0):
        day = FIRST + timedelta(days=number)
        resource.opened = [*(resource.opened or []), *(opened := _opened(chance, place.zone, day))]
        ranges = Multirange([Range(*each) for each in opened])
        row = {"place_id": place.place_id, "resource_id": resource_id, "day": day, "state": "known", "open": ranges}
        insert(base, "resource_day", row | {"frozen": False})
    for _ in range(chance.choice((1, 1, 2, 3, 5))):
        resource.seats.append(_random_seat(chance, base, place, resource_id))
    if chance.random() < 0.2:
        resource.closed.append(span := _span(chance))
        make_closure(base, place.place_id, span, "block", resource_id=resource_id)
    return resource


def _random_seat(chance: random.Random, base: Base, place: Place, resource_id: int) -> Seat:
    first = chance.choice((date(2020, 1, 1), date(2020, 1, 1), FIRST + timedelta(days=1)))
    last = chance.choice((None, None, None, FIRST + timedelta(days=2)))
    seat = Seat((first, last or date.max))
    in_service = Range(first, last and last + timedelta(days=1))
    (seat_id,) = make_seats(base, place.place_id, resource_id, in_service=in_service)
    if chance.random() < 0.2:
        seat.gone.append(span := _span(chance, 150))
        kind = chance.choice(("resident", "closure"))
        make_closure(base, place.place_id, span, kind, resource_id=resource_id, seat_id=seat_id)
    blocked: list[Span] = []
    for _ in range(chance.choice((0, 1, 2, 4, 8))):
        span, turnaround = _span(chance, chance.choice((6, 20, 60))), chance.choice((0, 0, 15, 60))
        padded = (span[0], span[1] + timedelta(minutes=turnaround))
        if any(meet(padded, other) for other in blocked):
            continue
        blocked.append(padded)
        ends = chance.choice((None, None, None, NOW - QUARTER, NOW, NOW + QUARTER))
        status = "held" if ends else "confirmed"
        columns = {"turnaround_minutes": turnaround, "expires_at": ends, "status": status}
        make_booking(base, place.place_id, resource_id, span, seat_id, **columns)
        if ends is None or ends > NOW:
            seat.taken.append(padded)
    return seat
