"""Whatever a client sends, the answer names what is wrong with it and is never a server error."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import AsyncClient

CLOCK = "/dev/clock"
JSON = {"content-type": "application/json"}


async def fault(client: AsyncClient, content: bytes | str, **headers: str) -> dict[str, Any]:
    """The first fault that is found in a body."""
    answer = await client.put(CLOCK, content=content, headers=JSON | headers)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/problems/invalid_request"
    assert set(problem["errors"][0]) == {"in", "field", "code", "value", "message"}
    first: dict[str, Any] = problem["errors"][0]
    return first


@pytest.mark.parametrize(
    "body",
    [b"", b"{bad", b"\xff\xfe", b"nul", b"[" * 100_000, b'{"now": "\xe9"}', b'{"now": "2027-03-26T09:00:00+01:00"'],
    ids=["empty", "broken", "not utf-8", "half a word", "nested beyond the stack", "latin-1", "cut"],
)
async def test_a_body_that_is_no_json_is_said_to_be_unreadable(client: AsyncClient, body: bytes) -> None:
    assert (await fault(client, body))["in"] == "body"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ("{}", "now", "missing"),
        ("[1]", "", "wrong_type"),
        ('{"now": "x"}', "now", "wrong_format"),
        ('{"now": true}', "now", "wrong_type"),
        ('{"now": 5}', "now", "wrong_type"),
        ('{"now": 1700000000.5}', "now", "wrong_type"),
        ('{"now": "1700000000"}', "now", "wrong_format"),
        ('{"now": "2027-03-26T09:00:00"}', "now", "naive_time"),
        ('{"now": "2027-03-26T09:00:00Z", "then": 1}', "then", "unknown_field"),
        ('{"now": NaN}', "", "unreadable"),
        ('{"now": 1e999}', "", "unreadable"),
        ('{"now": "9999-12-31T23:59:59Z"}', "", "wrong_value"),
    ],
)
async def test_a_fault_names_its_field_and_its_kind(client: AsyncClient, body: str, field: str, code: str) -> None:
    found = await fault(client, body)
    assert (found["field"], found["code"]) == (field, code)
    assert found["message"].startswith(field)


async def test_a_fault_in_the_query_shows_what_was_received(client: AsyncClient) -> None:
    answer = await client.get("/dev/outbox?format=xml")
    (found,) = answer.json()["errors"]
    assert (answer.status_code, found["in"], found["field"], found["code"], found["value"]) == (
        400, "query", "format", "unknown_value", "xml",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["5", "1700000000", "1700000000.5", "-1", "2027-03-24", "2027-W12-3T10:00:00Z"])
@pytest.mark.parametrize("name", ["at", "free_from", "free_to"])
async def test_a_number_or_a_day_is_no_instant(client: AsyncClient, name: str, text: str) -> None:
    answer = await client.get("/api/v1/places", params={"hours": "open", name: text})
    assert answer.status_code == 400
    assert (name, "wrong_format") in {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}


@pytest.mark.parametrize(
    "path", ["/api/-", "/api/-/", "/api/-/openapi.json", "/api/-/openapi.yaml", "/schema", "/schema/openapi.json"]
)
async def test_the_library_serves_no_address_of_its_own(client: AsyncClient, path: str) -> None:
    for answer in (await client.get(path), await client.head(path), await client.options(path)):
        assert answer.status_code == 404
        assert b"paths" not in answer.content
    assert (await client.get("/api/openapi.json")).status_code == 200


async def test_a_method_that_an_address_does_not_take_is_answered_with_those_that_it_takes(client: AsyncClient) -> None:
    answer = await client.delete("/api/v1/places")
    assert answer.status_code == 405
    assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", "))


async def test_head_answers_as_get_without_a_body(client: AsyncClient) -> None:
    whole, head = await client.get("/api/v1/places"), await client.head("/api/v1/places")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]


async def test_a_form_sent_where_json_is_read_is_of_the_wrong_type(client: AsyncClient) -> None:
    answer = await client.put(CLOCK, data={"now": "2027-03-26T09:00:00+01:00"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


async def test_a_body_beyond_the_limit_is_refused(client: AsyncClient) -> None:
    answer = await client.put(CLOCK, content=b"a" * 2_100_000, headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/places/%00",
        "/api/v1/places/%ff",
        "/api/v1/places/%zz",
        "/api/v1/places/' OR 1=1 --",
        "/lieux/%00",
        "/lieux/%E0%A4%A",
        "/tiles/base/99999999999999999999/0/0.mvt",
        "/" + "a" * 5000,
        "/problems/<script>alert(1)</script>",
    ],
)
async def test_a_path_that_leads_nowhere_is_not_found(client: AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in {400, 404}
    assert "<script>alert" not in answer.text


async def test_pages_of_other_sites_may_read_public_answers_and_their_errors_only(client: AsyncClient) -> None:
    for path in ("/api/v1/places", "/api/v1/places?limit=x", "/api/openapi.json"):
        assert (await client.get(path)).headers["access-control-allow-origin"] == "*"
    refused = await client.post("/api/v1/places", json={})
    page = await client.get("/recherche")
    assert "access-control-allow-origin" not in refused.headers
    assert "access-control-allow-origin" not in page.headers


async def test_a_person_is_answered_with_a_page_in_the_language_of_the_address(client: AsyncClient) -> None:
    french = await client.get("/rien", headers={"accept": "text/html"})
    english = await client.get("/en/nothing", headers={"accept": "text/html"})
    assert (french.status_code, english.status_code) == (404, 404)
    assert "existe pas ou ne vous est pas ouverte" in french.text
    assert "This page does not exist" in english.text


async def test_every_problem_has_a_page_and_stands_in_the_reference(client: AsyncClient) -> None:
    docs = (await client.get("/api/docs")).text
    for code, status in {"not_found": 404, "key_reused": 422, "in_progress": 409}.items():
        page = await client.get(f"/problems/{code}")
        assert page.status_code == 200
        assert f"HTTP {status}" in page.text
        assert f"/problems/{code}" in docs


async def test_the_reference_shows_every_call_and_needs_no_other_host(client: AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    page = (await client.get("/api/docs")).text
    for path, item in document["paths"].items():
        for method in item:
            assert f"<code>{method.upper()} {path}</code>" in page
    assert "cdn" not in page
    assert "<script>" not in page
