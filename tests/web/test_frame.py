"""The frame that every request goes through."""

from __future__ import annotations

from httpx import AsyncClient

Client = AsyncClient


async def test_the_service_is_ready_when_its_database_answers(client: Client) -> None:
    assert (await client.get("/health/live")).text == "ok"
    assert (await client.get("/health/ready")).text == "ok"


async def test_every_answer_carries_a_strict_policy_and_a_request_id(client: Client) -> None:
    answer = await client.get("/health/live")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe-inline" not in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]


async def test_a_form_of_another_site_is_refused(client: Client) -> None:
    answer = await client.put(
        "/dev/clock", json={"now": "2027-03-26T09:00:00+01:00"}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "cross_site"


async def test_the_test_clock_goes_on_from_where_it_was_set(client: Client) -> None:
    answer = await client.put("/dev/clock", json={"now": "2027-03-26T09:00:00+01:00"})
    assert answer.status_code == 200
    assert answer.json() == {"now": "2027-03-26T09:00:00+01:00"}


async def test_a_naive_time_is_refused_by_the_clock(client: Client) -> None:
    answer = await client.put("/dev/clock", json={"now": "2027-03-26T09:00:00"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid_request"


async def test_an_unknown_address_is_a_problem_for_programs(client: Client) -> None:
    answer = await client.get("/api/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_token_that_is_not_valid_is_refused(client: Client) -> None:
    answer = await client.get("/api/v1/nothing", headers={"authorization": "Bearer nonsense"})
    assert answer.status_code in {401, 404}
