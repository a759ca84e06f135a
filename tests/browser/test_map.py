"""The map and the list say the same; the address holds it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Watch

Open = Callable[..., Page]


def test_moving_the_map_changes_the_list_and_the_address_and_can_be_shared(opened: Open) -> None:
    page = opened("/recherche?q=Quimper")
    expect(page.locator(".town").first).to_be_visible()
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("Lieux pour travailler dans la zone de la carte")
    expect(page).to_have_url(re.compile(r"[?&]bbox="))
    expect(page).to_have_title(re.compile("dans la zone de la carte"))
    listed = page.get_by_role("article").all_inner_texts()
    page.reload()
    assert page.get_by_role("article").all_inner_texts() == listed


def test_filters_chosen_after_moving_the_map_stay_in_its_area(opened: Open) -> None:
    page = opened("/recherche?bbox=-4.4,48.0,-4.1,48.2")
    page.get_by_text("Filtres", exact=True).click()
    page.get_by_role("checkbox", name="Commerce").check()
    page.get_by_role("button", name="Afficher les lieux").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"bbox=.*"))
    page.get_by_label("Commune, code postal ou lieu").fill("Douarnenez")
    page.get_by_role("button", name="Chercher").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("près de Douarnenez (29)")


def test_on_a_phone_the_list_comes_first_and_the_map_loads_when_its_tab_is_chosen(opened: Open) -> None:
    asked: list[str] = []
    page = opened("about:blank", width=PHONE)
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/recherche?q=Quimper")
    expect(page.get_by_role("article").first).to_be_visible()
    assert [url for url in asked if "leaflet" in url or "/tiles/" in url] == []
    page.get_by_role("link", name="Carte", exact=True).click()
    expect(page.locator(".town").first).to_be_visible()
    expect(page.get_by_role("article").first).to_be_hidden()
    expect(page).to_have_url(re.compile("view=map"))
    page.get_by_role("link", name="Liste", exact=True).click()
    expect(page.get_by_role("article").first).to_be_visible()


def test_the_embedded_map_keeps_its_query_and_leads_to_the_list(opened: Open) -> None:
    page = opened("/embed/map?q=Douarnenez&kind=library")
    expect(page.locator(".town").first).to_be_visible()
    address = page.get_by_role("link", name="Voir la liste de ces lieux").get_attribute("href")
    assert address == "/recherche?q=Douarnenez&kind=library"


def test_a_marker_opens_its_place_and_lights_its_twin_in_the_list(opened: Open, watch: Watch) -> None:
    page = opened("/recherche?q=Douarnenez")
    marker = page.get_by_role("button", name=re.compile("Médiathèque Georges-Perros"))
    marker.hover()
    expect(page.locator("article.lit")).to_contain_text("Médiathèque Georges-Perros")
    marker.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup").get_by_role("link", name="Voir ce lieu").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Médiathèque Georges-Perros")
    assert watch.complaints == []


def test_a_suggestion_is_chosen_with_the_keyboard(opened: Open) -> None:
    page = opened("/")
    box = page.get_by_role("combobox", name="Commune, code postal ou lieu")
    box.press_sequentially("Douarn")
    expect(page.get_by_role("option").first).to_contain_text("Douarnenez", timeout=3000)
    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("près de Douarnenez (29)")


def test_a_cluster_says_how_many_and_opens_to_show_them(opened: Open, watch: Watch) -> None:
    page = opened("/recherche?bbox=-20,35,25,55")
    page.get_by_role("button", name=re.compile(r"^\d+ lieux : agrandir ici$")).first.focus()
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("bbox=-20"))
    expect(page).to_have_url(re.compile("bbox="))
    expect(page.locator(".leaflet-container")).to_be_focused()
    assert watch.complaints == []


def test_the_map_stays_where_it_was_moved_and_the_list_is_of_what_it_shows(opened: Open) -> None:
    page = opened("/recherche?q=Quimper")
    expect(page.locator(".town").first).to_be_visible()
    scale = page.locator(".leaflet-control-scale-line").first
    before = scale.inner_text()
    page.locator(".leaflet-container").focus()
    page.keyboard.press("+")
    expect(page).to_have_url(re.compile("bbox="))
    assert scale.inner_text() != before
    zoomed, address = scale.inner_text(), page.url
    page.keyboard.press("ArrowUp")
    expect(page).not_to_have_url(address)
    assert scale.inner_text() == zoomed
