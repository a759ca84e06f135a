"""Merging is a pointer: found while importing, decided by a person, undone without a trace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import Base, make_account, make_place, make_token
from tierslieux.places.domain import PlaceDetails
from tierslieux.places.duplicates.scoring import score_new_places

Client = AsyncTestClient[Litestar]
NOW = datetime(2027, 3, 24, 12, tzinfo=UTC)
HERE, NEXT_DOOR = (-4.1024, 47.996), (-4.1024, 47.9961)


def made(base: Base, name: str, source: str, **more: Any) -> int:
    return make_place(base, name, sources=[(source, "Licence Ouverte 2.0")], commune_code="29232", **more)


def scored(base: Base, *place_ids: int) -> Any:
    with psycopg.connect(base.info.dsn) as connection:
        return score_new_places(connection, place_ids, NOW)


def shown(base: Base, place_id: int) -> Any:
    return base.execute(
        "SELECT state, merged_into, name, phone, street FROM place WHERE place_id = %s", (place_id,)
    ).fetchone()


@pytest.fixture
def moderator(base: Base) -> dict[str, str]:
    return make_token(base, make_account(base, "moderator"), "moderation:write", "places:write")


@pytest.fixture
def pair(base: Base) -> tuple[int, int]:
    """Two places that a person must judge: a town hall and the France services inside it."""
    town_hall = made(base, "Mairie de Quimper", "a", kind="public_body", street="44 place Saint-Corentin")
    counter = made(base, "France Services", "b", kind="france_services", street="44 place Saint-Corentin")
    base.execute(
        "INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state) VALUES (%s, %s, 0.7, '[]', 'to_review')",
        (town_hall, counter),
    )
    return town_hall, counter


def test_a_sure_pair_is_merged_at_once_and_shows_what_both_know(base: Base) -> None:
    poor = made(base, "Médiathèque Alain Gérard", "a", at=HERE, phone="+33298000000")
    rich = made(base, "MEDIATHEQUE ALAIN GERARD", "b", at=NEXT_DOOR, street="4 rue de Falkirk", postal_code="29000")
    counts = scored(base, poor, rich)
    assert (counts.merged, counts.to_review, counts.keepers) == (1, 0, (rich,))
    assert shown(base, poor)[:2] == ("merged", rich)
    assert shown(base, rich)[3:] == ("+33298000000", "4 rue de Falkirk")
    row = base.execute("SELECT state, score > 0.9, decided_at, reasons <> '[]' FROM duplicate_pair").fetchone()
    assert row == ("same", True, None, True)


def test_scoring_the_same_places_again_changes_nothing(base: Base) -> None:
    places = [made(base, "Le Hub", source, kind="coworking", at=HERE) for source in ("a", "b")]
    assert scored(base, *places).merged == 1
    before = base.execute("SELECT * FROM place ORDER BY place_id").fetchall()
    assert scored(base, *places) == (0, 0, ())
    assert base.execute("SELECT * FROM place ORDER BY place_id").fetchall() == before


def test_a_third_source_joins_the_place_that_was_kept_and_pointers_never_chain(base: Base) -> None:
    first, second = (made(base, "Le Hub", source, kind="coworking", at=HERE) for source in ("a", "b"))
    scored(base, first, second)
    rich = made(
        base, "Le Hub", "c", kind="coworking", at=HERE, details=PlaceDetails(email="a@exemple.fr", price="free")
    )
    scored(base, rich)
    pointers = base.execute("SELECT DISTINCT merged_into FROM place WHERE state = 'merged'").fetchall()
    kept = base.execute("SELECT place_id FROM place WHERE state = 'published'").fetchall()
    assert pointers == kept == [(rich,)]


def test_what_a_person_kept_apart_no_import_joins(base: Base) -> None:
    places = sorted(made(base, "Le Hub", source, kind="coworking", at=HERE) for source in ("a", "b"))
    base.execute(
        "INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state, decided_at)"
        " VALUES (%s, %s, 1, '[]', 'different', %s)",
        (*places, NOW),
    )
    assert scored(base, *places) == (0, 0, ())


def test_two_branches_of_a_network_in_the_building_of_the_town_hall_stay_apart(base: Base) -> None:
    names = ("Mairie de Quimper", "Médiathèque Alain Gérard", "Médiathèque des Ursulines")
    kinds = ("public_body", "library", "library")
    places = [made(base, name, "abc"[n], kind=kinds[n], at=HERE, street="1 rue X") for n, name in enumerate(names)]
    assert scored(base, *places).merged == 0


def test_a_place_without_position_is_found_again_by_its_address(base: Base) -> None:
    address: dict[str, Any] = {"kind": "library", "commune_code": "29232"}
    mapped = make_place(base, "Bibliothèque Kerfeunteun", sources=[("a", "LO")], street="2 Bd de Verdun", **address)
    listed = make_place(base, "Kerfeunteun", sources=[("b", "LO")], street="2 boulevard de Verdun", at=None, **address)
    assert scored(base, mapped, listed).merged == 1


async def test_a_moderator_sees_the_pairs_page_by_page_and_nobody_else_does(
    client: Client, base: Base, moderator: dict[str, str], pair: tuple[int, int]
) -> None:
    more = [made(base, f"Lieu {number}", "c") for number in range(3)]
    for number, place_id in enumerate(more[1:]):
        base.execute(
            "INSERT INTO duplicate_pair (place_a, place_b, score, reasons, state)"
            " VALUES (%s, %s, %s, '[]', 'to_review')",
            (more[0], place_id, 0.5 + number / 10),
        )
    address, scores = "/api/v1/duplicates?state=to_review&limit=1", []
    while address:
        body = (await client.get(address, headers=moderator)).json()
        scores += [item["score"] for item in body["items"]]
        address = next((link["href"] for link in body["links"]), "")
    assert scores == [0.7, 0.6, 0.5]
    first = (await client.get("/api/v1/duplicates", headers=moderator)).json()["items"][0]
    assert first["places"] == [str(place_id) for place_id in pair]
    assert (await client.get("/api/v1/duplicates")).status_code == 401
    stranger = make_token(base, make_account(base), "moderation:write")
    assert (await client.get("/api/v1/duplicates", headers=stranger)).status_code == 404
    assert (await client.get("/api/v1/duplicates?limit=0", headers=moderator)).status_code == 400
    assert (await client.get("/api/v1/duplicates?cursor=abc", headers=moderator)).status_code == 400
    assert (await client.get("/api/v1/duplicates?stat=same", headers=moderator)).status_code == 400


async def test_same_merges_at_once_and_the_merged_place_leads_to_the_other(
    client: Client, base: Base, moderator: dict[str, str], pair: tuple[int, int]
) -> None:
    town_hall, counter = pair
    pair_id = (await client.get("/api/v1/duplicates", headers=moderator)).json()["items"][0]["id"]
    body = {"answer": "same", "keep": str(counter)}
    answer = await client.post(f"/api/v1/duplicates/{pair_id}/decision", json=body, headers=moderator)
    assert (answer.status_code, answer.json()["state"]) == (200, "same"), answer.text
    moved = await client.get(f"/api/v1/places/{town_hall}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (301, f"/api/v1/places/{counter}")
    again = await client.post(f"/api/v1/duplicates/{pair_id}/decision", json=body, headers=moderator)
    assert (again.status_code, again.json()["code"]) == (409, "status_changed")
    change = await client.patch(f"/api/v1/places/{town_hall}", json={"name": "X"}, headers=moderator)
    assert (change.status_code, change.json()["code"]) == (409, "status_changed")


async def test_unmerging_gives_both_places_back_as_they_were(
    client: Client, base: Base, moderator: dict[str, str]
) -> None:
    poor = made(base, "Médiathèque Alain Gérard", "a", at=HERE, phone="+33298000000")
    rich = made(base, "MEDIATHEQUE ALAIN GERARD", "b", at=NEXT_DOOR, street="4 rue de Falkirk", postal_code="29000")
    before = [shown(base, place_id) for place_id in (poor, rich)]
    scored(base, poor, rich)
    assert (await client.post(f"/api/v1/places/{rich}/unmerge", headers=moderator)).status_code == 409
    answer = await client.post(f"/api/v1/places/{poor}/unmerge", headers=moderator)
    assert (answer.status_code, answer.json()["merged_into"]) == (200, None), answer.text
    assert [shown(base, place_id) for place_id in (poor, rich)] == before
    assert scored(base, poor, rich) == (0, 0, ())
    assert (await client.post("/api/v1/places/999/unmerge", headers=moderator)).status_code == 404


async def test_a_merge_takes_the_place_out_of_the_search_and_off_the_map(
    client: Client, base: Base, moderator: dict[str, str], pair: tuple[int, int]
) -> None:
    pair_id = (await client.get("/api/v1/duplicates", headers=moderator)).json()["items"][0]["id"]
    answer = await client.post(
        f"/api/v1/duplicates/{pair_id}/decision", json={"answer": "same", "keep": str(pair[1])}, headers=moderator
    )
    assert answer.status_code == 200
    found = (await client.get("/api/v1/places?near=-4.1024,47.996&kind=public_body&kind=france_services")).json()
    assert [feature["id"] for feature in found["features"]] == [str(pair[1])]


@pytest.mark.parametrize(
    "body", [{"answer": "yes"}, {}, {"answer": "same", "keep": "x"}, {"answer": "same", "keep": "999"}, {"a": 1}]
)
async def test_a_judgement_that_cannot_be_read_changes_nothing(
    client: Client, base: Base, moderator: dict[str, str], pair: tuple[int, int], body: dict[str, str]
) -> None:
    pair_id = (await client.get("/api/v1/duplicates", headers=moderator)).json()["items"][0]["id"]
    answer = await client.post(f"/api/v1/duplicates/{pair_id}/decision", json=body, headers=moderator)
    assert answer.status_code == 400
    assert base.execute("SELECT state FROM duplicate_pair").fetchall() == [("to_review",)]


async def test_different_is_kept_and_unsure_can_be_judged_again(
    client: Client, base: Base, moderator: dict[str, str], pair: tuple[int, int]
) -> None:
    pair_id = (await client.get("/api/v1/duplicates", headers=moderator)).json()["items"][0]["id"]
    address = f"/api/v1/duplicates/{pair_id}/decision"
    assert (await client.post(address, json={"answer": "unsure"}, headers=moderator)).status_code == 200
    assert (await client.post(address, json={"answer": "different"}, headers=moderator)).status_code == 200
    assert (await client.post(address, json={"answer": "unsure"}, headers=moderator)).status_code == 409
    assert shown(base, pair[0])[0] == shown(base, pair[1])[0] == "published"
    assert (
        await client.post("/api/v1/duplicates/x/decision", json={"answer": "same"}, headers=moderator)
    ).status_code == 404
