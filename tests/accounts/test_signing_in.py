"""One mail, a code on the page that asked, a link that waits for a press."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import msgspec
import psycopg
import pytest
from litestar import Litestar

from tests.accounts.person import FORM, Person, another_browser, another_code
from tests.conftest import running_client
from tests.factories import make_account
from tierslieux.app import create_app
from tierslieux.settings import Settings

Base = psycopg.Connection[Any]


def count(base: Base, table: str) -> int:
    row = base.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
    assert row
    return int(row[0])


async def test_a_code_typed_on_the_page_that_asked_signs_in_and_creates_the_account(person: Person, base: Base) -> None:
    challenge = await person.ask()
    assert count(base, "account") == 0
    answer = await person.type(challenge, await person.code())
    assert (answer.status_code, answer.headers["location"]) == (303, "/mes-reservations")
    assert base.execute("SELECT email, locale FROM account").fetchall() == [("camille@exemple.fr", "fr")]
    assert await person.is_in()


async def test_one_mail_is_sent_with_a_code_and_a_link_in_text_and_html(person: Person) -> None:
    await person.ask()
    (mail,) = await person.mails()
    code = mail["subject"][:6]
    assert re.fullmatch(r"\d{6} : votre code pour tierslieux", mail["subject"].replace("\N{NO-BREAK SPACE}", " "))
    for part in (mail["text"], mail["html"]):
        assert f"{code[:3]}\N{NO-BREAK SPACE}{code[3:]}" in part
        assert await person.link() in part


async def test_the_mail_and_the_pages_are_in_the_language_of_who_asks(person: Person, base: Base) -> None:
    answer = await person.send("/en/connexion", email=person.email)
    assert answer.headers["location"].startswith("/en/connexion/code?")
    assert "your code" in (await person.mails())[0]["subject"]
    assert (await person.link()).startswith("/en/connexion/lien/")
    challenge = answer.headers["location"].partition("demande=")[2]
    done = await person.send("/en/connexion/code", demande=challenge, code=await person.code())
    assert done.headers["location"] == "/en/mes-reservations"
    assert base.execute("SELECT locale FROM account").fetchall() == [("en",)]


async def test_the_code_may_be_typed_in_pairs(person: Person) -> None:
    challenge = await person.ask()
    code = await person.code()
    assert (await person.type(challenge, f" {code[:3]} {code[3:]} ")).status_code == 303


async def test_the_code_is_typed_on_another_device_than_the_one_that_reads_mail(person: Person, app: Litestar) -> None:
    challenge = await person.ask()
    other = another_browser(app)
    assert (await other.type(challenge, await person.code())).status_code == 303
    assert await other.is_in()
    assert not await person.is_in()


async def test_a_wrong_code_says_how_often_one_may_try_again(person: Person) -> None:
    challenge = await person.ask()
    answer = await person.type(challenge, another_code(await person.code()))
    assert answer.status_code == 400
    assert "encore 4 fois" in answer.text
    assert (await person.type(challenge, await person.code())).status_code == 303


async def test_what_is_no_code_costs_no_try(person: Person, base: Base) -> None:
    challenge = await person.ask()
    for text in ("", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12 34"):
        assert (await person.type(challenge, text)).status_code == 400
    assert base.execute("SELECT tries FROM sign_in_code").fetchall() == [(0,)]


async def test_after_five_wrong_codes_the_right_one_is_refused(person: Person) -> None:
    challenge = await person.ask()
    code = await person.code()
    wrong = [await person.type(challenge, another_code(code)) for _ in range(5)]
    assert [answer.status_code for answer in wrong] == [400] * 4 + [410]
    assert (await person.type(challenge, code)).status_code == 410
    assert not await person.is_in()


async def test_codes_tried_at_once_are_all_counted(person: Person, base: Base) -> None:
    challenge = await person.ask()
    code = await person.code()
    answers = await asyncio.gather(*(person.type(challenge, another_code(code)) for _ in range(20)))
    assert sum(answer.status_code == 400 for answer in answers) == 4
    assert base.execute("SELECT tries FROM sign_in_code").fetchall() == [(5,)]


async def test_a_code_used_by_two_requests_at_once_lets_one_in(person: Person, base: Base) -> None:
    challenge = await person.ask()
    code = await person.code()
    answers = await asyncio.gather(*(person.type(challenge, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    assert count(base, "login_session") == 1


async def test_a_code_is_over_after_a_quarter_of_an_hour(person: Person) -> None:
    challenge = await person.ask()
    code = await person.code()
    await person.client.put("/dev/clock", json={"now": "2027-03-24T12:15:01Z"})
    assert (await person.type(challenge, code)).status_code == 410
    assert (await person.open(f"/connexion/code?demande={challenge}")).status_code == 410


async def test_a_code_of_one_request_is_wrong_for_another(person: Person) -> None:
    first = await person.ask()
    code = await person.code()
    second = await person.ask()
    if await person.code() == code:
        pytest.skip("both codes are the same, which happens once in a million")
    assert (await person.type(second, code)).status_code == 400
    assert (await person.type(first, code)).status_code == 303


async def test_a_code_is_used_once(person: Person) -> None:
    challenge = await person.ask()
    code = await person.code()
    await person.type(challenge, code)
    assert (await person.type(challenge, code)).status_code == 410


async def test_a_link_signs_in_after_one_press_and_never_again(person: Person) -> None:
    await person.ask(next="/recherche?q=Quimper")
    link = await person.link()
    page = await person.open(link)
    assert page.status_code == 200
    assert "camille@exemple.fr" in page.text
    done = await person.send(link)
    assert (done.status_code, done.headers["location"]) == (303, "/recherche?q=Quimper")
    assert await person.is_in()
    assert (await person.send(link)).status_code == 410


async def test_a_link_that_a_mail_program_opens_by_itself_does_nothing(person: Person, base: Base) -> None:
    await person.ask()
    link = await person.link()
    for method in ("HEAD", "GET", "GET", "OPTIONS"):
        answer = await person.client.request(method, link, headers={"accept": "text/html"})
        assert "set-cookie" not in answer.headers
    assert count(base, "login_session") == count(base, "account") == 0
    assert (await person.send(link)).status_code == 303


async def test_a_link_that_nobody_mailed_is_over(person: Person) -> None:
    assert (await person.open("/connexion/lien/inconnu")).status_code == 410
    assert (await person.send("/connexion/lien/inconnu")).status_code == 410


async def test_the_code_of_the_same_mail_is_over_once_its_link_was_used(person: Person) -> None:
    challenge = await person.ask()
    code = await person.code()
    await person.send(await person.link())
    assert (await person.type(challenge, code)).status_code == 410


async def test_whether_an_address_has_an_account_cannot_be_told(person: Person, base: Base) -> None:
    make_account(base, email="connue@exemple.fr")
    stranger = Person(person.client, "autrex@exemple.fr")
    answers, pages, mails = [], [], []
    for email in ("connue@exemple.fr", stranger.email):
        someone = Person(person.client, email)
        answers.append(await someone.send("/connexion", email=email))
        pages.append(await someone.open(answers[-1].headers["location"]))
        mails.append(await someone.mails())
    assert [answer.status_code for answer in answers] == [303, 303]
    assert (
        len({len(answer.content) for answer in answers})
        == len({len(answer.headers["location"]) for answer in answers})
        == 1
    )
    assert {page.status_code for page in pages} == {200}
    assert len({len(page.text) - page.text.count("@exemple.fr") for page in pages}) == 1
    assert [len(found) for found in mails] == [1, 1]


@pytest.mark.parametrize(
    "path",
    [
        "https://ailleurs.exemple/", "//ailleurs.exemple", "/\\ailleurs.exemple", "\\\\ailleurs.exemple",
        "javascript:alert(1)",
        "/\t/ailleurs.exemple", "recherche", "/" + "a" * 1001, "http:ailleurs.exemple", "///ailleurs.exemple", "",
    ],
)  # fmt: skip
async def test_nobody_is_led_to_another_site_after_signing_in(person: Person, path: str) -> None:
    assert (await person.sign_in(next=path)).headers["location"] == "/mes-reservations"
    assert (await person.client.get("/connexion", params={"next": path}, follow_redirects=False)).headers[
        "location"
    ] == "/mes-reservations"


@pytest.mark.parametrize(
    "email", ["", "camille", "camille@", "@exemple.fr", "a b@exemple.fr", "é@exemple.fr", "a@b\r\nBcc: c@d.fr"]
)
async def test_what_is_no_address_comes_back_with_what_was_written(person: Person, base: Base, email: str) -> None:
    answer = await person.send("/connexion", email=email)
    assert answer.status_code == 400
    assert "n'est pas complète" in answer.text.replace("&#39;", "'")
    assert count(base, "mail") == count(base, "sign_in_code") == 0


async def test_a_form_without_its_fields_is_refused_and_not_an_error(person: Person) -> None:
    assert (await person.send("/connexion")).status_code == 400
    assert (await person.send("/connexion/code")).status_code == 400
    assert (await person.send("/connexion/code", demande="rien", code="123456")).status_code == 410
    assert (await person.open("/connexion/code")).status_code == 410


async def test_a_form_of_another_site_signs_nobody_in_or_out(person: Person) -> None:
    await person.sign_in()
    foreign = FORM | {"sec-fetch-site": "cross-site"}
    assert (await person.client.post("/deconnexion", headers=foreign)).status_code == 403
    assert (await person.client.post("/connexion", data={"email": person.email}, headers=foreign)).status_code == 403
    assert await person.is_in()


async def test_the_same_person_signs_in_to_the_same_account_however_the_address_is_written(
    person: Person, base: Base
) -> None:
    await person.sign_in()
    await person.send("/deconnexion")
    capitals = Person(person.client, person.email)
    answer = await person.send("/connexion", email="  Camille@Exemple.FR ")
    challenge = answer.headers["location"].partition("demande=")[2]
    assert (await capitals.type(challenge, await capitals.code())).status_code == 303
    assert count(base, "account") == 1


async def test_too_many_requests_for_one_address_are_refused_whoever_has_it(settings: Settings, base: Base) -> None:
    make_account(base, email="connue@exemple.fr")
    async with running_client(create_app(msgspec.structs.replace(settings, rate_limits=True))) as client:
        await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00Z"})
        for email in ("connue@exemple.fr", "inconnue@exemple.fr"):
            someone = Person(client, email)
            answers = [await someone.send("/connexion", email=email) for _ in range(6)]
            assert [answer.status_code for answer in answers] == [303] * 5 + [429]
            assert int(answers[-1].headers["retry-after"]) > 0
            assert sum("code" in mail["subject"] for mail in await someone.mails()) == 5


async def test_nothing_that_is_kept_of_a_code_or_a_session_lets_one_in(person: Person, base: Base) -> None:
    answer = await person.sign_in()
    cookie = answer.cookies["session"]
    link, code = (await person.link()).rpartition("/")[2], await person.code()
    rows = base.execute("SELECT s::text FROM sign_in_code s UNION ALL SELECT l::text FROM login_session l").fetchall()
    kept = " ".join(row[0] for row in rows)
    assert cookie not in kept
    assert link not in kept
    assert code not in kept
