"""The whole OpenAPI document, fuzzed: no server error, and every answer is as the document says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from httpx import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import SECRET, cloned, running_client
from tests.site_files import name_site_files
from tierslieux.accounts.auth import SCOPES
from tierslieux.accounts.service import create_account, create_token, grant_role
from tierslieux.app import create_app
from tierslieux.settings import Settings
from tierslieux.shared.time import SystemClock
from tierslieux.web.db import Database

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
HOSTILE = [
    "' OR 1=1 --", "'; DROP TABLE place; --", "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\x00",
    "%00", "NaN",
    "Infinity", "-Infinity", "1e999", "9" * 400, "-1", "", " ", "null", "{{7*7}}", "${7*7}", "../../etc/passwd",
    "\ud7ff\uffff", "é" * 3000, "1,2,3,NaN", "inf,inf,inf,inf", "179,-10,-179,10",
]  # fmt: skip

LAST_WORDS = {"DELETE /api/v1/me"}
"""Calls without any field after which nothing else can be asked: this one erases who asks."""


@dataclass
class Served:
    """The service of this module, driven from tests that are not asynchronous themselves."""

    runner: asyncio.Runner
    client: AsyncClient
    token: str

    def ask(self, method: str, url: str, **how: Any) -> Response:
        return self.runner.run(self.client.request(method, url, **how))


@pytest.fixture(scope="module")
def served(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with cloned(template) as url, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        client, token = runner.run(start(stack, url, tmp_path_factory.mktemp("state")))
        yield Served(runner, client, token)
        runner.run(stack.aclose())


async def start(stack: AsyncExitStack, url: str, state_dir: Path) -> tuple[AsyncClient, str]:
    """The running service, and a token that may do everything."""
    name_site_files(state_dir)
    chosen = Settings(
        database_url=url,
        secret=SECRET,
        state_dir=state_dir,
        rate_limits=False,
        read_pool_size=2,
        log_level="CRITICAL",
    )
    client = await stack.enter_async_context(running_client(create_app(chosen)))
    database = Database.create(url, chosen.sqlalchemy_url, read_pool_size=1)
    async with database.write() as session:
        account: UUID = await create_account(session, "tout@exemple.fr", SystemClock().now())
        await grant_role(session, account, "moderator", "")
        token = await create_token(session, account, SCOPES, SystemClock().now())
    await database.engine.dispose()
    return client, token


def fuzz(served: Served, examples: int) -> list[str]:
    """The calls whose answers break a check, each with the first answer that did."""
    document = served.ask("GET", "/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    broken = []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.label in LAST_WORDS:
            continue

        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def answers_as_documented(case: Any) -> None:
            given_parts = case.as_transport_kwargs(headers={"Authorization": f"Bearer {served.token}"})
            wanted = {"method", "url", "headers", "params", "json", "data", "cookies"}
            how = {name: value for name, value in given_parts.items() if name in wanted}
            how["content"] = how.pop("data", None)
            answer = served.ask(how.pop("method"), how.pop("url"), **how)
            case.validate_response(answer, checks=CHECKS)

        try:
            answers_as_documented()
        except BaseException as exc:  # noqa: BLE001 - hypothesis groups what it finds
            broken.append(f"{operation.label}: {exc!s:.800}")
    return broken


def test_the_api_answers_as_its_document_says_whatever_it_is_sent(served: Served) -> None:
    broken = fuzz(served, examples=15)
    assert broken == [], "\n\n".join(broken)


@pytest.mark.long
def test_the_api_answers_as_its_document_says_for_a_long_time(served: Served) -> None:
    broken = fuzz(served, examples=300)
    assert broken == [], "\n\n".join(broken)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_any_parameter_is_refused_or_harmless(served: Served, text: str) -> None:
    document = served.ask("GET", "/api/openapi.json").json()
    for path, item in document["paths"].items():
        for parameter in item.get("get", {}).get("parameters", []):
            if parameter["in"] != "query":
                continue
            address = path.replace("{", "").replace("}", "")
            answer = served.ask("GET", address, params={parameter["name"]: text})
            assert answer.status_code < 500, (address, parameter["name"], answer.text)
            assert "<script>alert" not in answer.text or answer.headers["content-type"].startswith("application/")
    assert served.ask("GET", "/api/v1/places").status_code == 200


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_in_the_search_page_is_shown_as_text(served: Served, text: str) -> None:
    for name in ("q", "commune", "bbox", "near", "kind", "at", "hours", "cursor", "sort", "price"):
        answer = served.ask("GET", "/recherche", params={name: text}, headers={"accept": "text/html"})
        assert answer.status_code < 500, (name, answer.text)
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
