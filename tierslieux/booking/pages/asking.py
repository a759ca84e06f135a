"""What a booking form says: a day and wall times of the place, for how many, in which mode."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar.enums import RequestEncodingType
from litestar.params import Body

from tierslieux.booking.domain.values import MODES, BrokenRule, Mode, Wish
from tierslieux.booking.recurrence import resolve_wall
from tierslieux.shared.errors import NotFound, invalid

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
"""The fields of a form, each once."""

_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
MOST_PEOPLE = 10_000


@dataclass(frozen=True, slots=True)
class Asking:
    """A form as it was read. ``seat_ids`` empty: any seat."""

    resource_id: int
    day: date
    start: time
    end: time
    ends_next_day: bool
    people: int
    mode: Mode | None
    seat_ids: tuple[int, ...] = ()

    def wish(self, zone: ZoneInfo) -> tuple[Wish, tuple[BrokenRule, ...]]:
        """The wish at the place's wall time, and the times that the clocks skip or give twice."""
        last = self.day + timedelta(days=1) if self.ends_next_day else self.day
        walls = datetime.combine(self.day, self.start), datetime.combine(last, self.end)
        found = [resolve_wall(wall, zone) for wall in walls]
        broken = tuple(
            BrokenRule(each, None, wall.isoformat())
            for each, wall in zip(found, walls, strict=True)
            if isinstance(each, str)
        )
        instants = [
            wall.replace(tzinfo=zone) if isinstance(each, str) else each
            for each, wall in zip(found, walls, strict=True)
        ]
        return Wish(instants[0], instants[1], self.people, self.mode, self.seat_ids), broken


def read_asking(form: Mapping[str, str]) -> Asking:
    """The form, or ``InvalidRequest`` that names what cannot be read; ``NotFound`` for a resource that cannot be."""
    end, next_day = _clock("a", form.get("a", ""))
    return Asking(
        resource_id=_number(form.get("ressource", "")),
        day=read_day(form.get("jour", "")),
        start=_clock("de", form.get("de", ""))[0],
        end=end,
        ends_next_day=next_day,
        people=read_people(form.get("personnes", "1")),
        mode=read_mode(form.get("mode")),
        seat_ids=(_number(form["place"]),) if form.get("place") else (),
    )


def read_day(text: str) -> date:
    """A day, within the years that can be booked at all."""
    try:
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise invalid("form", "jour", "wrong_format", text, "un jour est attendu") from exc
    if not 2000 <= day.year < 2100:
        raise invalid("form", "jour", "out_of_range", text, "un jour de 2000 à 2099 est attendu")
    return day


def read_people(text: str) -> int:
    """For how many."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= MOST_PEOPLE):
        raise invalid("form", "personnes", "out_of_range", text, "un nombre de personnes est attendu")
    return int(text)


def read_mode(text: str | None) -> Mode | None:
    """By the hour, half-day, day; anything else says nothing."""
    return text if text in MODES else None


def _clock(name: str, text: str) -> tuple[time, bool]:
    """A time of the clock; 24:00 is midnight of the next day."""
    found = _CLOCK.fullmatch(text)
    if found is None or (found[1] == "24" and found[2] != "00"):
        raise invalid("form", name, "wrong_format", text, "une heure est attendue (10:00)")
    return (time(), True) if found[1] == "24" else (time(int(found[1]), int(found[2])), False)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise NotFound
    return int(text)
