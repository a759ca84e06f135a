"""What a search finds: frozen values, the same for pages, maps and programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import msgspec

from tierslieux.map.criteria import SearchCriteria
from tierslieux.places.domain import PlaceKind, Welcome

HoursWord = Literal["open", "closed", "unknown"]
EXACT_COUNT, EXACT_COUNT_FREE = 1000, 100
"""Up to so many the number of matches is exact, beyond it is not given; the second where free seats are asked for:
whether a place has any costs far more than finding it."""


class SourceNote(msgspec.Struct, frozen=True):
    """One source of a place, the licence it gives, and the newest date of what it says."""

    source: str
    licence: str
    dated: date | None


class PlaceHit(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a list. ``distance_m`` and ``detour_m`` are straight lines on the sphere, ``detour_m`` times 1.3.

    ``hours_until`` is when the state ends, ``None`` where the worked-out days do not tell; times are in the place's own
    zone. ``phone``, ``dated`` and ``weekly_minutes`` (a weekly total whose days are unknown) help where hours are not.
    """

    place_id: int
    slug: str
    name: str
    kind: PlaceKind
    welcome: Welcome
    lon: float | None
    lat: float | None
    street: str | None
    postal_code: str | None
    commune_name: str | None
    commune_code: str | None
    phone: str | None
    dated: date | None
    hours_checked_on: date | None
    weekly_minutes: int | None
    time_zone: str
    hours_state: HoursWord
    hours_reason: str | None
    hours_until: datetime | None
    distance_m: float | None
    detour_m: float | None
    sources: tuple[SourceNote, ...]
    free_seats: int | None = None
    first_free: datetime | None = None


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a list. ``at`` is the instant at which hours were judged.

    ``matched`` is exact up to ``exact_count`` of the criteria, ``None`` beyond. ``next_key`` is the place in the order
    after the last hit, for the cursor; ``None`` at the end of the list.
    """

    criteria: SearchCriteria
    at: datetime
    as_of: datetime
    hits: tuple[PlaceHit, ...]
    matched: int | None
    next_key: tuple[Any, ...] | None

    @property
    def is_lasting(self) -> bool:
        """Whether nothing in it follows from bookings: it stays true as long as the catalogue and the minute do."""
        return not self.criteria.is_passing and all(hit.free_seats is None for hit in self.hits)


def exact_count(criteria: SearchCriteria) -> int:
    """Up to how many matches of ``criteria`` are counted exactly."""
    return EXACT_COUNT if criteria.free is None else EXACT_COUNT_FREE
