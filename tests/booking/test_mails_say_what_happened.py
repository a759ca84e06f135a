"""Every mail about a booking, in both languages: complete, on the point, and safe whatever stands in a name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, get_args
from uuid import UUID

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_templates import FORBIDDEN
from tierslieux.booking.calendar_files import Party
from tierslieux.booking.mails import (
    BookingMail,
    MailAlternative,
    MailCalendar,
    MailDate,
    MailKind,
    MailLinks,
    MailPlace,
    SkippedDate,
    booking_mail,
    mail_to,
)
from tierslieux.shared.geo import Position
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import Locale, current_locale, use_locale
from tierslieux.web.mailer import compose

KINDS: tuple[MailKind, ...] = get_args(MailKind)
LOCALES: tuple[Locale, ...] = ("fr", "en")
DURING = TimeRange(datetime(2027, 9, 7, 7, 30, tzinfo=UTC), datetime(2027, 9, 7, 10, 0, tzinfo=UTC))
ACCESS = "Sonner à la porte de gauche.\nCode 4821"
PLACE = MailPlace(
    name="Médiathèque",
    commune="Quimper (29)",
    address="Esplanade Julien Gracq, 29000 Quimper",
    url="https://tierslieux.example/lieux/mediatheque-quimper-4821",
    time_zone="Europe/Paris",
    position=Position(-4.1024, 47.996),
)
CALENDAR = MailCalendar(
    uid="0193f3c2@tierslieux.example",
    sequence=3,
    stamp=datetime(2027, 9, 1, 8, tzinfo=UTC),
    organizer=Party("reservations@tierslieux.example", "Médiathèque"),
    attendee=Party("camille@exemple.fr", "Camille"),
)


def later(during: TimeRange, days: int) -> TimeRange:
    return TimeRange(during.start + timedelta(days=days), during.end + timedelta(days=days))


def facts(kind: MailKind, **others: Any) -> BookingMail:
    """Facts of which every kind of mail may take what it needs."""
    given_facts: dict[str, Any] = {
        "kind": kind,
        "now": datetime(2027, 9, 1, 8, tzinfo=UTC),
        "place": PLACE,
        "resource_name": "Places partagées",
        "during": DURING,
        "seats": 1,
        "price_cents": 0,
        "guest_name": "Camille",
        "links": MailLinks(
            booking="https://tierslieux.example/reservations/7",
            cancel="https://tierslieux.example/reservations/7/annuler",
            move="https://tierslieux.example/reservations/7/horaire",
        ),
        "access": ACCESS,
        "reason": "Dégât des eaux",
        "kept_until": DURING.start - timedelta(hours=1),
        "previous": later(DURING, -1),
        "alternatives": (MailAlternative("Café, Brest (29)", later(DURING, 1), "Europe/Paris", "https://a.example/1"),),
        "calendar": CALENDAR,
    }
    if kind.startswith("series_"):
        second = replace(CALENDAR, uid="0193f3c3@tierslieux.example")
        given_facts["dates"] = (MailDate(DURING, CALENDAR), MailDate(later(DURING, 7), second))
    if kind == "series_confirmed":
        given_facts["skipped"] = (
            SkippedDate(datetime.fromisoformat("2027-09-21 09:30"), "La dernière place vient d'être réservée."),
        )
    return BookingMail(**{**given_facts, **others})


class Words(HTMLParser):
    """The text of a page, its tags and the addresses of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def plain(text: str) -> str:
    """With ordinary spaces only."""
    return " ".join(text.replace("\N{WORD JOINER}", "").split())


def text_of(kind: MailKind, locale: Locale = "fr", **others: Any) -> str:
    return plain(booking_mail(facts(kind, **others), locale).text)


# --- Every kind, both languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_text_and_html_say_the_same_and_lead_to_the_same_pages(kind: MailKind, locale: Locale) -> None:
    parts = booking_mail(facts(kind), locale)
    page = Words(parts.html)
    said = [plain(words) for words in page.text if plain(words)]
    text = plain(parts.text)
    assert [words for words in said[1:] if words not in text] == []
    assert sorted(filter(None, page.links)) == sorted(re.findall(r"https://\S+", parts.text))
    assert "Quimper (29)" in text
    assert f'<html lang="{locale}">' in parts.html
    assert current_locale() == "fr"


@pytest.mark.parametrize("kind", KINDS)
def test_an_english_mail_holds_no_french_of_ours(kind: MailKind) -> None:
    others = {"resource_name": "Shared desks", "reason": "Leak", "access": "Ring", "skipped": ()}
    words = re.findall(r"[a-zé]+", text_of(kind, "en", **others).lower())
    assert not {"votre", "vous", "lieu", "heure", "réservation", "demande", "une", "les"} & set(words)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_is_plain_html_without_anything_to_load(kind: MailKind, locale: Locale) -> None:
    html = booking_mail(facts(kind), locale).html
    assert not {"img", "script", "style", "link", "iframe", "form"} & set(Words(html).tags)
    assert [name for name, rule in FORBIDDEN.items() if rule.search(html)] == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_demonstration_says_so_in_every_part(kind: MailKind, locale: Locale) -> None:
    sentence = "Démonstration : les réservations" if locale == "fr" else "Demonstration: bookings and people"
    parts = booking_mail(facts(kind, demonstration=True), locale)
    assert sentence in plain(parts.text)
    assert sentence in plain(parts.html)
    if parts.calendar is not None:
        assert sentence in plain(parts.calendar.ics.replace("\r\n ", ""))
    assert sentence not in text_of(kind, locale)


NASTY = '<script>alert(1)</script>"\r\nBcc: x@y.fr {place} {0.__class__} %s'


@pytest.mark.parametrize("kind", KINDS)
def test_names_and_reasons_are_shown_as_they_are_and_do_nothing(kind: MailKind) -> None:
    mail = facts(
        kind,
        place=replace(PLACE, name=NASTY, commune=NASTY, address=NASTY),
        resource_name=NASTY,
        guest_name=NASTY,
        reason=NASTY,
    )
    parts = booking_mail(mail, "fr")
    assert "script" not in Words(parts.html).tags
    assert "\n" not in parts.subject
    assert "\r" not in parts.subject
    assert "\nBcc" not in parts.text
    message = compose(mail_to("camille@exemple.fr", UUID(int=1), parts, 4821, "booking 7"))
    assert message["Bcc"] is None
    assert plain(NASTY) in plain(parts.text)


@given(st.text(max_size=80), st.sampled_from(KINDS), st.sampled_from(LOCALES))
def test_any_name_makes_a_mail_that_can_be_sent(name: str, kind: MailKind, locale: Locale) -> None:
    mail = facts(kind, place=replace(PLACE, name=name), guest_name=name, reason=name, access=name)
    parts = booking_mail(mail, locale)
    assert len(parts.subject.splitlines()) == 1
    assert compose(mail_to("camille@exemple.fr", UUID(int=1), parts, 4821, "booking 7")).as_bytes()


# --- The calendar file ---------------------------------------------------------------------------------------------

EVENTS = {
    "confirmed": ("REQUEST", "CONFIRMED"),
    "approved": ("REQUEST", "CONFIRMED"),
    "moved": ("REQUEST", "CONFIRMED"),
    "closure_moved": ("REQUEST", "CONFIRMED"),
    "pending": ("REQUEST", "TENTATIVE"),
    "declined": ("CANCEL", "CANCELLED"),
    "lapsed": ("CANCEL", "CANCELLED"),
    "cancelled_by_guest": ("CANCEL", "CANCELLED"),
    "cancelled_by_host": ("CANCEL", "CANCELLED"),
    "series_confirmed": ("PUBLISH", "CONFIRMED"),
    "series_cancelled_by_guest": ("PUBLISH", "CANCELLED"),
    "series_cancelled_by_host": ("PUBLISH", "CANCELLED"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_calendar_file_goes_along_where_the_event_changes_and_nowhere_else(kind: MailKind) -> None:
    calendar = booking_mail(facts(kind), "fr").calendar
    if kind not in EVENTS:
        assert calendar is None
        return
    assert calendar is not None
    read: Any = icalendar.Calendar.from_ical(calendar.ics)
    assert (calendar.method, str(read.events[0]["STATUS"])) == EVENTS[kind]
    assert str(read["METHOD"]) == calendar.method
    assert (str(read.events[0]["UID"]), read.events[0]["SEQUENCE"]) == (CALENDAR.uid, 3)
    assert (read.events[0].start, read.events[0].end) == (DURING.start, DURING.end)


@pytest.mark.parametrize("kind", ["series_confirmed", "series_cancelled_by_guest", "series_cancelled_by_host"])
def test_a_series_puts_each_of_its_dates_into_the_calendar(kind: MailKind) -> None:
    calendar = booking_mail(facts(kind), "fr").calendar
    assert calendar is not None
    events: Any = icalendar.Calendar.from_ical(calendar.ics).events
    assert [event.start for event in events] == [DURING.start, DURING.start + timedelta(days=7)]
    assert len({str(event["UID"]) for event in events}) == 2


def test_without_a_calendar_s_facts_there_is_no_file() -> None:
    assert booking_mail(facts("confirmed", calendar=None), "fr").calendar is None


def test_how_to_get_in_is_never_in_the_calendar() -> None:
    calendar = booking_mail(facts("confirmed", now=DURING.start), "fr").calendar
    assert calendar is not None
    assert "4821" not in calendar.ics.replace("mediatheque-quimper-4821", "")


# --- What they say -------------------------------------------------------------------------------------------------


def test_a_confirmation_names_all_that_was_booked() -> None:
    parts = booking_mail(facts("confirmed", seats=2, price_cents=1200), "fr")
    assert plain(parts.subject) == "Réservation confirmée : mardi 7 septembre, 9 h 30 – 12 h, Médiathèque, Quimper (29)"
    for line in (
        "Bonjour Camille,",
        "Votre réservation est confirmée.",
        "Adresse : Esplanade Julien Gracq, 29000 Quimper",
        "Réservation : Places partagées, pour 2 personnes",
        "Jour : mardi 7 septembre 2027",
        "Heure : 9 h 30 – 12 h",
        "Prix : 12 €",
        "État : Confirmée",
        "Changer l'horaire : https://tierslieux.example/reservations/7/horaire",
        "Annuler la réservation : https://tierslieux.example/reservations/7/annuler",
        "Rien ne change avant que vous ne l'ayez confirmé sur la page.",
    ):
        assert line in plain(parts.text)


def test_the_english_form_of_days_and_hours() -> None:
    text = text_of("confirmed", "en")
    assert "Day: Tuesday 7 September 2027" in text
    assert "Time: 9:30 am – 12 pm" in text


@pytest.mark.parametrize("locale", LOCALES)
def test_the_time_is_named_where_it_is_not_that_of_most_readers(locale: Locale) -> None:
    name = {"fr": "(heure de La Réunion)", "en": "(Réunion time)"}[locale]
    parts = booking_mail(facts("moved", place=replace(PLACE, time_zone="Indian/Reunion")), locale)
    assert name in plain(parts.subject)
    hours = {"fr": "11 h 30 – 14 h", "en": "11:30 am – 2 pm"}[locale]
    assert f"{hours} {name}" in plain(parts.text)
    assert plain(parts.text).count(name) == 2
    assert "heure de" not in text_of("moved", locale)


def test_a_booking_over_midnight_tells_both_days() -> None:
    text = text_of("confirmed", during=TimeRange(DURING.start, DURING.end + timedelta(days=1)))
    assert "Début : mardi 7 septembre 2027, 9 h 30" in text
    assert "Fin : mercredi 8 septembre 2027, 12 h" in text


def test_one_that_ends_at_midnight_is_of_one_day() -> None:
    text = text_of("confirmed", during=TimeRange(DURING.start, datetime(2027, 9, 7, 22, tzinfo=UTC)))
    assert "Heure : 9 h 30 – minuit" in text


@pytest.mark.parametrize("kind", ["confirmed", "approved", "moved", "closure_moved", "reminder"])
def test_how_to_get_in_is_told_from_the_day_before_on(kind: MailKind) -> None:
    day_before = datetime(2027, 9, 5, 22, 0, tzinfo=UTC)
    assert "Code 4821" not in text_of(kind, now=day_before - timedelta(seconds=1))
    assert "Vous le recevrez la veille, avec le rappel." in text_of(kind, now=day_before - timedelta(seconds=1))
    assert "Comment entrer - Sonner à la porte de gauche. - Code 4821" in text_of(kind, now=day_before)
    assert "Comment entrer" not in text_of(kind, access=None)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"confirmed", "approved", "moved", "closure_moved", "reminder"}))
def test_how_to_get_in_is_told_to_nobody_without_a_confirmed_booking(kind: MailKind) -> None:
    parts = booking_mail(facts(kind, now=DURING.start), "fr")
    assert "Code 4821" not in parts.text
    assert "Code 4821" not in parts.html


def test_a_cancellation_by_the_place_says_why_and_what_is_free() -> None:
    text = text_of("cancelled_by_host")
    for words in (
        "L'équipe du lieu a dû annuler votre réservation.",
        "Elle ne compte pas dans le nombre de vos réservations.",
        "Raison donnée par le lieu : « Dégât des eaux »",
        "Ce qui est libre - mercredi 8 septembre 2027, 9 h 30 – 12 h, Café, Brest (29) https://a.example/1",
        "Vous pouvez choisir un autre horaire, ou un autre lieu.",
    ):
        assert words in text
    assert "/annuler" not in text


def test_a_reason_is_given_only_where_the_place_decided() -> None:
    giving = {kind for kind in KINDS if "Dégât des eaux" in text_of(kind)}
    assert giving == {"declined", "moved", "cancelled_by_host", "closure_moved", "series_cancelled_by_host"}


def test_a_booking_moved_to_another_place_names_both() -> None:
    text = text_of("closure_moved", previous_place="Mairie, Pleyben (29)")
    assert "Avant : lundi 6 septembre 2027, 9 h 30 – 12 h, Mairie, Pleyben (29)." in text
    assert "Votre place reste réservée" in text


def test_an_offer_says_until_when_the_desk_is_kept() -> None:
    text = text_of("waitlist_offer", kept_until=datetime(2027, 9, 6, 8, 15, tzinfo=UTC))
    assert "Elle est gardée pour vous jusqu'au lundi 6 septembre 2027, 10 h 15." in text
    assert "Réserver cette place : https://tierslieux.example/reservations/7" in text


@pytest.mark.parametrize("kind", ["pending", "waitlist_offer", "host_pending"])
def test_what_is_kept_cannot_be_announced_without_its_end(kind: MailKind) -> None:
    with pytest.raises(ValueError, match="kept_until"):
        facts(kind, kept_until=None)


def test_a_team_is_told_who_asks_and_can_answer() -> None:
    text = text_of("host_pending", guest_name="Camille D.")
    assert "Demande de : Camille D." in text
    assert "Bonjour, " in text
    assert "Voir la demande : https://tierslieux.example/reservations/7" in text
    assert "/annuler" not in text


def test_a_team_that_is_told_of_a_closed_door_is_not_told_who_stood_there() -> None:
    text = text_of("host_closed", guest_name="Camille D.")
    assert "Une personne qui avait réservé dans votre lieu a signalé : « C'est fermé »." in text
    assert "Heure : 9 h 30 – 12 h" in text
    assert f"Voir la page du lieu : {PLACE.url}" in text
    assert not [word for word in ("Camille", "Places partagées", "Gratuit", "/reservations/7") if word in text]


def test_a_series_lists_its_dates_and_the_skipped_ones_with_their_reason() -> None:
    text = text_of("series_confirmed")
    assert "2 dates réservées - mardi 7 septembre 2027, 9 h 30 – 12 h - mardi 14 septembre 2027, 9 h 30 – 12 h" in text
    assert "mardi 21 septembre 2027, 9 h 30 – La dernière place vient d'être réservée." in text


def test_a_cancelled_series_lists_its_dates_as_cancelled() -> None:
    text = text_of("series_cancelled_by_guest")
    assert "2 dates annulées - mardi 7 septembre 2027, 9 h 30 – 12 h - mardi 14 septembre 2027, 9 h 30 – 12 h" in text
    assert "/annuler" not in text


def test_a_link_that_is_not_given_is_not_offered() -> None:
    text = text_of("confirmed", links=MailLinks(booking="https://tierslieux.example/reservations/7"))
    assert "Voir la réservation" in text
    assert "Changer l'horaire :" not in text


def test_a_mail_in_another_language_leaves_the_request_s_own_as_it_was() -> None:
    use_locale("en", "/recherche")
    try:
        booking_mail(facts("confirmed"), "fr")
        assert current_locale() == "en"
    finally:
        use_locale("fr")
