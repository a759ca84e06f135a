"""A real service with a few places, and a real browser: what the journeys run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests.browser.places import fill
from tests.browser.running import running
from tests.conftest import CHECKOUT, cloned
from tierslieux.map.render import render_base_map
from tierslieux.ops import packages
from tierslieux.ops.assets import build_assets

CHROMIUM = packages.browser()
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TUESDAY_MORNING = "2027-03-23T10:00:00+01:00"
"""The service's present in every journey: a Tuesday in working weather."""
PHONE, DESKTOP = 360, 1280


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    missing = "" if CHROMIUM else "no Chromium on this machine: script/test installs one"
    missing = missing or ("" if (CHECKOUT / "node_modules").exists() else "no front-end libraries: run `npm ci`")
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


@dataclass(frozen=True)
class Service:
    """A running service, and the addresses of the places that tests name."""

    url: str
    places: dict[str, str] = field(default_factory=dict)
    database_url: str = ""

    def place(self, name: str) -> str:
        """The path of a place's page."""
        return f"/lieux/{self.places[name]}"

    def pages(self) -> dict[str, str]:
        """Every kind of page a guest can open, by a short name."""
        found = {
            "home": "/",
            "search": "/recherche?q=Douarnenez",
            "search everywhere": "/recherche",
            "search filtered": "/recherche?q=Douarnenez&kind=library&hours=open_or_unknown&day=2027-03-23&from=09:30",
            "search empty": "/recherche?q=Douarnenez&radius_m=1000&kind=fablab",
            "place": self.place("full"),
            "place hardly known": self.place("bare"),
            "place hostile": self.place("hostile"),
            "report": self.place("full") + "/signaler",
            "remove": self.place("full") + "/retirer",
            "thanks": self.place("full") + "/merci",
            "ranking": "/classement",
            "accessibility": "/accessibilite",
            "privacy": "/donnees-personnelles",
            "sign in": "/connexion",
            "legal": "/mentions-legales",
            "help": "/aide",
            "embed": "/embed/map?q=Douarnenez",
            "search of a territory": "/recherche?territory=dep-29",
            "embed of a territory": "/embed/map?territory=dep-29",
            "not found": "/nulle-part",
            "bad request": "/recherche?day=hier",
        }
        english = {f"{name} in English": "/en" + path.removesuffix("/") for name, path in found.items()}
        return found | english | {"reference of the API": "/api/docs"}


@pytest.fixture(scope="session")
def service(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service on a database of this session's own, at ``TUESDAY_MORNING``."""
    state_dir = tmp_path_factory.mktemp("state")
    build_assets(CHECKOUT, state_dir / "assets", render_base_map())
    with cloned(template) as url:
        with psycopg.connect(url, autocommit=True) as base:
            places = fill(base)
        with running(url, state_dir) as address:
            httpx.put(f"{address}/dev/clock", json={"now": TUESDAY_MORNING}).raise_for_status()
            yield Service(address, places, url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for a module: while it is open its driver holds this thread's event loop, which async tests need."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@dataclass
class Watch:
    """What went wrong or went out while pages were open."""

    service_host: str
    outside: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and parts.netloc != self.service_host:
            self.outside.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def watch(service: Service) -> Watch:
    """Collects requests to other hosts, violations of the policy and script errors."""
    return Watch(urlsplit(service.url).netloc)


@pytest.fixture
def opened(browser: Browser, service: Service, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens pages: ``opened(path, width=360, **options of a browser context)``; closed at the end."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, *, width: int = DESKTOP, **options: object) -> Page:
        context = browser.new_context(
            base_url=service.url,
            viewport={"width": width, "height": 800},
            locale="fr-FR",
            **options,  # type: ignore[arg-type]
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", watch.request)
        page.on("console", watch.console)
        page.on("pageerror", lambda error: watch.complaints.append(str(error)))
        page.set_default_timeout(10_000)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
