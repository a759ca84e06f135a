"""Signing in at an OpenID Connect issuer: nothing is believed that it has not signed for us, now, for this browser."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from typing import Any

import msgspec
import psycopg
import pytest
from httpx import AsyncClient, Response
from litestar import Litestar

from tests.accounts.local_issuer import CLIENT_ID, CLIENT_SECRET, LocalIssuer, local_issuer
from tests.accounts.person import Person, another_browser
from tests.conftest import NOON, running_client
from tests.factories import make_account
from tierslieux.app import create_app
from tierslieux.settings import OidcIssuer, Settings, SettingsError, read_settings

Base = psycopg.Connection[Any]
SIRET = "13002526500013"


@pytest.fixture
def issuer() -> Iterator[LocalIssuer]:
    with local_issuer(int(NOON.timestamp())) as issuer:
        yield issuer


@pytest.fixture
def outside_app(settings: Settings, issuer: LocalIssuer) -> Litestar:
    return create_app(msgspec.structs.replace(settings, oidc=OidcIssuer(issuer.url, CLIENT_ID, CLIENT_SECRET)))


@pytest.fixture
async def agent(outside_app: Litestar) -> AsyncIterator[Person]:
    async with running_client(outside_app) as client:
        await client.put("/dev/clock", json={"now": NOON.isoformat()})
        yield Person(client, "agente@exemple.fr")


async def go(agent: Person, issuer: LocalIssuer, **fields: str) -> dict[str, str]:
    """Press the button, be recognised there: what the browser brings back."""
    page = await agent.send("/connexion/externe", **fields)
    assert page.status_code == 200, page.text
    address = unescape(re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', page.text)[0])
    assert address.startswith(f"{issuer.url}/authorize?")
    return issuer.authorize(address)


async def come_back(agent: Person, brought: dict[str, str]) -> Response:
    page = await agent.client.get("/connexion/externe/retour", params=brought)
    assert page.status_code == 200
    assert 'name="code"' in page.text
    return await agent.send("/connexion/externe/retour", **brought)


def identities(base: Base) -> list[tuple[Any, ...]]:
    return base.execute(
        "SELECT a.email, i.subject, i.siret FROM external_identity i JOIN account a USING (account_id)"
    ).fetchall()


async def test_a_verified_address_signs_in_at_once_with_name_and_organisation(
    agent: Person, issuer: LocalIssuer, base: Base
) -> None:
    issuer.person |= {"email_verified": True, "given_name": "Dominique", "usual_name": "Le Goff", "siret": SIRET}
    answer = await come_back(agent, await go(agent, issuer, next="/recherche?q=Brest"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/recherche?q=Brest")
    assert identities(base) == [("agente@exemple.fr", "s-1", SIRET)]
    assert base.execute("SELECT name FROM account").fetchone() == ("Dominique Le Goff",)
    assert f"SIRET {SIRET}" in (await agent.open("/mes-donnees")).text


async def test_an_address_that_was_not_verified_takes_a_code_once(
    agent: Person, issuer: LocalIssuer, base: Base
) -> None:
    make_account(base, email="agente@exemple.fr")
    answer = await come_back(agent, await go(agent, issuer))
    assert re.match(r"/connexion/code\?demande=", answer.headers["location"])
    assert not await agent.is_in()
    assert identities(base) == []
    challenge = answer.headers["location"].partition("demande=")[2]
    assert (await agent.type(challenge, await agent.code())).status_code == 303
    assert identities(base) == [("agente@exemple.fr", "s-1", None)]
    await agent.send("/deconnexion")
    again = await come_back(agent, await go(agent, issuer))
    assert again.headers["location"] == "/mes-reservations"
    assert await agent.is_in()


async def test_who_bears_the_address_of_another_gets_nothing_of_theirs(
    agent: Person, issuer: LocalIssuer, base: Base
) -> None:
    make_account(base, "operator", email="chef@exemple.fr")
    issuer.person = {"sub": "s-9", "email": "chef@exemple.fr", "email_verified": False}
    answer = await come_back(agent, await go(agent, issuer))
    assert answer.headers["location"].startswith("/connexion/code")
    assert not await agent.is_in()
    assert identities(base) == []


@pytest.mark.parametrize("said", ["true", 1, "yes", None])
async def test_only_a_plain_true_makes_an_address_verified(
    agent: Person, issuer: LocalIssuer, said: object, base: Base
) -> None:
    issuer.person |= {"email_verified": said}
    assert (await come_back(agent, await go(agent, issuer))).headers["location"].startswith("/connexion/code")


async def test_a_verification_counts_only_for_the_address_beside_which_it_stands(
    agent: Person, issuer: LocalIssuer
) -> None:
    issuer.id_token = {"email": "autre@exemple.fr", "email_verified": True}
    assert (await come_back(agent, await go(agent, issuer))).headers["location"].startswith("/connexion/code")


async def test_plain_userinfo_of_the_same_subject_is_read_as_well(
    agent: Person, issuer: LocalIssuer, base: Base
) -> None:
    issuer.lie = "json"
    issuer.person |= {"email_verified": True, "name": "Camille"}
    assert (await come_back(agent, await go(agent, issuer))).status_code == 303
    assert base.execute("SELECT name FROM account").fetchone() == ("Camille",)


@pytest.mark.parametrize("siret", ["123", 13002526500013, "1300252650001x", ["13002526500013"], "١٣٠٠٢٥٢٦٥٠٠٠١٣"])
async def test_an_organisation_that_is_none_is_left_out(
    agent: Person, issuer: LocalIssuer, base: Base, siret: object
) -> None:
    issuer.person |= {"email_verified": True, "siret": siret}
    assert (await come_back(agent, await go(agent, issuer))).status_code == 303
    assert identities(base) == [("agente@exemple.fr", "s-1", None)]


async def is_refused(agent: Person, answer: Response, base: Base) -> bool:
    rows = [base.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() for table in ("account", "login_session")]
    return answer.status_code in {422, 409} and rows == [(0,), (0,)] and not await agent.is_in()


@pytest.mark.parametrize("lie", ["none", "shared", "stranger"])
async def test_a_token_that_the_issuer_did_not_sign_is_refused(
    agent: Person, issuer: LocalIssuer, base: Base, lie: str
) -> None:
    issuer.person |= {"email_verified": True}
    brought = await go(agent, issuer)
    issuer.lie = lie
    assert await is_refused(agent, await come_back(agent, brought), base)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://ailleurs.exemple"}, {"aud": "autre"}, {"aud": ["tierslieux", "autre"]}, {"azp": "autre"},
        {"nonce": "autre"}, {"nonce": None}, {"exp": 1}, {"exp": None}, {"sub": None}, {"nbf": 4_000_000_000},
    ],
    ids=str,
)  # fmt: skip
async def test_a_token_for_another_time_client_or_browser_is_refused(
    agent: Person, issuer: LocalIssuer, base: Base, claims: dict[str, Any]
) -> None:
    issuer.person |= {"email_verified": True}
    issuer.id_token = claims
    assert await is_refused(agent, await come_back(agent, await go(agent, issuer)), base)


@pytest.mark.parametrize("claims", [{"sub": "s-2"}, {"aud": "autre"}, {"iss": "https://ailleurs.exemple"}], ids=str)
async def test_userinfo_of_another_is_refused(
    agent: Person, issuer: LocalIssuer, base: Base, claims: dict[str, Any]
) -> None:
    issuer.person |= {"email_verified": True}
    issuer.userinfo = claims
    assert await is_refused(agent, await come_back(agent, await go(agent, issuer)), base)


async def test_what_one_browser_began_no_other_ends(
    agent: Person, issuer: LocalIssuer, outside_app: Litestar, base: Base
) -> None:
    issuer.person |= {"email_verified": True}
    brought = await go(agent, issuer)
    other = another_browser(outside_app)
    assert await is_refused(other, await come_back(other, brought), base)
    assert (await come_back(agent, brought)).status_code == 303


async def test_a_return_is_used_once_and_within_ten_minutes(agent: Person, issuer: LocalIssuer, base: Base) -> None:
    issuer.person |= {"email_verified": True}
    late = await go(agent, issuer)
    await agent.client.put("/dev/clock", json={"now": "2027-03-24T12:10:01Z"})
    issuer.now += 601
    assert await is_refused(agent, await come_back(agent, late), base)
    brought = await go(agent, issuer)
    assert (await come_back(agent, brought)).status_code == 303
    await agent.send("/deconnexion")
    assert (await come_back(agent, brought)).status_code == 422
    assert not await agent.is_in()


async def test_opening_the_return_address_does_nothing(agent: Person, issuer: LocalIssuer, base: Base) -> None:
    issuer.person |= {"email_verified": True}
    brought = await go(agent, issuer)
    for method in ("HEAD", "GET", "GET"):
        await agent.client.request(method, "/connexion/externe/retour", params=brought)
    assert "/token" not in issuer.asked
    assert not await agent.is_in()


async def test_a_refusal_at_the_issuer_is_told(agent: Person, issuer: LocalIssuer) -> None:
    answer = await agent.open("/connexion/externe/retour?error=access_denied&state=x")
    assert answer.status_code == 422
    assert "n'a pas abouti" in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize("lie", ["away", "issuer"])
async def test_an_issuer_that_is_away_or_is_not_itself_is_told_and_nothing_is_stored(
    agent: Person, issuer: LocalIssuer, base: Base, lie: str
) -> None:
    issuer.lie = lie
    answer = await agent.send("/connexion/externe")
    assert answer.status_code == 409
    assert "ne répond pas" in answer.text
    assert base.execute("SELECT count(*) FROM external_sign_in").fetchone() == (0,)


async def test_the_button_is_there_only_where_an_issuer_is_set(agent: Person, client: AsyncClient) -> None:
    button = "S'identifier avec ProConnect"
    assert button in (await agent.open("/connexion")).text.replace("&#39;", "'")
    assert button not in (await client.get("/connexion")).text.replace("&#39;", "'")
    assert (await Person(client).send("/connexion/externe")).status_code == 404


OIDC = {
    "TIERSLIEUX_DATABASE_URL": "postgresql://x/y", "TIERSLIEUX_SECRET": "s" * 40, "TIERSLIEUX_OIDC_CLIENT_ID": "a",
    "TIERSLIEUX_OIDC_CLIENT_SECRET": "b",
}  # fmt: skip


def test_an_issuer_is_read_from_the_settings(settings: Settings) -> None:
    env = OIDC | {"TIERSLIEUX_OIDC_ISSUER": "https://connect.exemple.fr/api/v2", "TIERSLIEUX_OIDC_LABEL": "Mon Compte"}
    found = read_settings(env, state_dir=settings.state_dir).oidc
    assert found == OidcIssuer("https://connect.exemple.fr/api/v2", "a", "b", "Mon Compte")
    assert read_settings(OIDC, state_dir=settings.state_dir).oidc is None


@pytest.mark.parametrize(
    "env",
    [
        {"TIERSLIEUX_OIDC_ISSUER": "http://connect.exemple.fr"}, {"TIERSLIEUX_OIDC_ISSUER": "connect"},
        {"TIERSLIEUX_OIDC_ISSUER": "https://connect.exemple.fr", "TIERSLIEUX_OIDC_CLIENT_SECRET": ""},
    ],
)  # fmt: skip
def test_an_issuer_that_cannot_be_trusted_is_refused_at_start(env: dict[str, str], settings: Settings) -> None:
    with pytest.raises(SettingsError, match="TIERSLIEUX_OIDC"):
        read_settings(OIDC | env, state_dir=settings.state_dir)
