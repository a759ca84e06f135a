"""Signing in and one's own data, without a mouse, without JavaScript, on a phone, in both languages."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Service
from tests.browser.test_promises import violations

Open = Callable[..., Page]
WORDS = {
    "": ("Adresse e-mail", "Code à six chiffres", "Mes données", "Se déconnecter"),
    "/en": ("E-mail address", "Six-digit code", "My data", "Sign out"),
}
MANY_TABS = 60


def mail_to(service: Service, email: str) -> dict[str, str]:
    """The newest mail to that address."""
    found = httpx.get(f"{service.url}/dev/outbox?format=json").json()
    return next(mail for mail in found if mail["to"] == email)


def tab_to(page: Page, wanted: Locator) -> None:
    """Reach it by the Tab key alone."""
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def keep_picture(page: Page, name: str) -> None:
    """A picture of the page, where someone wants to look at it (``TIERSLIEUX_PICTURES`` names a folder)."""
    if folder := os.environ.get("TIERSLIEUX_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
@pytest.mark.parametrize("language", ["", "/en"], ids=["fr", "en"])
def test_one_signs_in_and_out_with_the_keyboard_on_a_phone(
    opened: Open, service: Service, language: str, scripts: bool
) -> None:
    address, code, title, out = WORDS[language]
    email = f"{uuid4().hex[:12]}@exemple.fr"
    page = opened(f"{language}/mes-donnees", width=PHONE, java_script_enabled=scripts)
    keep_picture(page, f"sign_in{language[1:]}")
    tab_to(page, page.get_by_label(address))
    page.keyboard.type(email)
    page.keyboard.press("Enter")
    expect(page.get_by_text(email).first).to_be_visible()
    keep_picture(page, f"code{language[1:]}")
    tab_to(page, page.get_by_label(code))
    page.keyboard.type("000000" if mail_to(service, email)["subject"][:6] != "000000" else "111111")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    keep_picture(page, f"code_wrong{language[1:]}")
    tab_to(page, page.get_by_label(code))
    page.keyboard.type(mail_to(service, email)["subject"][:6])
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(title)
    expect(page).to_have_url(re.compile(f"{language}/mes-donnees$"))
    keep_picture(page, f"my_data{language[1:]}")
    tab_to(page, page.get_by_role("button", name=out))
    page.keyboard.press("Enter")
    expect(heading(page)).not_to_have_text(title)
    assert page.context.cookies() == []


def signed_in(opened: Open, service: Service, width: int) -> Page:
    """Someone's own page, by the link of the mail and one press."""
    email = f"{uuid4().hex[:12]}@exemple.fr"
    page = opened("/connexion", width=width)
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(heading(page)).to_have_text("Tapez le code reçu")
    link = re.search(r"\S+/connexion/lien/\S+", mail_to(service, email)["text"])
    assert link
    page.goto(service.url + link[0][link[0].index("/connexion") :])
    expect(page.get_by_text(email)).to_be_visible()
    keep_picture(page, f"link_{width}")
    page.get_by_role("button", name="Se connecter").click()
    expect(heading(page)).to_have_text("Mes réservations")
    page.goto("/mes-donnees")
    expect(heading(page)).to_have_text("Mes données")
    return page


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_ones_own_page_and_those_before_it_have_no_barrier(opened: Open, service: Service, width: int) -> None:
    assert violations(opened("/connexion", width=width)) == []
    page = signed_in(opened, service, width)
    page.get_by_label("Nom du jeton").fill("Mon agenda")
    page.get_by_label("Lire mes réservations").check()
    page.get_by_role("button", name="Créer un jeton").click()
    expect(page.get_by_text("tlx_")).to_be_visible()
    keep_picture(page, f"token_{width}")
    assert violations(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    page.get_by_label("Commune où vous habitez").fill("Nulle-Part")
    page.get_by_role("button", name="Enregistrer ces réponses").click()
    expect(page.get_by_role("alert")).to_contain_text("Nous ne connaissons pas cette commune")
    keep_picture(page, f"fault_{width}")
    assert violations(page) == []


def test_who_erases_their_account_is_asked_first_and_is_out_then(opened: Open, service: Service) -> None:
    page = signed_in(opened, service, PHONE)
    page.get_by_role("link", name="Effacer mon compte").click()
    keep_picture(page, "erase")
    assert violations(page) == []
    page.get_by_role("link", name="Ne rien changer").click()
    expect(heading(page)).to_have_text("Mes données")
    page.get_by_role("link", name="Effacer mon compte").click()
    page.get_by_role("button", name="Effacer mon compte pour de bon").click()
    expect(heading(page)).to_have_text("Votre compte est effacé")
    keep_picture(page, "erased")
    page.goto("/mes-donnees")
    expect(heading(page)).to_have_text("Se connecter")
