"""What others ask about communes: by code, by point, by the territories that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tierslieux.shared.geo import Bbox, Position
from tierslieux.territories.domain import CommuneFacts, Level, TerritoryId
from tierslieux.web.db import Reads

COAST_METRES = 2000
"""How far off its commune's outline a point may lie: outlines are simplified, piers and islets are left out."""

_COLUMNS: dict[Level, str] = {
    "commune": "code",
    "epci": "epci_code",
    "departement": "departement_code",
    "region": "region_code",
}

_COMMUNE = """
SELECT code, name, departement_code, region_code, epci_code, population, ST_X(position::geometry),
  ST_Y(position::geometry), time_zone FROM commune WHERE code = %s
"""

_IN_FORCE = """
SELECT given, COALESCE(c.code, followed.code) FROM unnest(%s::text[]) AS given
LEFT JOIN commune c ON c.code = given
LEFT JOIN LATERAL (SELECT code FROM commune_change WHERE old_code = given ORDER BY on_date DESC LIMIT 1) AS followed
  ON true
"""

_AT = """
SELECT COALESCE(
  (SELECT code FROM territory t WHERE level = 'commune' AND ST_Intersects(t.geom, asked.point)
    ORDER BY approximate, code LIMIT 1),
  (SELECT code FROM (SELECT code, geom FROM territory WHERE level = 'commune'
      AND geom && ST_Expand(asked.point, 0.02 / cosd(LEAST(abs(ST_Y(asked.point)), 80)), 0.02)
      ORDER BY geom <-> asked.point LIMIT 5) AS near
    WHERE ST_DWithin(near.geom::geography, asked.point::geography, %(metres)s)
    ORDER BY ST_Distance(near.geom::geography, asked.point::geography), code LIMIT 1))
FROM (SELECT place, ST_Point(lon, lat, 4326) AS point
  FROM unnest(%(lons)s::float8[], %(lats)s::float8[]) WITH ORDINALITY AS given (lon, lat, place)) AS asked
ORDER BY asked.place
"""

_BBOX = """
SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom) FROM territory
WHERE level = %s AND code = %s AND geom IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class SqlCondition:
    """A condition for a WHERE, and its named parameters."""

    sql: str
    parameters: dict[str, Any]


async def commune_by_code(reads: Reads, code: str) -> CommuneFacts | None:
    """The commune in force with exactly this INSEE code."""
    row = await (await reads.execute(_COMMUNE, (code,))).fetchone()
    return CommuneFacts(*row) if row else None


async def communes_in_force(reads: Reads, codes: Iterable[str]) -> dict[str, str]:
    """The code in force for each code that is or was a loaded commune's; others are left out."""
    rows = await (await reads.execute(_IN_FORCE, (sorted(set(codes)),))).fetchall()
    return {given: code for given, code in rows if code}


async def commune_in_force(reads: Reads, code: str) -> str | None:
    """The code in force that ``code`` is or was followed by; arrondissements of Paris, Lyon, Marseille included."""
    return (await communes_in_force(reads, [code])).get(code)


async def territories_of_commune(reads: Reads, code: str) -> list[str]:
    """The public ids of what holds the commune: itself, EPCI if any, département, région; none where it is not loaded.

    An old code answers for the commune that followed it.
    """
    in_force = await commune_in_force(reads, code)
    commune = await commune_by_code(reads, in_force) if in_force else None
    return commune.territory_ids if commune else []


async def communes_at(reads: Reads, positions: Sequence[Position]) -> list[str | None]:
    """For each position the code of the commune whose outline holds it, else of the nearest within ``COAST_METRES``."""
    parameters = {
        "lons": [float(position.lon) for position in positions],
        "lats": [float(position.lat) for position in positions],
        "metres": COAST_METRES,
    }
    rows = await (await reads.execute(_AT, parameters)).fetchall()
    return [row[0] for row in rows]


async def commune_at(reads: Reads, position: Position) -> str | None:
    """The code of the commune at ``position``; see ``communes_at``."""
    return (await communes_at(reads, [position]))[0]


async def bbox_of(reads: Reads, territory_id: TerritoryId) -> Bbox | None:
    """The box around a territory's outline; None where it is not loaded."""
    row = await (await reads.execute(_BBOX, (territory_id.level, territory_id.code))).fetchone()
    return Bbox(*row) if row else None


def commune_codes_sql(territory_id: TerritoryId, column: str) -> SqlCondition:
    """The condition that ``column``, an SQL expression of the caller's, is the code of one of its communes.

    Its one parameter is named ``territory_code``.
    """
    parameters = {"territory_code": territory_id.code}
    if territory_id.level == "commune":
        return SqlCondition(f"{column} = %(territory_code)s::text", parameters)
    holder = _COLUMNS[territory_id.level]
    return SqlCondition(
        f"{column} IN (SELECT code FROM commune WHERE {holder} = %(territory_code)s::text)",  # noqa: S608 - constants
        parameters,
    )
