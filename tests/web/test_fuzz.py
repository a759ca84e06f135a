"""The whole OpenAPI document, fuzzed: no server error, and every answer is as the document says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import schemathesis
from httpx import AsyncClient, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.conftest import SECRET, cloned, running_client
from tests.factories import make_booking, make_place, make_resource
from tests.site_files import name_site_files
from tierslieux.accounts.auth import SCOPES
from tierslieux.accounts.service import create_account, create_token, grant_role
from tierslieux.app import create_app
from tierslieux.booking.domain.statuses import EXPIRING, STATUSES
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


@dataclass(frozen=True)
class Known:
    """Ids and times that are really there, by the name of the field that takes them."""

    values: dict[str, list[Any]]

    def put_into(self, found: Any, chance: Random) -> None:
        """Replace what a generated object says of a known field by something that is there, most of the time."""
        for name in list(found) if isinstance(found, dict) else ():
            if name in self.values and chance.random() < 0.9:
                found[name] = chance.choice(self.values[name])
            else:
                self.put_into(found[name], chance)


@dataclass
class Served:
    """The service of this module, driven from tests that are not asynchronous themselves."""

    runner: asyncio.Runner
    client: AsyncClient
    token: str
    known: Known

    def ask(self, method: str, url: str, **how: Any) -> Response:
        return self.runner.run(self.client.request(method, url, **how))


@pytest.fixture(scope="module")
def served(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with cloned(template) as url, asyncio.Runner() as runner:
        stack = AsyncExitStack()
        client, account, token = runner.run(start(stack, url, tmp_path_factory.mktemp("state")))
        yield Served(runner, client, token, fill(url, account))
        runner.run(stack.aclose())


async def start(stack: AsyncExitStack, url: str, state_dir: Path) -> tuple[AsyncClient, UUID, str]:
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
    return client, account, token


def fill(url: str, account: UUID) -> Known:
    """A place that can be booked, far in the future, with a booking in each status: the account's own, and others'."""
    with psycopg.connect(url, autocommit=True) as base:
        policy = Jsonb({"horizon_days": 4000, "requires_approval": False})
        place_id = make_place(base, welcome="bookable", hours_osm="Mo-Su 08:00-20:00", policy=policy)
        resources = [make_resource(base, place_id, seats=3), make_resource(base, place_id, seats=1, head_count=6)]
        bookings = [
            make_booking(base, place_id, resources[0], hours_of(number), 1, **more)
            for number, more in enumerate(_ways(account))
        ]
    starts = [f"2030-04-0{day}T{hour:02d}:00:00+02:00" for day in (1, 2, 3) for hour in range(8, 14)]
    ends = [f"2030-04-0{day}T{hour:02d}:00:00+02:00" for day in (1, 2, 3) for hour in range(10, 20)]
    keys = [f"{place_id}-{booking.hex}" for booking in bookings]
    seats = [f"{place_id}-{number}" for number in (1, 2, 3, 4)]
    return Known(
        {
            "place_id": [str(place_id)],
            "resource_id": [f"{place_id}-{number}" for number in resources],
            "booking_id": keys,
            "hold_id": keys,
            "ignore_booking": keys,
            "seat_ids": [[seats[0]], seats[:2], seats[3:], None],
            "start": starts,
            "end": ends,
            "from": starts,
            "to": ends,
            "seats": [1, 2, 3],
        }
    )


def _ways(account: UUID) -> Iterator[dict[str, Any]]:
    """A booking in each status, of the account and of someone else."""
    for guest_id in (account, uuid4()):
        for status in STATUSES:
            lapses = {"expires_at": datetime(2031, 1, 1, tzinfo=UTC)} if status in EXPIRING else {}
            yield {"guest_id": guest_id, "status": status, **lapses}


def hours_of(number: int) -> tuple[datetime, datetime]:
    """An hour of its own for each booking."""
    start = datetime(2030, 4, 1 + number // 10, 6 + number % 10, tzinfo=UTC)
    return start, start + timedelta(hours=1)


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
        @given(case=operation.as_strategy(), chance=st.randoms(use_true_random=False), real=st.booleans())
        def answers_as_documented(case: Any, chance: Random, real: bool) -> None:
            if real:
                for part in (case.path_parameters, case.query, case.body):
                    served.known.put_into(part, chance)
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


def test_known_ids_and_times_reach_bookings_that_are_there(served: Served) -> None:
    """Else the fuzzing of booking would only ever meet ids that nothing has."""
    headers = {"Authorization": f"Bearer {served.token}"}
    for key in served.known.values["booking_id"]:
        assert served.ask("GET", f"/api/v1/bookings/{key}", headers=headers).status_code == 200
    body = {name: served.known.values[name][0] for name in ("resource_id", "start", "end")}
    assert served.ask("POST", "/api/v1/bookings/check", json=body, headers=headers).status_code == 200


@pytest.mark.long
def test_the_api_answers_as_its_document_says_for_a_long_time(served: Served) -> None:
    broken = fuzz(served, examples=60)
    assert broken == [], "\n\n".join(broken)


@pytest.mark.endurance
def test_the_api_answers_as_its_document_says_for_a_very_long_time(served: Served) -> None:
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
