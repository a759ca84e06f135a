"""When a place has no seat free: for calendars and programs, without a word about who is there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tierslieux.booking.calendar_files import PlaceCalendar
from tierslieux.booking.domain.intervals import Interval
from tierslieux.booking.domain.opening import joined
from tierslieux.booking.mine.calendars import Publisher
from tierslieux.booking.service.availability import AvailabilityQuestion, availability
from tierslieux.places.views import commune_label
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import gettext, localised
from tierslieux.web.plans import Plan

AHEAD = timedelta(days=60)
KEPT, MOST_KEPT = timedelta(minutes=5), 500
_PLACE = """
SELECT p.name, p.slug, p.time_zone, COALESCE(c.name, p.commune_name), p.commune_code
FROM place p LEFT JOIN commune c ON c.code = p.commune_code
WHERE p.place_id = %(place_id)s::integer AND p.state = 'published' AND p.welcome = 'bookable'
"""
_RESOURCES = """
SELECT resource_id,
  CASE WHEN 'hour' = ANY(modes) THEN 'hour' WHEN 'half_day' = ANY(modes) THEN 'half_day' ELSE 'day' END
FROM resource WHERE place_id = %(place_id)s::integer AND archived_at IS NULL ORDER BY resource_id
"""


def place_calendar(place_id: int, now: datetime, publisher: Publisher) -> Plan[PlaceCalendar]:
    """The place's times without a free seat within its opening hours; ``NotFound`` where it is not booked online."""
    rows = yield _PLACE, {"place_id": place_id}
    if not rows:
        raise NotFound
    name, slug, time_zone, commune, code = rows[0]
    window = _window(now, ZoneInfo(time_zone))
    found = yield from _intervals(place_id, window, now)
    return PlaceCalendar(
        uid=f"place-{place_id}@{publisher.host}",
        name=f"{name}, {commune_label(commune, code)}",
        url=publisher.public_url + localised(f"/lieux/{slug}"),
        time_zone=time_zone,
        window=window,
        busy=busy_of_place(found),
        busy_label=gettext("Complet"),
        stamp=window.start,
    )


def _window(now: datetime, zone: ZoneInfo) -> TimeRange:
    """From the hour that has begun, so that an answer is the same for a while."""
    start = now.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    return TimeRange(start, start + AHEAD)


def _intervals(place_id: int, window: TimeRange, now: datetime) -> Plan[list[Interval]]:
    """What can be asked for in every resource, in its finest mode."""
    rows: list[tuple[Any, ...]] = yield _RESOURCES, {"place_id": place_id}
    found: list[Interval] = []
    for resource_id, mode in rows:
        question = AvailabilityQuestion(place_id, window, mode, 1, now, resource_id=resource_id)
        answer = yield from availability(question)
        found += [each for resource in answer.resources for each in resource.intervals]
    return found


def busy_of_place(found: Iterable[Interval]) -> tuple[TimeRange, ...]:
    """Where some resource is taken or closed, and none has a seat free. What is not open to booking yet is not busy."""
    intervals = list(found)
    taken = joined(each.during for each in intervals if each.state in {"full", "closed"})
    free = joined(each.during for each in intervals if each.state not in {"full", "closed", "past"})
    return tuple(piece for span in taken for piece in _without(span, free))


def _without(span: TimeRange, holes: Iterable[TimeRange]) -> Iterable[TimeRange]:
    start = span.start
    for hole in holes:
        if hole.end <= start or hole.start >= span.end:
            continue
        if hole.start > start:
            yield TimeRange(start, hole.start)
        start = max(start, hole.end)
    if start < span.end:
        yield TimeRange(start, span.end)


class FeedCache:
    """Texts of places' feeds for ``KEPT``: many calendars ask for the same. One process's own, and bounded."""

    def __init__(self) -> None:
        self._texts: dict[tuple[object, ...], str] = {}

    @staticmethod
    def key(place_id: int, locale: str, now: datetime) -> tuple[object, ...]:
        """What an answer is kept under: it is another one after ``KEPT``."""
        return place_id, locale, int(now.timestamp()) // int(KEPT.total_seconds())

    def get(self, key: tuple[object, ...]) -> str | None:
        """The text kept, if there is one."""
        return self._texts.get(key)

    def put(self, key: tuple[object, ...], text: str) -> str:
        """Keep ``text``; the oldest ones make room."""
        while len(self._texts) >= MOST_KEPT:
            self._texts.pop(next(iter(self._texts)))
        self._texts[key] = text
        return text
