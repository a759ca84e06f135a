"""All of France, from the shared open data files; skipped where they are not beside the checkout."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator

import psycopg
import pytest

from tierslieux.map.base_tiles import draw_tile
from tierslieux.shared.geo import Position
from tierslieux.territories.queries import TerritorySearch, communes_at, search_territories
from tierslieux.web.db import Reads

TOWNS = {"Paris": (2.35, 48.86), "Lille": (3.06, 50.63), "Quimper": (-4.1, 48.0), "Nancy": (6.18, 48.69),
         "Saint-Denis": (55.45, -20.9), "Pointe-à-Pitre": (-61.53, 16.24)}  # fmt: skip


@pytest.fixture
async def france(france_url: str) -> AsyncIterator[Reads]:
    """A reading connection to all of France."""
    async with await psycopg.AsyncConnection.connect(france_url, autocommit=True) as opened:
        yield opened


async def column(reads: Reads, statement: str) -> list[object]:
    return [row[0] for row in await (await reads.execute(statement)).fetchall()]


async def test_every_territory_is_there_with_an_outline(france: Reads) -> None:
    rows = await (await france.execute("SELECT level, count(*), count(geom) FROM territory GROUP BY level")).fetchall()
    assert {level: counts for level, *counts in rows} == {
        "commune": [34875, 34875], "epci": [1255, 1255], "departement": [101, 101], "region": [18, 18],
    }  # fmt: skip


async def test_the_communes_created_anew_have_approximate_outlines_only(france: Reads) -> None:
    approximate = await column(france, "SELECT code FROM territory WHERE approximate ORDER BY code")
    assert approximate == ["14666", "15031", "15035", "15047", "15171", "85165", "85212"]


async def test_four_islands_have_no_epci(france: Reads) -> None:
    islands = await column(france, "SELECT code FROM commune WHERE epci_code IS NULL ORDER BY code")
    assert islands == ["22016", "29083", "29155", "85113"]


async def test_a_whole_region_has_the_population_of_its_communes(france: Reads) -> None:
    differing = """SELECT t.code FROM territory t JOIN commune c ON c.region_code = t.code WHERE t.level = 'region'
      GROUP BY t.code, t.population HAVING sum(c.population) IS DISTINCT FROM t.population"""
    assert await column(france, differing) == []


async def test_the_point_of_nearly_every_commune_lies_in_it(france: Reads) -> None:
    statement = """SELECT ST_X(position::geometry), ST_Y(position::geometry), code FROM commune
      WHERE code NOT IN (SELECT code FROM territory WHERE approximate) ORDER BY md5(code) LIMIT 1000"""
    rows = await (await france.execute(statement)).fetchall()
    found = await communes_at(france, [Position(lon, lat) for lon, lat, _ in rows])
    assert sum(one == code for one, (_, _, code) in zip(found, rows, strict=True)) >= 995


@pytest.mark.parametrize(("text", "first"), [
    ("st etienne de montluc", "44158"), ("Quimpr", None), ("29000", "29232"), ("saint-denis (974)", "97411"),
    ("marseille", "13055"), ("l'isle d'abeau", "38193"), ("2B033", "2B033"), ("mayenne", "dep-53"),
])  # fmt: skip
async def test_what_people_write_finds_the_right_one(france: Reads, text: str, first: str | None) -> None:
    page = await search_territories(france, TerritorySearch(text, limit=3))
    ids = [str(territory.territory_id) for territory in page.items]
    assert (ids[0] == first) if first else "29232" in ids


@pytest.mark.parametrize("town", TOWNS)
async def test_the_tiles_of_the_ground_are_small_at_every_zoom(france: Reads, town: str) -> None:
    lon, lat = TOWNS[town]
    sizes = []
    for zoom in range(15):
        x = int((lon + 180) / 360 * 2**zoom)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
        sizes.append(len(await draw_tile(france, zoom, x, y)))
    assert (min(sizes) > 0, max(sizes) < 40_000) == (True, True), sizes
