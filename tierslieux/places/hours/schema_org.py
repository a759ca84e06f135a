"""Hours as schema.org ``OpeningHoursSpecification``: the plain week, and single days that differ."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from tierslieux.places.hours import weekly
from tierslieux.places.hours.days import DayHours

Specification = dict[str, str | list[str]]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_LAST_MINUTE = "23:59"  # schema.org has no 24:00


def week_specification(text: str) -> list[Specification]:
    """``openingHoursSpecification`` of a plain weekly text; empty for any other: what is said must hold."""
    week = weekly.from_osm(text)
    if week is None:
        return []
    groups: dict[weekly.Span, list[str]] = {}
    for day, spans in enumerate(week.days):
        for span in spans:
            groups.setdefault(span, []).append(_DAYS[day])
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": days, "opens": _clock(low), "closes": _clock(high)}
        for (low, high), days in sorted(groups.items())
    ]


def special_days(days: Iterable[DayHours], time_zone: str) -> list[Specification]:
    """``specialOpeningHoursSpecification`` of worked-out days; a closed one opens and closes at 00:00.

    Days of which something is unknown are left out.
    """
    zone = ZoneInfo(time_zone)
    found: list[Specification] = []
    for day in days:
        if day.state == "unknown":
            continue
        spans = [(_local(piece.start, zone), _local(piece.end, zone)) for piece in day.open] or [("00:00", "00:00")]
        found += [_special(day, opens, closes) for opens, closes in spans]
    return found


def _special(day: DayHours, opens: str, closes: str) -> Specification:
    of_day = day.day.isoformat()
    return {
        "@type": "OpeningHoursSpecification",
        "validFrom": of_day,
        "validThrough": of_day,
        "opens": opens,
        "closes": _LAST_MINUTE if closes == "00:00" != opens else closes,
    }


def _local(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%H:%M")


def _clock(minutes: int) -> str:
    return _LAST_MINUTE if minutes == 24 * 60 else f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
