"""Communes and territories, asked for by name, by code and by point."""

from __future__ import annotations

import pytest

from tierslieux.shared.geo import Position
from tierslieux.territories.domain import TerritoryId
from tierslieux.territories.errors import AmbiguousCode, UnknownTerritory
from tierslieux.territories.queries import (
    TerritorySearch,
    access_territory,
    bbox_of,
    commune_at,
    commune_by_code,
    commune_codes_sql,
    commune_in_force,
    communes_at,
    communes_in_force,
    parents_of,
    search_territories,
    territories_of_commune,
)
from tierslieux.web.db import Reads


async def found(reads: Reads, text: str | None, **more: object) -> list[str]:
    page = await search_territories(reads, TerritorySearch(text, **more))  # type: ignore[arg-type]
    return [str(territory.territory_id) for territory in page.items]


@pytest.mark.parametrize(("text", "first"), [
    ("quimper", "29232"), ("QUIMPR", "29232"), ("29000", "29232"), ("29155", "29155"), ("plestin", "22194"),
    ("saint-denis (974)", "97411"), ("st denis 22", "22300"), ("finistere", "dep-29"), ("bretagne", "reg-53"),
    ("morlaix communaute", "242900835"), ("2a004", "2A004"), ("ajacio", "2A004"), ("2A", "dep-2A"), ("grèves", "22194"),
])  # fmt: skip
async def test_what_people_write_finds_the_right_one_first(reads: Reads, text: str, first: str) -> None:
    assert (await found(reads, text))[0] == first


async def test_a_bare_number_finds_the_departement_and_the_region(reads: Reads) -> None:
    assert set(await found(reads, "53")) == {"dep-53", "reg-53"}


async def test_homonyms_are_told_apart_by_departement_and_the_larger_comes_first(reads: Reads) -> None:
    page = await search_territories(reads, TerritorySearch("saint denis"))
    assert [(t.name, t.detail) for t in page.items[:2]] == [
        ("Saint-Denis", "974 La Réunion"), ("Saint-Denis", "22 Côtes-d'Armor"),
    ]  # fmt: skip


async def test_a_postal_code_of_two_communes_finds_both(reads: Reads) -> None:
    assert set(await found(reads, "29600")) == {"29151", "22194"}


async def test_only_the_asked_level_is_answered(reads: Reads) -> None:
    assert await found(reads, "morlaix", levels=("epci",)) == ["242900835"]


@pytest.mark.parametrize("text", ["", "%", "_", "'; DROP TABLE territory; --", "🙂", "zzzzzzzz"])
async def test_what_names_nothing_finds_nothing(reads: Reads, text: str) -> None:
    assert await found(reads, text) == []


@pytest.mark.parametrize("text", [None, "saint", "a"])
async def test_pages_hold_each_territory_once_in_one_order(reads: Reads, text: str | None) -> None:
    whole = await found(reads, text, limit=100)
    walked: list[str] = []
    search = TerritorySearch(text, limit=1)
    while True:
        page = await search_territories(reads, search)
        walked += [str(territory.territory_id) for territory in page.items]
        if page.last_key is None:
            break
        search = TerritorySearch(text, limit=1, after=page.last_key)
    assert walked == whole


async def test_an_old_code_answers_for_the_commune_that_followed(reads: Reads) -> None:
    assert await commune_in_force(reads, "29041") == "29232"
    assert await communes_in_force(reads, ["29041", "29155", "98818", "' OR 1"]) == {"29041": "29232", "29155": "29155"}
    assert (await access_territory(reads, "29041")).name == "Quimper"
    assert await commune_by_code(reads, "29041") is None


async def test_a_commune_names_all_that_hold_it_and_an_island_has_no_epci(reads: Reads) -> None:
    assert await territories_of_commune(reads, "29232") == ["29232", "200068120", "dep-29", "reg-53"]
    assert await territories_of_commune(reads, "29155") == ["29155", "dep-29", "reg-53"]
    assert await territories_of_commune(reads, "98818") == []


async def test_a_bare_code_is_refused_with_the_readings_that_exist(reads: Reads) -> None:
    with pytest.raises(AmbiguousCode) as both:
        await access_territory(reads, "53")
    assert both.value.facts["alternatives"] == [
        {"id": "dep-53", "level": "departement", "name": "Mayenne"},
        {"id": "reg-53", "level": "region", "name": "Bretagne"},
    ]
    with pytest.raises(AmbiguousCode) as overseas:
        await access_territory(reads, "974")
    assert [one["id"] for one in overseas.value.facts["alternatives"]] == ["dep-974"]
    with pytest.raises(UnknownTerritory):
        await access_territory(reads, "84")


async def test_corsican_codes_are_read_in_either_case(reads: Reads) -> None:
    assert (await access_territory(reads, "2a004")).territory_id == TerritoryId("commune", "2A004")
    assert (await access_territory(reads, "DEP-2a")).name == "Corse-du-Sud"


async def test_an_epci_that_straddles_has_both_departements_as_parents(reads: Reads) -> None:
    parents = await parents_of(reads, TerritoryId("epci", "242900835"))
    assert [str(parent.territory_id) for parent in parents] == ["dep-22", "dep-29", "reg-53"]
    assert (await access_territory(reads, "242900835")).detail == "22 Côtes-d'Armor, 29 Finistère"
    assert await parents_of(reads, TerritoryId("region", "53")) == []


async def test_a_point_finds_its_commune_or_the_nearest_within_two_kilometres(reads: Reads) -> None:
    box = await bbox_of(reads, TerritoryId("commune", "29155"))
    assert box is not None
    middle = (box.min_lat + box.max_lat) / 2
    kilometre = 1 / 74  # of longitude, at 48 degrees
    points = [
        Position(-5.0855, 48.4606),
        Position(box.min_lon - 1.5 * kilometre, middle),
        Position(box.min_lon - 2.5 * kilometre, middle),
        Position(0, 0),
        Position(180, 90),
    ]
    assert await communes_at(reads, points) == ["29155", "29155", None, None, None]
    assert await commune_at(reads, Position(55.447, -20.933)) == "97411"


@pytest.mark.parametrize(("text", "codes"), [
    ("29232", ["29232"]), ("242900835", ["22194", "29151"]), ("dep-29", ["29151", "29155", "29232"]),
    ("reg-53", ["22194", "22300", "29151", "29155", "29232"]), ("reg-84", []),
])  # fmt: skip
async def test_the_condition_on_communes_holds_exactly_those_of_the_territory(
    reads: Reads, text: str, codes: list[str]
) -> None:
    condition = commune_codes_sql(TerritoryId.parse(text), "k.code")
    statement = f"SELECT k.code FROM commune k WHERE {condition.sql} ORDER BY 1"
    rows = await (await reads.execute(statement, condition.parameters)).fetchall()
    assert [row[0] for row in rows] == codes
