from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.places.hours.shared_data import shared_rows
from tierslieux.places.hours.evaluator import intervals_of, read
from tierslieux.places.hours.french import read_french
from tierslieux.territories.zones import locality_of

TABLE = Path(__file__).with_name("french_200.csv")
START, END = datetime(2031, 1, 1, tzinfo=UTC), datetime(2032, 2, 1, tzinfo=UTC)
SCHOOL_START, SCHOOL_END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 1, tzinfo=UTC)
QUIMPER = locality_of("29232")
NOT_TO_BE_READ = "?"


def meaning(osm: str) -> list[tuple[datetime, datetime, str]]:
    return [piece[:3] for piece in intervals_of(read(osm), SCHOOL_START, SCHOOL_END, QUIMPER)]


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def open_time(osm: str) -> set[tuple[datetime, datetime]]:
    return {(start, end) for start, end, state in meaning(osm) if state == "open"}


def test_the_table_holds_200_texts() -> None:
    assert len(table()) == 200


def test_at_least_98_percent_of_the_texts_that_are_read_mean_what_a_reader_wrote_down() -> None:
    said = [(row, read_french(row["text"]).opening_hours) for row in table()]
    read_texts = [(row, osm) for row, osm in said if osm is not None]
    wrong = [
        (row["text"], osm)
        for row, osm in read_texts
        if row["expected"] == NOT_TO_BE_READ or meaning(osm) != meaning(row["expected"])
    ]
    assert len(read_texts) >= 170
    assert len(wrong) <= len(read_texts) * 0.02, wrong


def test_no_text_of_the_table_is_open_at_a_time_at_which_the_reader_found_it_closed() -> None:
    for row in table():
        osm = read_french(row["text"]).opening_hours
        if osm is not None and row["expected"] != NOT_TO_BE_READ:
            assert open_time(osm) <= open_time(row["expected"]), row["text"]


def test_a_text_of_the_table_that_is_not_read_says_where_and_what() -> None:
    for row in table():
        found = read_french(row["text"])
        assert (found.opening_hours is None) == bool(found.not_understood)
        for position, part in found.not_understood:
            assert part
            assert row["text"][position:].lstrip().startswith(part)


def test_at_least_85_percent_of_all_known_texts_are_read_completely() -> None:
    texts = [row["horaires_texte"] for row in shared_rows("horaires_texte_libre.csv")]
    complete = [text for text in texts if read_french(text).opening_hours is not None]
    assert len(texts) == 1941
    assert len(complete) >= 0.85 * len(texts)


def test_every_known_text_is_read_or_says_what_was_not_understood() -> None:
    for row in shared_rows("horaires_texte_libre.csv"):
        found = read_french(row["horaires_texte"])
        if found.opening_hours is None:
            assert found.not_understood
        else:
            read(found.opening_hours)


@pytest.mark.parametrize(
    ("french", "osm"),
    [
        ("du mardi au samedi 10h-12h30 et 14h-18h", "Tu-Sa 10:00-12:30,14:00-18:00"),
        ("mardi 9h30-12h", "Tu 09:30-12:00"),
        ("10h-18h du lundi au vendredi", "Mo-Fr 10:00-18:00"),
        ("mercerdi et vendredis 14 h à 18 h 30", "We,Fr 14:00-18:30"),
        ("tous les jours sauf le mardi : 9h - midi", "Mo,We-Su 09:00-12:00"),
        ("lundi 9h-12h. Fermé les jours fériés", "Mo 09:00-12:00; PH off"),
        ("lundi 9h-12h, fermé en août", "Mo 09:00-12:00; Aug off"),
        ("du lundi au vendredi 9h-17h, fermé du 1er au 15 août", "Mo-Fr 09:00-17:00; Aug 01-Aug 15 off"),
        ("samedi 10h-12h semaines paires", "week 2-52/2 Sa 10:00-12:00"),
        ("1er et 3e samedis du mois 10h-12h", "Sa[1,3] 10:00-12:00"),
        ("sa Excepté dernier samedi du mois : 8:45 - 12:15", "Sa 08:45-12:15; Sa[-1] off"),
        ("vendredi 20h-2h", "Fr 20:00-02:00"),
        ("lundi 9h-12h, sur rendez-vous", 'Mo 09:00-12:00 unknown "x"'),
        ("Horaires non communiqués", 'unknown "x"'),
        ("24h/24 7j/7", "Mo-Su 00:00-24:00"),
        ("Mardi : 14h-18h. Vacances scolaires : mardi 10h-12h", "Tu 14:00-18:00; SH off; SH Tu 10:00-12:00"),
        ("lu 8:45 - 12:00 / Semaines paires : 14:00 - 16:30", "Mo 08:45-12:00; week 2-52/2 Mo 08:45-12:00,14:00-16:30"),
        (
            "Mardi 14h-18h Pendant les vacances scolaires Mardi 10h-12h Fermeture annuelle en août",
            "Tu 14:00-18:00; SH off; SH Tu 10:00-12:00; Aug off",
        ),
        ("Mercredi 10h-18h; Dec 25, Jan 1 Ferme", "We 10:00-18:00; Dec 25 off; Jan 01 off"),
        ("Sep-Juin: Lundi 9h-12h; Jours feries Ferme", "Sep-Jun Mo 09:00-12:00; PH off"),
        ("Lundi au vendredi 9h-12h30, 13h30-17h30, fermé les mardi après-midi",
         "Mo,We-Fr 09:00-12:30,13:30-17:30; Tu 09:00-12:30"),
        ("Du mardi au samedi : 12h-18h, le jeudi jusqu'à 20h", "Tu,We,Fr,Sa 12:00-18:00; Th 12:00-20:00"),
        ("fermé", "off"),
        ("lundi 9:00 - 12:00 / 14:00 - 18:", "Mo 09:00-12:00,14:00-18:00"),
    ],
)  # fmt: skip
def test_french_means_the_same_as_the_osm_text(french: str, osm: str) -> None:
    found = read_french(french)
    assert found.opening_hours is not None, found.not_understood
    assert meaning(found.opening_hours) == meaning(osm)


@pytest.mark.parametrize(
    ("french", "part"),
    [
        ("mardi 9h-12h pour les adhérents", "adhérents"),
        ("9h-12h30, 14h mardi", "14h"),
        ("lundi au vendredi 9h-17h le matin seulement en mai ou juin", "ou"),
        ("samedi", None),
        ("Du Lundi au Mercredi : 8h30-17h00, fermé le Jeudi, Vendredi 8h30-17h00", "Jeudi, Vendredi"),
        ("De septembre à juin : samedi 10h-17h. Dimanche 9h-12h", "9h-12h"),
        ("Jours ouvrables : 10h-11h30", "Jours ouvrables"),
        ("ouvert l'été", None),
        ("lundi 18h-9h", "18h-9h"),
        ("lundi 25h-26h", "25h"),
    ],
)
def test_what_has_two_readings_or_none_is_reported_and_not_guessed(french: str, part: str | None) -> None:
    found = read_french(french)
    if part is None:
        assert found.opening_hours is None or "unknown" in found.opening_hours
    else:
        assert found.opening_hours is None
        assert any(part in each for _, each in found.not_understood), found.not_understood


def test_a_closing_season_wins_over_the_school_holidays_in_it() -> None:
    osm = read_french("Mardi 14h-18h. Vacances scolaires : mardi 10h-12h. Fermé en août").opening_hours
    assert osm is not None
    august = [piece for piece in meaning(osm) if piece[0].month == 8]
    assert august == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_answered(text: str) -> None:
    found = read_french(text)
    assert (found.opening_hours is None) == bool(found.not_understood)


WORDS = st.sampled_from([
    "lundi", "mardi", "au", "du", "le", "les", "et", "sauf", "fermé", "9h", "12h", "14h30", "18h", "-", "à",
    ",", ";", ".", ":", "/", "(", ")", "|", "vacances", "scolaires", "jours", "fériés", "en", "août", "juillet",
    "sur", "rendez-vous", "semaines", "paires", "1er", "samedi", "du", "mois", "matin", "après-midi", "jusqu'à",
    "20h", "{Lundi,Mardi}", "2", "15", "hors", "période", "scolaire", "horaires", "réduits", "bibliothèque",
    "adultes", "jeunesse", "toute", "l'année",
])  # fmt: skip


@settings(deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_heap_of_known_words_is_answered_and_what_is_read_can_be_evaluated(text: str) -> None:
    found = read_french(text)
    if found.opening_hours is None:
        assert found.not_understood
    else:
        read(found.opening_hours)


def test_a_text_that_is_too_long_is_refused_with_its_end() -> None:
    found = read_french("lundi 9h-12h " * 1000)
    assert found.opening_hours is None
    assert found.not_understood[0][0] == 2000
