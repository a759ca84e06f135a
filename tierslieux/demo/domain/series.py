"""Bookings that come back every week: one wish, said once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from tierslieux.booking.domain.opening import slots
from tierslieux.booking.domain.values import Wish
from tierslieux.demo.domain.chance import chance, instant, made_id
from tierslieux.demo.domain.people import Person
from tierslieux.demo.domain.rooms import ONE_DAY, Ask, Room, Span

_MINUTES = 120


@dataclass(frozen=True, slots=True)
class Series:
    """A weekly recurrence at the place's wall time, and the wishes that it makes. ``wall_start`` has no offset."""

    place_id: int
    series_id: UUID
    person: Person
    rrule: str
    wall_start: datetime
    created_at: datetime
    asks: tuple[Ask, ...]
    minutes: int = _MINUTES


def series_of(room: Room, span: Span) -> Iterator[Series]:
    """A few series of a room with desks, spread over the time; the last one reaches beyond today."""
    if room.plan.kind != "desk" or "hour" not in room.resource.modes:
        return
    for number, share in enumerate((0.1, 0.45, 0.85)):
        draw = chance(room.seed, "series", *room.key, number)
        about = span.first + int((span.last - span.first).days * share) * ONE_DAY
        found = _first_date(room, about + draw.randrange(5) * ONE_DAY)
        if found is not None:
            yield _series(room, number, found, draw)


def _first_date(room: Room, about: date) -> datetime | None:
    """The start of a slot in the morning of an open day around ``about``, on the place's clock."""
    for offset in range(7):
        hours = room.days.get(about + offset * ONE_DAY)
        starts = [slot.start for piece in (hours.open if hours else ()) for slot in slots(piece, 30)]
        morning = [each for each in starts if each.astimezone(room.zone).hour in {9, 10}]
        if morning:
            return morning[0].astimezone(room.zone).replace(tzinfo=None)
    return None


def _series(room: Room, number: int, first: datetime, draw: Random) -> Series:
    count, person = draw.randint(4, 7), draw.choice(room.guests)
    series_id = made_id(room.seed, "series", *room.key, number)
    said_at = instant(first.date() - draw.randint(2, 9) * ONE_DAY, draw.uniform(8 * 60, 21 * 60), room.zone)
    asks = []
    for week in range(count):
        start = instant(first.date() + week * 7 * ONE_DAY, first.hour * 60 + first.minute, room.zone)
        wish = Wish(start, start + timedelta(minutes=_MINUTES), 1, "hour")
        asks.append(Ask(made_id(room.seed, "of", series_id.hex, week), wish, said_at, "web", person, series_id))
    rrule = f"FREQ=WEEKLY;COUNT={count}"
    return Series(room.resource.place_id, series_id, person, rrule, first, said_at, tuple(asks))
