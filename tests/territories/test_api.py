"""The calls that programs make, and the tiles that maps draw."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.conftest import SECRET, cloned
from tests.site_files import name_site_files
from tests.territories.geography import COMMUNES, write_country
from tierslieux.app import create_app
from tierslieux.map.base_tiles import BaseTiles
from tierslieux.settings import Settings
from tierslieux.territories.importing import import_territories
from tierslieux.web.db import Database
from tierslieux.web.versions import BUMP_SQL, CatalogueVersion

Client = AsyncTestClient[Litestar]

PLACES = """
INSERT INTO place (place_id, state, kind, name, search_name, slug, time_zone, commune_code, details, known_yes,
  known_no, welcome, policy, version, updated_at)
SELECT place_id, state, kind, 'A', 'a', 'a', 'Europe/Paris', commune_code, '{}', '{}', '{}', welcome, '{}', 1,
  '2027-01-01Z'
FROM (VALUES (1, 'published', 'library', '29232', 'unknown'), (2, 'published', 'library', '29151', 'bookable'),
  (3, 'draft', 'library', '29232', 'unknown'), (4, 'published', 'fablab', '22194', 'unknown'))
  AS given (place_id, state, kind, commune_code, welcome)
"""


@pytest.fixture(scope="module")
def places_url(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A base with the small country and four places in it; nothing here writes to it."""
    with cloned(template) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            import_territories(connection, write_country(tmp_path_factory.mktemp("country") / "files"))
            connection.execute(PLACES)
        yield url


@pytest.fixture
async def api(places_url: str, tmp_path: Path) -> AsyncIterator[Client]:
    """The service over that base."""
    name_site_files(tmp_path)
    settings = Settings(places_url, SECRET, tmp_path, rate_limits=False, read_pool_size=2, log_level="WARNING")
    async with AsyncTestClient(create_app(settings)) as running:
        yield running


async def test_a_search_answers_items_as_the_contract_says(api: Client) -> None:
    answer = await api.get("/api/v1/territories", params={"q": "quimper", "level": "commune"})
    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "id": "29232",
                "level": "commune",
                "code": "29232",
                "name": "Quimper",
                "detail": "29 Finistère",
                "population": 64385,
                "approximate": True,
                "geo_cog": 2026,
            }
        ],
        "links": [],
    }


async def test_the_link_next_leads_through_all_and_no_other_list_takes_its_cursor(api: Client) -> None:
    names: list[str] = []
    href = "/api/v1/territories?level=departement&limit=4"
    while href:
        page = (await api.get(href)).json()
        names += [item["name"] for item in page["items"]]
        href = next((link["href"] for link in page["links"]), "")
    assert names == ["Corse-du-Sud", "Côtes-d'Armor", "Eure-et-Loir", "Finistère", "La Réunion", "Mayenne"]
    first = (await api.get("/api/v1/territories?level=departement&limit=4")).json()["links"][0]["href"]
    for wrong in (first.replace("departement", "commune"), first[:-2] + "AA"):
        answer = await api.get(wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")


@pytest.mark.parametrize(("query", "field"), [
    ("limit=0", "limit"), ("limit=101", "limit"), ("limit=1000000000", "limit"), ("level=pays", "level"),
    ("q=a&q=b", "q"), ("nom=Quimper", "nom"), ("q=" + "x" * 201, "q"), ("cursor=abc", "cursor"),
])  # fmt: skip
async def test_what_cannot_be_read_is_refused_by_name(api: Client, query: str, field: str) -> None:
    answer = await api.get(f"/api/v1/territories?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_an_unknown_key_is_called_so(api: Client) -> None:
    for address in ("/api/v1/territories?nom=x", "/api/v1/territories/29232?nom=x"):
        answer = await api.get(address)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")


async def test_one_territory_says_what_holds_it_and_which_places_it_has(api: Client) -> None:
    body = (await api.get("/api/v1/territories/242900835")).json()
    assert body["parents"] == [
        {"id": "dep-22", "level": "departement", "name": "Côtes-d'Armor"},
        {"id": "dep-29", "level": "departement", "name": "Finistère"},
        {"id": "reg-53", "level": "region", "name": "Bretagne"},
    ]
    west, south, east, north = body["bbox"]
    assert (west < -3.83, south < 48.57, east > -3.63, north > 48.65) == (True, True, True, True)
    assert body["places"] == {
        "total": 2, "by_kind": {"fablab": 1, "library": 1}, "by_welcome": {"bookable": 1, "unknown": 1},
    }  # fmt: skip


async def test_drafts_are_not_counted(api: Client) -> None:
    assert (await api.get("/api/v1/territories/dep-29")).json()["places"]["total"] == 2


async def test_an_old_code_redirects_to_the_commune_in_force(api: Client) -> None:
    answer = await api.get("/api/v1/territories/29041", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, "/api/v1/territories/29232")


async def test_a_bare_code_is_refused_with_both_readings(api: Client) -> None:
    answer = await api.get("/api/v1/territories/53")
    assert (answer.status_code, answer.json()["code"]) == (404, "ambiguous_code")
    assert [one["id"] for one in answer.json()["alternatives"]] == ["dep-53", "reg-53"]


@pytest.mark.parametrize("text", ["99999", "abc", "dep-99", "%27%20OR%201=1", "29232%00", "x" * 300, "%F0%9F%99%82"])
async def test_what_does_not_exist_is_a_plain_refusal(api: Client, text: str) -> None:
    answer = await api.get(f"/api/v1/territories/{text}")
    assert answer.status_code in {400, 404}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/api/v1/territories?q=quimper", "/api/v1/territories/29232", "/tiles/base/7/62/44.mvt"]
)
async def test_what_is_known_is_not_sent_again(api: Client, path: str) -> None:
    first = await api.get(path)
    assert "public" in first.headers["cache-control"]
    again = await api.get(path, headers={"if-none-match": f'"other", {first.headers["etag"]}'})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["etag"] == first.headers["etag"]


async def test_a_tile_holds_the_layers_of_its_zoom(api: Client) -> None:
    country = (await api.get("/tiles/base/5/15/11.mvt")).content
    assert b"region" in country
    assert b"departement" in country
    assert b"commune" not in country
    town = (await api.get("/tiles/base/12/2001/1426.mvt")).content
    assert b"commune" in town
    assert b"Quimper" in town
    assert b"region" not in town


async def test_a_tile_of_the_sea_is_empty(api: Client) -> None:
    answer = await api.get("/tiles/base/8/0/0.mvt")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"


@pytest.mark.parametrize("address", [
    "15/0/0.mvt", "3/8/0.mvt", "3/0/8.mvt", "-1/0/0.mvt", "3/-1/0.mvt", "3/0/-1.mvt", "3/0/0.png", "3/0/0",
    "3/0/nan.mvt", "a/0/0.mvt", "3/0/1e3.mvt", "99999999999/0/0.mvt", "3/0/99999999999999999999.mvt", "3/0/%D9%A1.mvt",
    "3/0/.mvt",
    "1000000000000/1/1.mvt", "99999999999999999999999999/1/1.mvt",
])  # fmt: skip
async def test_an_address_that_no_map_has_is_not_found(api: Client, address: str) -> None:
    answer = await api.get(f"/tiles/base/{address}")
    assert answer.status_code in {400, 404}


async def test_tiles_follow_a_new_import_and_not_an_edited_place(settings: Settings, tmp_path: Path) -> None:
    folder = write_country(tmp_path / "country")
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=2)
    await database.open()
    tiles = BaseTiles(database.read_pool, CatalogueVersion(database))  # not listening: it asks each time
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        import_territories(connection, folder)
        first, drawn = await tiles.version(), await tiles.tile(12, 2001, 1426)
        connection.execute(BUMP_SQL)
        assert await tiles.version() == first
        renamed = [row | {"nom": "Kemper"} if row["code_insee"] == "29232" else row for row in COMMUNES]
        import_territories(connection, write_country(folder, renamed))
        assert await tiles.version() != first
    again = await tiles.tile(12, 2001, 1426)
    assert (b"Kemper" in drawn, b"Kemper" in again) == (False, True)
    await database.close()


async def test_both_calls_are_documented_with_their_refusals(api: Client) -> None:
    paths = (await api.get("/api/openapi.json")).json()["paths"]
    assert set(paths["/api/v1/territories"]["get"]["responses"]) >= {"200", "400"}
    assert set(paths["/api/v1/territories/{territory_id}"]["get"]["responses"]) >= {"200", "400", "404"}
    parameters = {one["name"]: one["schema"] for one in paths["/api/v1/territories"]["get"]["parameters"]}
    assert (parameters["limit"]["minimum"], parameters["limit"]["maximum"]) == (1, 100)
