"""What is searched for: one frozen value behind the list, the map, the clusters, the tiles, the API and the embeds.

It is made by ``map.parameters.read_criteria`` and turns back into the query string that it came from.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from urllib.parse import urlencode

import msgspec

from tierslieux.places.domain import PlaceKind
from tierslieux.shared.geo import Bbox, Position
from tierslieux.shared.text import fold
from tierslieux.shared.time import TimeRange

Sort = Literal["distance", "name", "first_free", "detour"]
HoursFilter = Literal["open", "open_or_unknown"]
DEFAULT_RADIUS_M = 30_000
MAX_RADIUS_M = 200_000
_FACT_PARAMETERS = ("accessible", "wifi")


class Circle(msgspec.Struct, frozen=True):
    """Within ``radius_m`` metres of ``center``, on the sphere."""

    center: Position
    radius_m: int = DEFAULT_RADIUS_M


class InCommune(msgspec.Struct, frozen=True):
    """In a commune, by INSEE code (of any day); with ``radius_m``: so far around its point."""

    code: str
    radius_m: int | None = None


class InTerritory(msgspec.Struct, frozen=True):
    """In a territory, by public id: ``29232``, ``200068120``, ``dep-29``, ``reg-53``."""

    territory_id: str


class Trip(msgspec.Struct, frozen=True):
    """The way from home to work whose detour orders a list; without an area, places so far from the straight line."""

    home: Position
    work: Position
    radius_m: int = DEFAULT_RADIUS_M


Area = Bbox | Circle | InCommune | InTerritory


class SearchCriteria(msgspec.Struct, frozen=True, kw_only=True):
    """What a place must be, and the order of the list.

    ``facts_yes`` are known to be so, ``facts_not_no`` are not known to be otherwise (names of ``places.domain``), both
    sorted. ``at`` is the instant at which hours are judged, ``None`` the moment of the request. ``sort`` is always
    resolved. ``max_price_cents`` and ``free`` only let through what is known to be so.
    """

    area: Area | None = None
    text: str | None = None
    kinds: tuple[PlaceKind, ...] = ()
    facts_yes: tuple[str, ...] = ()
    facts_not_no: tuple[str, ...] = ()
    hours: HoursFilter | None = None
    at: datetime | None = None
    free: TimeRange | None = None
    seats: int = 1
    max_price_cents: int | None = None
    sort: Sort = "name"
    trip: Trip | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words that a name must hold, folded; single letters only where there is nothing else."""
        words = fold(self.text or "").split()
        return tuple(word for word in words if len(word) > 1) or tuple(words)

    @property
    def is_by_kind_only(self) -> bool:
        """Whether nothing but the area and the kinds decides: what the kept counts of the map's grid can answer."""
        others = (self.text, self.facts_yes, self.facts_not_no, self.hours, self.free)
        return not any(others) and self.max_price_cents is None

    @property
    def is_passing(self) -> bool:
        """Whether bookings decide what is found, or in which order: the answer is only true now."""
        return self.free is not None or self.sort == "first_free"

    @property
    def is_selective(self) -> bool:
        """Whether so few places are left that reading all of them is cheaper than walking outwards."""
        return bool(self.facts_yes or self.text or self.max_price_cents is not None)

    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values in a fixed order, defaults left out."""
        return [*_area_pairs(self.area), *self.filter_pairs(), *self._order_pairs()]

    def filter_pairs(self) -> list[tuple[str, str]]:
        """The pairs that neither name an area nor an order."""
        pairs: list[tuple[str, str | None]] = [("q", self.text), *(("kind", kind) for kind in self.kinds)]
        pairs += [(name, self._fact(name, "yes", "yes_or_unknown")) for name in _FACT_PARAMETERS]
        pairs += [("price", self._fact("free", "free", "free_or_unknown"))]
        pairs += [("amenities", fact) for fact in _amenities(self.facts_yes)]
        pairs += [("amenities_or_unknown", fact) for fact in _amenities(self.facts_not_no)]
        pairs += [("hours", self.hours), ("at", self.at.isoformat() if self.at else None)]
        if self.free is not None:
            pairs += [("free_from", self.free.start.isoformat()), ("free_to", self.free.end.isoformat())]
        if self.seats != 1:
            pairs.append(("seats", str(self.seats)))
        if self.max_price_cents is not None:
            pairs.append(("max_price", str(self.max_price_cents)))
        return [(name, value) for name, value in pairs if value is not None]

    def query_string(self) -> str:
        """The same criteria as a query string; reading it gives an equal value."""
        return urlencode(self.pairs())

    def filter_string(self) -> str:
        """The filters as a query string without area and order: what a map asks for any viewport."""
        return urlencode(self.filter_pairs())

    def _fact(self, fact: str, yes: str, not_no: str) -> str | None:
        return yes if fact in self.facts_yes else not_no if fact in self.facts_not_no else None

    def _order_pairs(self) -> list[tuple[str, str]]:
        pairs: list[tuple[str, str]] = []
        if self.sort != default_sort(self.area):
            pairs.append(("sort", self.sort))
        if self.trip is not None:
            pairs += [("home", _lon_lat(self.trip.home)), ("work", _lon_lat(self.trip.work))]
            if not has_center(self.area):
                pairs += _radius_pairs(self.trip.radius_m, DEFAULT_RADIUS_M)
        return pairs


def default_sort(area: Area | None) -> Sort:
    """By distance where there is a point to measure from, else by name."""
    return "distance" if has_center(area) else "name"


def has_center(area: Area | None) -> bool:
    """Whether the area has a point to measure distances from."""
    return isinstance(area, Circle) or (isinstance(area, InCommune) and area.radius_m is not None)


def _amenities(facts: Iterable[str]) -> list[str]:
    return [fact for fact in facts if fact not in {*_FACT_PARAMETERS, "free"}]


def _area_pairs(area: Area | None) -> list[tuple[str, str]]:
    match area:
        case Bbox(min_lon, min_lat, max_lon, max_lat):
            return [("bbox", ",".join(map(repr, (min_lon, min_lat, max_lon, max_lat))))]
        case Circle(center, radius_m):
            return [("near", _lon_lat(center)), *_radius_pairs(radius_m, DEFAULT_RADIUS_M)]
        case InCommune(code, radius_m):
            return [("commune", code), *_radius_pairs(radius_m, None)]
        case InTerritory(territory_id):
            return [("territory", territory_id)]
        case _:
            return []


def _radius_pairs(radius_m: int | None, default: int | None) -> list[tuple[str, str]]:
    return [] if radius_m == default else [("radius_m", str(radius_m))]


def _lon_lat(position: Position) -> str:
    return f"{position.lon!r},{position.lat!r}"
