"""What the templates of places receive: frozen, worded, nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.places import labels
from tierslieux.web import wording
from tierslieux.web.i18n import gettext as _

CHECK_HOLDS_DAYS = 365
"""So long a check is called one."""


class HoursView(msgspec.Struct, frozen=True):
    """One line on the present state: ``state`` is ``open``, ``closed`` or ``unknown``; ``detail`` may be empty."""

    state: str
    state_label: str
    detail: str


class PlaceCard(msgspec.Struct, frozen=True):
    """A place in a list. ``commune_label`` is "Pleyben (29)"; ``facts`` are the few known facts worth a word.

    ``free`` says in words how many seats are free, or when the next is; empty where nothing can be said. ``asked`` is
    what the place's page shows of a window that was asked for: its day and how many people.
    """

    place_id: int
    slug: str
    name: str
    kind: str
    welcome: str
    commune_label: str
    distance_m: float | None
    hours: HoursView
    phone: str | None
    checked_on: date | None
    dated: date | None
    facts: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    asked: Mapping[str, str] = {}


def still_checked(checked_on: date | None, today: date) -> date | None:
    """The date of the last check where it is less than a year old; older, it only tells the year of what is known."""
    return checked_on if checked_on and (today - checked_on).days < CHECK_HOLDS_DAYS else None


class HoursNow(msgspec.Struct, frozen=True):
    """The state of a place's hours at one instant, as worked out. ``until`` is when it changes, if it does soon."""

    state: str
    reason: str | None
    until: datetime | None
    weekly_minutes: int | None


def hours_view(hours: HoursNow, time_zone: str, at: datetime) -> HoursView:
    """The line for ``hours`` in the place's own time. A weekly total is shown as such, never as opening hours."""
    label = labels.state_label(hours.state, hours.reason)
    if hours.state == "unknown":
        return HoursView(
            "unknown", label, labels.about_weekly_hours(hours.weekly_minutes) if hours.weekly_minutes else ""
        )
    if hours.until is None:
        return HoursView(hours.state, label, "")
    until, local = hours.until.astimezone(ZoneInfo(time_zone)), at.astimezone(ZoneInfo(time_zone))
    return HoursView(hours.state, label, _until(hours.state, until, local))


def commune_label(name: str | None, code: str | None) -> str:
    """ "Pleyben (29)": the commune with its département's number, which tells homonyms apart."""
    if not name:
        return _("commune inconnue")
    return f"{name} ({departement_code(code)})" if code else name


def departement_code(commune_code: str) -> str:
    """The département's code of an INSEE commune code: "29232" is in "29", "97411" in "974"."""
    return commune_code[:3] if commune_code.startswith("97") else commune_code[:2]


def _until(state: str, until: datetime, local: datetime) -> str:
    hour = wording.clock(until)
    if state == "open":
        return _("jusqu'à %s") % hour if until.date() == local.date() else _("jusqu'à %(day)s %(hour)s") % _at(until)
    return _("ouvre à %s") % hour if until.date() == local.date() else _("ouvre %(day)s à %(hour)s") % _at(until)


def _at(instant: datetime) -> dict[str, str]:
    return {"day": wording.day_without_year(instant.date()), "hour": wording.clock(instant)}
