"""Territories as programs read them."""

from __future__ import annotations

import msgspec

from tierslieux.shared.pagination import Link
from tierslieux.territories.domain import Level, Territory


class TerritoryItem(msgspec.Struct, frozen=True):
    """A territory. ``detail`` tells homonyms apart; ``approximate``: its outline was worked out, not drawn by IGN."""

    id: str
    level: Level
    code: str
    name: str
    detail: str
    population: int | None
    approximate: bool
    geo_cog: int


class TerritoryList(msgspec.Struct, frozen=True):
    """One page; without a link ``next`` it is the last."""

    items: list[TerritoryItem]
    links: list[Link]


class TerritoryReference(msgspec.Struct, frozen=True):
    """A territory that holds another."""

    id: str
    level: Level
    name: str


def item_of(territory: Territory) -> TerritoryItem:
    """``territory`` for the wire."""
    return TerritoryItem(
        id=str(territory.territory_id),
        level=territory.territory_id.level,
        code=territory.territory_id.code,
        name=territory.name,
        detail=territory.detail,
        population=territory.population,
        approximate=territory.approximate,
        geo_cog=territory.geo_cog,
    )


def reference_to(territory: Territory) -> TerritoryReference:
    """``territory`` as one that holds another."""
    return TerritoryReference(str(territory.territory_id), territory.territory_id.level, territory.name)
