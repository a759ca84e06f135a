"""What a person says of themselves: on the page and by the API, optional and erasable."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient

from tests.accounts.person import Person
from tests.factories import insert, make_account, make_commune, make_host, make_place, make_token
from tierslieux.shared.text import fold

Base = psycopg.Connection[Any]


def known_commune(base: Base, code: str, name: str, postal_code: str) -> str:
    make_commune(base, code, name, postal_codes=(postal_code,))
    territory = {
        "level": "commune", "code": code, "name": name, "search_name": fold(name), "population": 1000,
        "approximate": False, "geo_cog": 2026,
    }  # fmt: skip
    insert(base, "territory", territory)
    return code


def said(base: Base) -> dict[str, Any]:
    names = ("name", "home_commune", "work_commune", "travel_mode")
    row = base.execute(f"SELECT {', '.join(names)} FROM account".encode()).fetchone()
    assert row
    return dict(zip(names, row, strict=True))


def tokens_shown(page: str) -> list[str]:
    return re.findall(r"tlx_[\w-]+", page)


async def test_what_one_says_of_oneself_is_stored_and_shown_again(person: Person, base: Base) -> None:
    known_commune(base, "29232", "Quimper", "29000")
    known_commune(base, "29046", "Douarnenez", "29100")
    await person.sign_in()
    answer = await person.send(
        "/mes-donnees", name=" Camille  Durand ", home="douarnenez", work="29000", travel_mode="car"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/mes-donnees?enregistre=1")
    assert said(base) == {
        "name": "Camille Durand", "home_commune": "29046", "work_commune": "29232", "travel_mode": "car",
    }  # fmt: skip
    page = (await person.open("/mes-donnees?enregistre=1")).text
    assert 'value="Douarnenez (29)"' in page
    assert 'value="car" selected' in page


async def test_an_emptied_field_takes_the_answer_away(person: Person, base: Base) -> None:
    known_commune(base, "29232", "Quimper", "29000")
    await person.sign_in()
    await person.send("/mes-donnees", name="Camille", home="Quimper (29)", work="Quimper", travel_mode="bike")
    await person.send("/mes-donnees", name="", home="", work="", travel_mode="")
    assert set(said(base).values()) == {None}


async def test_a_commune_of_which_there_are_several_is_asked_back(person: Person, base: Base) -> None:
    known_commune(base, "93066", "Saint-Denis", "93200")
    known_commune(base, "97411", "Saint-Denis", "97400")
    await person.sign_in()
    answer = await person.send("/mes-donnees", home="st denis", name="Camille")
    assert answer.status_code == 400
    assert "Saint-Denis (93)" in answer.text
    assert "Saint-Denis (974)" in answer.text
    assert said(base)["name"] is None
    assert 'value="Camille"' in answer.text
    await person.send("/mes-donnees", home="st denis", home_choice="97411")
    assert said(base)["home_commune"] == "97411"
    assert (await person.send("/mes-donnees", home="Saint-Denis (93)")).status_code == 303
    assert said(base)["home_commune"] == "93066"


@pytest.mark.parametrize("text", ["Nulle-Part-sur-Rien", "99999", "' OR 1=1 --"])
async def test_a_commune_that_nobody_knows_comes_back_with_what_was_written(
    person: Person, base: Base, text: str
) -> None:
    known_commune(base, "29232", "Quimper", "29000")
    await person.sign_in()
    answer = await person.send("/mes-donnees", home=text)
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in answer.text
    assert said(base)["home_commune"] is None


async def test_a_browser_is_signed_out_from_another(person: Person, base: Base) -> None:
    first = (await person.sign_in()).cookies["session"]
    person.client.cookies.clear()
    await person.sign_in()
    page = (await person.open("/mes-donnees")).text
    (address,) = re.findall(r"/mes-donnees/sessions/[0-9a-f]+/fermer", page)
    assert (await person.send(address)).status_code == 303
    assert (await person.send(address)).status_code == 404
    assert await person.is_in()
    person.client.cookies.set("session", first)
    assert not await person.is_in()


async def test_nobody_signs_out_someone_else_or_takes_their_token(person: Person, base: Base) -> None:
    make_token(base, make_account(base, email="autre@exemple.fr"), "bookings:read")
    await Person(person.client, "autre@exemple.fr").sign_in()
    person.client.cookies.clear()
    await person.sign_in()
    found = base.execute(
        "SELECT 'sessions/' || encode(token_sha256, 'hex') || '/fermer' FROM login_session JOIN account a USING"
        " (account_id) WHERE a.email = 'autre@exemple.fr'"
        " UNION ALL SELECT 'jetons/' || encode(token_sha256, 'hex') || '/retirer' FROM access_token"
    ).fetchall()
    assert len(found) == 2
    for (path,) in found:
        assert (await person.send(f"/mes-donnees/{path}")).status_code == 404


async def test_a_token_is_shown_once_works_and_ends_when_it_is_taken_away(person: Person, base: Base) -> None:
    await person.sign_in()
    page = await person.send("/mes-donnees/jetons", **{"label": "Mon agenda", "bookings:read": "1"})
    (token,) = tokens_shown(page.text)
    again = (await person.open("/mes-donnees")).text
    assert tokens_shown(again) == []
    assert "Mon agenda" in again
    bearer = {"authorization": f"Bearer {token}"}
    assert (await person.client.get("/api/v1/me", headers=bearer)).json()["email"] == person.email
    denied = await person.client.patch("/api/v1/me", headers=bearer, json={"name": "X"})
    assert (denied.status_code, denied.json()["code"]) == (403, "missing_scope")
    (address,) = re.findall(r"/mes-donnees/jetons/[0-9a-f]+/retirer", again)
    await person.send(address)
    assert (await person.client.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_a_token_for_nothing_is_not_made(person: Person, base: Base) -> None:
    await person.sign_in()
    answer = await person.send("/mes-donnees/jetons", label="Rien")
    assert answer.status_code == 400
    assert base.execute("SELECT count(*) FROM access_token").fetchone() == (0,)


async def test_a_token_can_neither_make_others_nor_open_the_page(person: Person, base: Base) -> None:
    bearer = make_token(base, make_account(base, email=person.email), "bookings:write", "moderation:write")
    html = bearer | {"accept": "text/html"}
    answer = await person.client.post("/mes-donnees/jetons", data={"bookings:read": "1"}, headers=html)
    assert answer.status_code == 401
    assert (await person.client.get("/mes-donnees", headers=html)).status_code == 401


async def test_programs_read_and_change_what_a_person_says(client: AsyncClient, base: Base) -> None:
    known_commune(base, "29232", "Quimper", "29000")
    account = make_account(base, "moderator", email="camille@exemple.fr")
    bearer = make_token(base, account, "bookings:write")
    me = (await client.get("/api/v1/me", headers=bearer)).json()
    assert me["id"] == str(account)
    assert me["roles"] == [{"role": "moderator", "territory": None}]
    change = {"name": "Camille", "home_commune": "29232", "travel_mode": "transit", "locale": "en"}
    answer = await client.patch("/api/v1/me", headers=bearer, json=change)
    assert answer.status_code == 200
    assert answer.json() == me | change
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await client.patch("/api/v1/me", headers=bearer, json={"home_commune": None})).json()[
        "home_commune"
    ] is None


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"home_commune": "99999"}, 422), ({"home_commune": "Quimper"}, 400), ({"travel_mode": "rocket"}, 400),
        ({"locale": None}, 400), ({"email": "autre@exemple.fr"}, 400), ({"roles": []}, 400),
        ({"name": "a\nb\x07"}, 422), ({"name": "é" * 81}, 400),
    ],
)  # fmt: skip
async def test_what_is_wrong_in_a_change_is_refused_whole(
    client: AsyncClient, base: Base, change: dict[str, Any], status: int
) -> None:
    bearer = make_token(base, make_account(base, email="camille@exemple.fr"), "bookings:write")
    answer = await client.patch("/api/v1/me", headers=bearer, json={"travel_mode": "walk"} | change)
    assert answer.status_code == status, answer.text
    assert said(base)["travel_mode"] is None


async def test_nobody_has_data_without_signing_in(client: AsyncClient) -> None:
    for method, path in (("GET", "/me"), ("PATCH", "/me"), ("GET", "/me/export"), ("DELETE", "/me")):
        answer = await client.request(method, f"/api/v1{path}", json={} if method == "PATCH" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), path


async def test_an_export_holds_everything_and_no_secret(person: Person, base: Base) -> None:
    account = make_account(base, email=person.email)
    make_host(base, make_place(base), account)
    token = make_token(base, account, "bookings:read")
    cookie = (await person.sign_in()).cookies["session"]
    answer = await person.open("/mes-donnees/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="mes-donnees.json"'
    found = json.loads(answer.text)
    assert found["account"]["account"]["email"] == person.email
    assert len(found["account"]["sessions"]) == len(found["account"]["tokens"]) == 1
    assert found["places"]["memberships"][0]["role"] == "host"
    assert cookie not in answer.text
    assert token["Authorization"].split()[1] not in answer.text
    assert (await person.client.get("/api/v1/me/export", headers=token)).json() == found


async def test_erasing_takes_a_confirming_press_and_leaves_nothing_that_leads_to_the_person(
    person: Person, base: Base
) -> None:
    account = make_account(base, "moderator", email=person.email)
    place = make_place(base)
    make_host(base, place, account)
    bearer = make_token(base, account, "bookings:read")
    await person.sign_in()
    assert (await person.open("/mes-donnees/effacer")).status_code == 200
    assert base.execute("SELECT count(*) FROM account").fetchone() == (1,)
    answer = await person.send("/mes-donnees/effacer")
    assert answer.status_code == 200
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert not await person.is_in()
    assert (await person.client.get("/api/v1/me", headers=bearer)).status_code == 401
    dump = everything(base)
    assert person.email not in dump
    assert str(account) not in dump
    assert base.execute("SELECT count(*) FROM place").fetchone() == (1,)


def everything(base: Base) -> str:
    """All rows of all tables, as text; the messages of mails decoded."""
    tables = base.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'mail'"
    ).fetchall()
    rows = [base.execute(f'SELECT t::text FROM "{name}" t'.encode()).fetchall() for (name,) in tables]
    mails = base.execute("SELECT convert_from(message, 'UTF8') FROM mail WHERE message IS NOT NULL").fetchall()
    return str(rows) + str(mails)


async def test_a_program_erases_the_account_at_once(client: AsyncClient, base: Base) -> None:
    account = make_account(base, email="camille@exemple.fr")
    bearer = make_token(base, account, "bookings:write")
    assert (
        await client.request("DELETE", "/api/v1/me", headers=make_token(base, account, "bookings:read"))
    ).status_code == 403
    assert (await client.request("DELETE", "/api/v1/me", headers=bearer)).status_code == 204
    assert (await client.get("/api/v1/me", headers=bearer)).status_code == 401
    assert base.execute("SELECT count(*) FROM account").fetchone() == (0,)
