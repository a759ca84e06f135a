"""Reports without an account, and the moderator who answers them."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import make_place
from tierslieux.places.contributions import MAX_MESSAGE, read_contribution
from tierslieux.shared.errors import InvalidRequest

Client = AsyncTestClient[Litestar]
Base = psycopg.Connection[Any]
GOOD = {"subject": "hours", "message": "Ouvert aussi le lundi.", "email": "camille@exemple.fr"}


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ({}, ["subject", "message"]),
        (GOOD | {"subject": "place"}, ["subject"]),
        (GOOD | {"message": "   "}, ["message"]),
        (GOOD | {"message": "x" * (MAX_MESSAGE + 1)}, ["message"]),
        (GOOD | {"email": "camille"}, ["email"]),
        (GOOD | {"email": "a@b.fr\nBcc: c@d.fr"}, ["email"]),
    ],
)
def test_every_fault_of_a_report_is_named(form: dict[str, str], fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_contribution("error", form)
    assert [error.field for error in refused.value.errors] == fields


async def send(client: Client, place_id: int, form: dict[str, str], action: str = "signaler") -> int:
    answer = await client.post(f"/lieux/x-{place_id}/{action}", data=form, follow_redirects=False)
    return answer.status_code


async def test_a_report_is_stored_for_a_moderator(client: Client, base: Base) -> None:
    place_id = make_place(base)
    assert await send(client, place_id, GOOD) == 303
    row = base.execute("SELECT place_id, kind, subject, message, email, state FROM contribution").fetchone()
    assert row == (place_id, "error", "hours", GOOD["message"], GOOD["email"], "open")


async def test_a_report_with_faults_stores_nothing_and_keeps_what_was_written(client: Client, base: Base) -> None:
    place_id = make_place(base)
    answer = await client.post(f"/lieux/x-{place_id}/signaler", data=GOOD | {"email": "<b>x"}, follow_redirects=False)
    assert answer.status_code == 400
    assert GOOD["message"] in answer.text
    assert "&lt;b&gt;x" in answer.text
    assert base.execute("SELECT count(*) FROM contribution").fetchone() == (0,)


async def test_a_report_from_another_site_s_page_is_refused(client: Client, base: Base) -> None:
    place_id = make_place(base)
    answer = await client.post(f"/lieux/x-{place_id}/signaler", data=GOOD, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert base.execute("SELECT count(*) FROM contribution").fetchone() == (0,)


async def test_a_place_that_does_not_exist_takes_no_report(client: Client) -> None:
    assert await send(client, 999_999, GOOD) == 404
    assert await send(client, 999_999, GOOD, "autre") == 404


async def test_the_list_of_reports_is_for_moderators(client: Client) -> None:
    answer = await client.get("/api/v1/contributions")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def moderator_token(base: Base) -> str:
    """A moderator's bearer token, stored as accounts store it."""
    account, token = uuid4(), "tlx_moderator"
    base.execute("INSERT INTO account (account_id, email, created_at) VALUES (%s, 'm@exemple.fr', now())", (account,))
    base.execute("INSERT INTO account_role (account_id, role, territory_id) VALUES (%s, 'moderator', '')", (account,))
    base.execute(
        "INSERT INTO access_token (token_sha256, account_id, scopes, created_at) VALUES (%s, %s, %s, now())",
        (hashlib.sha256(token.encode()).digest(), account, ["moderation:write"]),
    )
    return token


async def test_a_moderator_answers_once_and_the_address_is_erased(client: Client, base: Base) -> None:
    place_id = make_place(base)
    await send(client, place_id, GOOD)
    headers = {"authorization": f"Bearer {moderator_token(base)}"}
    items = (await client.get("/api/v1/contributions", headers=headers)).json()["items"]
    assert [(item["place_id"], item["message"], item["email"]) for item in items] == [
        (str(place_id), GOOD["message"], GOOD["email"])
    ]
    path, body = f"/api/v1/contributions/{items[0]['id']}/decision", {"decision": "accepted", "answer": "Corrigé."}
    assert (await client.post(path, json=body, headers=headers)).status_code == 200
    assert base.execute("SELECT state, email FROM contribution").fetchone() == ("accepted", None)
    again = await client.post(path, json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "status_changed")
    assert (await client.get("/api/v1/contributions", headers=headers)).json() == {"items": [], "links": []}


async def test_an_altered_cursor_is_refused(client: Client, base: Base) -> None:
    headers = {"authorization": f"Bearer {moderator_token(base)}"}
    answer = await client.get("/api/v1/contributions?cursor=x", headers=headers)
    assert answer.status_code == 400
