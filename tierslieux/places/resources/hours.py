"""The hours of a resource that has its own, and who is on site meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

from tierslieux.places.hours import evaluator
from tierslieux.places.hours.days import DayHours, Hours
from tierslieux.places.hours.evaluator import Unreadable
from tierslieux.places.hours.moments import merge_touching
from tierslieux.shared.time import TimeRange

Presence = Literal["throughout", "partly", "nobody", "unknown"]


def resource_hours(place: Hours, text: str | None, override: Mapping[str, Any]) -> Hours:
    """What the days of a resource follow from: its own ``text``, else its place's; ``override`` is its own policy.

    A dated exception of the place that closes it closes the resource too. One that only sets other hours is about when
    the team is there: a resource with hours of its own keeps these on such a day.
    """
    on_holidays = override.get("open_on_public_holidays", place.open_on_public_holidays)
    if not text:
        return replace(place, open_on_public_holidays=on_holidays)
    exceptions = tuple(each if _closes(each.text) else replace(each, text=text) for each in place.exceptions)
    return replace(place, text=text, exceptions=exceptions, open_on_public_holidays=on_holidays)


@lru_cache(maxsize=1024)
def _closes(text: str) -> bool:
    try:
        rules = evaluator.read(text).rules
    except Unreadable:
        return False
    return bool(rules) and all(rule.closes for rule in rules)


@dataclass(frozen=True, slots=True)
class OnSite:
    """Who is on site during a range: ``presence``, and the parts of it in which nobody is, in order."""

    presence: Presence
    alone: tuple[TimeRange, ...] = ()


def on_site(during: TimeRange, place_days: Iterable[DayHours]) -> OnSite:
    """Whether the team is there ``during``: it is while the place is open (``place_days``, its days around the range).

    ``unknown`` where a part is outside what is known to be open and on a day of which nothing certain is said.
    """
    days = tuple(place_days)
    alone = tuple(_without(during, merge_touching(part for day in days for part in day.open)))
    if alone and any(day.state == "unknown" for day in days):
        return OnSite("unknown")
    if not alone:
        return OnSite("throughout")
    return OnSite("nobody" if alone == (during,) else "partly", alone)


def _without(during: TimeRange, opened: Iterable[TimeRange]) -> Iterable[TimeRange]:
    start = during.start
    for part in opened:
        if part.start > start:
            end = min(part.start, during.end)
            if end > start:
                yield TimeRange(start, end)
        start = max(start, part.end)
        if start >= during.end:
            return
    yield TimeRange(start, during.end)
