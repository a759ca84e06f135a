"""What a place has free between two instants, resource by resource; never older than the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.intervals import Interval, intervals
from tierslieux.booking.domain.values import Mode, Resource, Wish
from tierslieux.booking.repository.loading import Asked, Loaded, load_situation
from tierslieux.places.hours.days import DayHours, work_out_days
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

_ONE_DAY = timedelta(days=1)
_RESOURCES = """
SELECT p.time_zone, ARRAY(SELECT r.resource_id FROM resource r WHERE r.place_id = p.place_id AND r.archived_at IS NULL
  AND (%(mode)s::text IS NULL OR %(mode)s::text = ANY(r.modes))
  AND (%(resource_id)s::integer IS NULL OR r.resource_id = %(resource_id)s::integer) ORDER BY r.resource_id)
FROM place p WHERE p.place_id = %(place_id)s::integer AND p.state IN ('published', 'closed')
"""


@dataclass(frozen=True, slots=True)
class AvailabilityQuestion:
    """Which place, between which instants, in which mode, for how many people, as if which booking were not there."""

    place_id: int
    within: TimeRange
    mode: Mode
    people: int
    now: datetime
    ignore: UUID | None = None
    resource_id: int | None = None


@dataclass(frozen=True, slots=True)
class ResourceAvailability:
    """A resource and its intervals that lie in the asked range, in order."""

    resource: Resource
    intervals: tuple[Interval, ...]


@dataclass(frozen=True, slots=True)
class Availability:
    """The answer, resources in the order of their numbers."""

    zone: ZoneInfo
    resources: tuple[ResourceAvailability, ...]


def availability(question: AvailabilityQuestion) -> Plan[Availability]:
    """The intervals of every resource that offers the mode, or ``NotFound``."""
    rows = yield (
        _RESOURCES,
        {"place_id": question.place_id, "mode": question.mode, "resource_id": question.resource_id},
    )
    if not rows:
        raise NotFound
    found: list[ResourceAvailability] = []
    for resource_id in rows[0][1]:
        found += [(yield from _of_resource(question, resource_id))]
    return Availability(ZoneInfo(rows[0][0]), tuple(found))


def _of_resource(question: AvailabilityQuestion, resource_id: int) -> Plan[ResourceAvailability]:
    within = question.within
    asked = Asked(question.place_id, resource_id, None, question.now, question.ignore)
    near = TimeRange(within.start - _ONE_DAY, within.end + 2 * _ONE_DAY)
    loaded = yield from load_situation(asked, Wish(within.start, within.end, question.people), near)
    days = days_of(loaded, within)
    found = intervals(loaded.situation, days, question.mode, question.people)
    inside = tuple(each for each in found if within.start <= each.during.start and each.during.end <= within.end)
    return ResourceAvailability(loaded.situation.resource, inside)


def days_of(loaded: Loaded, within: TimeRange) -> Sequence[DayHours]:
    """The local days that ``within`` touches, and the one before, whose hours may reach over midnight."""
    zone = loaded.situation.zone
    first = within.start.astimezone(zone).date() - _ONE_DAY
    return work_out_days(loaded.place.hours, first, within.end.astimezone(zone).date())
