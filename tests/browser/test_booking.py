"""From a place to a booked desk: by mouse without JavaScript, by keyboard alone, in French and in English."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Service

Open = Callable[..., Page]
_NUMBERS = count()


def code_for(service: Service, address: str) -> str:
    """The code of the last mail to this address, once the queue has sent it."""
    now = "2027-03-23T10:00:00+01:00"
    httpx.put(f"{service.url}/dev/clock", json={"now": now}, timeout=30).raise_for_status()
    mails = httpx.get(f"{service.url}/dev/outbox?format=json", timeout=30).json()
    text = next(mail["text"] for mail in mails if mail["to"] == address)
    found = re.search(r"\b(\d{3})\s?(\d{3})\b", text)
    assert found is not None
    return found[1] + found[2]


def address() -> str:
    return f"camille{next(_NUMBERS)}@exemple.fr"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has the focus bears this name."""
    for _ in range(150):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText || '' }"
        )
        if re.search(name, said):
            return
    raise AssertionError(f"{name} cannot be reached by Tab")


@pytest.mark.parametrize(("width", "script"), [(PHONE, False), (DESKTOP, True)])
def test_a_desk_is_booked_in_three_taps_a_name_and_a_code(
    opened: Open, service: Service, width: int, script: bool
) -> None:
    page, mail = opened(service.place("bookable"), width=width, java_script_enabled=script), address()
    page.get_by_label("Jour", exact=True).fill("2027-03-24")
    page.get_by_role("button", name="Voir ce qui est libre").click()
    page.get_by_role("link", name=re.compile("Grande salle, mercredi 24 mars, 10.h.–.*places libres")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Réserver une place")
    expect(page.get_by_text("mercredi 24 mars 2027", exact=False).first).to_be_visible()
    page.get_by_label("Votre nom").fill("Camille Dupont")
    page.get_by_label("Adresse e-mail").fill(mail)
    page.get_by_role("button", name="Recevoir un code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Gardée pour vous jusqu'à 10.h.10"))
    page.get_by_role("button", name="Garder plus longtemps").click()
    expect(page.get_by_role("button", name="Garder plus longtemps")).to_have_count(0)
    page.get_by_label("Code à six chiffres").fill(code_for(service, mail))
    page.get_by_role("button", name="Confirmer la réservation").click()
    expect(page).to_have_url(re.compile("/mes-reservations/"))


def test_a_desk_is_booked_by_keyboard_alone(opened: Open, service: Service) -> None:
    page, mail = opened(service.place("bookable") + "?jour=2027-03-25", width=PHONE), address()
    tab_to(page, "Grande salle, jeudi 25 mars, 14.h.–")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Réserver une place")
    tab_to(page, "Votre nom")
    page.keyboard.type("Camille Dupont")
    tab_to(page, "Adresse e-mail")
    page.keyboard.type(mail)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Gardée pour vous"))
    code = code_for(service, mail)
    tab_to(page, "Code à six chiffres")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/mes-reservations/"))


def test_a_desk_is_booked_in_english(opened: Open, service: Service) -> None:
    page, mail = opened("/en" + service.place("bookable") + "?jour=2027-03-26", width=PHONE), address()
    page.get_by_role("link", name=re.compile("Grande salle, Friday 26 March, 10.am.*desks free")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Book a desk")
    page.get_by_label("Your name").fill("Sam Smith")
    page.get_by_label("E-mail address").fill(mail)
    page.get_by_role("button", name="Get a code").click()
    page.get_by_label("Six-digit code").fill(code_for(service, mail))
    page.get_by_role("button", name="Confirm the booking").click()
    expect(page).to_have_url(re.compile("/en/mes-reservations/"))


def test_a_wrong_code_keeps_the_desk_and_says_how_many_tries_are_left(opened: Open, service: Service) -> None:
    page, mail = opened(service.place("bookable") + "?jour=2027-03-30", width=PHONE), address()
    page.get_by_role("link", name=re.compile("Grande salle, mardi 30 mars, 9.h.–")).first.click()
    page.get_by_label("Votre nom").fill("Camille Dupont")
    page.get_by_label("Adresse e-mail").fill(mail)
    page.get_by_role("button", name="Recevoir un code").click()
    wrong = f"{(int(code_for(service, mail)) + 1) % 1_000_000:06d}"
    page.get_by_label("Code à six chiffres").fill(wrong)
    page.get_by_role("button", name="Confirmer la réservation").click()
    expect(page.get_by_role("alert")).to_contain_text("4 fois")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Gardée pour vous"))


def test_what_cannot_be_booked_says_why_and_what_can(opened: Open, service: Service) -> None:
    asked = "/reserver?ressource=1&jour=2027-03-24&de=12:00&a=14:00&personnes=1"
    page = opened(service.place("bookable") + asked, width=PHONE)
    expect(page.get_by_role("alert")).to_contain_text("Le lieu ouvre de 9")
    page.get_by_role("link", name=re.compile("mercredi 24 mars, 13.h.30")).click()
    expect(page.get_by_role("button", name="Recevoir un code")).to_be_visible()


def test_the_week_is_a_table_whose_cells_say_all_of_it(opened: Open, service: Service) -> None:
    page = opened(service.place("bookable") + "?vue=semaine&jour=2027-03-30", width=DESKTOP)
    table = page.get_by_role("table", name=re.compile("Grande salle"))
    expect(table.get_by_role("columnheader", name=re.compile("mercredi 31 mars"))).to_be_visible()
    table.get_by_role("link", name=re.compile("mercredi 31 mars, 10.h")).first.click()
    expect(page.get_by_text("mercredi 31 mars 2027", exact=False).first).to_be_visible()
