"""The search box while one types: communes, postal codes and places from our own tables, no network needed.

First what begins as the text does, the most populated communes first; only where that finds too little, words inside
names and words with typing errors.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal
from urllib.parse import urlencode

import msgspec

from tierslieux.map.alike import alike_communes
from tierslieux.map.spelling import meant_words
from tierslieux.shared.text import fold
from tierslieux.web.db import Reads

DEFAULT_LIMIT = 8
_FOR_PLACES = 3
"""Rows that places keep where many communes match."""
_ENOUGH = 3
_MAX_WORDS = 6
_POSTAL_CODE = re.compile(r"\d{2,5}", re.ASCII)
_WITH_DEPARTEMENT = re.compile(r"(?P<name>.*[a-z].*?) (?P<departement>\d{2,3}|2[ab])", re.ASCII)
_COMMUNE = """
SELECT c.code, c.name, c.departement_code, t.name, ST_X(c.position::geometry), ST_Y(c.position::geometry), c.rank
FROM (SELECT c.code, c.name, c.departement_code, c.position, {rank} AS rank, c.population FROM commune c{join}
  WHERE {where} ORDER BY rank, c.population DESC, c.code LIMIT %(limit)s::integer) c
LEFT JOIN territory t ON t.level = 'departement' AND t.code = c.departement_code
ORDER BY c.rank, c.population DESC, c.code
"""
_IN_DEPARTEMENT = "(%(departement)s::text IS NULL OR c.departement_code = %(departement)s::text)"
_BY_PREFIX = _COMMUNE.format(
    join="",
    rank="(c.search_name <> %(text)s::text)::integer",
    where=f"c.search_name LIKE %(prefix)s::text AND {_IN_DEPARTEMENT}",
)
_BY_CODES = _COMMUNE.format(
    join="",
    rank="array_position(%(codes)s::text[], c.code::text)",
    where="c.code = ANY(%(codes)s::text[])",
)
_BY_POSTAL_CODE = _COMMUNE.format(
    join=" JOIN commune_postal_code z ON z.commune_code = c.code",
    rank="z.postal_code",
    where="z.postal_code LIKE %(prefix)s::text",
)
# in the order of the index on the beginnings of names, so that the first few are read and no others
_PLACES_BY_PREFIX = """
SELECT p.place_id, p.slug, p.name, p.commune_name, p.commune_code, ST_X(p.point), ST_Y(p.point)
FROM place p WHERE p.state = 'published' AND NOT p.asked_only AND p.search_name LIKE %(prefix)s::text
ORDER BY p.search_name USING ~<~ LIMIT %(limit)s::integer
"""
# of places that all hold the words, those that hold the least else; a common word is not read to its end
_HOLDING = """
SELECT place_id, slug, name, commune_name, commune_code, ST_X(point), ST_Y(point)
FROM (SELECT * FROM place p WHERE p.state = 'published' AND {where} LIMIT 300) p
ORDER BY length(search_text), search_name, place_id LIMIT %(limit)s::integer
"""


class Suggestion(msgspec.Struct, frozen=True):
    """One line under the box. ``url`` is the search, or the page of a place."""

    kind: Literal["commune", "postal_code", "place"]
    id: str
    label: str
    detail: str | None
    position: tuple[float, float] | None
    url: str


class Suggestions(msgspec.Struct, frozen=True):
    """The lines under the box."""

    items: list[Suggestion]


async def suggest(reads: Reads, text: str, limit: int = DEFAULT_LIMIT) -> list[Suggestion]:
    """At most ``limit`` lines for what was typed, the likeliest first; nothing for nothing."""
    folded = fold(text)
    if not folded:
        return []
    if _POSTAL_CODE.fullmatch(folded):
        return await _postal_codes(reads, folded, limit)
    name, departement = _split(folded)
    values = {"text": name, "prefix": f"{name}%", "departement": departement, "limit": limit}
    communes = list(map(_commune, await _rows(reads, _BY_PREFIX, values)))
    places = list(map(_place, await _rows(reads, _PLACES_BY_PREFIX, values | {"prefix": f"{folded}%"})))
    if len(communes) + len(places) < _ENOUGH:
        codes = [each.code for each in await alike_communes(reads, name, departement, limit)]
        communes += map(_commune, await _rows(reads, _BY_CODES, {"codes": codes, "limit": limit}))
        places += await _places_with_words(reads, folded, limit)
    return _joined(communes, places, limit)


async def _postal_codes(reads: Reads, digits: str, limit: int) -> list[Suggestion]:
    rows = await _rows(reads, _BY_POSTAL_CODE, {"prefix": f"{digits}%", "limit": limit})
    return [
        Suggestion(
            "postal_code", postal_code, f"{postal_code} {name}", _departement(number, words), (lon, lat), _url(code)
        )
        for code, name, number, words, lon, lat, postal_code in rows
    ]


async def _places_with_words(reads: Reads, folded: str, limit: int) -> list[Suggestion]:
    """Places that hold all words, in any order; with typing errors only where there are none without."""
    words = [word for word in folded.split() if len(word) > 1][:_MAX_WORDS] or [folded]
    found = await _places_holding(reads, [[word] for word in words], limit)
    if found:
        return found
    meant = await meant_words(reads, words)
    return await _places_holding(reads, meant, limit) if all(meant) and meant != [[word] for word in words] else []


async def _places_holding(reads: Reads, words: Sequence[Sequence[str]], limit: int) -> list[Suggestion]:
    """Places that hold, for each of ``words``, a word that begins as one of its spellings."""
    where = " AND ".join(f"p.search_text ~ %(w{number})s::text" for number in range(len(words)))
    values = {f"w{number}": rf"\m({'|'.join(spellings)})" for number, spellings in enumerate(words)}
    rows = await _rows(reads, _HOLDING.format(where=where), values | {"limit": limit})
    return [_place(row) for row in rows]


async def _rows(reads: Reads, sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    return await (await reads.execute(sql, values)).fetchall()


def _split(folded: str) -> tuple[str, str | None]:
    """The name and the département of "saint denis 974"."""
    parts = _WITH_DEPARTEMENT.fullmatch(folded)
    return (parts["name"], parts["departement"].upper()) if parts else (folded, None)


def _joined(communes: list[Suggestion], places: list[Suggestion], limit: int) -> list[Suggestion]:
    """Each once: communes first, but not so many that no place is left."""
    room = limit - min(len(places), _FOR_PLACES, limit - 1)
    each = {(item.kind, item.id): item for item in communes[:room] + places}
    return list(each.values())[:limit]


def _commune(row: Sequence[Any]) -> Suggestion:
    code, name, number, words, lon, lat, _ = row
    return Suggestion("commune", code, name, _departement(number, words), (lon, lat), _url(code))


def _place(row: Sequence[Any]) -> Suggestion:
    place_id, slug, name, commune_name, commune_code, lon, lat = row
    number = commune_code and (commune_code[:3] if commune_code.startswith(("97", "98")) else commune_code[:2])
    detail = f"{commune_name} ({number})" if commune_name and number else commune_name
    return Suggestion("place", str(place_id), name, detail, None if lon is None else (lon, lat), f"/lieux/{slug}")


def _departement(number: str, name: str | None) -> str:
    return f"{number} {name}" if name else number


def _url(code: str) -> str:
    return f"/recherche?{urlencode({'commune': code})}"
