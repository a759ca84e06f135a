"""What people come for, done as they do it: by role and visible name."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Service, Watch
from tests.browser.places import HOSTILE

Open = Callable[..., Page]
WIDTHS = pytest.mark.parametrize("width", [PHONE, DESKTOP])


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(re.escape(text)))


@WIDTHS
def test_a_town_typed_at_home_gives_its_places_and_a_place_its_page(opened: Open, width: int) -> None:
    page = opened("/", width=width)
    page.get_by_label("Commune, code postal ou lieu").fill("Plonévez-Porzay")
    page.get_by_role("button", name="Chercher").click()
    heading(page, "Lieux pour travailler près de Plonévez-Porzay (29)")
    page.get_by_role("link", name="Bibliothèque municipale, Plonévez-Porzay (29)").click()
    heading(page, "Bibliothèque municipale, Plonévez-Porzay (29)")
    expect(page.get_by_text("environ 7 h par semaine, jours inconnus").first).to_be_visible()
    expect(page.get_by_text("Information de 2019, à vérifier")).to_be_visible()


@WIDTHS
def test_the_same_journey_works_without_javascript(opened: Open, width: int) -> None:
    page = opened("/", width=width, java_script_enabled=False)
    page.get_by_label("Commune, code postal ou lieu").fill("29100")
    page.get_by_role("button", name="Chercher").click()
    heading(page, "Lieux pour travailler près de Douarnenez (29)")
    page.get_by_text("Filtres", exact=True).click()
    page.get_by_label("Jour").fill("2027-03-23")
    page.get_by_label("De", exact=True).fill("09:45")
    page.get_by_label("Horaires").select_option("Ouvert")
    page.get_by_role("button", name="Afficher les lieux").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("link", name="Médiathèque Georges-Perros").click()
    heading(page, "Médiathèque Georges-Perros, Douarnenez (29)")
    expect(page.get_by_text("Sans réservation : venez aux heures d'ouverture")).to_be_visible()


def test_the_list_has_pages_without_javascript(opened: Open) -> None:
    page = opened("/recherche?q=Quimper", java_script_enabled=False)
    first = page.get_by_role("article").first.inner_text()
    page.get_by_role("link", name="Page suivante").click()
    expect(page.get_by_role("article").first).not_to_have_text(first)
    page.get_by_role("link", name="Retour au début de la liste").click()
    assert page.get_by_role("article").first.inner_text() == first


def test_a_town_typed_without_javascript_wins_over_where_one_was(opened: Open) -> None:
    page = opened("/recherche?near=-4.1,48.0", java_script_enabled=False)
    page.get_by_label("Commune, code postal ou lieu").fill("Douarnenez")
    page.get_by_role("button", name="Chercher").click()
    heading(page, "Lieux pour travailler près de Douarnenez (29)")


def test_filters_change_the_list_in_place_and_the_address_keeps_them(opened: Open) -> None:
    page = opened("/recherche?q=Douarnenez")
    page.get_by_text("Filtres", exact=True).click()
    page.get_by_role("checkbox", name="Commerce").check()
    page.get_by_role("button", name="Afficher les lieux").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"[?&]kind=shop"))
    page.reload()
    expect(page.get_by_role("article")).to_have_count(1)
    page.go_back()
    expect(page.get_by_role("article").nth(1)).to_be_visible()


def test_filters_that_cannot_be_are_refused_in_words_with_javascript_too(opened: Open) -> None:
    page = opened("/recherche?q=Quimper")
    page.get_by_text("Filtres", exact=True).click()
    page.get_by_label("De", exact=True).fill("09:00")
    page.get_by_label("À", exact=True).fill("12:00")
    page.get_by_role("button", name="Afficher les lieux").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text(re.compile("Lieux pour travailler"))
    expect(page.get_by_role("main")).to_contain_text("Jour")


def test_around_me_uses_the_position_that_the_browser_gives(opened: Open) -> None:
    page = opened("/", geolocation={"longitude": -4.33, "latitude": 48.09}, permissions=["geolocation"], width=PHONE)
    page.get_by_role("button", name="Autour de moi").click()
    heading(page, "Lieux pour travailler autour de ce point")
    expect(page.get_by_role("article").first).to_contain_text("Médiathèque Georges-Perros")


def test_a_refused_position_is_said_and_nothing_is_lost(opened: Open) -> None:
    page = opened("/", permissions=[])
    page.get_by_label("Commune, code postal ou lieu").fill("Quimper")
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.get_by_text("Votre position n'est pas connue")).to_be_visible()
    expect(page.get_by_label("Commune, code postal ou lieu")).to_have_value("Quimper")


def test_an_empty_answer_shows_the_nearest_place_and_ways_out(opened: Open) -> None:
    page = opened("/recherche?q=Plonévez-Porzay&radius_m=2000&hours=open&day=2027-03-23&from=09:45")
    expect(
        page.get_by_text("Aucun lieu ne correspond dans un rayon de 2 km. Voici le plus proche, à 7,9 km.")
    ).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("Médiathèque Georges-Perros")
    page.get_by_role("link", name="Élargir à 60 km").click()
    expect(page.get_by_text("1 lieu dans un rayon de 60 km")).to_be_visible()


def test_an_error_is_reported_without_an_account_and_faults_are_named(opened: Open, service: Service) -> None:
    page = opened(service.place("full"), java_script_enabled=False)
    page.get_by_role("link", name="Signaler une erreur").click()
    page.get_by_label("Adresse e-mail").fill("pas une adresse")
    page.get_by_role("button", name="Signaler l'erreur").click()
    expect(page.get_by_role("alert")).to_contain_text("ce que vous avez écrit est toujours là")
    expect(page.get_by_label("Adresse e-mail")).to_have_value("pas une adresse")
    page.get_by_label("Qu'est-ce qui est juste ?").fill("Ouvert aussi le lundi.")
    page.get_by_label("Adresse e-mail").fill("")
    page.get_by_role("button", name="Signaler l'erreur").click()
    heading(page, "C'est noté, merci")


def test_names_from_sources_are_text_and_never_run(opened: Open, service: Service, watch: Watch) -> None:
    page = opened(service.place("hostile"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    assert page.locator("main b, main script:not([type])").count() == 0
    assert page.get_by_role("link", name="javascript").count() == 0
    assert watch.complaints == []


def test_english_is_complete_and_leads_back_to_french(opened: Open, service: Service) -> None:
    page = opened("/en" + service.place("bare"))
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_text("Information from 2019, to be checked")).to_be_visible()
    expect(page.get_by_text("about 7 h a week, days unknown").first).to_be_visible()
    page.get_by_role("link", name="Find a place").first.click()
    heading(page, "Places to work in France")
    page.get_by_role("link", name="Français").click()
    heading(page, "Lieux pour travailler en France")
