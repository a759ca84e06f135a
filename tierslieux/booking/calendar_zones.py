"""VTIMEZONE of a zone for a span of years (RFC 5545, 3.6.5).

Written here because the library's own puts the beginning of summer time an hour late: an onset is told in the time
that the clocks showed before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=64)
def vtimezone(key: str, first_year: int, last_year: int) -> Timezone:
    """The rules of zone ``key`` from the beginning of ``first_year`` to the end of ``last_year``. Not to be changed."""
    zone = ZoneInfo(key)
    begin, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    component = Timezone()
    component.add("tzid", key)
    for instant in (begin, *_changes(zone, begin, end)):
        component.add_component(_observance(zone, instant))
    return component


def _observance(zone: ZoneInfo, instant: datetime) -> TimezoneDaylight | TimezoneStandard:
    before, after = (instant - _SECOND).astimezone(zone), instant.astimezone(zone)
    observance = TimezoneDaylight() if after.dst() else TimezoneStandard()
    observance.add("dtstart", (instant + _offset(before)).replace(tzinfo=None))
    observance.add("tzoffsetfrom", _offset(before))
    observance.add("tzoffsetto", _offset(after))
    observance.add("tzname", after.tzname() or str(zone))
    return observance


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which the offset of ``zone`` changes, to the second."""
    day = begin
    while day < end:
        following = day + timedelta(days=1)
        if _offset(day.astimezone(zone)) != _offset(following.astimezone(zone)):
            yield _change_between(zone, day, following)
        day = following


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    former = _offset(low.astimezone(zone))
    while high - low > _SECOND:
        middle = low + (high - low) // 2 // _SECOND * _SECOND
        if _offset(middle.astimezone(zone)) == former:
            low = middle
        else:
            high = middle
    return high


def _offset(local: datetime) -> timedelta:
    return local.utcoffset() or timedelta()
