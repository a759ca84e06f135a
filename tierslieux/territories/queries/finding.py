"""Finding territories by name, code or postal code, and one of them by its public id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tierslieux.shared.errors import NotFound
from tierslieux.shared.text import fold
from tierslieux.territories.domain import LEVELS, Level, Territory, TerritoryId
from tierslieux.territories.errors import AmbiguousCode, UnknownTerritory
from tierslieux.territories.queries.communes import commune_in_force
from tierslieux.web.db import Reads

_DEPARTEMENT_WORD = re.compile(r"2[ab]|97\d|\d{2}")

_FACTS = """
t.level, t.code, t.name, COALESCE(CASE t.level
  WHEN 'commune' THEN (SELECT d.code || ' ' || d.name FROM commune c
    JOIN territory d ON d.level = 'departement' AND d.code = c.departement_code WHERE c.code = t.code)
  WHEN 'epci' THEN (SELECT string_agg(d.code || ' ' || d.name, ', ' ORDER BY d.code) FROM territory d
    WHERE d.level = 'departement' AND d.code IN (SELECT c.departement_code FROM commune c WHERE c.epci_code = t.code))
  WHEN 'departement' THEN (SELECT r.name FROM territory r WHERE r.level = 'region' AND r.code =
    (SELECT c.region_code FROM commune c WHERE c.departement_code = t.code LIMIT 1))
END, ''), t.population, t.approximate, t.geo_cog
"""

_BY_ID = f"SELECT {_FACTS} FROM territory t WHERE t.level = %s AND t.code = %s"  # noqa: S608 - constants

_PARENTS = f"""
WITH held AS (
  SELECT DISTINCT unnest(CASE %(level)s::text WHEN 'commune' THEN ARRAY['epci', 'departement', 'region']
      WHEN 'epci' THEN ARRAY['departement', 'region'] ELSE ARRAY['region'] END) AS level,
    unnest(CASE %(level)s::text WHEN 'commune' THEN ARRAY[epci_code, departement_code, region_code]
      WHEN 'epci' THEN ARRAY[departement_code, region_code] ELSE ARRAY[region_code] END) AS code
  FROM commune WHERE (%(level)s = 'commune' AND code = %(code)s::text) OR (%(level)s = 'epci' AND epci_code = %(code)s)
    OR (%(level)s = 'departement' AND departement_code = %(code)s)
)
SELECT {_FACTS} FROM territory t JOIN held USING (level, code)
ORDER BY array_position(ARRAY['epci', 'departement', 'region'], t.level), t.code
"""  # noqa: S608 - constants

_MATCHED = """
SELECT t.level, t.code, t.search_name, t.population,
  CASE WHEN t.code = %(code)s THEN 0 WHEN t.search_name = %(q)s THEN 1 WHEN starts_with(t.search_name, %(q)s) THEN 2
    ELSE 3 END AS rank
FROM (
  SELECT ctid FROM territory WHERE search_name LIKE %(like)s::text
  UNION SELECT ctid FROM territory WHERE search_name %% %(q)s::text
  UNION SELECT ctid FROM territory WHERE %(q)s::text <%% search_name
  UNION SELECT ctid FROM territory WHERE level = ANY(%(levels)s::text[]) AND code = %(code)s
  UNION SELECT ctid FROM territory WHERE level = 'commune' AND code = ANY(
    ARRAY(SELECT commune_code FROM commune_postal_code WHERE postal_code = %(code)s))
) AS matching JOIN territory t ON t.ctid = matching.ctid
WHERE t.level = ANY(%(levels)s::text[])
  AND (%(departement)s::text IS NULL OR (t.level = 'commune' AND starts_with(t.code, %(departement)s)))
"""
"""One index each; a single condition with OR would read every row."""

_ALL = "SELECT level, code, search_name, population, 0 AS rank FROM territory WHERE level = ANY(%(levels)s::text[])"

_SEARCH = """
WITH matched AS ({matched}), ranked AS (
  SELECT level, code, search_name, rank, CASE WHEN rank = 3 AND %(q)s <> '' THEN (1000 * (1 - GREATEST(
      similarity(search_name, %(q)s), word_similarity(%(q)s, search_name))))::integer ELSE 0 END AS score,
    CASE WHEN %(q)s = '' THEN 0 ELSE -COALESCE(population, 0) END AS size FROM matched
), page AS (
  SELECT * FROM ranked WHERE %(after)s::boolean IS NOT true OR (rank, score, size, search_name, level, code) >
    (%(rank)s::integer, %(score)s::integer, %(size)s::integer, %(search_name)s::text, %(level)s::text,
    %(last_code)s::text)
  ORDER BY rank, score, size, search_name, level, code LIMIT %(limit)s::integer
)
SELECT {facts}, rank, score, size, t.search_name FROM page JOIN territory t USING (level, code)
ORDER BY rank, score, size, t.search_name, level, code
"""


@dataclass(frozen=True, slots=True)
class TerritorySearch:
    """``text`` as people write it ("st etienne de montluc", "saint-denis (974)", "29000", "29"); None: all by name.

    ``after`` is the sort key of the last one seen, as ``FoundTerritories.last_key`` gave it.
    """

    text: str | None
    levels: tuple[Level, ...] = LEVELS
    limit: int = 20
    after: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class FoundTerritories:
    """One page of a search; ``last_key`` is None at the end."""

    items: list[Territory]
    last_key: tuple[Any, ...] | None


async def search_territories(reads: Reads, search: TerritorySearch) -> FoundTerritories:
    """Territories that bear the name or nearly, best first: exact, beginning, near; the larger first among equals."""
    if search.text is not None and not fold(search.text):
        return FoundTerritories([], None)
    statement = _SEARCH.format(matched=_ALL if search.text is None else _MATCHED, facts=_FACTS)
    rows = await (await reads.execute(statement, _parameters(search))).fetchall()
    page = rows[: search.limit]
    last = page[-1] if len(rows) > search.limit else None
    return FoundTerritories(
        [_territory(row) for row in page], None if last is None else (*last[7:11], last[0], last[1])
    )


def _parameters(search: TerritorySearch) -> dict[str, Any]:
    text = search.text or ""
    folded, departement = _split(fold(text))
    rank, score, size, search_name, level, last_code = search.after or (0, 0, 0, "", "", "")
    return {
        "q": folded,
        "code": text.strip().upper(),
        # shorter ones would match everything: they are taken as a beginning
        "like": f"%{folded}%" if len(folded) > 2 else f"{folded}%" if folded else None,
        "departement": departement,
        "levels": list(search.levels),
        "limit": search.limit + 1,
        "after": search.after is not None,
        "rank": rank,
        "score": score,
        "size": size,
        "search_name": search_name,
        "level": level,
        "last_code": last_code,
    }


def _split(folded: str) -> tuple[str, str | None]:
    """The name, and the département that ends it as in "saint denis 974"."""
    head, _, last = folded.rpartition(" ")
    return (head, last.upper()) if head and _DEPARTEMENT_WORD.fullmatch(last) else (folded, None)


async def territory_by_id(reads: Reads, territory_id: TerritoryId) -> Territory | None:
    """The loaded territory with exactly this id."""
    row = await (await reads.execute(_BY_ID, (territory_id.level, territory_id.code))).fetchone()
    return _territory(row) if row else None


async def access_territory(reads: Reads, text: str) -> Territory:
    """The gate of addresses: the territory that ``text`` names, an old commune code answering for its successor.

    Raises ``AmbiguousCode`` with ``alternatives`` (each ``id``, ``level``, ``name``) for a bare code that some loaded
    territory has, else ``UnknownTerritory``. Where the territory's id differs from ``text``, an address redirects.
    """
    try:
        territory_id = TerritoryId.parse(text)
    except AmbiguousCode as exc:
        raise await _with_alternatives(reads, exc.facts["readings"]) from exc
    territory = await territory_by_id(reads, territory_id)
    if territory is None and territory_id.level == "commune":
        in_force = await commune_in_force(reads, territory_id.code)
        territory = await territory_by_id(reads, TerritoryId("commune", in_force)) if in_force else None
    if territory is None:
        raise UnknownTerritory
    return territory


async def _with_alternatives(reads: Reads, readings: list[str]) -> NotFound:
    found = [await territory_by_id(reads, TerritoryId.parse(reading)) for reading in readings]
    alternatives = [
        {"id": str(one.territory_id), "level": one.territory_id.level, "name": one.name} for one in found if one
    ]
    return AmbiguousCode(alternatives=alternatives) if alternatives else UnknownTerritory()


async def parents_of(reads: Reads, territory_id: TerritoryId) -> list[Territory]:
    """What holds it, smallest first. An EPCI that straddles has several départements, maybe several régions."""
    parameters = {"level": territory_id.level, "code": territory_id.code}
    rows = await (await reads.execute(_PARENTS, parameters)).fetchall()
    return [_territory(row) for row in rows]


def _territory(row: tuple[Any, ...]) -> Territory:
    level, code, name, detail, population, approximate, geo_cog = row[:7]
    return Territory(TerritoryId(level, code), name, detail, population, approximate, geo_cog)
