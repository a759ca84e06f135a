"""A guest's own pages: seen, cancelled and moved with and without script, by keyboard alone, in French and English."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.booking.mine.guest import make_session
from tests.browser.conftest import DESKTOP, PHONE, Service
from tests.browser.places import RENNES
from tests.browser.test_booking import tab_to
from tests.browser.test_promises import violations
from tests.factories import LONG_AGO, insert, make_account, make_booking

Open = Callable[..., Page]
NOW = datetime(2027, 3, 23, 9, tzinfo=UTC)
ROOM, ROOM_SEAT = 2, 9
"""The meeting room of "La Cordée": what happens there disturbs no other test."""


@dataclass
class Guest:
    """Someone with bookings, whose browser is signed in."""

    opened: Open
    service: Service
    cookie: str
    bookings: tuple[str, ...]

    def open(self, path: str, **options: Any) -> Page:
        page = self.opened("about:blank", **options)
        page.context.add_cookies([{"name": "session", "value": self.cookie, "url": self.service.url}])
        page.goto(path)
        return page


def make_guest(opened: Open, service: Service, *starts: datetime) -> Guest:
    """A guest with a confirmed booking of an hour from each start, in the room."""
    slug = service.places["bookable"]
    place_id = int(slug.rpartition("-")[2])
    with psycopg.connect(service.database_url, autocommit=True) as base:
        account = make_account(base)
        made = [book(base, place_id, account, start) for start in starts]
        return Guest(opened, service, make_session(base, account), tuple(made))


def book(base: psycopg.Connection[Any], place_id: int, account: Any, start: datetime) -> str:
    during = (start, start + timedelta(hours=1))
    number = make_booking(base, place_id, ROOM, during, ROOM_SEAT, guest_id=account, price_cents=1200)
    event = {"place_id": place_id, "booking_id": number, "seq": 1, "at": LONG_AGO, "actor_id": account}
    insert(base, "booking_event", event | {"becomes": "confirmed"})
    return f"/mes-reservations/{place_id}-{number.hex}"


@pytest.mark.parametrize(("width", "script", "day"), [(PHONE, False, 6), (DESKTOP, True, 7)])
def test_a_booking_is_found_and_cancelled_after_a_page_that_asks(
    opened: Open, service: Service, width: int, script: bool, day: int
) -> None:
    guest = make_guest(opened, service, datetime(2027, 4, day, 8, tzinfo=UTC))
    page = guest.open("/mes-reservations", width=width, java_script_enabled=script)
    page.get_by_role("link", name=re.compile("avril 2027, 10.h")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réservation du")
    page.get_by_role("link", name="Annuler la réservation").click()
    page.get_by_role("link", name="Garder la réservation").click()
    expect(page.get_by_text("Confirmée", exact=True)).to_be_visible()
    page.get_by_role("link", name="Annuler la réservation").click()
    page.get_by_role("button", name="Annuler la réservation").click()
    expect(page.get_by_role("status")).to_contain_text("La réservation est annulée.")
    page.get_by_role("link", name="Mes réservations").first.click()
    expect(page.get_by_role("region", name="Passées ou annulées")).to_contain_text("Annulée")
    expect(page.get_by_role("region", name="À venir")).to_contain_text("Vous n'avez pas de réservation à venir.")


@pytest.mark.parametrize(("width", "script", "day"), [(PHONE, False, 8), (DESKTOP, True, 9)])
def test_a_booking_is_moved_to_a_free_time_of_another_day(
    opened: Open, service: Service, width: int, script: bool, day: int
) -> None:
    guest = make_guest(opened, service, datetime(2027, 4, day, 8, tzinfo=UTC))
    page = guest.open(guest.bookings[0], width=width, java_script_enabled=script)
    page.get_by_role("link", name="Changer l'horaire").click()
    page.get_by_label("Jour", exact=True).fill(f"2027-04-{day + 4}")
    page.get_by_role("button", name="Voir les horaires libres").click()
    page.get_by_role("radio", name=re.compile("^14.h.–")).check(force=True)
    page.get_by_role("button", name="Changer l'horaire").click()
    expect(page.get_by_role("status")).to_contain_text("L'horaire est changé.")
    expect(page.get_by_text(re.compile(f"{day + 4} avril 2027, 14.h")).first).to_be_visible()


def test_a_booking_is_moved_and_cancelled_by_keyboard_alone(opened: Open, service: Service) -> None:
    guest = make_guest(opened, service, datetime(2027, 4, 15, 8, tzinfo=UTC))
    page = guest.open("/mes-reservations", width=PHONE)
    tab_to(page, "15 avril 2027, 10.h")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Réservation du")
    tab_to(page, "Changer l'horaire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Changer l'horaire")
    tab_to(page, "9.h.–")
    page.keyboard.press("ArrowRight")
    tab_to(page, "Changer l'horaire")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("L'horaire est changé.")
    tab_to(page, "Annuler la réservation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Annuler la réservation")
    tab_to(page, "^Annuler la réservation")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("La réservation est annulée.")


def test_a_booking_is_moved_and_cancelled_in_english(opened: Open, service: Service) -> None:
    guest = make_guest(opened, service, datetime(2027, 4, 16, 8, tzinfo=UTC))
    page = guest.open("/en/mes-reservations", width=PHONE)
    page.get_by_role("link", name=re.compile("Friday 16 April 2027, 10.am")).click()
    page.get_by_role("link", name="Change the time").click()
    page.get_by_role("radio", name=re.compile("^2.pm")).check(force=True)
    page.get_by_role("button", name="Change the time").click()
    expect(page.get_by_role("status")).to_contain_text("The time is changed.")
    page.get_by_role("link", name="Cancel the booking").click()
    page.get_by_role("button", name="Cancel the booking").click()
    expect(page.get_by_role("status")).to_contain_text("The booking is cancelled.")


def test_an_arrival_is_noted_by_position_with_script_and_explained_without(opened: Open, service: Service) -> None:
    guest = make_guest(opened, service, NOW)
    plain = guest.open(guest.bookings[0], width=PHONE, java_script_enabled=False)
    expect(plain.get_by_text("Lisez avec votre téléphone le code affiché dans le lieu").first).to_be_visible()
    expect(plain.get_by_role("button", name="J'y suis")).to_be_hidden()
    refused = guest.open(guest.bookings[0], width=PHONE)
    refused.get_by_role("button", name="J'y suis").click()
    expect(refused.get_by_text("le navigateur ne l'a pas donnée")).to_be_visible()
    where = {"longitude": RENNES[0], "latitude": RENNES[1]}
    page = guest.open(guest.bookings[0], width=PHONE, geolocation=where, permissions=["geolocation"])
    page.get_by_role("button", name="J'y suis").click()
    expect(page.get_by_role("status").first).to_contain_text("Votre arrivée est notée.")


def test_no_page_of_a_guest_has_a_barrier_or_needs_sideways_scrolling(opened: Open, service: Service) -> None:
    guest = make_guest(opened, service, datetime(2027, 4, 20, 8, tzinfo=UTC))
    booking = guest.bookings[0]
    paths = [
        "/mes-reservations", "/mes-reservations/a-venir", booking, f"{booking}/annuler", f"{booking}/changer",
        "/mes-reservations/agenda", "/mes-reservations/releve", f"{service.place('bookable')}/arrivee?code=x",
    ]  # fmt: skip
    page = guest.open(paths[0], width=320)
    for path in paths:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 320, path
