"""The address of the search page, read once: what people typed and chose, before it becomes criteria.

The page knows what the API knows, and in addition ``day``, ``from`` and ``to`` (local times) and ``view``. A form sends
empty fields, and links carry names of other sites: both are left out here, not refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.map.criteria import DEFAULT_RADIUS_M
from tierslieux.map.named import NamedPlace
from tierslieux.map.parameters import AREA_NAMES, CRITERIA_NAMES
from tierslieux.shared.errors import FieldError, InvalidRequest
from tierslieux.web.i18n import gettext as _

Pairs = tuple[tuple[str, str], ...]
PAGE_NAMES = frozenset({"day", "from", "to", "view", "cursor"})
MAINLAND_ZONE = "Europe/Paris"
_MORNING = "10:00"
_DATE_LENGTH = len("2027-09-06")
_PLACE_NAMES = frozenset({*AREA_NAMES, "q", "radius_m"})
_NO_FILTERS = frozenset({*_PLACE_NAMES, *PAGE_NAMES, "sort", "home", "work", "at", "seats", "free_to"}) - {"to"}


class PageQuery(msgspec.Struct, frozen=True):
    """The pairs of the address that the page knows, blanks left out, in their order."""

    pairs: Pairs

    @classmethod
    def of(cls, pairs: Sequence[tuple[str, str]]) -> PageQuery:
        """The query of ``pairs`` as they came."""
        known = CRITERIA_NAMES | PAGE_NAMES
        return cls(tuple((name, value) for name, value in pairs if name in known and value.strip()))

    def one(self, name: str) -> str:
        """The first value of ``name``, else an empty text."""
        return next((value for given, value in self.pairs if given == name), "")

    def all(self, name: str) -> list[str]:
        """Every value of ``name``."""
        return [value for given, value in self.pairs if given == name]

    def without(self, *names: str) -> PageQuery:
        """The same query without these names."""
        return PageQuery(tuple(pair for pair in self.pairs if pair[0] not in names))

    def replacing(self, **values: str) -> PageQuery:
        """The same query with these values instead of its own."""
        return PageQuery((*self.without(*values).pairs, *values.items()))

    def without_filters(self) -> PageQuery:
        """Only where to look, and how to show it."""
        return PageQuery(
            tuple(pair for pair in self.pairs if pair[0] in {*_PLACE_NAMES, "view", "sort", "home", "work"})
        )

    def as_dict(self) -> dict[str, list[str]]:
        """The values by name, for an address."""
        return {name: self.all(name) for name, _value in self.pairs}

    @property
    def view(self) -> str:
        """``map`` or ``list``: what a narrow screen shows first."""
        return "map" if self.one("view") == "map" else "list"

    @property
    def filter_count(self) -> int:
        """How many filters narrow the list."""
        names = {name for name, _value in self.pairs} - _NO_FILTERS
        return len(names)


def criteria_pairs(query: PageQuery, named: NamedPlace | None) -> list[tuple[str, str]]:
    """The pairs for ``read_criteria``: a text that names a town becomes an area around it, day and time ``at``.

    With a time to leave as well, day and times are a window: only places that have seats free throughout it.
    """
    pairs = [pair for pair in query.pairs if pair[0] not in PAGE_NAMES | _PLACE_NAMES | {"at"}]
    pairs += _area_pairs(query, named)
    if query.one("q") and named is None:
        pairs.append(("q", query.one("q")))
    zone = named.time_zone if named else MAINLAND_ZONE
    at = _at(query, zone)
    return [*pairs, *_window_pairs(query, zone), *([("at", at)] if at else [])]


def _area_pairs(query: PageQuery, named: NamedPlace | None) -> list[tuple[str, str]]:
    radius = query.one("radius_m")
    if query.one("bbox"):
        return [("bbox", query.one("bbox"))]
    if named:
        return [("commune", named.code), ("radius_m", radius or str(DEFAULT_RADIUS_M))]
    if query.one("near"):
        return [("near", query.one("near")), *([("radius_m", radius)] if radius else [])]
    return [("territory", query.one("territory"))] if query.one("territory") else []


def _window_pairs(query: PageQuery, zone: str) -> list[tuple[str, str]]:
    if not query.one("to") or query.one("free_from") or query.one("free_to"):
        return []
    day, start, end = query.one("day"), query.one("from"), query.one("to")
    if not day:
        raise _fault("day", "missing", None, _("Jour : une date est attendue"))
    if not start:
        raise _fault("from", "missing", None, _("De : une heure est attendue"))
    begins, ends = _wall(day, "from", start, zone), _wall(day, "to", end, zone)
    if ends <= begins:
        raise _fault("to", "end_before_start", end, _("À : une heure plus tardive que celle de l'arrivée est attendue"))
    return [("free_from", begins.isoformat()), ("free_to", ends.isoformat())]


def _at(query: PageQuery, zone: str) -> str | None:
    day, start = query.one("day"), query.one("from")
    if not day:
        return _with_zone(query.one("at"), zone) or None
    return _wall(day, "from", start or _MORNING, zone).isoformat()


def _wall(day: str, name: str, text: str, zone: str) -> datetime:
    """The instant of a local time that exists once on its day; else the fault of the field ``name``.

    At night when the clocks go forward an hour is missing, when they go back one comes twice.
    """
    moment = datetime.combine(_day(day), _time(name, text), ZoneInfo(zone))
    if moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise _fault(
            name, "nonexistent_time", text, _("Cette heure n'existe pas : on avance les montres cette nuit-là.")
        )
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        raise _fault(
            name, "ambiguous_time", text, _("Cette heure vient deux fois : on recule les montres cette nuit-là.")
        )
    return moment


def _with_zone(text: str, zone: str) -> str:
    """A local time of a link gets the zone of where one looks; what is none stays for the criteria to refuse."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return text if moment.tzinfo or len(text) <= _DATE_LENGTH else moment.replace(tzinfo=ZoneInfo(zone)).isoformat()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise _fault("day", "wrong_format", text, _("Jour : une date est attendue")) from exc


def _time(name: str, text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError as exc:
        words = _("À : une heure est attendue") if name == "to" else _("De : une heure est attendue")
        raise _fault(name, "wrong_format", text, words) from exc


def _fault(name: str, code: str, text: str | None, words: str) -> InvalidRequest:
    return InvalidRequest([FieldError("query", name, code, text and text[:200], words)])
