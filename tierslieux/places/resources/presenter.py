"""From stored resources to what the page of their place shows of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.places.hours.days import DayHours, work_out_days
from tierslieux.places.page_queries import PlaceRecord
from tierslieux.places.presenter import day_words
from tierslieux.places.resource_models import SEAT_ATTRIBUTES
from tierslieux.places.resources import labels
from tierslieux.places.resources.hours import on_site, resource_hours
from tierslieux.places.resources.stored import StoredResource, on_offer
from tierslieux.web import wording

DAYS_SHOWN = 7


class OwnDayView(msgspec.Struct, frozen=True):
    """A day of a resource in words; ``alone``: when nobody is on site, "" where someone always is, or it is unknown."""

    day: date
    words: str
    alone: str


class ResourceView(msgspec.Struct, frozen=True, kw_only=True):
    """A resource on its place's page. ``attributes`` are pairs of words and of how many seats have it.

    ``days`` are empty where the place's hours hold.
    """

    resource_id: int
    name: str
    kind: str
    count: str
    modes: tuple[str, ...]
    prices: tuple[str, ...]
    attributes: tuple[tuple[str, str], ...]
    days: tuple[OwnDayView, ...]


def resource_views(stored: Iterable[StoredResource], place: PlaceRecord, now: datetime) -> tuple[ResourceView, ...]:
    """Those on offer, in the language of the request."""
    return tuple(_view(each, place, now) for each in on_offer(stored))


def _view(stored: StoredResource, place: PlaceRecord, now: datetime) -> ResourceView:
    said = stored.columns
    return ResourceView(
        resource_id=stored.resource_id,
        name=said.name,
        kind=labels.resource_kind_label(said.kind),
        count=labels.count_label(said.kind, len(stored.seats), said.head_count),
        modes=labels.mode_labels(said.modes),
        prices=labels.price_labels(said.modes, said.prices),
        attributes=_attributes(stored),
        days=_days(stored, place, now) if said.hours_osm else (),
    )


def _attributes(stored: StoredResource) -> tuple[tuple[str, str], ...]:
    found = Counter(attribute for seat in stored.seats for attribute in seat.attributes)
    return tuple(
        (labels.seat_attribute_label(name), labels.count_label(stored.columns.kind, found[name], 1))
        for name in SEAT_ATTRIBUTES
        if found[name]
    )


def _days(stored: StoredResource, place: PlaceRecord, now: datetime) -> tuple[OwnDayView, ...]:
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    last = today + timedelta(days=DAYS_SHOWN - 1)
    own = work_out_days(resource_hours(place.hours, stored.columns.hours_osm, stored.columns.policy), today, last)
    of_place = work_out_days(place.hours, today - timedelta(days=1), last + timedelta(days=1))
    return tuple(OwnDayView(day.day, day_words(day, place.time_zone), _alone(day, of_place, place)) for day in own)


def _alone(day: DayHours, of_place: Sequence[DayHours], place: PlaceRecord) -> str:
    around = [each for each in of_place if abs((each.day - day.day).days) <= 1]
    parts = [part for during in day.open for part in on_site(during, around).alone]
    return wording.ranges(((part.start, part.end) for part in parts), place.time_zone)
