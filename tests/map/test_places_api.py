"""`GET /api/v1/places`: what programs read."""

from __future__ import annotations

from httpx import AsyncClient

from tests.factories import Base, make_place

Client = AsyncClient


async def test_places_in_a_box_are_listed_by_name(client: Client, base: Base) -> None:
    make_place(base, "Zinc", kind="cafe")
    make_place(base, "Atelier", kind="fablab")
    make_place(base, "Ailleurs", at=(2.35, 48.85))
    answer = await client.get("/api/v1/places?bbox=-5,47,-4,49")
    assert answer.status_code == 200
    body = answer.json()
    assert answer.headers["content-type"].startswith("application/geo+json")
    assert [feature["properties"]["name"] for feature in body["features"]] == ["Atelier", "Zinc"]
    assert (body["type"], body["numberMatched"], body["numberReturned"]) == ("FeatureCollection", 2, 2)


async def test_places_near_a_point_come_by_distance_with_their_metres(client: Client, base: Base) -> None:
    make_place(base, "Loin", at=(-4.2, 48.1))
    make_place(base, "Tout près", at=(-4.1, 47.99))
    features = (await client.get("/api/v1/places?near=-4.1,47.99")).json()["features"]
    assert [feature["properties"]["name"] for feature in features] == ["Tout près", "Loin"]
    assert features[0]["properties"]["distance_m"] == 0
    assert 14_000 < features[1]["properties"]["distance_m"] < 15_000


async def test_pages_follow_each_other_by_their_links(client: Client, base: Base) -> None:
    for number in range(5):
        make_place(base, f"Lieu {number}")
    address, names = "/api/v1/places?near=-4,48&limit=2", []
    while address:
        body = (await client.get(address)).json()
        names += [feature["properties"]["name"] for feature in body["features"]]
        address = next((link["href"] for link in body["links"] if link["rel"] == "next"), "")
    assert names == [f"Lieu {number}" for number in range(5)]
