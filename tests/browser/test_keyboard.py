"""Without a mouse: everything is reached, and one sees where one is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE

Open = Callable[..., Page]
OUTLINE = """() => {
  const element = document.activeElement;
  const own = (node, pseudo) => node ? parseFloat(getComputedStyle(node, pseudo).outlineWidth) *
    (getComputedStyle(node, pseudo).outlineStyle === 'none' ? 0 : 1) : 0;
  return Math.max(own(element), own(element, '::after'), own(element.nextElementSibling));
}"""


def test_the_first_tab_stop_skips_to_the_content(opened: Open) -> None:
    page = opened("/recherche")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Aller au contenu")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_every_tab_stop_of_the_search_page_shows_its_focus(opened: Open, width: int) -> None:
    page = opened("/recherche?q=Douarnenez", width=width)
    page.get_by_text("Filtres", exact=True).click()
    unseen, stops = [], set()
    for _ in range(70):
        page.keyboard.press("Tab")
        name = page.evaluate("() => document.activeElement.outerHTML.slice(0, 160)")
        if name.startswith("<body"):
            break
        stops.add(name)
        if page.evaluate(OUTLINE) < 2:
            unseen.append(name)
    assert unseen == []
    assert len(stops) > 20


def test_a_search_is_made_with_the_keyboard_alone(opened: Open) -> None:
    page = opened("/")
    page.get_by_label("Commune, code postal ou lieu").focus()
    page.keyboard.type("Douarnenez")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Douarnenez (29)")
