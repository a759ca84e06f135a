"""The cookie of who is signed in, and what it lets them do."""

from __future__ import annotations

from typing import Any

import msgspec
import psycopg
import pytest
from litestar import Litestar

from tests.accounts.person import Person, another_browser
from tests.conftest import running_client
from tests.factories import make_account, make_host, make_place
from tierslieux.app import create_app
from tierslieux.settings import Settings

Base = psycopg.Connection[Any]


async def test_the_cookie_is_read_by_no_script_and_sent_to_no_other_site(person: Person) -> None:
    header = (await person.sign_in()).headers["set-cookie"]
    assert header.startswith("session=")
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain") for part in attributes)


async def test_over_https_the_cookie_belongs_to_this_host_alone(settings: Settings) -> None:
    secure = msgspec.structs.replace(settings, public_url="https://127.0.0.1:8000")
    async with running_client(create_app(secure), "https://127.0.0.1:8000") as client:
        await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00Z"})
        person = Person(client)
        header = (await person.send("/connexion/code", code="1")).headers
        assert "set-cookie" not in header
        challenge = await person.ask()
        answer = await person.type(challenge, await person.code())
        assert answer.headers["set-cookie"].startswith("__Host-session=")
        assert "secure" in answer.headers["set-cookie"].lower()
        assert await person.is_in()


async def test_a_stolen_cookie_is_worth_nothing_once_its_owner_signs_in_again(person: Person, app: Litestar) -> None:
    stolen = (await person.sign_in()).cookies["session"]
    fresh = (await person.sign_in()).cookies["session"]
    assert fresh != stolen
    thief = another_browser(app)
    thief.client.cookies.set("session", stolen)
    assert not await thief.is_in()
    thief.client.cookies.set("session", fresh)
    assert await thief.is_in()


async def test_who_signs_out_is_out_and_the_cookie_is_worth_nothing(person: Person) -> None:
    cookie = (await person.sign_in()).cookies["session"]
    answer = await person.send("/deconnexion")
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert not await person.is_in()
    person.client.cookies.set("session", cookie)
    assert not await person.is_in()


async def test_a_session_ends_after_ninety_days(person: Person) -> None:
    await person.sign_in()
    await person.client.put("/dev/clock", json={"now": "2027-06-22T11:00:00Z"})
    assert await person.is_in()
    await person.client.put("/dev/clock", json={"now": "2027-06-22T13:00:00Z"})
    assert not await person.is_in()


async def test_a_cookie_that_is_not_ours_is_nobodys_and_no_error(person: Person) -> None:
    for value in ("x", "a" * 5000, '"', "\x7f", "=;,"):
        answer = await person.client.get("/recherche", headers={"cookie": f"session={value}", "accept": "text/html"})
        assert answer.status_code == 200


async def test_using_a_session_is_noted_once_a_day(person: Person, base: Base) -> None:
    await person.sign_in()
    await person.client.put("/dev/clock", json={"now": "2027-03-26T09:00:00Z"})
    await person.is_in()
    used = base.execute(
        "SELECT last_used_on::text, last_seen_on::text FROM login_session JOIN account USING (account_id)"
    )
    assert used.fetchall() == [("2027-03-26", "2027-03-26")]


async def test_a_page_of_a_signed_in_person_is_kept_by_no_cache(person: Person, base: Base) -> None:
    place = make_place(base)
    await person.sign_in()
    for path in ("/mes-donnees", "/connexion/code", f"/lieux/mediatheque-{place}"):
        answer = await person.open(path)
        assert answer.headers["cache-control"] in {"private, no-store", "no-store"}, path


async def test_what_is_the_same_for_everyone_stays_public(person: Person) -> None:
    before = await person.open("/aide")
    await person.sign_in()
    after = await person.open("/aide")
    assert before.headers["cache-control"] == after.headers["cache-control"] == "public, max-age=3600"
    assert before.text == after.text


async def test_who_opens_a_page_that_needs_an_account_is_led_to_sign_in_and_back(person: Person) -> None:
    answer = await person.open("/en/mes-donnees?a=1&b=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/en/connexion?next=%2Fen%2Fmes-donnees%3Fa%3D1%26b%3D2"
    assert answer.headers["cache-control"] == "private, no-store"
    form = (await person.open(answer.headers["location"])).text
    assert 'name="next" value="/en/mes-donnees?a=1&amp;b=2"' in form


async def test_a_session_carries_every_scope_but_no_role_that_the_person_has_not(person: Person, base: Base) -> None:
    account = make_account(base, email=person.email)
    mine, other = make_place(base), make_place(base, "Autre")
    make_host(base, mine, account)
    await person.sign_in()
    change = {"name": "Nouveau nom"}
    assert (await person.client.patch(f"/api/v1/places/{mine}", json=change)).status_code == 200
    assert (await person.client.patch(f"/api/v1/places/{other}", json=change)).status_code == 404
    assert (await person.client.get("/api/v1/contributions")).status_code == 404


@pytest.mark.parametrize("header", ["Bearer", "Bearer x", "Basic abc"])
async def test_a_token_that_is_not_valid_is_refused_even_beside_a_good_cookie(person: Person, header: str) -> None:
    await person.sign_in()
    answer = await person.client.get("/api/v1/contributions", headers={"authorization": header})
    assert answer.status_code == 401
