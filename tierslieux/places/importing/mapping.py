"""Mappings: one TOML file per source says what its columns mean. ``load_mapping`` reads and checks one.

A mapping may ``extends`` another file of the folder (names that begin with ``_`` are such bases): tables are merged,
lists and plain values replaced.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from tierslieux.places.domain import AMENITIES, Accessibility, PlaceKind

Target = Literal[
    "name", "street", "complement", "postal_code", "commune", "commune_code", "commune_code_deduced", "phone", "email",
    "website", "siret", "description", "services", "type_given", "hours_osm", "hours_text", "weekly_hours", "dated",
    "acceslibre_url",
]  # fmt: skip
Columns = str | list[str]


class MappingError(ValueError):
    """A mapping that does not exist or cannot be used; the text says which part, in French."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Holds for a row whose ``column`` equals one of ``equals``, or contains one of ``contains``, case aside.

    A rule with neither asks only that the column says something.
    """

    column: str
    equals: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()


class KindRule(Rule, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rows for which it holds are of this kind; the first that holds wins."""

    kind: PlaceKind


class FactRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amenity, an access fact or the price, read from a column's words; what no list names stays unknown."""

    fact: str
    column: str
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    limited: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    paid: tuple[str, ...] = ()
    contains: bool = False


class KindPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the kind is found: special rules, then a column's value in the table, then the default."""

    default: PlaceKind
    column: str | None = None
    values: dict[str, PlaceKind] = {}
    rules: tuple[KindRule, ...] = ()


class PositionPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns hold the position. A source whose X is the latitude declares it by naming that column ``lat``."""

    lon: str
    lat: str
    crs: Literal["wgs84", "lambert93"] = "wgs84"


class IdPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a row is known again: columns that hold its id, or (``derived``) columns whose content stands in for one."""

    columns: tuple[str, ...]
    strip_prefix: str = ""
    derived: bool = False


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A source and its columns.

    ``dated`` is the day of the whole file, for rows without their own. ``weekdays`` maps ``Mo`` ... ``Su`` to columns.
    ``closed`` rules mark places that the source says are closed for good or not open yet.
    """

    source: str
    label: str
    producer: str
    licence: str
    id: IdPart
    kind: KindPart
    columns: dict[Target, Columns]
    position: PositionPart | None = None
    url: str | None = None
    dated: date | None = None
    encoding: str = "utf-8"
    separator: str | None = None
    name_prefix: str = ""
    list_separator: str = "|"
    facts: tuple[FactRule, ...] = ()
    weekdays: dict[Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"], str] = {}
    closed: tuple[Rule, ...] = ()
    self_declared: tuple[Rule, ...] = ()
    optional_columns: bool = False

    def named_columns(self) -> set[str]:
        """Every column that the mapping reads."""
        names = {name for columns in self.columns.values() for name in as_list(columns)}
        rules: Iterable[Any] = (*self.facts, *self.closed, *self.self_declared, *self.kind.rules)
        names.update(rule.column for rule in rules)
        names.update(self.weekdays.values(), self.id.columns, filter(None, [self.kind.column]))
        return names | ({self.position.lon, self.position.lat} if self.position else set())


def as_list(columns: Columns) -> list[str]:
    """One column name or several, as a list."""
    return [columns] if isinstance(columns, str) else columns


def mapping_names() -> list[str]:
    """Names that ``load_mapping`` knows, sorted."""
    files = (entry.name for entry in _folder().iterdir())
    return sorted(name.removesuffix(".toml") for name in files if name.endswith(".toml") and not name.startswith("_"))


def load_mapping(name: str) -> Mapping:
    """The mapping of that name, or of the TOML file at that path, or ``MappingError``."""
    if name.endswith(".toml"):
        return read_mapping(_own_file(Path(name)), name)
    if name not in mapping_names():
        raise MappingError(
            f"Il n'y a pas de correspondance « {name} ». Celles qui existent : {', '.join(mapping_names())}."
        )
    return read_mapping(_merged(name), name)


def read_mapping(tables: dict[str, Any], name: str) -> Mapping:
    """The mapping that ``tables`` (as TOML gives them) describe, checked, or ``MappingError``."""
    try:
        mapping = msgspec.convert(tables, Mapping)
    except msgspec.ValidationError as exc:
        raise MappingError(f"La correspondance « {name} » est fausse : {exc}.") from exc
    _check_facts(mapping, name)
    return mapping


def _check_facts(mapping: Mapping, name: str) -> None:
    known = {*AMENITIES, *Accessibility.__struct_fields__, "price"}
    for rule in mapping.facts:
        if rule.fact not in known:
            raise MappingError(f"La correspondance « {name} » nomme un équipement inconnu : {rule.fact}.")
    if "name" not in mapping.columns:
        raise MappingError(f"La correspondance « {name} » ne dit pas quelle colonne est le nom.")


def _own_file(path: Path) -> dict[str, Any]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise MappingError(f"La correspondance « {path} » ne peut pas être lue : {exc}.") from exc
    base = tables.pop("extends", None)
    return _merge(_merged(base), tables) if base else tables


def _merged(name: str) -> dict[str, Any]:
    tables = tomllib.loads(_folder().joinpath(f"{name}.toml").read_text("utf-8"))
    base = tables.pop("extends", None)
    return _merge(_merged(base), tables) if base else tables


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    both = {key: _merge(base[key], over[key]) for key in base.keys() & over.keys() if _are_tables(base[key], over[key])}
    return {**base, **over, **both}


def _are_tables(one: object, other: object) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)


def _folder() -> Any:
    return resources.files("tierslieux.places.importing").joinpath("mappings")


TARGETS: tuple[str, ...] = get_args(Target)
