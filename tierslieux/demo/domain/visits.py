"""People counted at the door, and what some say of where they would have worked instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tierslieux.demo.domain.chance import between, chance, how_many, made_id, pick
from tierslieux.demo.domain.life import Lived
from tierslieux.demo.domain.profiles import season
from tierslieux.demo.domain.rooms import Room, Span

_ANSWERS = {"home": 45.0, "workplace": 30.0, "elsewhere": 10.0, "not": 8.0, "no_answer": 7.0}


@dataclass(frozen=True, slots=True)
class Counted:
    """People who came without a booking, counted at a moment."""

    place_id: int
    visit_id: UUID
    at: datetime
    local_date: date
    count: int


def visits_of(room: Room, day: date, span: Span) -> Iterator[Counted]:
    """What the team of this room's place counted on ``day``, up to now. Ask one room of a place."""
    hours = room.days.get(day)
    if hours is None or not hours.open or not room.profile.counted_a_day:
        return
    draw = chance(room.seed, "visits", room.number, day)
    mean = room.profile.counted_a_day * room.popularity * season(day, span.first, span.today)
    for number, piece in enumerate(hours.open):
        count, at = how_many(draw, mean / len(hours.open)), between(draw, piece.start, piece.end)
        if count and at <= span.now:
            yield Counted(room.resource.place_id, made_id(room.seed, "visit", room.number, day, number), at, day, count)


def answer_instead(lived: Lived) -> None:
    """One guest in five answers where they would have worked without this place."""
    draw = chance(lived.room.seed, "instead", lived.ask.booking_id.hex)
    if lived.status == "completed" and lived.ask.person is not None and draw.random() < 0.2:
        lived.instead = pick(draw, _ANSWERS)
