"""Reading a query into criteria, once: every fault is found and named; nothing unreadable goes any further."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar, get_args
from urllib.parse import parse_qsl

from tierslieux.map.criteria import (
    DEFAULT_RADIUS_M,
    MAX_RADIUS_M,
    Area,
    Circle,
    HoursFilter,
    InCommune,
    InTerritory,
    SearchCriteria,
    Sort,
    Trip,
    default_sort,
    has_center,
)
from tierslieux.map.values import (
    KINDS,
    MAX_TEXT,
    Fault,
    bbox,
    choice_of,
    commune_value,
    instant,
    kind_value,
    position,
    territory_value,
    text_value,
    whole,
)
from tierslieux.places.domain import AMENITIES
from tierslieux.shared.errors import FieldError, InvalidRequest
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT
from tierslieux.shared.time import TimeRange

T = TypeVar("T")
Pairs = Sequence[tuple[str, str]]

AREA_NAMES = ("bbox", "near", "commune", "territory")
REPEATED = frozenset({"kind", "amenities", "amenities_or_unknown"})
CRITERIA_NAMES = frozenset(
    {*AREA_NAMES, *REPEATED, "radius_m", "q", "accessible", "wifi", "price", "max_price", "hours", "at", "free_from"}
    | {"free_to", "seats", "sort", "home", "work"}
)
PAGING_NAMES = frozenset({"limit", "cursor"})
MAX_PAIRS = 100
MAX_PRICE_CENTS = 1_000_000
MAX_SEATS = 1000
MAX_ZOOM = 22
LONGEST_WINDOW = timedelta(days=8)
"""No booking lasts longer."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class Reader:
    """The pairs of one query, and the faults found so far. ``raise_faults`` ends the reading."""

    pairs: Pairs
    errors: list[FieldError] = field(default_factory=list)

    def fault(self, name: str, code: str, value: str | None, message: str) -> None:
        """Note a fault of parameter ``name``."""
        shown = None if value is None else value[:MAX_TEXT].encode("utf-8", "replace").decode()
        self.errors.append(FieldError("query", name, code, shown, f"{name}\N{NO-BREAK SPACE}: {message}"))

    def refuse_unknown(self, known: frozenset[str]) -> None:
        """Note each name that is not in ``known``, each that comes twice and may not, and unreadable characters."""
        seen: set[str] = set()
        for name, value in self.pairs:
            if name not in known:
                shown = name[:MAX_TEXT].encode("utf-8", "replace").decode()
                self.fault(shown, "unknown_field", value, "paramètre inconnu")
            elif name in seen and name not in REPEATED:
                self.fault(name, "repeated", value, "donné plusieurs fois")
            elif _FORBIDDEN.search(value):
                self.fault(name, "wrong_character", value, "caractère interdit")
            seen.add(name)

    def all(self, name: str) -> list[str]:
        """The values of a name, in order."""
        return [value for given, value in self.pairs if given == name]

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """The value of ``name`` as ``read`` reads it, or ``None`` where it is absent or its fault was noted."""
        value = next(iter(self.all(name)), None)
        return None if value is None else self._read(name, value, read)

    def many(self, name: str, read: Callable[[str], T]) -> list[T]:
        """Each value of ``name`` that can be read."""
        found = (self._read(name, value, read) for value in self.all(name))
        return [value for value in found if value is not None]

    def has(self, name: str) -> bool:
        """Whether the query holds ``name``."""
        return any(given == name for given, _ in self.pairs)

    def raise_faults(self) -> None:
        """Raise ``InvalidRequest`` with every fault noted, if any."""
        if self.errors:
            raise InvalidRequest(self.errors)

    def _read(self, name: str, value: str, read: Callable[[str], T]) -> T | None:
        try:
            return read(value)
        except Fault as fault:
            self.fault(name, fault.code, value, fault.message)
            return None


def pairs_of(query_string: bytes) -> list[tuple[str, str]]:
    """The names and values of a raw query string; bytes that are no UTF-8 stay visible as lone surrogates."""
    text = query_string.decode("utf-8", "surrogateescape")
    try:
        return parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=MAX_PAIRS)
    except ValueError as exc:
        error = FieldError("query", "", "too_many", None, f"au plus {MAX_PAIRS} paramètres")
        raise InvalidRequest([error]) from exc


def read_criteria(pairs: Pairs, *, also: frozenset[str] = PAGING_NAMES) -> SearchCriteria:
    """The criteria that a query asks for, or ``InvalidRequest`` with every fault; names in ``also`` are left alone."""
    reader = Reader(pairs)
    reader.refuse_unknown(CRITERIA_NAMES | also)
    criteria = criteria_from(reader)
    reader.raise_faults()
    return criteria


def criteria_from(reader: Reader) -> SearchCriteria:
    """The criteria of ``reader``; faults are noted there, and the value is only good when there are none."""
    area = _area(reader)
    trip = _trip(reader)
    facts_yes, facts_not_no = _facts(reader)
    free = _free(reader)
    kinds = set(reader.many("kind", kind_value))
    return SearchCriteria(
        area=area,
        text=reader.one("q", text_value),
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        facts_yes=facts_yes,
        facts_not_no=facts_not_no,
        hours=reader.one("hours", choice_of(get_args(HoursFilter))),
        at=reader.one("at", instant),
        free=free,
        seats=reader.one("seats", whole(1, MAX_SEATS)) or 1,
        max_price_cents=reader.one("max_price", whole(0, MAX_PRICE_CENTS)),
        sort=_sort(reader, area, trip),
        trip=trip,
    )


def read_viewport(pairs: Pairs) -> tuple[SearchCriteria, int]:
    """The criteria of a map, whose area is its box, and its zoom, 0 to 22; both must be given."""
    reader = Reader(pairs)
    reader.refuse_unknown(CRITERIA_NAMES | {"zoom"})
    for name in ("bbox", "zoom"):
        if not reader.has(name):
            reader.fault(name, "missing", None, "manque")
    criteria, zoom = criteria_from(reader), reader.one("zoom", whole(0, MAX_ZOOM))
    reader.raise_faults()
    return criteria, zoom or 0


def read_filters(pairs: Pairs) -> SearchCriteria:
    """The filters of a tile, whose address is its area: neither area, order nor paging may be given."""
    reader = Reader(pairs)
    reader.refuse_unknown(CRITERIA_NAMES - {*AREA_NAMES, "radius_m", "sort", "home", "work"})
    criteria = criteria_from(reader)
    reader.raise_faults()
    return criteria


def read_typed(pairs: Pairs, default_limit: int) -> tuple[str, int]:
    """What was typed in the search box, and how many suggestions it may have."""
    reader = Reader(pairs)
    reader.refuse_unknown(frozenset({"q", "limit"}))
    if not reader.has("q"):
        reader.fault("q", "missing", None, "manque")
    text, limit = reader.one("q", text_value), reader.one("limit", whole(1, MAX_LIMIT))
    reader.raise_faults()
    return text or "", limit or default_limit


def read_limit(reader: Reader) -> int:
    """``limit``, 1 to 100, 20 where absent."""
    return reader.one("limit", whole(1, MAX_LIMIT)) or DEFAULT_LIMIT


def _area(reader: Reader) -> Area | None:
    given = [name for name in AREA_NAMES if reader.has(name)]
    for name in given[1:]:
        reader.fault(name, "exclusive", None, f"ne se combine pas avec {given[0]}")
    radius_m = reader.one("radius_m", whole(1, MAX_RADIUS_M))
    if reader.has("radius_m") and not {"near", "commune", "home"} & {name for name, _ in reader.pairs}:
        reader.fault("radius_m", "needs_near", None, "va avec near ou commune")
    near = reader.one("near", position)
    commune = reader.one("commune", commune_value)
    territory = reader.one("territory", territory_value)
    box = reader.one("bbox", bbox)
    if near is not None:
        return Circle(near, radius_m or DEFAULT_RADIUS_M)
    if commune is not None:
        return InCommune(commune, radius_m)
    return box if box is not None else None if territory is None else InTerritory(territory)


def _facts(reader: Reader) -> tuple[tuple[str, ...], tuple[str, ...]]:
    yes = set(reader.many("amenities", choice_of(AMENITIES)))
    not_no = set(reader.many("amenities_or_unknown", choice_of(AMENITIES)))
    for name, fact, base in (("accessible", "accessible", "yes"), ("wifi", "wifi", "yes"), ("price", "free", "free")):
        value = reader.one(name, choice_of((base, f"{base}_or_unknown")))
        if value is not None:
            (yes if value == base else not_no).add(fact)
    return tuple(sorted(yes)), tuple(sorted(not_no - yes))


def _free(reader: Reader) -> TimeRange | None:
    start, end = reader.one("free_from", instant), reader.one("free_to", instant)
    for name, other in (("free_from", "free_to"), ("free_to", "free_from")):
        if reader.has(name) and not reader.has(other):
            reader.fault(other, "missing", None, f"va avec {name}")
    if start is None or end is None:
        return None
    if end <= start:
        reader.fault("free_to", "end_before_start", end.isoformat(), "doit être après free_from")
        return None
    if end - start > LONGEST_WINDOW:
        reader.fault("free_to", "too_long", end.isoformat(), f"au plus {LONGEST_WINDOW.days} jours après free_from")
        return None
    return TimeRange(start, end)


def _trip(reader: Reader) -> Trip | None:
    home, work = reader.one("home", position), reader.one("work", position)
    is_detour = reader.all("sort") == ["detour"]
    for name in ("home", "work"):
        if is_detour and not reader.has(name):
            reader.fault(name, "missing", None, "manque : sort=detour demande home et work")
        if reader.has(name) and not is_detour:
            reader.fault(name, "needs_detour", None, "va avec sort=detour")
    if not is_detour or home is None or work is None:
        return None
    radius_m = None if reader.has("near") or reader.has("commune") else reader.one("radius_m", whole(1, MAX_RADIUS_M))
    return Trip(home, work, radius_m or DEFAULT_RADIUS_M)


def _sort(reader: Reader, area: Area | None, trip: Trip | None) -> Sort:
    sort = reader.one("sort", choice_of(get_args(Sort)))
    if sort == "distance" and not has_center(area) and not reader.errors:
        reader.fault("sort", "needs_near", sort, "distance demande near, ou commune avec radius_m")
    if sort == "detour" and trip is None:
        return default_sort(area)
    found: Sort = sort or default_sort(area)
    return found
