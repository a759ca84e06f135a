"""Weekly quotas: ISO weeks, from Monday, in the place's own time; a booking counts in each week it touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.values import BrokenRule, OwnBooking
from tierslieux.places.policy import Policy
from tierslieux.shared.time import TimeRange, midnight


def weeks_of(during: TimeRange, zone: ZoneInfo) -> Iterator[tuple[str, TimeRange]]:
    """Each ISO week that ``during`` touches: its name (``2027-W36``) and its instants."""
    day = during.start.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    while (start := midnight(monday, zone)) < during.end:
        year, week, _ = monday.isocalendar()
        yield f"{year}-W{week:02d}", TimeRange(start, midnight(monday + timedelta(days=7), zone))
        monday += timedelta(days=7)


def broken_quotas(policy: Policy, during: TimeRange, own: Sequence[OwnBooking], zone: ZoneInfo) -> list[BrokenRule]:
    """The quotas of bookings and of hours that ``during`` would exceed, week by week."""
    if policy.quota_bookings_per_week is None and policy.quota_hours_per_week is None:
        return []
    broken = []
    for name, week in weeks_of(during, zone):
        mine = [each.during for each in own if each.is_counted and each.during.overlaps(week)]
        broken += _too_many(policy.quota_bookings_per_week, len(mine) + 1, name)
        broken += _too_long(policy.quota_hours_per_week, [*mine, during], week, name)
    return broken


def _too_many(limit: int | None, would_be: int, week: str) -> list[BrokenRule]:
    if limit is None or would_be <= limit:
        return []
    return [BrokenRule("quota_reached", {"bookings": limit}, {"bookings": would_be, "week": week})]


def _too_long(limit: int | None, ranges: Sequence[TimeRange], week: TimeRange, name: str) -> list[BrokenRule]:
    if limit is None:
        return []
    minutes = sum(minutes_within(each, week) for each in ranges)
    if minutes <= limit * 60:
        return []
    return [BrokenRule("quota_reached", {"minutes": limit * 60}, {"minutes": minutes, "week": name})]


def minutes_within(during: TimeRange, week: TimeRange) -> int:
    """Elapsed minutes of ``during`` that lie in ``week``."""
    shared = min(during.end, week.end) - max(during.start, week.start)
    return max(0, int(shared.total_seconds() // 60))
