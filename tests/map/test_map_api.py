"""Clusters, tiles and suggestions, and what clients may keep of them."""

from __future__ import annotations

from typing import Any, cast

import msgspec
import pytest
from httpx import AsyncClient

from tests.conftest import running_client
from tests.factories import Base, make_commune, make_place
from tierslieux.app import create_app
from tierslieux.places.grid import rebuild_grid
from tierslieux.settings import Settings
from tierslieux.web.versions import CatalogueVersion

FRANCE = "bbox=-5.2,41.3,9.7,51.1&zoom=5"


def count_again(base: Base) -> None:
    with base.transaction():
        rebuild_grid(base)


async def clusters(client: AsyncClient, query: str) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/places/clusters?{query}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def labels(client: AsyncClient, text: str) -> list[str]:
    answer = await client.get("/api/v1/suggestions", params={"q": text})
    assert answer.status_code == 200, answer.text
    return [f"{item['label']}|{item['detail']}" for item in answer.json()["items"]]


async def test_places_close_together_are_one_cluster_and_one_alone_is_itself(client: AsyncClient, base: Base) -> None:
    make_place(base, "Un")
    make_place(base, "Deux")
    alone = make_place(base, "Seul", at=(2.35, 48.85), commune_name="Paris")
    count_again(base)
    found = await clusters(client, FRANCE)
    assert (found["type"], found["numberMatched"], found["numberReturned"]) == ("FeatureCollection", 3, 2)
    cluster, place = sorted(found["features"], key=lambda feature: "cluster" not in feature["properties"])
    assert cluster["properties"]["cluster"] is True
    assert (cluster["properties"]["count"], cluster["properties"]["open"]) == (2, None)
    west, south, east, north = cluster["properties"]["bbox"]
    assert west <= -4.1024 <= east
    assert south <= 47.996 <= north
    assert place["id"] == str(alone)
    assert place["properties"]["address"]["commune"] == "Paris"
    assert place["properties"]["hours_state"] == "unknown"


async def test_clusters_need_a_box_and_no_other_area(client: AsyncClient) -> None:
    answer = await client.get("/api/v1/places/clusters?near=2,48&zoom=3")
    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["bbox"]


async def test_the_map_shows_kinds_as_the_list_does(client: AsyncClient, base: Base) -> None:
    make_place(base, kind="wifi_spot")
    make_place(base, kind="cafe", at=(2, 48))
    count_again(base)
    assert (await clusters(client, FRANCE))["numberMatched"] == 1
    assert (await clusters(client, f"{FRANCE}&kind=wifi_spot"))["numberMatched"] == 1
    assert (await clusters(client, f"{FRANCE}&kind=wifi_spot&kind=cafe"))["numberMatched"] == 2


async def test_a_tile_holds_the_places_that_lie_in_it(client: AsyncClient, base: Base) -> None:
    make_place(base, "Zinc de Quimper")
    count_again(base)
    for zoom, column, row in ((5, 15, 11), (10, 500, 355), (14, 8005, 5695)):
        answer = await client.get(f"/tiles/places/{zoom}/{column}/{row}.mvt")
        assert answer.status_code == 200
        assert b"Zinc de Quimper" in answer.content, zoom
        assert b"Zinc" not in (await client.get(f"/tiles/places/{zoom}/{column + 1}/{row}.mvt")).content


async def test_a_tile_has_the_filters_of_the_search(client: AsyncClient, base: Base) -> None:
    make_place(base, "Zinc", kind="cafe")
    count_again(base)
    assert b"Zinc" in (await client.get("/tiles/places/5/15/11.mvt?kind=cafe")).content
    assert (await client.get("/tiles/places/5/15/11.mvt?kind=library")).content == b""
    assert (await client.get("/tiles/places/5/15/11.mvt?wifi=yes")).content == b""
    assert (await client.get("/tiles/places/5/15/11.mvt?bbox=1,2,3,4")).status_code == 400


@pytest.mark.parametrize(
    "address", ["0/0/1.mvt", "21/0/0.mvt", "5/32/0.mvt", "5/0/32.mvt", "5/0/0", "5/0/0.png", "5/0/-1.mvt", "5/0/x.mvt"]
)
async def test_a_tile_that_no_map_has_does_not_exist(client: AsyncClient, address: str) -> None:
    assert (await client.get(f"/tiles/places/{address}")).status_code == 404


@pytest.fixture
def france(base: Base) -> None:
    """Communes whose names are traps."""
    make_commune(base)
    make_commune(base, "29233", "Quimperlé", population=12_000, postal_codes=["29300"], at=(-3.55, 47.87))
    make_commune(base, "44158", "Saint-Étienne-de-Montluc", population=7_500, postal_codes=["44360"])
    make_commune(base, "42218", "Saint-Étienne", population=173_000, postal_codes=["42000", "42100"])
    make_commune(base, "93066", "Saint-Denis", population=150_000, postal_codes=["93200", "93210"])
    make_commune(base, "97411", "Saint-Denis", population=149_000, postal_codes=["97400"])
    make_commune(base, "72273", "Saint-Denis-d'Orques", population=700, postal_codes=["72350"])
    base.execute(
        "INSERT INTO territory (level, code, name, search_name, approximate, geo_cog) VALUES"
        " ('departement', '29', 'Finistère', 'finistere', false, 2026)"
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("st etienne de montluc", "Saint-Étienne-de-Montluc|44"),
        ("Quimpr", "Quimper|29 Finistère"),
        ("QUIMPER", "Quimper|29 Finistère"),
        ("29000", "29000 Quimper|29 Finistère"),
        ("saint-denis (974)", "Saint-Denis|974"),
        ("saint-denis", "Saint-Denis|93"),
        ("montluc", "Saint-Étienne-de-Montluc|44"),
        ("sain", "Saint-Étienne|42"),
        ("st-d", "Saint-Denis|93"),
    ],
)
@pytest.mark.usefixtures("france")
async def test_the_right_town_is_suggested_first(client: AsyncClient, text: str, first: str) -> None:
    assert (await labels(client, text))[0] == first


@pytest.mark.usefixtures("france")
async def test_places_are_suggested_with_their_commune(client: AsyncClient, base: Base) -> None:
    place_id = make_place(base, "Médiathèque des Ursulines", commune_name="Quimper", commune_code="29232")
    for text in ("médiath", "ursulines", "mediateque quimper"):
        items = (await client.get("/api/v1/suggestions", params={"q": text})).json()["items"]
        assert (items[0]["kind"], items[0]["id"], items[0]["detail"]) == ("place", str(place_id), "Quimper (29)"), text
        assert items[0]["url"] == f"/lieux/mediatheque-des-ursulines-{place_id}"


@pytest.mark.usefixtures("france")
async def test_a_suggested_town_leads_to_its_search(client: AsyncClient) -> None:
    item = (await client.get("/api/v1/suggestions?q=quimper&limit=1")).json()["items"][0]
    assert (item["kind"], item["id"], item["url"]) == ("commune", "29232", "/recherche?commune=29232")
    assert item["position"] == [-4.1024, 47.996]
    assert (await client.get("/recherche", params={"q": "29000 Quimper", "commune": "29232"})).status_code == 200


@pytest.mark.parametrize("text", [" ", "...", "'", "%", "\\m(", "🦊"])
async def test_nothing_is_suggested_for_nothing(client: AsyncClient, text: str) -> None:
    assert await labels(client, text) == []


@pytest.mark.parametrize("query", ["", "q=a&limit=0", "q=a&colour=red", "q=a%00b"])
async def test_a_question_that_cannot_be_read_is_refused(client: AsyncClient, query: str) -> None:
    assert (await client.get(f"/api/v1/suggestions?{query}")).status_code == 400


PUBLIC = (
    "/api/v1/places?near=-4,48&at=2027-03-24T10:00:00Z",
    f"/api/v1/places/clusters?{FRANCE}",
    "/api/v1/suggestions?q=quimper",
    "/tiles/places/5/15/11.mvt",
)


@pytest.mark.parametrize("address", PUBLIC)
async def test_an_answer_changes_its_tag_only_with_the_catalogue(client: AsyncClient, base: Base, address: str) -> None:
    await client.put("/dev/clock", json={"now": "2027-03-24T10:00:00+01:00"})
    first = await client.get(address)
    assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
    assert first.headers["access-control-allow-origin"] == "*"
    held = {"If-None-Match": first.headers["etag"]}
    again = await client.get(address, headers=held)
    assert (again.status_code, again.content) == (304, b"")
    make_place(base)
    assert await becomes_new(client, address, held)


async def becomes_new(client: AsyncClient, address: str, held: dict[str, str]) -> bool:
    """Whether the address is answered anew once the announcement of the change has arrived."""
    for _ in range(1000):
        if (await client.get(address, headers=held)).status_code == 200:
            return True
    return False


@pytest.mark.parametrize("address", PUBLIC)
async def test_304_touches_no_connection(settings: Settings, address: str) -> None:
    app = create_app(msgspec.structs.replace(settings, test_clock=False))
    pool = cast("Any", app.dependencies["database"]).dependency().read_pool
    version = cast("Any", app.dependencies["version"]).dependency()
    async with running_client(app) as client:
        await hears_of_changes(version, pool)
        status, connections = await ask_twice(client, address, pool)
        if status == 200:  # the minute turned between the two, which no clock does twice in a row
            status, connections = await ask_twice(client, address, pool)
        assert (status, connections) == (304, 0)


async def ask_twice(client: AsyncClient, address: str, pool: Any) -> tuple[int, int]:
    """The status of the second answer, asked for with the tag of the first, and the connections that it took."""
    held = {"If-None-Match": (await client.get(address)).headers["etag"]}
    before = connections_taken(pool)
    answer = await client.get(address, headers=held)
    return answer.status_code, connections_taken(pool) - before


async def hears_of_changes(version: CatalogueVersion, pool: Any) -> None:
    """Wait until the version comes from memory: before its listener is connected it is asked of the database."""
    for _ in range(10_000):
        before = connections_taken(pool)
        await version.current()
        if connections_taken(pool) == before:
            return
    pytest.fail("the listener never connected")


def connections_taken(pool: Any) -> int:
    return int(pool.get_stats().get("requests_num", 0))
