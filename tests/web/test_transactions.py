"""The one transaction of a request, seen from outside."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg
import pytest
from litestar import Litestar, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect
from litestar.testing import AsyncTestClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories import Base, make_account, make_token
from tierslieux.shared.errors import Conflict
from tierslieux.web.db import Reads

Client = AsyncTestClient[Litestar]
ADD = text("INSERT INTO deed (name) VALUES (:name)")


@post("/api/v1/test/deed", include_in_schema=False)
async def do_deed(data: dict[str, Any], session: NamedDependency[AsyncSession]) -> dict[str, str]:
    await session.execute(ADD, {"name": data["name"]})
    if data.get("fail"):
        raise Conflict
    return {"name": data["name"]}


@post("/api/v1/test/away", include_in_schema=False)
async def go_away(session: NamedDependency[AsyncSession]) -> Redirect:
    await session.execute(ADD, {"name": "redirected"})
    return Redirect("/", status_code=303)


@get("/api/v1/test/write", include_in_schema=False)
async def write_while_reading(reads: NamedDependency[Reads]) -> str:
    await reads.execute("INSERT INTO deed (name) VALUES ('read')")
    return "done"


@pytest.fixture
def app(app: Litestar, base: Base) -> Litestar:
    """The service with three handlers on a table whose constraint is judged at COMMIT."""
    base.execute("CREATE TABLE deed (name text, CONSTRAINT once UNIQUE (name) DEFERRABLE INITIALLY DEFERRED)")
    for handler in (do_deed, go_away, write_while_reading):
        app.register(handler)
    return app


@pytest.fixture
def person(base: Base) -> dict[str, str]:
    return make_token(base, make_account(base), "places:write")


def deeds(base: Base) -> list[str]:
    return [row[0] for row in base.execute("SELECT name FROM deed ORDER BY name")]


@pytest.mark.parametrize("key", [{}, {"Idempotency-Key": "k"}])
async def test_a_commit_that_fails_is_an_error_and_stores_nothing(
    client: Client, base: Base, key: dict[str, str], person: dict[str, str]
) -> None:
    base.execute("INSERT INTO deed (name) VALUES ('a')")
    answer = await client.post("/api/v1/test/deed", json={"name": "a"}, headers={**key, **person})
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "deed" not in answer.text
    assert deeds(base) == ["a"]
    assert base.execute("SELECT count(*) FROM idempotent_request").fetchone() == (0,)


async def test_a_redirect_commits(client: Client, base: Base) -> None:
    answer = await client.post("/api/v1/test/away", follow_redirects=False)
    assert answer.status_code == 303
    assert deeds(base) == ["redirected"]


async def test_a_refusal_rolls_everything_back(client: Client, base: Base) -> None:
    answer = await client.post("/api/v1/test/deed", json={"name": "a", "fail": True})
    assert answer.status_code == 409
    assert deeds(base) == []


async def test_a_read_cannot_write(client: Client, base: Base) -> None:
    assert (await client.get("/api/v1/test/write")).status_code == 500
    assert deeds(base) == []


async def test_the_same_key_gives_the_first_answer_again_and_does_nothing_twice(
    client: Client, base: Base, person: dict[str, str]
) -> None:
    headers = {**person, "Idempotency-Key": "once"}
    first = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    again = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.content, "idempotency-replayed" in first.headers) == (again.content, False)
    assert again.headers["idempotency-replayed"] == "true"
    assert deeds(base) == ["a"]


async def test_a_key_with_another_body_is_refused(client: Client, base: Base, person: dict[str, str]) -> None:
    headers = {**person, "Idempotency-Key": "once"}
    await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    answer = await client.post("/api/v1/test/deed", json={"name": "b"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert deeds(base) == ["a"]


async def test_a_key_belongs_to_one_person(client: Client, base: Base, person: dict[str, str]) -> None:
    other = make_token(base, make_account(base), "places:write")
    for name, who in (("a", person), ("b", other)):
        headers = {**who, "Idempotency-Key": "once"}
        assert (await client.post("/api/v1/test/deed", json={"name": name}, headers=headers)).status_code == 201
    assert deeds(base) == ["a", "b"]


async def test_a_refusal_is_not_kept_so_the_same_key_is_judged_anew(
    client: Client, base: Base, person: dict[str, str]
) -> None:
    headers = {**person, "Idempotency-Key": "once"}
    refused = await client.post("/api/v1/test/deed", json={"name": "a", "fail": True}, headers=headers)
    assert refused.status_code == 409
    done = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    assert (done.status_code, deeds(base)) == (201, ["a"])


@pytest.mark.parametrize("key", ["", "x" * 256, "clé"])
async def test_a_key_that_is_none_is_named(client: Client, person: dict[str, str], key: str) -> None:
    headers = [(b"authorization", person["Authorization"].encode()), (b"idempotency-key", key.encode())]
    answer = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_of_two_requests_with_one_key_at_once_the_second_is_told_to_wait(
    client: Client, base: Base, database_url: str, person: dict[str, str]
) -> None:
    """The first is held inside its transaction by a lock that this test takes on the table."""
    headers = {**person, "Idempotency-Key": "once"}
    with psycopg.connect(database_url) as blocker:
        blocker.execute("LOCK TABLE deed IN ACCESS EXCLUSIVE MODE")
        first = asyncio.create_task(client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers))
        await asyncio.to_thread(_wait_for_a_waiter, base)
        second = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
        assert (second.status_code, second.json()["code"]) == (409, "in_progress")
    assert (await first).status_code == 201
    third = await client.post("/api/v1/test/deed", json={"name": "a"}, headers=headers)
    assert third.headers["idempotency-replayed"] == "true"
    assert deeds(base) == ["a"]


def _wait_for_a_waiter(base: Base) -> None:
    """Until some session of this database waits for a lock."""
    pause = threading.Event()
    for _ in range(2000):
        waiting = base.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).fetchone()
        if waiting and waiting[0]:
            return
        pause.wait(0.01)
    pytest.fail("the first request never reached the table")
