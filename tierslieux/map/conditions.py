"""From criteria to SQL: one WHERE for the list, the count, the clusters, the tiles and the downloads.

Every fragment is a constant of this module; what a visitor wrote only ever travels as a parameter, cast to its type
(a small number without a cast is sent as ``smallint`` and leaves the index). ``p`` is ``place``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tierslieux.map.criteria import Area, Circle, InCommune, InTerritory, SearchCriteria, Trip
from tierslieux.map.free_sql import FREE_BY_DAY, FREE_BY_PLACE, window_params
from tierslieux.map.spelling import known_sql, meant_sql
from tierslieux.shared.geo import Bbox, Position

_FUZZY_LENGTH = 5
_MAX_WORDS = 8
_CODE_NOW = (
    "coalesce((SELECT c.code FROM commune c WHERE c.code = %(commune)s::text),"
    " (SELECT x.code FROM commune_change x WHERE x.old_code = %(commune)s::text ORDER BY x.on_date DESC LIMIT 1),"
    " %(commune)s::text)"
)
_TERRITORY_COLUMNS = {"dep": "departement_code", "reg": "region_code", "epci": "epci_code"}
_BEHIND, _AHEAD = timedelta(hours=-12), timedelta(hours=14)
"""From UTC to the clocks furthest from it: between these lie all local days of an instant."""
_LOCAL_DAY = "(%(at)s::timestamptz AT TIME ZONE p.time_zone)::date"


class Tests(NamedTuple):
    """Conditions of ``p`` at an instant: certainly open, a day whose hours are known; and the joins of ``free_sql``."""

    is_open: str
    is_known: str
    free: str


# OFFSET 0 keeps the planner from reading all days of all places first; a range may have begun the day before
BY_PLACE = Tests(
    "EXISTS (SELECT FROM place_day d WHERE d.place_id = p.place_id"
    f" AND d.day BETWEEN {_LOCAL_DAY} - 1 AND {_LOCAL_DAY} AND d.open @> %(at)s::timestamptz OFFSET 0)",
    "EXISTS (SELECT FROM place_day d WHERE d.place_id = p.place_id"
    f" AND d.day = {_LOCAL_DAY} AND d.state = 'known' OFFSET 0)",
    FREE_BY_PLACE,
)
# IS TRUE makes a hash of the days' places, read once, where the planner, who takes places in a box for few, would look
# each one up
BY_DAY = Tests(
    "(p.place_id IN (SELECT d.place_id FROM place_day d"
    " WHERE d.day BETWEEN %(at_first)s::date - 1 AND %(at_last)s::date AND d.open @> %(at)s::timestamptz)) IS TRUE",
    f"(p.place_id, {_LOCAL_DAY}) IN (SELECT d.place_id, d.day FROM place_day d"
    " WHERE d.day BETWEEN %(at_first)s::date AND %(at_last)s::date AND d.state = 'known')",
    FREE_BY_DAY,
)


@dataclass(frozen=True, slots=True)
class Conditions:
    """A WHERE over ``place p`` and its parameters; ``center`` is the SQL of the point to measure distances from.

    Where a window is asked for, ``joins`` stands after ``place p`` and ``free_seats`` is the number that it gives.
    """

    where: str
    params: dict[str, Any]
    center: str | None
    joins: str = ""
    free_seats: str | None = None

    @property
    def source(self) -> str:
        """What stands behind FROM for all that is asked."""
        return f"place p{self.joins} WHERE {self.where}{self.enough_seats}"

    def once(self, columns: str) -> str:
        """``source`` with these columns of ``p`` only, and ``p.seats``: what is free is reckoned once, not per use."""
        if self.free_seats is None:
            return self.source
        found = f"SELECT {columns}, {self.free_seats} AS seats FROM place p{self.joins} WHERE {self.where} OFFSET 0"
        return f"({found}) p WHERE p.seats >= %(seats)s::integer"

    @property
    def enough_seats(self) -> str:
        """The condition on free seats, after those in ``where``."""
        return f" AND {self.free_seats} >= %(seats)s::integer" if self.free_seats else ""


class Instants(NamedTuple):
    """When hours are judged, in UTC, and the present, by which holds have ended."""

    at: datetime
    now: datetime


def conditions_of(criteria: SearchCriteria, instants: Instants, tests: Tests = BY_PLACE) -> Conditions:
    """What a place must be.

    ``BY_DAY`` is quicker than ``BY_PLACE`` where most places of the country are looked at; it says the same.
    """
    at = instants.at
    params: dict[str, Any] = {
        "at": at, "at_day": at.date(), "at_first": (at + _BEHIND).date(), "at_last": (at + _AHEAD).date()
    }  # fmt: skip
    parts = [of_kind(criteria, params), *_area(criteria, params), *_facts(criteria, params)]
    parts += [*_words(criteria, params), *_hours(criteria, tests)]
    center = _center(criteria.area, params)
    if criteria.free is None:
        return Conditions(" AND ".join(parts), params, center)
    params |= {**window_params(criteria.free, instants.now), "seats": criteria.seats}
    where = " AND ".join([*parts, "p.welcome = 'bookable'"])
    return Conditions(where, params, center, tests.free, "free.seats")


def point_sql(name: str, position: Position, params: dict[str, Any]) -> str:
    """A geography point whose coordinates are the parameters ``{name}_lon`` and ``{name}_lat``."""
    params[f"{name}_lon"], params[f"{name}_lat"] = position.lon, position.lat
    return f"ST_Point(%({name}_lon)s::float8, %({name}_lat)s::float8, 4326)::geography"


def of_kind(criteria: SearchCriteria, params: dict[str, Any]) -> str:
    """Published, and of a kind that is asked for, or shown unasked."""
    if not criteria.kinds:
        return "p.state = 'published' AND NOT p.asked_only"
    params["kinds"] = list(criteria.kinds)
    return "p.state = 'published' AND p.kind = ANY(%(kinds)s::text[])"


def in_box(name: str, box: Bbox, params: dict[str, Any]) -> str:
    """Exactly in a box that crosses no antimeridian; its sides are the parameters ``{name}_w`` and so on."""
    west, south, east, north = (f"%({name}_{side})s::float8" for side in "wsen")
    return (
        f"({near_box(name, box, params)}"
        f" AND ST_X(p.point) BETWEEN {west} AND {east} AND ST_Y(p.point) BETWEEN {south} AND {north})"
    )


def near_box(name: str, box: Bbox, params: dict[str, Any]) -> str:
    """In a box or, as the index compares in single precision, within a metre of it."""
    sides = zip("wsen", (box.min_lon, box.min_lat, box.max_lon, box.max_lat), strict=True)
    params.update({f"{name}_{side}": value for side, value in sides})
    corners = ", ".join(f"%({name}_{side})s::float8" for side in "wsen")
    return f"p.point && ST_MakeEnvelope({corners}, 4326)"


def _area(criteria: SearchCriteria, params: dict[str, Any]) -> list[str]:
    match criteria.area:
        case Bbox() as box:
            return [_in_boxes(box, params)]
        case Circle(_, radius_m) | InCommune(_, int(radius_m)):
            params["radius_m"] = radius_m
            center = _center(criteria.area, params)
            return [f"ST_DWithin(p.position, {center}, %(radius_m)s::float8, false)"]
        case InCommune(code, _):
            params["commune"] = code
            return [f"p.commune_code = {_CODE_NOW}"]
        case InTerritory(territory_id):
            return [_in_territory(territory_id, params)]
        case _:
            return [_along(criteria.trip, params)] if criteria.trip else []


def _in_boxes(box: Bbox, params: dict[str, Any]) -> str:
    parts = [in_box(f"box{number}", part, params) for number, part in enumerate(box.parts())]
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def _in_territory(territory_id: str, params: dict[str, Any]) -> str:
    level, _, code = territory_id.rpartition("-")
    if not level and len(code) == 5:
        params["commune"] = code
        return f"p.commune_code = {_CODE_NOW}"
    params["territory"] = code
    column = _TERRITORY_COLUMNS[level or "epci"]
    return f"p.commune_code IN (SELECT c.code FROM commune c WHERE c.{column} = %(territory)s::text)"


def _along(trip: Trip, params: dict[str, Any]) -> str:
    params["radius_m"] = trip.radius_m
    home, work = point_sql("home", trip.home, params), point_sql("work", trip.work, params)
    line = f"ST_MakeLine({home}::geometry, {work}::geometry)::geography"
    return f"ST_DWithin(p.position, {line}, %(radius_m)s::float8, false)"


def _facts(criteria: SearchCriteria, params: dict[str, Any]) -> list[str]:
    yes = {*criteria.facts_yes, *(("free",) if criteria.max_price_cents is not None else ())}
    parts = []
    if yes:
        params["facts_yes"] = sorted(yes)
        parts.append("p.known_yes @> %(facts_yes)s::text[]")
    if criteria.facts_not_no:
        params["facts_not_no"] = list(criteria.facts_not_no)
        parts.append("NOT p.known_no && %(facts_not_no)s::text[]")
    return parts


def _words(criteria: SearchCriteria, params: dict[str, Any]) -> list[str]:
    """Each word must be there: short ones as the beginning of a word, longer ones anywhere.

    A longer one that no place holds is taken for a typing error: then words like it count. (Likeness costs much more to
    tell than presence, and "marie" is not asked for by who writes "mairie".)
    """
    if criteria.text is None:
        return []
    parts = [_word(number, word, params) for number, word in enumerate(criteria.words[:_MAX_WORDS])]
    return parts or ["false"]  # nothing but punctuation


def _word(number: int, word: str, params: dict[str, Any]) -> str:
    name = f"word{number}"
    if len(word) < _FUZZY_LENGTH:
        params[name] = rf"\m{word}"
        return f"p.search_text ~ %({name})s::text"
    params[name], params[f"{name}_like"] = word, f"%{word}%"
    as_typed = f"p.search_text LIKE %({name}_like)s::text"
    return f"({as_typed} OR (NOT {known_sql(f'{name}_like')} AND p.search_text LIKE ANY({meant_sql(name)})))"


def _hours(criteria: SearchCriteria, test: Tests) -> list[str]:
    if criteria.hours is None:
        return []
    return [test.is_open if criteria.hours == "open" else f"({test.is_open} OR NOT {test.is_known})"]


def _center(area: Area | None, params: dict[str, Any]) -> str | None:
    if isinstance(area, Circle):
        return point_sql("near", area.center, params)
    if isinstance(area, InCommune) and area.radius_m is not None:
        params["commune"] = area.code
        return f"(SELECT c.position FROM commune c WHERE c.code = {_CODE_NOW})"
    return None
