"""Which places lie in a territory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tierslieux.territories.domain import TerritoryId
from tierslieux.territories.queries import commune_codes_sql
from tierslieux.web.db import Reads


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """Published places of a territory; the sums over kinds and over welcomes both give ``total``."""

    total: int
    by_kind: dict[str, int]
    by_welcome: dict[str, int]


async def count_places(reads: Reads, territory_id: TerritoryId) -> PlaceCounts:
    """The published places whose commune in force belongs to the territory; a place without commune counts nowhere."""
    condition = commune_codes_sql(territory_id, "p.commune_code")
    statement = (
        "SELECT p.kind, p.welcome, count(*)::integer FROM place p"
        f" WHERE p.state = 'published' AND {condition.sql} GROUP BY p.kind, p.welcome ORDER BY p.kind, p.welcome"
    )
    rows = await (await reads.execute(statement, condition.parameters)).fetchall()
    kinds: Counter[str] = Counter()
    welcomes: Counter[str] = Counter()
    for kind, welcome, places in rows:
        kinds[kind] += places
        welcomes[welcome] += places
    return PlaceCounts(kinds.total(), dict(kinds), dict(welcomes))
