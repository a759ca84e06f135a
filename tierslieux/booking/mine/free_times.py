"""Where a booking could go: the free times of its resource on one day, as if the booking were not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.intervals import Interval
from tierslieux.booking.domain.values import Mode
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.service.availability import AvailabilityQuestion, availability
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_MODES = """
SELECT modes FROM resource WHERE place_id = %(place_id)s::integer AND resource_id = %(resource_id)s::integer
  AND archived_at IS NULL
"""
_NAMES = "SELECT resource_id, name FROM resource WHERE place_id = %(place_id)s::integer"
_NIGHT = timedelta(hours=12)
MOST_LENGTHS = 24
_FINEST, _BY_HOUR_FROM, _A_DAY = 15, 4 * 60, 24 * 60
"""Minutes: lengths are offered in steps of at least the first, and by whole hours beyond the second."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A day (the place's own), a mode, and for hours how many minutes."""

    day: date
    mode: Mode
    minutes: int


@dataclass(frozen=True, slots=True)
class FreeTimes:
    """The ranges that can be had, in order; without any, ``states`` says what the day's intervals are."""

    ranges: tuple[TimeRange, ...]
    states: frozenset[str]


def modes_of(booking: BookingView) -> Plan[tuple[Mode, ...]]:
    """How the booking's resource is booked; ``NotFound`` where it is not any more."""
    rows = yield _MODES, {"place_id": booking.place_id, "resource_id": booking.resource_id}
    if not rows:
        raise NotFound
    return tuple(cast("list[Mode]", rows[0][0]))


def resource_names(place_id: int) -> Plan[dict[int, str]]:
    """What the place's resources are called, by number."""
    return dict((yield _NAMES, {"place_id": place_id}))


def free_times(booking: BookingView, wanted: Wanted, now: datetime) -> Plan[FreeTimes]:
    """The times of that day at which the booking's resource has its seats free."""
    day = _day_of(wanted.day, ZoneInfo(booking.time_zone))
    question = AvailabilityQuestion(
        booking.place_id,
        TimeRange(day.start, day.end + _NIGHT),
        wanted.mode,
        booking.seats,
        now,
        booking.booking_id,
        booking.resource_id,
    )
    answer = yield from availability(question)
    found = [each for resource in answer.resources for each in resource.intervals if each.during.start < day.end]
    ranges = tuple(_of_length(found, wanted.minutes)) if wanted.mode == "hour" else _free(found)
    return FreeTimes(ranges, frozenset(each.state for each in found))


def _day_of(day: date, zone: ZoneInfo) -> TimeRange:
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    following = day + timedelta(days=1)
    return TimeRange(start, datetime(following.year, following.month, following.day, tzinfo=zone))


def _free(found: Sequence[Interval]) -> tuple[TimeRange, ...]:
    return tuple(each.during for each in found if each.state == "free")


def _of_length(found: Sequence[Interval], minutes: int) -> Iterator[TimeRange]:
    """Ranges of ``minutes`` made of free slots that follow each other without a gap."""
    length = timedelta(minutes=minutes)
    for index, first in enumerate(found):
        end = first.during.start
        for slot in found[index:]:
            if slot.state != "free" or slot.during.start != end or end >= first.during.start + length:
                break
            end = slot.during.end
        if end - first.during.start == length:
            yield TimeRange(first.during.start, end)


def lengths(booking: BookingView) -> tuple[int, ...]:
    """The lengths in minutes that the place allows, in whole slots, and that of the booking itself."""
    policy = booking.policy
    step = -(-max(_FINEST, policy.slot_minutes) // policy.slot_minutes) * policy.slot_minutes
    first = -(-policy.min_minutes // step) * step
    allowed = range(first, min(policy.max_minutes, _A_DAY) + 1, step)
    own = int((booking.end - booking.start).total_seconds() // 60)
    chosen = [each for each in allowed if each <= _BY_HOUR_FROM or each % 60 == 0][:MOST_LENGTHS]
    return tuple(sorted({*chosen, *([own] if own in allowed else [])}))
