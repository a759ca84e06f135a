"""The page of a place: what is known, what is not, and where it is now."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories import make_place
from tierslieux.places.domain import Accessibility, PlaceDetails
from tierslieux.places.views import still_checked

Client = AsyncTestClient[Litestar]
Base = psycopg.Connection[Any]


async def text_of(client: Client, place_id: int, prefix: str = "") -> str:
    answer = await client.get(f"{prefix}/lieux/mediatheque-{place_id}")
    assert answer.status_code == 200
    return answer.text


async def test_a_renamed_place_answers_from_its_old_address(client: Client, base: Base) -> None:
    place_id = make_place(base)
    answer = await client.get(f"/en/lieux/ancien-nom-{place_id}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/en/lieux/mediatheque-{place_id}")


async def test_a_merged_place_leads_to_the_one_that_holds_it(client: Client, base: Base) -> None:
    kept = make_place(base)
    gone = make_place(base, "Bibliothèque", state="merged", merged_into=kept)
    answer = await client.get(f"/lieux/bibliotheque-{gone}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (301, f"/lieux/mediatheque-{kept}")


@pytest.mark.parametrize("slug", ["mediatheque", "x-999999", "x-99999999999", "-", "x-1'--"])
async def test_an_address_that_names_no_place_is_not_found(client: Client, slug: str) -> None:
    assert (await client.get(f"/lieux/{slug}")).status_code == 404


async def test_a_draft_has_no_page(client: Client, base: Base) -> None:
    number = make_place(base, state="draft")
    assert (await client.get(f"/lieux/mediatheque-{number}")).status_code == 404


async def test_the_phone_or_that_it_is_unknown_stands_in_the_head_of_the_page(client: Client, base: Base) -> None:
    head = (await text_of(client, make_place(base, phone="+33298000000"))).split("place-grid")[0]
    assert 'href="tel:+33298000000"' in head
    assert "Téléphone inconnu" in (await text_of(client, make_place(base, "Autre lieu"))).split("place-grid")[0]


async def test_unknown_is_written_and_never_shown_as_no(client: Client, base: Base) -> None:
    text = await text_of(client, make_place(base, weekly_minutes=420, dated=date(2019, 6, 13)))
    assert "Information de 2019, à vérifier" in text
    assert "environ 7\N{NO-BREAK SPACE}h par semaine, jours inconnus" in text
    assert "<dt>Accès en fauteuil</dt><dd>inconnu</dd>" in text
    assert "Inconnu\N{NO-BREAK SPACE}: Entrée de plain-pied, Rampe, Toilettes adaptées" in text
    assert "<dt>Prix</dt><dd>inconnu</dd>" in text
    assert "<dd>non</dd>" not in text


async def test_access_is_told_with_its_sheet(client: Client, base: Base) -> None:
    access = Accessibility(wheelchair="limited", door_width_cm=90, acceslibre_url="https://acceslibre.example/x")
    text = await text_of(client, make_place(base, details=PlaceDetails(accessibility=access)))
    assert "<dt>Accès en fauteuil</dt><dd>avec aide</dd>" in text
    assert "<dd>90\N{NO-BREAK SPACE}cm</dd>" in text
    assert 'href="https://acceslibre.example/x"' in text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://[", "//x", "ftp://x.fr"])
async def test_only_web_addresses_become_links(client: Client, base: Base, address: str) -> None:
    details = PlaceDetails(website=address, accessibility=Accessibility(acceslibre_url=address))
    assert f'href="{address}"' not in await text_of(client, make_place(base, details=details))


async def test_hours_are_told_for_two_weeks_from_the_service_s_today(client: Client, base: Base) -> None:
    await client.put("/dev/clock", json={"now": "2027-05-05T09:00:00+02:00"})
    text = await text_of(client, make_place(base, hours_osm="Mo-Fr 09:30-12:00"))
    assert "Aujourd'hui, mercredi 5 mai" in text
    assert "À vérifier : jour férié" in text  # Ascension, the 6th, on which the text says nothing
    assert "mardi 18 mai" in text
    assert "mercredi 19 mai" not in text


def test_a_check_holds_for_a_year_and_then_only_tells_its_year() -> None:
    assert still_checked(date(2026, 6, 3), date(2027, 6, 2)) == date(2026, 6, 3)
    assert still_checked(date(2026, 6, 3), date(2027, 6, 3)) is None
    assert still_checked(None, date(2027, 6, 3)) is None
