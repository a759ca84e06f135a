"""Which town a typed text names, without guessing: one commune or none; homonyms are told apart by département.

And which territory an id of a link names.
"""

from __future__ import annotations

import re

import msgspec

from tierslieux.map.alike import alike_communes
from tierslieux.shared.errors import NotFound
from tierslieux.shared.geo import Bbox, Position
from tierslieux.shared.text import fold
from tierslieux.territories.domain import TerritoryId
from tierslieux.web.db import Reads

_COMMUNE = """
SELECT c.code, c.name, c.departement_code, c.time_zone, ST_X(c.position::geometry), ST_Y(c.position::geometry)
FROM commune c
"""
_BY_CODE = (
    _COMMUNE
    + """WHERE c.code = %(code)s OR c.code = (
  SELECT g.code FROM commune_change g WHERE g.old_code = %(code)s ORDER BY g.on_date DESC LIMIT 1) LIMIT 1"""
)
_BY_NAME = (
    _COMMUNE
    + """WHERE c.search_name = %(name)s
  AND (%(departement)s::text IS NULL OR c.departement_code = %(departement)s)
  ORDER BY c.population DESC, c.code LIMIT 8"""
)
_BEGINNING = (
    _COMMUNE
    + """WHERE c.search_name LIKE %(name)s || ' %%'
  AND (%(departement)s::text IS NULL OR c.departement_code = %(departement)s)
  ORDER BY c.population DESC, c.code LIMIT 2"""
)
_BY_CODES = _COMMUNE + "WHERE c.code = ANY(%(codes)s::text[]) ORDER BY array_position(%(codes)s::text[], c.code::text)"
_BY_POSTAL_CODE = (
    _COMMUNE
    + """JOIN commune_postal_code z ON z.commune_code = c.code WHERE z.postal_code = %(code)s
  ORDER BY c.population DESC, c.code LIMIT 1"""
)
_TERRITORY = """
SELECT name, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM territory
WHERE level = %(level)s AND code = %(code)s
"""
_MEANT = 3
_MEANT_LIKENESS = 0.75
_NUMBERED = {"commune", "departement"}
_OVERSEAS = {"97", "98"}
_WITH_DEPARTEMENT = re.compile(r"(?P<name>.*\S)\s*\((?P<departement>\d{2,3}|2[AB])\)\s*", re.IGNORECASE)
_POSTAL_CODE_BEFORE = re.compile(r"\s*\d{5}\s+(?=\D)", re.ASCII)
_POSTAL_CODE = re.compile(r"\s*(\d{5})\s*", re.ASCII)


class NamedPlace(msgspec.Struct, frozen=True):
    """A commune to look around. ``label`` is "Plonévez-Porzay (29)"."""

    code: str
    label: str
    time_zone: str
    position: Position


class Named(msgspec.Struct, frozen=True):
    """The commune that a text names, and its homonyms, the most populated first."""

    place: NamedPlace
    homonyms: tuple[NamedPlace, ...] = ()


class NamedTerritory(msgspec.Struct, frozen=True):
    """A territory to look in. ``label`` is "Finistère (29)" or "Bretagne"; ``box`` is around it, if its shape is known.

    The box of a territory that lies on both sides of the antimeridian goes around the world.
    """

    label: str
    box: Bbox | None


async def find_territory(reads: Reads, territory_id: str) -> NamedTerritory:
    """The territory of an id; ``NotFound`` where there is none."""
    wanted = TerritoryId.parse(territory_id)
    values = {"level": wanted.level, "code": wanted.code}
    row = await (await reads.execute(_TERRITORY, values)).fetchone()
    if row is None:
        raise NotFound
    name, *sides = row
    label = f"{name} ({wanted.code[: 3 if wanted.code[:2] in _OVERSEAS else 2]})" if wanted.level in _NUMBERED else name
    return NamedTerritory(label, None if sides[0] is None else Bbox(*sides))


async def find_named(reads: Reads, text: str, commune_code: str) -> Named | None:
    """What ``text`` names; a code beside it (from a link or a suggestion) counts where the text says nothing else.

    ``NotFound`` for a code that no commune has or had, if it is all that is given.
    """
    chosen = await _first(reads, _BY_CODE, code=commune_code[:5].upper()) if commune_code else None
    if commune_code and not chosen and not text:
        raise NotFound
    if chosen and (not text or _names(text, chosen)):
        return Named(chosen)
    return await _find_by_text(reads, text) if text else None


async def _find_by_text(reads: Reads, text: str) -> Named | None:
    postal_code = _POSTAL_CODE.fullmatch(text)
    if postal_code:
        found = await _first(reads, _BY_POSTAL_CODE, code=postal_code[1])
        return Named(found) if found else None
    parts = _WITH_DEPARTEMENT.fullmatch(text)
    name, departement = (parts["name"], parts["departement"].upper()) if parts else (text, None)
    found_all = await _all(reads, _BY_NAME, name=fold(name), departement=departement)
    if found_all:
        return Named(found_all[0], tuple(found_all[1:]))
    # "Saint-Thégonnec" is Saint-Thégonnec Loc-Eguiner, if no other commune begins so
    begun = await _all(reads, _BEGINNING, name=fold(name), departement=departement) if fold(name) else []
    return Named(begun[0]) if len(begun) == 1 else None


async def meant_communes(reads: Reads, text: str) -> tuple[NamedPlace, ...]:
    """Up to three communes that ``text``, which names none, may mean with typing errors."""
    parts = _WITH_DEPARTEMENT.fullmatch(text)
    name, departement = (parts["name"], parts["departement"].upper()) if parts else (text, None)
    found = await alike_communes(reads, fold(name), departement, _MEANT)
    codes = [each.code for each in found if each.likeness >= _MEANT_LIKENESS]
    return tuple(await _all(reads, _BY_CODES, codes=codes)) if codes else ()


def _names(text: str, place: NamedPlace) -> bool:
    """Whether a text is the place's name, a beginning of it, or a postal code (which a suggestion turned into it)."""
    bare = _POSTAL_CODE_BEFORE.sub("", text)
    return fold(place.label).startswith(fold(bare)) or bool(_POSTAL_CODE.fullmatch(text))


async def _first(reads: Reads, sql: str, **values: object) -> NamedPlace | None:
    return next(iter(await _all(reads, sql, **values)), None)


async def _all(reads: Reads, sql: str, **values: object) -> list[NamedPlace]:
    rows = await (await reads.execute(sql, values)).fetchall()
    return [
        NamedPlace(code, f"{name} ({departement})", zone, Position(lon, lat))
        for code, name, departement, zone, lon, lat in rows
    ]
