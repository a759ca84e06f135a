from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierslieux.places.hours.days import DatedHours, Hours, work_out_days
from tierslieux.places.hours.moments import HoursState
from tierslieux.places.hours.schema_org import special_days, week_specification
from tierslieux.places.hours.weekly import BadRange, Weekly, from_osm, to_osm
from tierslieux.places.hours.words import day_in_words, state_in_words, text_in_words, weekly_total_in_words
from tierslieux.territories.zones import locality_of

PLAIN = str.maketrans({"\N{NO-BREAK SPACE}": " "})
LANGUAGES = st.sampled_from(["fr", "en"])


def lines(text: str) -> list[str]:
    return [str(line).translate(PLAIN) for line in text_in_words(text, "fr")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tu-Sa 10:00-12:30,14:00-18:00; PH off",
         ["du mardi au samedi : 10 h – 12 h 30, 14 h – 18 h", "lundi et dimanche : fermé", "jours fériés : fermé"]),
        ("24/7", ["tous les jours : 24 h sur 24"]),
        ("Mo-Fr 09:00-12:00; Jul-Aug Mo off",
         ["du lundi au vendredi : 9 h – 12 h", "de juillet à août, lundi : fermé"]),
        ("Aug-Oct Mo off", ["d'août à octobre, lundi : fermé"]),
        ("Sa[1] 10:00-12:00", ["1er samedi du mois : 10 h – 12 h"]),
        ("week 2-52/2 Th 08:45-12:00", ["semaines paires, jeudi : 8 h 45 – 12 h"]),
        ("SH Mo-Fr 10:00-19:00", ["vacances scolaires, du lundi au vendredi : 10 h – 19 h"]),
        ('Mo 10:00-12:00 || unknown "sur rendez-vous"', ["lundi : 10 h – 12 h", "sinon : sur rendez-vous"]),
        ('unknown "sur rendez-vous"', ["sur rendez-vous"]),
        ("Aug 01-15 off", ["du 1er août au 15 août : fermé"]),
        ("easter off", ["easter off"]),
        ("Mo 9h", ["horaires à vérifier"]),
    ],
)  # fmt: skip
def test_a_text_reads_as_people_write_hours(text: str, expected: list[str]) -> None:
    assert lines(text) == expected


def test_a_text_reads_in_english_too() -> None:
    assert [str(line).translate(PLAIN) for line in text_in_words("Tu-Sa 10:00-12:30; PH off", "en")] == [
        "Tuesday to Saturday : 10:00 – 12:30", "Monday and Sunday : closed", "public holidays : closed",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=80), LANGUAGES)
def test_any_text_has_words(text: str, language: str) -> None:
    assert text_in_words(text, "fr" if language == "fr" else "en")


def test_days_say_their_hours_or_why_there_are_none() -> None:
    hours = Hours("Mo-Fr 09:30-12:00", locality_of("29232"), (DatedHours(date(2031, 5, 2), date(2031, 5, 2), "off"),))
    days = work_out_days(hours, date(2031, 4, 30), date(2031, 5, 3))
    shown = [day_in_words(day, "Europe/Paris", "fr") for day in days]
    assert [(line.day, line.hours.translate(PLAIN), line.state) for line in shown] == [
        ("mercredi 30 avril 2031", "9 h 30 – 12 h", "open"),
        ("jeudi 1er mai 2031", "À vérifier : jour férié", "unknown"),
        ("vendredi 2 mai 2031", "Fermé : fermeture exceptionnelle", "closed"),
        ("samedi 3 mai 2031", "Fermé", "closed"),
    ]


@pytest.mark.parametrize(
    ("state", "french", "english"),
    [
        (
            HoursState("open", None, datetime(2031, 7, 1, 10, 30, tzinfo=UTC)),
            "Ouvert jusqu'à 12 h 30",
            "Open until 12:30",
        ),
        (HoursState("closed", "public_holiday", None), "Fermé : jour férié", "Closed: public holiday"),
        (HoursState("unknown", "no_hours", None), "Horaires inconnus", "Hours unknown"),
        (HoursState("unknown", "holiday_not_stated", None), "À vérifier : jour férié", "To be checked: public holiday"),
    ],
)
def test_a_state_has_the_words_of_the_interface(state: HoursState, french: str, english: str) -> None:
    assert state_in_words(state, "Europe/Paris", "fr").translate(PLAIN) == french
    assert state_in_words(state, "Europe/Paris", "en").translate(PLAIN) == english


def test_a_weekly_total_says_that_the_days_are_unknown() -> None:
    assert weekly_total_in_words(7, "fr").translate(PLAIN) == "environ 7 h par semaine, jours inconnus"
    assert weekly_total_in_words(7.5, "fr").translate(PLAIN) == "environ 7,5 h par semaine, jours inconnus"
    assert weekly_total_in_words(7, "en").translate(PLAIN) == "about 7 h a week, days unknown"


def test_schema_org_has_the_plain_week_and_nothing_for_a_text_that_is_more() -> None:
    assert week_specification("Sa,Su 10:00-12:00; PH off") == [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": ["Saturday", "Sunday"], "opens": "10:00", "closes": "12:00"}
    ]
    assert week_specification("Jul-Aug Sa 10:00-12:00") == []


def test_schema_org_has_single_days_open_and_closed_but_no_unknown_one() -> None:
    hours = Hours("Mo-Th 18:00-24:00; Fr off", locality_of("29232"))
    days = work_out_days(hours, date(2031, 4, 30), date(2031, 5, 2))
    assert [(each["validFrom"], each["opens"], each["closes"]) for each in special_days(days, "Europe/Paris")] == [
        ("2031-04-30", "18:00", "23:59"),
        ("2031-05-02", "00:00", "00:00"),
    ]


SPANS = st.lists(st.integers(0, 95), min_size=0, max_size=6, unique=True).map(
    lambda quarters: tuple(
        (low * 15, high * 15) for low, high in zip(sorted(quarters)[::2], sorted(quarters)[1::2], strict=False)
    )
)


@settings(deadline=None)
@given(st.lists(SPANS, min_size=7, max_size=7), st.sampled_from(["not_stated", "closed"]))
def test_a_week_comes_back_from_its_text(days: list[tuple[tuple[int, int], ...]], holidays: str) -> None:
    stated = "closed" if holidays == "closed" and any(days) else "not_stated"
    week = Weekly(tuple(days), "closed" if stated == "closed" else "not_stated")
    assert from_osm(to_osm(week)) == week


@pytest.mark.parametrize(
    "text", ["PH off; Mo 10:00-12:00", "Jul Mo 10:00-12:00", "Mo[1] 10:00-12:00", "quoi", "Mo,PH 10:00-12:00"]
)
def test_a_text_that_is_more_than_a_week_has_no_weekly_form(text: str) -> None:
    assert from_osm(text) is None


def test_a_week_refuses_ranges_that_overlap_or_run_backwards() -> None:
    with pytest.raises(BadRange):
        Weekly((((600, 720), (700, 800)), *((),) * 6))
    with pytest.raises(BadRange):
        Weekly((((720, 600),), *((),) * 6))
