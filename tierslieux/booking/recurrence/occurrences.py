"""The dates of a rule as times: at the wall, and as instants where the clocks allow it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tierslieux.booking.recurrence.days import dates_of
from tierslieux.booking.recurrence.rule import InvalidRRule, parse_rule
from tierslieux.booking.recurrence.wall import WallFault, resolve_wall

_YEARS_READ = range(1970, 9990)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One date of a series. ``wall_start`` and ``wall_end`` are naive, in the place's zone, always the rule's own.

    ``start`` and ``end`` are those instants (aware, in the place's zone), both ``None`` where ``fault`` says that one
    of the two is not an instant.
    """

    wall_start: datetime
    wall_end: datetime
    start: datetime | None
    end: datetime | None
    fault: WallFault | None


def expand(rrule: str, wall_start: datetime, minutes: int, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    """The dates of ``rrule`` from ``wall_start`` (naive, in ``zone``) on, in order, each ``minutes`` of the clock long.

    The first is ``wall_start`` itself where the rule fits it. What a month lacks (the 31st, 29 February) is skipped,
    never moved. ``InvalidRRule``: it cannot be read, has neither or both of COUNT and UNTIL, is finer than daily, has
    no date, more than ``MAX_DATES``, or reaches further than ``MAX_YEARS``. Takes milliseconds whatever the rule.
    """
    if wall_start.year not in _YEARS_READ:
        raise InvalidRRule(reason="start_out_of_range", part=wall_start.isoformat())
    rule = parse_rule(rrule, wall_start, zone)
    walls = [datetime.combine(day, wall_start.time()) for day in dates_of(rule, wall_start)]
    return tuple(_occurrence(wall, wall + timedelta(minutes=minutes), zone) for wall in walls)


def _occurrence(wall_start: datetime, wall_end: datetime, zone: ZoneInfo) -> Occurrence:
    start, end = resolve_wall(wall_start, zone), resolve_wall(wall_end, zone)
    if isinstance(start, str):
        return Occurrence(wall_start, wall_end, None, None, start)
    if isinstance(end, str):
        return Occurrence(wall_start, wall_end, None, None, end)
    return Occurrence(wall_start, wall_end, start, end, None)
