"""From a commune's code to its time zone, its public holidays and its school holidays.

Sources: tz database (``zone1970.tab``), INSEE's list of overseas codes, and the order of 2015 that puts each academy
in zone A, B or C. Works for codes that no loaded commune has (975, 977, 978, 98x).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

MAINLAND_ZONE = "Europe/Paris"

_ZONES_BY_PREFIX = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
    "989": "Etc/GMT+8",  # Clipperton
}
_ZONES_BY_COMMUNE = {
    **dict.fromkeys(("98718", "98723", "98731", "98746", "98756", "98757"), "Pacific/Marquesas"),
    "98719": "Pacific/Gambier",
    "97123": "America/St_Barthelemy",  # codes before 2007, still met in files
    "97127": "America/Marigot",
}
_OWN_HOLIDAYS = frozenset(("57", "67", "68"))  # Alsace-Moselle
_AREAS_BY_COMMUNE = {"97123": "FR-977", "97127": "FR-978"}

_DEPARTEMENTS_BY_SCHOOL_ZONE = {
    "A": "01 03 07 15 16 17 19 21 23 24 25 26 33 38 39 40 42 43 47 58 63 64 69 70 71 73 74 79 86 87 89 90",
    "B": "02 04 05 06 08 10 13 14 18 22 27 28 29 35 36 37 41 44 45 49 50 51 52 53 54 55 56 57 59 60 61 62 67 68 72 76"
    " 80 83 84 85 88",
    "C": "09 11 12 30 31 32 34 46 48 65 66 75 77 78 81 82 91 92 93 94 95",
}
_SCHOOL_ZONES = {code: zone for zone, codes in _DEPARTEMENTS_BY_SCHOOL_ZONE.items() for code in codes.split()}


@dataclass(frozen=True, slots=True)
class Locality:
    """Where hours are judged.

    ``time_zone`` is an IANA name; ``area`` names the public holidays (``FR``, ``FR-57``, ``FR-974`` ...; None: none are
    kept); ``school_zone`` is ``A``, ``B``, ``C``, ``none`` (a territory with a calendar of its own, not known here) or
    None (not known which).
    """

    time_zone: str = MAINLAND_ZONE
    area: str | None = "FR"
    school_zone: str | None = None


MAINLAND = Locality()


@lru_cache(maxsize=65536)
def locality_of(commune_code: str | None) -> Locality:
    """The locality of a commune by its INSEE code; mainland France, school zone unknown, where there is no code."""
    if not commune_code:
        return MAINLAND
    departement = commune_code[:3] if commune_code.startswith(("97", "98")) else commune_code[:2]
    return Locality(time_zone_of(commune_code), _area(commune_code, departement), _school_zone(departement))


def time_zone_of(commune_code: str) -> str:
    """The IANA time zone of a commune by its INSEE code."""
    return _ZONES_BY_COMMUNE.get(commune_code) or _ZONES_BY_PREFIX.get(commune_code[:3], MAINLAND_ZONE)


def _area(commune_code: str, departement: str) -> str:
    if commune_code in _AREAS_BY_COMMUNE:
        return _AREAS_BY_COMMUNE[commune_code]
    has_own = departement in _OWN_HOLIDAYS or departement in _ZONES_BY_PREFIX
    return f"FR-{departement}" if has_own else "FR"


def _school_zone(departement: str) -> str:
    return _SCHOOL_ZONES.get(departement, "none")
