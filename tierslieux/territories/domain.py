"""Ids of territories, and what a territory is.

A commune is its INSEE code (``29232``, ``2A004``), an EPCI its SIREN (``242900710``), a département ``dep-29`` and a
région ``reg-53``. All 18 région codes are département codes too: a bare code of that shape is refused, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from tierslieux.territories.errors import AmbiguousCode, UnknownTerritory

Level = Literal["commune", "epci", "departement", "region"]
LEVELS: tuple[Level, ...] = ("commune", "epci", "departement", "region")
GEO_COG = 2026
"""The year of INSEE's official geographic code that is loaded unless another is named."""

_DEPARTEMENT = r"2[AB]|97\d|98\d|\d{2}"
_ID = re.compile(
    rf"(?P<commune>(?:2[AB]|\d{{2}})\d{{3}})|(?P<epci>\d{{9}})|DEP-(?P<departement>{_DEPARTEMENT})|REG-(?P<region>\d{{2}})"
)
_REGION = re.compile(r"\d{2}")
_BARE = re.compile(_DEPARTEMENT)
_PREFIXES: dict[Level, str] = {"commune": "", "epci": "", "departement": "dep-", "region": "reg-"}


@dataclass(frozen=True, slots=True)
class TerritoryId:
    """A level and the official code in it; ``str`` gives the public id."""

    level: Level
    code: str

    def __str__(self) -> str:
        return _PREFIXES[self.level] + self.code

    @classmethod
    def parse(cls, text: str) -> TerritoryId:
        """The id that ``text`` writes, in either case; it need not exist.

        A bare code of two characters or of an overseas département raises ``AmbiguousCode`` with the readings as
        ``readings``; anything else ``UnknownTerritory``.
        """
        upper = text.strip().upper()
        match = _ID.fullmatch(upper) if upper.isascii() else None
        if match:
            return cls(cast("Level", match.lastgroup), match[cast("str", match.lastgroup)])
        if upper.isascii() and _BARE.fullmatch(upper):
            readings = [cls("departement", upper), *([cls("region", upper)] if _REGION.fullmatch(upper) else [])]
            raise AmbiguousCode(readings=[str(reading) for reading in readings])
        raise UnknownTerritory


def departement_of(commune_code: str) -> str:
    """The code of the département (or overseas collectivity) that an INSEE commune code begins with."""
    return commune_code[:3] if commune_code.startswith(("97", "98")) else commune_code[:2]


@dataclass(frozen=True, slots=True)
class Territory:
    """A territory as stored. ``detail`` tells homonyms apart (``29 Finistère``); ``population`` None: not known.

    ``approximate``: its outline was worked out from points or from a part of its communes. ``geo_cog`` is the year of
    the official geographic code that its code belongs to.
    """

    territory_id: TerritoryId
    name: str
    detail: str
    population: int | None
    approximate: bool
    geo_cog: int


@dataclass(frozen=True, slots=True)
class CommuneFacts:
    """A commune in force. ``epci_code`` is None on the four islands without one."""

    code: str
    name: str
    departement_code: str
    region_code: str
    epci_code: str | None
    population: int
    lon: float
    lat: float
    time_zone: str

    @property
    def territory_ids(self) -> list[str]:
        """The public ids of all that hold it: itself, its EPCI if any, its département, its région."""
        epci = [self.epci_code] if self.epci_code else []
        return [self.code, *epci, f"dep-{self.departement_code}", f"reg-{self.region_code}"]


@dataclass(frozen=True, slots=True)
class CommuneChange:
    """``old_code`` was followed by ``code``, on ``on_date`` at the latest (docs/decisions/0002)."""

    old_code: str
    old_name: str
    code: str
    on_date: date
