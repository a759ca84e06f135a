"""The search as pages, files and the sitemap."""

from __future__ import annotations

import csv
import io
from typing import Any
from xml.etree import ElementTree as ET

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import make_commune, make_place

Client = AsyncTestClient[Litestar]
Base = psycopg.Connection[Any]


async def page(client: Client, path: str) -> str:
    answer = await client.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 200, answer.text[:2000]
    return answer.text


@pytest.mark.parametrize("text", ["Quimper", "quimper (29)", "29000", "QUIMPER"])
async def test_a_text_that_names_a_town_searches_around_it(client: Client, base: Base, text: str) -> None:
    make_commune(base)
    make_place(base)
    assert "Lieux pour travailler près de Quimper (29)" in await page(client, f"/recherche?q={text}")


async def test_a_text_that_names_no_town_is_looked_for_in_names(client: Client, base: Base) -> None:
    make_place(base, "Atelier des Capucins")
    found = await page(client, "/recherche?q=capucins")
    assert "Lieux qui répondent à « capucins »" in found
    assert "Atelier des Capucins" in found


async def test_a_card_says_the_phone_or_that_it_is_unknown(client: Client, base: Base) -> None:
    make_place(base, "Le Hub", phone="+33298000000")
    assert "Téléphone inconnu" not in await page(client, "/recherche")
    make_place(base, "Sans téléphone")
    assert "Téléphone inconnu" in await page(client, "/recherche")


async def test_where_nothing_matches_however_far_no_wider_search_is_offered(client: Client, base: Base) -> None:
    make_place(base, "Le Hub", kind="coworking")
    text = await page(client, "/recherche?near=-4.1,48.0&kind=fablab")
    assert "même dans un rayon de 200" in text
    assert "Élargir" not in text
    assert "Enlever les filtres" in text


async def test_a_homonym_is_offered_beside_the_larger_town(client: Client, base: Base) -> None:
    make_commune(base, "93066", "Saint-Denis", at=(2.35, 48.93), population=150_000, postal_codes=("93200",))
    make_commune(base, "97411", "Saint-Denis", at=(55.45, -20.88), population=154_000, postal_codes=("97400",))
    found = await page(client, "/recherche?q=st denis")
    assert "près de Saint-Denis (974)" in found
    assert '<a href="/recherche?commune=93066">Saint-Denis (93)</a>' in found
    assert "près de Saint-Denis (93)" in await page(client, "/recherche?q=saint-denis (93)")


async def test_blank_fields_and_names_of_other_sites_are_left_out(client: Client, base: Base) -> None:
    make_place(base)
    assert "1 lieu" in await page(client, "/recherche?q=&kind=&hours=&day=&from=&utm_source=x")


@pytest.mark.parametrize(
    "query", ["day=demain", "day=2027-03-23&from=25:00", "bbox=1,2", "near=x", "kind=palais", "cursor=zz"]
)
async def test_a_query_that_cannot_be_read_is_a_page_that_says_so(client: Client, query: str) -> None:
    answer = await client.get(f"/recherche?{query}", headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "La demande ne peut pas être lue" in answer.text
    assert "Rien n&#39;a été enregistré." in answer.text


async def test_the_part_that_changes_is_sent_alone_when_asked_for(client: Client, base: Base) -> None:
    make_place(base)
    part = await client.get("/recherche", headers={"hx-request": "true"})
    assert part.text.lstrip().startswith('<div id="resultats"')
    assert "HX-Request" in part.headers["vary"]
    whole = await client.get("/recherche", headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<!DOCTYPE html>" in whole.text


async def test_pages_of_a_list_hold_every_place_once(client: Client, base: Base) -> None:
    numbers = {make_place(base, f"Lieu {number}") for number in range(45)}
    seen: list[int] = []
    path = "/recherche"
    while path:
        text = await page(client, path)
        seen += [int(part.split('"')[0]) for part in text.split('data-tl-place="')[1:] if part[0].isdigit()]
        following = text.split('rel="next" href="')
        path = following[1].split('"')[0].replace("&amp;", "&") if len(following) > 1 else ""
    assert sorted(seen) == sorted(numbers)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


async def test_a_list_downloads_with_sources_and_odbl_places_apart(client: Client, base: Base) -> None:
    open_licence = make_place(base, "Un")
    odbl = make_place(base, "Deux", sources=[("osm", "ODbL 1.0"), ("bibliotheques", "Licence Ouverte 2.0")])
    answer = await client.get("/recherche/lieux.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    one = rows_of(answer.text)
    other = rows_of((await client.get("/recherche/lieux-odbl.csv")).text)
    assert [(row["id"], row["licences"]) for row in one] == [(str(open_licence), "Licence Ouverte 2.0")]
    assert [row["id"] for row in other] == [str(odbl)]
    assert "ODbL 1.0" in other[0]["licences"]
    features = (await client.get("/recherche/lieux.geojson")).json()["features"]
    assert [feature["id"] for feature in features] == [str(open_licence)]


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@x"])
async def test_no_spreadsheet_takes_a_name_for_a_formula(client: Client, base: Base, name: str) -> None:
    make_place(base, name)
    assert rows_of((await client.get("/recherche/lieux.csv")).text)[0]["name"] == f"'{name}"


async def test_a_file_of_another_name_does_not_exist(client: Client) -> None:
    assert (await client.get("/recherche/tout.csv")).status_code == 404
    assert (await client.get("/recherche/lieux.xlsx")).status_code == 404


async def test_the_sitemap_names_every_published_place_in_both_languages(client: Client, base: Base) -> None:
    number = make_place(base)
    make_place(base, "Fermé", state="closed")
    index = ET.fromstring((await client.get("/sitemap.xml")).text)  # noqa: S314 - our own
    files = [
        str(entry.text).removeprefix("http://127.0.0.1:8000") for entry in index.iter() if entry.tag.endswith("loc")
    ]
    assert files == ["/sitemaps/pages.xml", "/sitemaps/0.xml"]
    places = (await client.get(files[1])).text
    assert places.count("<loc>") == 2
    assert f"<loc>http://127.0.0.1:8000/en/lieux/mediatheque-{number}</loc>" in places
    assert (await client.get("/sitemaps/7.xml")).status_code == 404
    assert (await client.get("/sitemaps/x.xml")).status_code == 404


async def test_only_the_embedded_map_may_stand_in_another_site(client: Client) -> None:
    embedded, own = await client.get("/embed/map"), await client.get("/recherche")
    assert "frame-ancestors *" in embedded.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in own.headers["content-security-policy"]
    assert "set-cookie" not in embedded.headers


async def test_town_names_of_a_tile_are_the_largest_that_keep_apart(client: Client, base: Base) -> None:
    make_commune(base)
    make_commune(base, "29051", "Ergué-Gabéric", at=(-4.1, 47.997), population=8_000, postal_codes=())
    towns = (await client.get("/tiles/towns/9/250/177.json")).json()
    assert [(town["name"], town["large"]) for town in towns] == [("Quimper", True)]
    assert (await client.get("/tiles/towns/9/250/999.json")).status_code == 404
    assert (await client.get("/tiles/towns/9/250/177.mvt")).status_code == 404


async def test_a_typing_error_is_answered_with_the_commune_that_was_meant(client: Client, base: Base) -> None:
    make_commune(base)
    make_place(base, "Le Pimper")
    found = await page(client, "/recherche?q=Qimper")
    assert "Vouliez-vous dire" in found
    assert '<a href="/recherche?commune=29232">Quimper (29)</a>' in found


async def test_a_code_that_no_commune_has_is_no_search_of_the_whole_country(client: Client) -> None:
    answer = await client.get("/recherche?commune=99999", headers={"accept": "text/html"})
    assert answer.status_code == 404


async def test_a_territory_is_named_and_an_unknown_one_is_not_found(client: Client, base: Base) -> None:
    base.execute("INSERT INTO territory (level, code, name, search_name, approximate, geo_cog)"
                 " VALUES ('departement', '29', 'Finistère', 'finistere', false, 2026)")  # fmt: skip
    base.commit()
    assert "Lieux pour travailler : Finistère (29)" in await page(client, "/recherche?territory=dep-29")
    answer = await client.get("/recherche?territory=dep-28", headers={"accept": "text/html"})
    assert answer.status_code == 404


async def test_a_local_time_in_a_link_is_read(client: Client, base: Base) -> None:
    make_place(base)
    await page(client, "/recherche?hours=open_or_unknown&at=2027-03-23T10:00")
