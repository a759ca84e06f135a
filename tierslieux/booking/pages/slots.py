"""Slots in words, and where they lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.intervals import Interval
from tierslieux.booking.domain.values import Mode, Resource
from tierslieux.booking.pages.views import SlotView
from tierslieux.places.resources.labels import count_label, price_labels, resource_kind_label
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import gettext, localised, mark, ngettext
from tierslieux.web.wording import NBSP, clock, clock_range, day_without_year
from tierslieux.web.zone_names import READERS_ZONE
from tierslieux.web.zone_names import zone_note as name_of_zone

_STATES = {
    "full": mark("Complet"),
    "closed": mark("Fermé"),
    "past": mark("Passé"),
    "too_late_notice": mark("Trop tard pour réserver"),
    "beyond_horizon": mark("Pas encore ouvert à la réservation"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """For which page slots are drawn: whose, in which zone, for how many, in which mode."""

    slug: str
    zone: ZoneInfo
    people: int
    mode: Mode


def slot_view(interval: Interval, resource: Resource, shown: Shown, *, with_day: bool = False) -> SlotView:
    """One slot: free ones lead to the page that sums the booking up."""
    start, end = interval.during.start.astimezone(shown.zone), interval.during.end.astimezone(shown.zone)
    words = state_words(interval)
    hours = clock_range(start, end)
    label = hours if shown.mode != "hour" else clock(start)
    if with_day:
        label = f"{day_without_year(start.date())} {clock(start)}"
    name = f"{resource.name}, {day_without_year(start.date())}, {hours}{NBSP}: {words}"
    address = None
    if interval.state == "free":
        address = reserve_address(shown, resource, asked_range(interval.during, resource, shown.mode))
    return SlotView(label, words, name, interval.state, address)


def asked_range(during: TimeRange, resource: Resource, mode: Mode) -> TimeRange:
    """What a tap on a slot proposes: by the hour, an hour or the shortest that can be booked."""
    if mode != "hour":
        return during
    policy = resource.policy
    wanted = max(min(60, policy.max_minutes), policy.min_minutes)
    slots = max(1, -(-wanted // policy.slot_minutes))
    return TimeRange(during.start, during.start + timedelta(minutes=slots * policy.slot_minutes))


def reserve_address(shown: Shown, resource: Resource, during: TimeRange) -> str:
    """The address of the page that sums a booking up."""
    return localised(
        f"/lieux/{shown.slug}/reserver",
        None,
        ressource=resource.resource_id,
        jour=during.start.astimezone(shown.zone).date().isoformat(),
        de=wall(during.start, shown.zone),
        a=end_wall(during, shown.zone),
        personnes=shown.people,
        mode=shown.mode,
    )


def wall(instant: datetime, zone: ZoneInfo) -> str:
    """A time of the clock as forms carry it."""
    return f"{instant.astimezone(zone):%H:%M}"


def end_wall(during: TimeRange, zone: ZoneInfo) -> str:
    """The end's time of the clock; midnight of the next day is 24:00."""
    end = during.end.astimezone(zone)
    is_midnight = (end.hour, end.minute) == (0, 0)
    return "24:00" if is_midnight else f"{end:%H:%M}"


def state_words(interval: Interval) -> str:
    """ "2 places libres", "Complet", "Fermé", or why it cannot be asked for yet or any more."""
    if interval.state == "free":
        return ngettext("{n} place libre", "{n} places libres", interval.free).format(n=interval.free)
    key = interval.reasons[0] if interval.state == "not_yet" else interval.state
    return gettext(_STATES[key])


def about(resource: Resource) -> str:
    """Kind, size and prices of a resource in one line."""
    size = count_label(resource.kind, len(resource.seats), resource.head_count)
    return ", ".join([resource_kind_label(resource.kind), size, *price_labels(resource.modes, resource.prices)])


def zone_note(zone: str) -> str | None:
    """ "heure de La Réunion" where the place keeps another time than mainland France."""
    return None if zone == READERS_ZONE else name_of_zone(zone)
