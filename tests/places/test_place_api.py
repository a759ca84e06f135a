"""One place over HTTP: read by anyone, written by its hosts and by moderators."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import Base, make_account, make_commune, make_host, make_place, make_token

Client = AsyncTestClient[Litestar]
NEW = {"name": "Le Hangar", "kind": "coworking", "position": [-4.1, 47.99]}
EVERY_KEY = {
    "id", "slug", "name", "kind", "welcome", "position", "time_zone", "commune_code", "territories", "address",
    "contact", "description", "amenities", "accessibility", "opening_hours", "hours", "policy", "resources", "sources",
    "merged_into", "version", "updated_at",
}  # fmt: skip


@pytest.fixture
def writer(base: Base) -> dict[str, str]:
    """The header of someone who may write places, and has none yet."""
    return make_token(base, make_account(base), "places:write")


async def created(client: Client, writer: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/places", json=NEW | more, headers=writer)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_whoever_creates_a_place_can_read_and_change_it(client: Client, writer: dict[str, str]) -> None:
    answer = await client.post("/api/v1/places", json=NEW, headers=writer)
    assert answer.status_code == 201
    place = answer.json()
    assert answer.headers["location"] == f"/api/v1/places/{place['id']}"
    assert place["slug"] == f"le-hangar-{place['id']}"
    changed = await client.patch(f"/api/v1/places/{place['id']}", json={"name": "La Halle"}, headers=writer)
    assert (changed.status_code, changed.json()["slug"]) == (200, f"la-halle-{place['id']}")
    read = (await client.get(f"/api/v1/places/{place['id']}")).json()
    assert (read["name"], read["version"]) == ("La Halle", place["version"] + 1)


async def test_every_key_is_there_and_what_is_unknown_is_null_or_says_so(client: Client, base: Base) -> None:
    place = (await client.get(f"/api/v1/places/{make_place(base)}")).json()
    assert set(place) >= EVERY_KEY
    assert place["opening_hours"] is None
    assert place["hours"] == {"state": "unknown", "reason": "no_hours", "until": None, "checked_on": None}
    assert place["amenities"]["wifi"] == "unknown"
    assert place["accessibility"]["step_free_entrance"] == "unknown"
    assert place["accessibility"]["door_width_cm"] is None
    assert place["contact"] == {"phone": None, "email": None, "website": None}
    assert place["policy"]["slot_minutes"] == 30


async def test_commune_territories_and_time_zone_are_deduced_from_the_position(
    client: Client, base: Base, writer: dict[str, str]
) -> None:
    make_commune(base)
    place = await created(client, writer, position=[-4.1024, 47.996])
    assert place["commune_code"] == "29232"
    assert place["address"]["commune"] == "Quimper"
    assert place["territories"] == ["29232", "200068120", "dep-29", "reg-53"]
    assert place["time_zone"] == "Europe/Paris"


async def test_an_overseas_code_that_no_commune_has_is_kept_and_gives_the_time_zone(
    client: Client, writer: dict[str, str]
) -> None:
    place = await created(client, writer, position=[166.45, -22.27], commune_code="98818")
    assert (place["commune_code"], place["territories"]) == ("98818", [])
    assert place["time_zone"] == "Pacific/Noumea"
    assert place["updated_at"].endswith("+11:00")


async def test_a_position_overseas_gives_the_time_zone_without_any_code(client: Client, writer: dict[str, str]) -> None:
    assert (await created(client, writer, position=[-56.18, 46.78]))["time_zone"] == "America/Miquelon"


async def test_null_takes_a_value_away_and_what_is_absent_stays(client: Client, writer: dict[str, str]) -> None:
    contact = {"phone": "02 98 00 00 00", "email": "Bonjour@Exemple.FR", "website": "https://exemple.fr"}
    place = await created(client, writer, contact=contact, amenities={"wifi": "yes", "printer": "no"})
    assert place["contact"] == {
        "phone": "+33298000000",
        "email": "bonjour@exemple.fr",
        "website": "https://exemple.fr",
    }
    changes = {"contact": {"phone": None}, "amenities": {"wifi": None}}
    place = (await client.patch(f"/api/v1/places/{place['id']}", json=changes, headers=writer)).json()
    assert place["contact"] == {"phone": None, "email": "bonjour@exemple.fr", "website": "https://exemple.fr"}
    assert (place["amenities"]["wifi"], place["amenities"]["printer"]) == ("unknown", "no")


async def test_what_a_team_writes_is_noted_as_its_own_and_beats_newer_sources(
    client: Client, base: Base, writer: dict[str, str]
) -> None:
    place = await created(client, writer)
    sources = {(source["field"], source["source"]) for source in place["sources"]}
    assert {("name", "team"), ("kind", "team"), ("position", "team")} <= sources
    row = base.execute("SELECT count(*) FROM place_field WHERE source = 'team' AND confirmed_by IS NULL").fetchone()
    assert row == (0,)


async def test_a_change_of_a_version_that_is_gone_is_refused(client: Client, writer: dict[str, str]) -> None:
    place = await created(client, writer)
    address = f"/api/v1/places/{place['id']}"
    tag = (await client.get(address)).headers["etag"]
    fresh = await client.patch(address, json={"name": "Deux"}, headers={**writer, "If-Match": tag})
    assert fresh.status_code == 200
    stale = await client.patch(address, json={"name": "Trois"}, headers={**writer, "If-Match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    foreign = await client.patch(address, json={"name": "Trois"}, headers={**writer, "If-Match": '"autre"'})
    assert foreign.status_code == 412
    current = {**writer, "If-Match": fresh.headers["etag"]}
    assert (await client.patch(address, json={"name": "Quatre"}, headers=current)).status_code == 200


async def test_a_known_tag_is_answered_without_a_body_until_the_place_changes(
    client: Client, writer: dict[str, str]
) -> None:
    place = await created(client, writer)
    address = f"/api/v1/places/{place['id']}"
    tag = (await client.get(address)).headers["etag"]
    assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 304
    await client.patch(address, json={"price": "free"}, headers=writer)
    assert (await client.get(address, headers={"If-None-Match": tag})).status_code == 200


async def test_only_hosts_and_moderators_change_a_place(client: Client, base: Base, writer: dict[str, str]) -> None:
    place_id = make_place(base)
    address, change = f"/api/v1/places/{place_id}", {"price": "free"}
    assert (await client.patch(address, json=change)).status_code == 401
    assert (await client.patch(address, json=change, headers=writer)).status_code == 404
    host = make_account(base)
    make_host(base, place_id, host)
    reader = make_token(base, host, "bookings:read")
    assert (await client.patch(address, json=change, headers=reader)).status_code == 403
    assert (await client.patch(address, json=change, headers=make_token(base, host, "places:write"))).status_code == 200
    moderator = make_token(base, make_account(base, "moderator"), "places:write")
    assert (await client.patch(address, json=change, headers=moderator)).status_code == 200


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"nam": "X"}, "nam", "unknown_field"),
        ({"name": None}, "name", "wrong_type"),
        ({"name": "   "}, "name", "missing"),
        ({"name": "x" * 201}, "name", "wrong_length"),
        ({"kind": "castle"}, "kind", "unknown_value"),
        ({"position": [200, 0]}, "position", "out_of_range"),
        ({"position": [1]}, "position", "wrong_value"),
        ({"policy": {"max_minutes": 10081}}, "policy.max_minutes", "wrong_value"),
        ({"policy": {"slot_minutes": 0}}, "policy.slot_minutes", "wrong_value"),
        ({"policy": {"horizon_days": 4001}}, "policy.horizon_days", "wrong_value"),
        ({"policy": {"min_minutes": 700}}, "policy.min_minutes", "wrong_value"),
        ({"policy": {"rule": 1}}, "policy.rule", "unknown_field"),
        ({"amenities": {"pool": "yes"}}, "amenities.pool", "unknown_field"),
        ({"amenities": {"wifi": "maybe"}}, "amenities[...]", "unknown_value"),
        ({"contact": {"phone": "abc"}}, "contact.phone", "wrong_value"),
        ({"contact": {"website": "javascript:alert(1)"}}, "contact.website", "wrong_value"),
        ({"contact": {"fax": "1"}}, "contact.fax", "unknown_field"),
        ({"position": ["-4.1", "48"]}, "position[0]", "wrong_type"),
        ({"policy": {"slot_minutes": "30"}}, "policy.slot_minutes", "wrong_value"),
        ({"time_zone": "Mars/Base"}, "time_zone", "unknown_value"),
        ({"commune_code": "2923"}, "commune_code", "wrong_format"),
        ({"name": "a\u0000b"}, "name", "wrong_format"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(
    client: Client, writer: dict[str, str], change: dict[str, Any], field: str, code: str
) -> None:
    place = await created(client, writer)
    answer = await client.patch(f"/api/v1/places/{place['id']}", json=change, headers=writer)
    assert answer.status_code == 400, answer.text
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == (field, code)
    assert (await client.get(f"/api/v1/places/{place['id']}")).json()["version"] == place["version"]


@pytest.mark.parametrize("missing", ["name", "kind", "position"])
async def test_a_new_place_needs_name_kind_and_position(client: Client, writer: dict[str, str], missing: str) -> None:
    body = {name: value for name, value in NEW.items() if name != missing}
    answer = await client.post("/api/v1/places", json=body, headers=writer)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "raw", [b'{"name": "\\ud800", "kind": "cafe", "position": [1, 48]}', b"\xff", b"[]", b"", b'{"position": [NaN, 1]}']
)
async def test_a_body_that_is_no_json_of_ours_is_a_fault_of_the_client(
    client: Client, writer: dict[str, str], raw: bytes
) -> None:
    headers = {**writer, "Content-Type": "application/json"}
    assert (await client.post("/api/v1/places", content=raw, headers=headers)).status_code == 400


@pytest.mark.parametrize("address", ["0", "-1", "99999999999", "4821-1", "x", "²", "2147483648", "2147483647"])
async def test_a_number_that_no_place_has_is_not_found(client: Client, address: str) -> None:
    assert (await client.get(f"/api/v1/places/{address}")).status_code == 404


async def test_policy_keeps_what_was_set_and_null_brings_the_default_back(
    client: Client, writer: dict[str, str]
) -> None:
    place = await created(client, writer, policy={"slot_minutes": 15, "notice_minutes": 60})
    address = f"/api/v1/places/{place['id']}"
    changed = (await client.patch(address, json={"policy": {"slot_minutes": None}}, headers=writer)).json()
    assert (changed["policy"]["slot_minutes"], changed["policy"]["notice_minutes"]) == (30, 60)
    reset = (await client.patch(address, json={"policy": None}, headers=writer)).json()
    assert reset["policy"]["notice_minutes"] == 0


async def test_a_new_place_is_found_by_the_search_and_counted_on_the_map(
    client: Client, base: Base, writer: dict[str, str]
) -> None:
    await created(client, writer)
    found = (await client.get("/api/v1/places?near=-4.1,47.99")).json()
    assert [feature["properties"]["name"] for feature in found["features"]] == ["Le Hangar"]
    counted = base.execute("SELECT sum(places) FROM place_grid WHERE zoom = 10 AND kind = 'coworking'").fetchone()
    assert counted == (1,)


async def test_the_old_address_of_a_renamed_place_leads_to_the_new_one(client: Client, writer: dict[str, str]) -> None:
    place = await created(client, writer)
    await client.patch(f"/api/v1/places/{place['id']}", json={"name": "La Halle"}, headers=writer)
    answer = await client.get(f"/lieux/{place['slug']}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/lieux/la-halle-{place['id']}")


async def test_a_place_closed_by_its_team_is_no_longer_found_whatever_sources_say(
    client: Client, base: Base, writer: dict[str, str]
) -> None:
    place = await created(client, writer)
    one, found = f"/api/v1/places/{place['id']}", "/api/v1/places?q=hangar"
    assert (await client.get(found)).json()["numberMatched"] == 1
    assert (await client.patch(one, json={"state": "closed"}, headers=writer)).status_code == 200
    assert (await client.get(found)).json()["numberMatched"] == 0
    assert (await client.get(f"/lieux/{place['slug']}")).status_code == 410
    noted = base.execute("SELECT value, confirmed_by IS NOT NULL FROM place_field WHERE field = 'state'").fetchall()
    assert noted == [("closed", True)]
    assert (await client.patch(one, json={"state": "published"}, headers=writer)).status_code == 200
    assert (await client.get(found)).json()["numberMatched"] == 1
    refused = await client.patch(one, json={"state": "merged"}, headers=writer)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "state")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"position": [47.99, -4.1]}, "position", "outside"),
        ({"position": [0, 0]}, "position", "outside"),
        ({"position": [13.4, 52.5]}, "position", "outside"),
        ({"commune_code": "29999"}, "commune_code", "unknown_value"),
        ({"commune_code": "29232", "position": [5.37, 43.3]}, "commune_code", "elsewhere"),
    ],
    ids=["swapped", "nowhere", "abroad", "no such commune", "commune elsewhere"],
)
async def test_a_place_stands_in_france_and_in_its_commune(
    client: Client, base: Base, writer: dict[str, str], given: dict[str, Any], field: str, code: str
) -> None:
    make_commune(base)
    answer = await client.post("/api/v1/places", json=NEW | given, headers=writer)
    assert answer.status_code == 400, answer.text
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]


async def test_a_body_that_is_said_to_be_something_else_is_not_read(client: Client, writer: dict[str, str]) -> None:
    place = await created(client, writer)
    answer = await client.patch(
        f"/api/v1/places/{place['id']}", content='{"name": "Q"}', headers=writer | {"content-type": "text/plain"}
    )
    assert answer.status_code == 415
