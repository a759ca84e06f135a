"""What a place has to book, on its page, in French and English."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient
from psycopg.types.json import Jsonb

from tests.factories import Base, make_place, make_resource
from tierslieux.places.resources.labels import count_label, mode_labels, price_labels
from tierslieux.web.i18n import use_locale

MODES = ("hour", "half_day", "day")


@pytest.fixture(autouse=True)
def _french_again() -> Iterator[None]:
    yield
    use_locale("fr")


async def section_of(client: AsyncClient, place: int, prefix: str = "") -> str:
    """The words of the section, spaces made plain."""
    answer = await client.get(f"{prefix}/lieux/mediatheque-{place}")
    assert answer.status_code == 200
    found = re.search(r'<section[^>]*aria-labelledby="t-places".*?</section>', answer.text, re.DOTALL)
    assert found, "no section"
    words = html.unescape(re.sub(r"<[^>]+>", " ", found[0]))
    return " ".join(words.replace("\N{WORD JOINER}", "").split())


def make_bookable(base: Base, **columns: Any) -> int:
    return make_place(base, welcome="bookable", hours_osm="Mo-Fr 09:00-18:00", **columns)


async def test_a_resource_is_shown_with_its_kind_seats_modes_and_prices(client: AsyncClient, base: Base) -> None:
    place = make_bookable(base)
    prices = Jsonb({"hour": 250, "day": 1200})
    make_resource(base, place, seats=8, name="La verrière <b>", prices=prices, modes=["hour", "day"])
    make_resource(base, place, name="Salle bleue", kind="meeting_room", head_count=6, modes=["half_day"])
    base.execute("UPDATE seat SET attributes = '{wheelchair,socket}' WHERE seat_id = 1")
    french = await section_of(client, place)
    assert "La verrière <b> Places partagées 8 places de travail" in french
    assert "À l'heure, Journée" in french
    assert "2,50 € l'heure, 12 € la journée" in french
    assert "Place adaptée au fauteuil 1 place de travail" in french
    assert "Salle bleue Salle de réunion 1 salle pour 6 personnes" in french
    assert "Matin, Après-midi Prix Gratuit" in french
    english = await section_of(client, place, "/en")
    assert "Shared desks 8 desks" in english
    assert "€2.50 an hour, €12 a day" in english
    assert "Wheelchair-friendly desk 1 desk" in english


async def test_own_hours_say_when_nobody_is_on_site(client: AsyncClient, base: Base) -> None:
    await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00+01:00"})
    place = make_bookable(base)
    make_resource(base, place, hours_osm="Mo-Su 07:00-22:00")
    words = await section_of(client, place)
    assert "Sans équipe sur place, entrée par badge ou code" in words
    assert "Aujourd'hui, mercredi 24 mars 7 h – 22 h Sans équipe : 7 h – 9 h, 18 h – 22 h" in words
    assert "samedi 27 mars 7 h – 22 h Sans équipe : 7 h – 22 h" in words
    assert "Nobody on site: 7 am – 9 am, 6 pm – 10 pm" in await section_of(client, place, "/en")


async def test_hours_within_those_of_the_team_say_nothing_of_it(client: AsyncClient, base: Base) -> None:
    await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00+01:00"})
    place = make_bookable(base)
    make_resource(base, place, hours_osm="Mo-Fr 10:00-12:00")
    words = await section_of(client, place)
    assert "Aujourd'hui, mercredi 24 mars 10 h – 12 h" in words
    assert "Sans équipe" not in words


async def test_a_place_that_has_nothing_to_book_yet_says_so(client: AsyncClient, base: Base) -> None:
    place = make_bookable(base, phone="+33298000000")
    assert "L'équipe n'a pas encore ouvert de place à la réservation. Téléphonez" in await section_of(client, place)
    make_resource(base, place, archived_at="2027-01-01")
    assert "The team has not opened any desk" in await section_of(client, place, "/en")


async def test_a_place_without_booking_has_no_such_section(client: AsyncClient, base: Base) -> None:
    answer = await client.get(f"/lieux/mediatheque-{make_place(base, welcome='no_booking')}")
    assert "Places et salles" not in answer.text


@pytest.mark.parametrize(
    ("prices", "words"),
    [
        ({}, ("Gratuit",)),
        ({"hour": 0}, ("Gratuit",)),
        ({"hour": None, "half_day": None, "day": None}, ("Prix libre",)),
        ({"day": 1200}, ("Gratuit à l'heure", "Gratuit à la demi-journée", "12 € la journée")),
        ({"hour": 199, "half_day": None}, ("1,99 € l'heure", "Prix libre à la demi-journée", "Gratuit à la journée")),
        ({"hour": 500, "half_day": 500, "day": 500}, ("5 € l'heure", "5 € la demi-journée", "5 € la journée")),
    ],
)
def test_a_price_is_never_empty(prices: dict[str, int | None], words: tuple[str, ...]) -> None:
    assert tuple(each.replace("\N{NO-BREAK SPACE}", " ") for each in price_labels(MODES, prices)) == words


def test_rooms_are_counted_with_who_fits_in() -> None:
    assert count_label("desk", 1, 1) == "1 place de travail"
    assert count_label("meeting_room", 2, 6) == "2 salles pour 6 personnes chacune"
    assert count_label("phone_booth", 3, 1) == "3 cabines"
    assert mode_labels(MODES) == ("À l'heure", "Matin", "Après-midi", "Journée")
