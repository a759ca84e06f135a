"""What is free on the page of a place: a day as a list of slots, a week as a table, in three modes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.domain.intervals import Interval
from tierslieux.booking.domain.values import MODES, Mode
from tierslieux.booking.mine.favourites import FavouriteButton, favourite_button
from tierslieux.booking.pages.asking import read_day, read_mode, read_people
from tierslieux.booking.pages.slots import Shown, about, slot_view, zone_note
from tierslieux.booking.pages.views import Choice, GridView, ResourceGrid, SlotView, WeekDay, WeekGrid
from tierslieux.booking.service.availability import (
    Availability,
    AvailabilityQuestion,
    ResourceAvailability,
    availability,
)
from tierslieux.booking.words import mode_words
from tierslieux.shared.errors import InvalidRequest
from tierslieux.shared.time import TimeRange
from tierslieux.web.db import Reads
from tierslieux.web.i18n import gettext, localised
from tierslieux.web.plans import Plan, read_plan
from tierslieux.web.wording import clock, day, day_without_year

AHEAD = 14
"""Days that are looked through for the next free desk."""
_PLACE = """
SELECT p.slug, p.time_zone, p.welcome,
  COALESCE((SELECT array_agg(DISTINCT m) FROM resource r, unnest(r.modes) m
    WHERE r.place_id = p.place_id AND r.archived_at IS NULL), '{}'),
  greatest(COALESCE((p.policy->>'horizon_days')::integer, 60),
    COALESCE((SELECT max((r.policy->>'horizon_days')::integer) FROM resource r WHERE r.place_id = p.place_id), 0))
FROM place p WHERE p.place_id = %(place_id)s::integer
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the page's address asks for."""

    day: date
    people: int
    mode: Mode
    is_week: bool

    def shown(self, slug: str, zone: ZoneInfo) -> Shown:
        """For slots."""
        return Shown(slug, zone, self.people, self.mode)

    def address(self, slug: str, **changes: object) -> str:
        """The page with something else asked for."""
        said: dict[str, object] = {
            "jour": self.day.isoformat(),
            "mode": self.mode,
            "personnes": self.people,
            "vue": "semaine" if self.is_week else None,
        }
        return localised(f"/lieux/{slug}", None, **{**said, **changes}) + "#reserver"


class Grid:
    """The panel of a place's page (``places.panel.PlacePanel``)."""

    async def of(self, reads: Reads, place_id: int, query: Mapping[str, str], now: datetime) -> GridView | None:
        """The view, or ``None`` where nothing can be booked."""
        return await read_plan(reads, grid_view(place_id, query, now))

    async def favourite(self, reads: Reads, user: CurrentUser | None, place_id: int, slug: str) -> FavouriteButton:
        """The button for who looks at the page."""
        return await read_plan(reads, favourite_button(user, place_id, slug))


def grid_view(place_id: int, query: Mapping[str, str], now: datetime) -> Plan[GridView | None]:
    """The day or week that ``query`` asks for; what it says wrongly is left out."""
    rows = yield _PLACE, {"place_id": place_id}
    if not rows or rows[0][2] != "bookable" or not rows[0][3]:
        return None
    slug, zone, offered, horizon = rows[0][0], ZoneInfo(rows[0][1]), tuple(rows[0][3]), rows[0][4]
    today = now.astimezone(zone).date()
    asked = _read(query, today, offered)
    first, days = (asked.day - timedelta(days=asked.day.weekday()), 7) if asked.is_week else (asked.day, 1)
    within = _days(first, days, zone)
    found = yield from availability(AvailabilityQuestion(place_id, within, asked.mode, asked.people, now))
    next_free = None
    if not any(each.state == "free" for resource in found.resources for each in resource.intervals):
        next_free = yield from _next_free(place_id, slug, asked, now, max(first, today))
    step = timedelta(days=7 if asked.is_week else 1)
    last = today + timedelta(days=horizon)
    return GridView(
        slug=slug,
        day=asked.day,
        day_words=day(asked.day),
        is_week=asked.is_week,
        people=asked.people,
        mode=asked.mode,
        modes=tuple(
            Choice(mode_words(mode), asked.address(slug, mode=mode), mode == asked.mode)
            for mode in MODES
            if mode in offered
        ),
        views=_views(asked, slug),
        before=asked.address(slug, jour=max(asked.day - step, today).isoformat()) if first > today else None,
        after=asked.address(slug, jour=(asked.day + step).isoformat()) if asked.day + step <= last else None,
        resources=() if asked.is_week else tuple(_day_grid(each, asked, slug, found) for each in found.resources),
        days=tuple(_week_day(first + timedelta(days=n), asked, slug, today) for n in range(7)) if asked.is_week else (),
        weeks=tuple(_week_grid(each, asked, slug, first, zone) for each in found.resources) if asked.is_week else (),
        next_free=next_free,
        zone_note=zone_note(zone.key),
        first_day=today,
        last_day=last,
    )


def _read(query: Mapping[str, str], today: date, offered: tuple[str, ...]) -> _Asked:
    mode = read_mode(query.get("mode"))
    if mode not in offered:
        mode = next(each for each in MODES if each in offered)
    try:
        asked_day = read_day(query["jour"]) if query.get("jour") else today
        people = read_people(query.get("personnes", "1"))
    except InvalidRequest:
        asked_day, people = today, 1
    return _Asked(max(asked_day, today), people, mode or "hour", query.get("vue") == "semaine")


def _days(first: date, number: int, zone: ZoneInfo) -> TimeRange:
    """From the first day's beginning to the end of the last; what is open past midnight is filed under its day."""
    start = datetime.combine(first, time(), zone)
    return TimeRange(start, datetime.combine(first + timedelta(days=number), time(), zone))


def _views(asked: _Asked, slug: str) -> tuple[Choice, ...]:
    return (
        Choice(gettext("Jour"), asked.address(slug, vue=None), not asked.is_week),
        Choice(gettext("Semaine"), asked.address(slug, vue="semaine"), asked.is_week),
    )


def _day_grid(each: ResourceAvailability, asked: _Asked, slug: str, found: Availability) -> ResourceGrid:
    resource = each.resource
    slots = tuple(
        slot_view(interval, resource, asked.shown(slug, found.zone))
        for interval in each.intervals
        if interval.state != "past"
    )
    return ResourceGrid(resource.resource_id, resource.name, about(resource), slots)


def _week_day(each: date, asked: _Asked, slug: str, today: date) -> WeekDay:
    return WeekDay(day_without_year(each), asked.address(slug, jour=each.isoformat(), vue=None), each == today)


def _week_grid(each: ResourceAvailability, asked: _Asked, slug: str, first: date, zone: ZoneInfo) -> WeekGrid:
    """Rows by the time of the clock at which slots begin."""
    cells: dict[str, dict[int, SlotView]] = {}
    for interval in each.intervals:
        row, column = _row_of(interval, asked.mode, zone), _column(interval, first, zone)
        cells.setdefault(row, {})[column] = slot_view(interval, each.resource, asked.shown(slug, zone))
    rows = tuple((label, tuple(cells[label].get(column) for column in range(7))) for label in sorted(cells))
    shown = tuple((_row_words(label, asked.mode), row) for label, row in rows)
    return WeekGrid(each.resource.resource_id, each.resource.name, about(each.resource), shown)


def _row_of(interval: Interval, mode: Mode, zone: ZoneInfo) -> str:
    start = interval.during.start.astimezone(zone)
    if mode == "hour":
        return f"{start:%H:%M}"
    return "1" if mode == "half_day" and start.hour >= 12 else "0"


def _row_words(label: str, mode: Mode) -> str:
    if mode == "hour":
        return clock(time.fromisoformat(label))
    if mode == "day":
        return gettext("Journée")
    return gettext("Après-midi") if label == "1" else gettext("Matin")


def _column(interval: Interval, first: date, zone: ZoneInfo) -> int:
    return (interval.during.start.astimezone(zone).date() - first).days


def _next_free(place_id: int, slug: str, asked: _Asked, now: datetime, first: date) -> Plan[SlotView | None]:
    """The first free slot of the two weeks from the day that was looked at."""
    rows = yield "SELECT time_zone FROM place WHERE place_id = %(place_id)s::integer", {"place_id": place_id}
    zone = ZoneInfo(rows[0][0])
    within = _days(first, AHEAD, zone)
    found = yield from availability(AvailabilityQuestion(place_id, within, asked.mode, asked.people, now))
    free = [
        (interval.during.start, resource.resource.resource_id, interval, resource)
        for resource in found.resources
        for interval in resource.intervals
        if interval.state == "free"
    ]
    if not free:
        return None
    _, _, interval, resource = min(free, key=lambda each: each[:2])
    return slot_view(interval, resource.resource, asked.shown(slug, zone), with_day=True)
