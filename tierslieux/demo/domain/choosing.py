"""Which places of a base are given a made-up life."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain, zip_longest
from zoneinfo import ZoneInfo

from tierslieux.demo.domain.chance import chance
from tierslieux.demo.domain.profiles import PROFILES
from tierslieux.places.hours.days import DayHours, Hours, work_out_days
from tierslieux.territories.zones import locality_of

_WEEKS = 4
_FEWEST_HOURS, _MOST_HOURS = 8, 80
"""Hours a week between which a place's own hours make a plausible demonstration."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published place without anything to book. ``hours``: its own, where they are known and will do."""

    place_id: int
    kind: str
    hours: str | None
    commune: str | None
    time_zone: str

    def days(self, text: str, first: date, last: date) -> tuple[DayHours, ...]:
        """The local days from ``first`` to ``last`` with this text as a bookable place has it."""
        locality = replace(locality_of(self.commune), time_zone=self.time_zone)
        return work_out_days(Hours(text, locality, bookable=True), first, last)


def choose(candidates: Sequence[Candidate], count: int, seed: int, today: date) -> list[Candidate]:
    """``count`` of them or fewer, the kinds mixed, known hours first; in no order that has a meaning."""
    judged = [each if has_plausible_hours(each, today) else replace(each, hours=None) for each in candidates]
    by_kind = [list(_of_kind(judged, kind, seed)) for kind in PROFILES]
    mixed = chain.from_iterable(zip_longest(*by_kind))
    return [each for each in mixed if each is not None][:count]


def _of_kind(candidates: Sequence[Candidate], kind: str, seed: int) -> Iterator[Candidate]:
    mine = sorted((each for each in candidates if each.kind == kind), key=lambda each: each.place_id)
    chance(seed, "places", kind).shuffle(mine)
    yield from sorted(mine, key=lambda each: each.hours is None)


def has_plausible_hours(candidate: Candidate, today: date) -> bool:
    """Whether its hours can be evaluated, are neither few nor endless, and end before midnight."""
    if candidate.hours is None:
        return False
    days = candidate.days(candidate.hours, today, today + timedelta(days=7 * _WEEKS - 1))
    pieces = [piece for day in days for piece in day.open]
    hours = sum((piece.end - piece.start).total_seconds() for piece in pieces) / 3600 / _WEEKS
    zone = ZoneInfo(candidate.time_zone)
    in_a_day = all(piece.start.astimezone(zone).date() == piece.end.astimezone(zone).date() for piece in pieces)
    return in_a_day and _FEWEST_HOURS <= hours <= _MOST_HOURS
