"""Pages and mails of a demonstration say that it is one, as soon as it is and no longer."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
from httpx import AsyncClient

from tests.accounts.person import Person
from tests.booking.world import World
from tests.conftest import NOON
from tests.demo.conftest import furnish, make
from tierslieux.demo.service import remove_demonstration
from tierslieux.web.demonstration import ANNOUNCE_SQL
from tierslieux.web.smtp import MailRefused, SmtpServer

Base = psycopg.Connection[Any]
FRENCH = "Démonstration\N{NO-BREAK SPACE}: les réservations et les personnes sont inventées."
ENGLISH = "Demonstration: bookings and people are made up."


async def says(client: AsyncClient, address: str, sentence: str) -> bool:
    page = await client.get(address, headers={"accept": "text/html"})
    assert page.status_code == (404 if address == "/rien-de-tel" else 200), address
    return sentence in page.text


async def becomes(client: AsyncClient, *, shown: bool) -> None:
    """Ask until the service has heard of it."""
    async with asyncio.timeout(20):
        while await says(client, "/", FRENCH) != shown:
            pass


async def test_every_page_says_so_from_the_moment_on_and_until_it_is_removed(client: AsyncClient, base: Base) -> None:
    furnish(base)
    assert not await says(client, "/", FRENCH)
    await asyncio.to_thread(make, base, places=2, months=2)
    await becomes(client, shown=True)
    row = base.execute("SELECT slug FROM place JOIN demonstration USING (place_id) LIMIT 1").fetchone()
    assert row is not None
    for address in ("/recherche", f"/lieux/{row[0]}", "/embed/map", "/aide", "/connexion", "/rien-de-tel"):
        assert await says(client, address, FRENCH), address
    for address in ("/en/", "/en/recherche", f"/en/lieux/{row[0]}"):
        assert await says(client, address, ENGLISH), address
    await asyncio.to_thread(remove_demonstration, base, NOON)
    await becomes(client, shown=False)
    assert not await says(client, "/recherche", FRENCH)


async def mark(base: Base, client: AsyncClient) -> None:
    """A demonstration by its mark alone."""
    base.execute("INSERT INTO demonstration VALUES (1, 1, %s, '{}')", (NOON,))
    base.execute(ANNOUNCE_SQL)
    await becomes(client, shown=True)


async def test_a_booking_is_mailed_with_the_sentence(world: World, base: Base) -> None:
    await mark(base, world.client)
    await world.book()
    await world.set_clock("2027-03-22T08:01:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    assert mails
    assert all("Démonstration" in mail["text"] for mail in mails)


async def test_the_code_to_sign_in_is_mailed_with_the_sentence(client: AsyncClient, base: Base) -> None:
    camille = Person(client)
    await camille.ask()
    await mark(base, client)
    await camille.ask()
    texts = sorted(FRENCH in mail["text"] for mail in await camille.mails())
    assert texts == [False, True]


async def test_no_mail_leaves_for_an_address_that_nobody_can_have() -> None:
    message = EmailMessage()
    message["To"] = "personne-12@demonstration.invalid"
    nowhere = SmtpServer("lieux@exemple.fr", "127.0.0.1", 9, "smtp")
    with pytest.raises(MailRefused):
        await nowhere.deliver(message)
