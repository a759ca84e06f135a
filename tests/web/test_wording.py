"""Dates, times and numbers as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.web import wording
from tierslieux.web.i18n import Locale, use_locale


@pytest.fixture(autouse=True)
def _french_again() -> Iterator[None]:
    yield
    use_locale("fr")


def plain(text: str) -> str:
    return (
        text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "")
    )


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("fr", ["mardi 24 novembre 2026", "mardi 1er décembre", "9 h 30 – 12 h", "22 h – minuit", "1 781", "22,9 %"]),
        (
            "en",
            ["Tuesday 24 November 2026", "Tuesday 1 December", "9:30 am – 12 pm", "10 pm – midnight", "1,781", "22.9%"],
        ),
    ],
)
def test_dates_times_and_numbers_follow_the_language(locale: Locale, words: list[str]) -> None:
    use_locale(locale)
    written = [
        wording.day(date(2026, 11, 24)),
        wording.day_without_year(date(2026, 12, 1)),
        wording.clock_range(time(9, 30), time(12)),
        wording.clock_range(time(22), time(0)),
        wording.number(1781),
        wording.percent(0.229),
    ]
    assert [plain(text) for text in written] == words


def test_hours_are_told_on_the_clock_of_the_place() -> None:
    noon = datetime(2027, 3, 23, 12, tzinfo=UTC)
    assert plain(wording.ranges([(noon, noon.replace(hour=14))], "Indian/Reunion")) == "16 h – 18 h"


@pytest.mark.parametrize(
    ("metres", "words"),
    [(0, "10 m"), (412, "410 m"), (949, "950 m"), (1500, "1,5 km"), (9960, "10 km"), (22_400, "22 km")],
)
def test_a_distance_is_rounded_to_what_a_person_can_use(metres: float, words: str) -> None:
    assert plain(wording.distance(metres)) == words


@given(st.floats(min_value=0, max_value=2_000_000))
def test_every_distance_has_a_unit_and_no_false_precision(metres: float) -> None:
    number, unit = plain(wording.distance(metres)).rsplit(" ", 1)
    assert unit in {"m", "km"}
    assert len(number.replace(" ", "").split(",")[-1]) <= 4


@pytest.mark.parametrize(
    ("given_number", "words"),
    [
        ("+33298000000", "02 98 00 00 00"),
        ("+262262000000", "02 62 00 00 00"),
        ("3949", "3949"),
        ("+4915100000", "+4915100000"),
    ],
)
def test_a_french_number_is_written_in_pairs_and_any_other_as_it_stands(given_number: str, words: str) -> None:
    assert plain(wording.phone(given_number)) == words


def test_high_punctuation_and_quotation_marks_stay_with_their_words() -> None:
    said = wording.unbroken("Vous connaissez « un lieu » ? Dites-le : ici ; là !")
    assert said.replace(wording.NBSP, "_") == "Vous connaissez «_un lieu_»_? Dites-le_: ici_; là_!"
