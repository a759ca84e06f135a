"""Times as a mail tells them: in the place's own time, named where that is not most readers'."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tierslieux.shared.time import TimeRange
from tierslieux.web.wording import clock, clock_range, day, day_without_year
from tierslieux.web.zone_names import READERS_ZONE, zone_note

_INSTANT = timedelta(microseconds=1)


def zone_suffix(time_zone: str) -> str:
    """ " (heure de La Réunion)", or nothing in the zone of most readers."""
    return "" if time_zone == READERS_ZONE else f" ({zone_note(time_zone)})"


def within_one_day(during: TimeRange, zone: ZoneInfo) -> bool:
    """Whether the range ends on the local day on which it starts, or at the midnight that ends it."""
    return during.start.astimezone(zone).date() == (during.end - _INSTANT).astimezone(zone).date()


def hours(during: TimeRange, zone: ZoneInfo) -> str:
    """ "9 h 30 – 12 h" of a range within one day."""
    return clock_range(during.start.astimezone(zone), during.end.astimezone(zone))


def moment(instant: datetime, zone: ZoneInfo) -> str:
    """ "mardi 24 novembre 2026, 9 h 30"."""
    local = instant.astimezone(zone)
    return f"{day(local.date())}, {clock(local)}"


def range_words(during: TimeRange, zone: ZoneInfo) -> str:
    """ "mardi 24 novembre 2026, 9 h 30 – 12 h"; of a range over several days, both moments."""
    if within_one_day(during, zone):
        return f"{day(during.start.astimezone(zone).date())}, {hours(during, zone)}"
    return f"{moment(during.start, zone)} \N{EN DASH} {moment(during.end, zone)}"


def short_words(during: TimeRange, zone: ZoneInfo) -> str:
    """ "mardi 24 novembre, 9 h 30 – 12 h", for a subject; of a range over several days, its start."""
    local = during.start.astimezone(zone)
    told = hours(during, zone) if within_one_day(during, zone) else clock(local)
    return f"{day_without_year(local.date())}, {told}"
