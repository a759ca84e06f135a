"""From the files' rows to communes, and to the four levels of territories that they make up."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tierslieux.shared.text import fold
from tierslieux.territories.domain import Level, departement_of
from tierslieux.territories.importing.files import CsvRow, TerritoryFiles, csv_rows
from tierslieux.territories.zones import time_zone_of

_REQUIRED = ("code_insee", "nom", "code_region", "lon", "lat")
_COMMUNE_CODE = re.compile(r"(\d{2}|2[AB])\d{3}")
_LEGAL_FORM = re.compile(r"^(ca|cc|cu)\s+", re.IGNORECASE)

DEPARTEMENTS_PER_REGION = {
    "01": 1, "02": 1, "03": 1, "04": 1, "06": 1, "11": 8, "24": 6, "27": 8, "28": 5, "32": 5, "44": 10, "52": 5,
    "53": 4, "75": 12, "76": 13, "84": 12, "93": 6, "94": 2,
}  # fmt: skip
"""How many départements make up a région (law of 16 January 2015): tells a whole région from a part of one."""


class Commune(NamedTuple):
    """A commune as its file states it; also a row of ``loading_commune``."""

    code: str
    name: str
    search_name: str
    epci_code: str | None
    departement_code: str
    region_code: str
    population: int
    lon: float
    lat: float
    time_zone: str


class LoadedTerritory(NamedTuple):
    """A row of ``loading_territory``. ``whole``: all its communes are in the files; None population: not known."""

    level: Level
    code: str
    name: str
    search_name: str
    population: int | None
    whole: bool = True


class OldCode(NamedTuple):
    """A row of ``loading_change``."""

    old_code: str
    old_name: str
    code: str
    on_date: date


@dataclass(slots=True)
class Gazetteer:
    """Everything that the CSV files say; a few tens of thousands of short rows."""

    communes: dict[str, Commune] = field(default_factory=dict)
    postal_codes: set[tuple[str, str]] = field(default_factory=set)
    names: dict[tuple[Level, str], str] = field(default_factory=dict)
    epci_facts: dict[str, tuple[int, int]] = field(default_factory=dict)
    old_codes: list[OldCode] = field(default_factory=list)

    def territories(self) -> Iterator[LoadedTerritory]:
        """One for each commune, EPCI, département and région that holds a commune of the files."""
        for commune in self.communes.values():
            yield LoadedTerritory("commune", commune.code, commune.name, commune.search_name, commune.population)
        yield from self._epci()
        yield from self._departements()
        yield from self._regions()

    def _epci(self) -> Iterator[LoadedTerritory]:
        members = Counter(commune.epci_code for commune in self.communes.values())
        for code, count in members.items():
            if code:
                expected, population = self.epci_facts.get(code, (0, None))
                name = self._name("epci", code)
                yield LoadedTerritory("epci", code, name, fold_epci(name), population, count == expected)

    def _departements(self) -> Iterator[LoadedTerritory]:
        for code, population in _summed((c.departement_code, c.population) for c in self.communes.values()):
            name = self._name("departement", code)
            yield LoadedTerritory("departement", code, name, fold(name), population)

    def _regions(self) -> Iterator[LoadedTerritory]:
        parts: dict[str, set[str]] = defaultdict(set)
        for commune in self.communes.values():
            parts[commune.region_code].add(commune.departement_code)
        for code, population in _summed((c.region_code, c.population) for c in self.communes.values()):
            whole = len(parts[code]) == DEPARTEMENTS_PER_REGION.get(code)
            name = self._name("region", code)
            yield LoadedTerritory("region", code, name, fold(name), population if whole else None, whole)

    def _name(self, level: Level, code: str) -> str:
        return self.names.get((level, code)) or code


def fold_epci(name: str) -> str:
    """The folded name of an EPCI without its legal form: people look for "pays bigouden sud", not for "cc du ..."."""
    return fold(_LEGAL_FORM.sub("", name))


def read_gazetteer(files: TerritoryFiles, geo_cog: int) -> Gazetteer:
    """All CSV files read and checked, or ``UnreadableFiles``."""
    gazetteer = Gazetteer()
    for path in files.communes:
        _read_communes(path, gazetteer)
    if files.epci:
        _read_epci(files.epci, gazetteer)
    if files.old_codes:
        _read_old_codes(files.old_codes, gazetteer, default_date=date(geo_cog, 1, 1))
    return gazetteer


def _read_communes(path: Path, gazetteer: Gazetteer) -> None:
    for row in csv_rows(path, _REQUIRED):
        commune = _commune(row)
        gazetteer.communes[commune.code] = commune
        _note_names(row, commune, gazetteer.names)
        for postal_code in row.text("codes_postaux").split("|"):
            if postal_code:
                gazetteer.postal_codes.add((postal_code, commune.code))


def _commune(row: CsvRow) -> Commune:
    code, name = row.required("code_insee"), row.required("nom")
    if not _COMMUNE_CODE.fullmatch(code):
        row.refuse("code_insee")
    return Commune(
        code=code,
        name=name,
        search_name=fold(name),
        epci_code=row.text("code_epci") or None,
        departement_code=row.text("code_departement") or departement_of(code),
        region_code=row.required("code_region"),
        population=row.whole("population_municipale"),
        lon=row.degrees("lon", 180),
        lat=row.degrees("lat", 90),
        time_zone=time_zone_of(code),
    )


def _note_names(row: CsvRow, commune: Commune, names: dict[tuple[Level, str], str]) -> None:
    names[("departement", commune.departement_code)] = row.text("nom_departement")
    names[("region", commune.region_code)] = row.text("nom_region")
    if commune.epci_code:
        names[("epci", commune.epci_code)] = row.text("nom_epci")


def _read_epci(path: Path, gazetteer: Gazetteer) -> None:
    for row in csv_rows(path, ("code_epci", "nom")):
        code = row.required("code_epci")
        gazetteer.names[("epci", code)] = row.required("nom")
        if row.text("nb_communes") and row.text("population_municipale"):
            gazetteer.epci_facts[code] = (row.whole("nb_communes"), row.whole("population_municipale"))


def _read_old_codes(path: Path, gazetteer: Gazetteer, default_date: date) -> None:
    for row in csv_rows(path, ("code_ancien", "code_actuel")):
        on_date = _day(row, "date_effet") if row.text("date_effet") else default_date
        old_code = row.required("code_ancien")
        gazetteer.old_codes.append(OldCode(old_code, row.text("nom_ancien"), row.required("code_actuel"), on_date))


def _day(row: CsvRow, column: str) -> date:
    try:
        return date.fromisoformat(row.text(column))
    except ValueError:
        return row.refuse(column)  # type: ignore[no-any-return]


def _summed(pairs: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    sums: Counter[str] = Counter()
    for code, number in pairs:
        sums[code] += number
    return sums.items()
