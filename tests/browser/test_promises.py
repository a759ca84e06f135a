"""What every page promises: nothing leaves the host, no policy is broken, it is light, it reflows, all can use it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Service, Watch
from tests.conftest import CHECKOUT

Open = Callable[..., Page]
AXE = CHECKOUT / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """async (tags) => {
  const found = await axe.run(document, {runOnly: {type: 'tag', values: tags}});
  return found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html.slice(0, 200)).slice(0, 3).join(' | ')}`);
}"""
MAIN = ("home", "search", "place", "report", "not found", "search in English")
SEARCH_BYTES, PLACE_BYTES = 250_000, 100_000


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8") + ";0")
    found: list[str] = page.evaluate(RUN_AXE, WCAG)
    return found


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("name", MAIN)
def test_axe_finds_no_barrier_on_a_main_page(opened: Open, service: Service, name: str, width: int) -> None:
    assert violations(opened(service.pages()[name], width=width)) == []


def test_axe_finds_no_barrier_with_the_filters_open_and_the_map_drawn(opened: Open) -> None:
    page = opened("/recherche?q=Quimper")
    page.get_by_text("Filtres", exact=True).click()
    expect(page.locator(".leaflet-marker-icon, .town").first).to_be_visible()
    assert violations(page) == []


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_axe_finds_no_barrier_on_any_page(opened: Open, service: Service, width: int, scheme: str) -> None:
    found = {name: violations(opened(path, width=width, color_scheme=scheme)) for name, path in service.pages().items()}
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_no_request_leaves_the_host_and_no_policy_is_broken(opened: Open, service: Service, watch: Watch) -> None:
    for name, path in service.pages().items():
        if name.removesuffix(" in English") not in {
            "not found",
            "bad request",
        }:  # whose status a browser logs as an error
            opened(path)
    page = opened("/recherche?q=Quimper&view=map", width=PHONE)
    expect(page.locator(".town").first).to_be_visible()
    assert watch.outside == []
    assert watch.complaints == []


def test_pages_set_no_cookie(opened: Open, service: Service) -> None:
    for name in MAIN:
        assert opened(service.pages()[name]).context.cookies() == []


def test_pages_hold_no_inline_code_that_runs(opened: Open, service: Service) -> None:
    for name in MAIN:
        page = opened(service.pages()[name], java_script_enabled=True)
        assert page.locator("script:not([src]):not([type='application/ld+json']), style, body [onclick]").count() == 0


NARROW = ["home", "search", "search empty", "place", "report", "privacy", "help", "reference of the API", "embed"]


@pytest.mark.parametrize("name", NARROW)
def test_a_page_needs_no_sideways_scrolling_at_320_pixels(opened: Open, service: Service, name: str) -> None:
    page = opened(service.pages()[name], width=320)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320


def test_the_search_page_with_its_map_is_light(opened: Open, service: Service) -> None:
    weight = weigh(opened, service.pages()["search"], until=".town")
    assert sum(size for path, size in weight.items() if not path.startswith("/tiles/")) < SEARCH_BYTES, weight


@pytest.mark.parametrize("name", ["place", "home"])
def test_a_page_without_a_map_is_lighter(opened: Open, service: Service, name: str) -> None:
    weight = weigh(opened, service.pages()[name], until="main h1")
    assert sum(weight.values()) < PLACE_BYTES, weight


def weigh(opened: Open, path: str, *, until: str) -> dict[str, int]:
    """Bytes over the wire by path, headers included, from an empty cache."""
    page = opened("about:blank")
    sizes: dict[str, int] = {}
    paths: dict[str, str] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on(
        "Network.requestWillBeSent",
        lambda event: paths.update({event["requestId"]: urlsplit(event["request"]["url"]).path}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: sizes.update({paths.get(event["requestId"], "/"): int(event["encodedDataLength"])}),
    )
    page.goto(path)
    expect(page.locator(until).first).to_be_visible()
    page.wait_for_load_state("load")
    return sizes


def test_schema_org_data_is_readable(opened: Open, service: Service) -> None:
    for name in ("full", "hostile"):
        page = opened(service.place(name))
        data: dict[str, Any] = json.loads(page.locator("script[type='application/ld+json']").inner_text())
        assert data["@context"] == "https://schema.org"
        assert data["name"] == page.locator("h1").inner_text().rsplit(",", 1)[0]
