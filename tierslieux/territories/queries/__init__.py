"""Reads of territories that other slices may use."""

from tierslieux.territories.queries.communes import (
    COAST_METRES,
    SqlCondition,
    bbox_of,
    commune_at,
    commune_by_code,
    commune_codes_sql,
    commune_in_force,
    communes_at,
    communes_in_force,
    territories_of_commune,
)
from tierslieux.territories.queries.finding import (
    FoundTerritories,
    TerritorySearch,
    access_territory,
    parents_of,
    search_territories,
    territory_by_id,
)

__all__ = [
    "COAST_METRES",
    "FoundTerritories",
    "SqlCondition",
    "TerritorySearch",
    "access_territory",
    "bbox_of",
    "commune_at",
    "commune_by_code",
    "commune_codes_sql",
    "commune_in_force",
    "communes_at",
    "communes_in_force",
    "parents_of",
    "search_territories",
    "territories_of_commune",
    "territory_by_id",
]
