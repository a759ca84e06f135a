"""Public and school holidays of France, by area and day. Pure look-ups, cached by year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from types import MappingProxyType

import holidays
from vacances_scolaires_france import SchoolHolidayDates

_SUBDIVISIONS = {
    "FR": None,
    "FR-57": "57",
    "FR-67": "6AE",
    "FR-68": "6AE",
    "FR-6AE": "6AE",
    "FR-971": "971",
    "FR-972": "972",
    "FR-973": "973",
    "FR-974": "974",
    "FR-975": "PM",
    "FR-976": "976",
    "FR-977": "BL",
    "FR-978": "MF",
    "FR-984": "TF",
    "FR-986": "WF",
    "FR-987": "PF",
    "FR-988": "NC",
    "FR-989": None,
    "FR-BL": "BL",
    "FR-MF": "MF",
    "FR-NC": "NC",
    "FR-PF": "PF",
    "FR-PM": "PM",
    "FR-TF": "TF",
    "FR-WF": "WF",
}
_ONE_DAY = timedelta(days=1)


class UnknownArea(ValueError):
    """No public holidays are known for this area."""


def is_known_area(area: str) -> bool:
    """Whether ``public_holidays`` knows ``area``: ``FR``, ``FR-`` and a département or an ISO 3166-2 subdivision."""
    return _subdivision_key(area) in _SUBDIVISIONS


@lru_cache(maxsize=1024)
def public_holidays(area: str | None, year: int) -> Mapping[date, str]:
    """The public holidays of one year with their French names; empty without an area; ``UnknownArea`` is raised."""
    if area is None:
        return MappingProxyType({})
    key = _subdivision_key(area)
    if key not in _SUBDIVISIONS:
        raise UnknownArea(area)
    found = holidays.country_holidays("FR", subdiv=_SUBDIVISIONS[key], years=year, language="fr")
    return MappingProxyType(dict(sorted(found.items())))


def public_holiday_name(area: str | None, day: date) -> str | None:
    """The French name of the public holiday that ``day`` is, or None."""
    return public_holidays(area, day.year).get(day)


@lru_cache(maxsize=1)
def school_calendar_bounds() -> tuple[date, date]:
    """First and last day for which the school holidays of zones A, B and C are known."""
    days = sorted(_school_days())
    return days[0], days[-1]


@lru_cache(maxsize=8)
def school_holidays(zone: str) -> frozenset[date]:
    """Every known day of school holidays of zone ``A``, ``B`` or ``C``."""
    key = f"vacances_zone_{zone.lower()}"
    return frozenset(day for day, row in _school_days().items() if row[key])


@lru_cache(maxsize=1)
def _school_days() -> dict[date, dict[str, object]]:
    """The library's table: each day on which some zone has holidays."""
    found: dict[date, dict[str, object]] = SchoolHolidayDates().data
    return found


@lru_cache(maxsize=4096)
def possible_school_holidays(zone: str | None, first: date, last: date) -> tuple[frozenset[date], ...]:
    """The sets of school holidays in ``[first, last]`` that are possible: one where the calendar is known.

    Three where the zone is not known (None), and each with and without the days outside the known calendar. What
    holds under each of them is certain; the rest is unknown.
    """
    days = frozenset(days_between(first, last))
    low, high = school_calendar_bounds()
    if zone == "none":
        return frozenset(), days
    known = [school_holidays(name) & days for name in ((zone,) if zone else ("A", "B", "C"))]
    outside = frozenset(day for day in days if not low <= day <= high)
    sets = known + ([found | outside for found in known] if outside else [])
    return tuple(dict.fromkeys(sets))


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included."""
    day = first
    while day <= last:
        yield day
        if day == date.max:
            return
        day += _ONE_DAY


def _subdivision_key(area: str) -> str:
    """Mainland départements without holidays of their own (``FR-29``) keep those of ``FR``."""
    code = area.upper()
    departement = code.removeprefix("FR-")
    mainland = code.startswith("FR-") and len(departement) == 2 and departement[0].isdigit()
    return "FR" if mainland and code not in _SUBDIVISIONS else code
