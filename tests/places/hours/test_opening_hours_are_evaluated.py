from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.places.hours.shared_data import shared_rows
from tierslieux.places.hours.evaluator import MAX_TEXT, Evaluation, evaluate
from tierslieux.places.hours.merge import Interval
from tierslieux.territories.zones import Locality, locality_of

PARIS = ZoneInfo("Europe/Paris")
QUIMPER, METZ, NOUMEA = locality_of("29232"), locality_of("57463"), locality_of("98818")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


def spans(text: str, start: str, end: str, locality: Locality = QUIMPER) -> list[tuple[str, str, str]]:
    zone = ZoneInfo(locality.time_zone)
    found = evaluate(text, at(start), at(end), locality)
    assert found.error is None, found.error
    return [
        (f"{piece.start.astimezone(zone):%d %H:%M}", f"{piece.end.astimezone(zone):%d %H:%M}", piece.state)
        for piece in found.intervals
    ]


def refused(text: str) -> tuple[int, str, str]:
    found = evaluate(text, at("2027-03-01"), at("2027-03-08"), QUIMPER)
    assert found.error is not None
    assert found.normalised is None
    assert found.intervals == ()
    return found.error.position, found.error.part, found.error.message


def test_weekdays_and_times() -> None:
    assert spans("Mo,Tu 10:00-12:00,14:00-18:00", "2027-03-01", "2027-03-03") == [
        ("01 10:00", "01 12:00", "open"), ("01 14:00", "01 18:00", "open"),
        ("02 10:00", "02 12:00", "open"), ("02 14:00", "02 18:00", "open"),
    ]  # fmt: skip


def test_intervals_are_cut_at_both_ends() -> None:
    assert spans("24/7", "2027-03-01T10:15", "2027-03-01T10:45") == [("01 10:15", "01 10:45", "open")]


def test_public_holidays_are_those_of_the_area() -> None:
    good_friday = ("2027-03-26", "2027-03-27")
    assert spans("Mo-Fr 09:00-18:00; PH off", *good_friday, QUIMPER) == [("26 09:00", "26 18:00", "open")]
    assert spans("Mo-Fr 09:00-18:00; PH off", *good_friday, METZ) == []


def test_without_an_area_there_is_no_public_holiday() -> None:
    nowhere = Locality("Europe/Paris", None)
    assert spans("Mo-Su 09:00-18:00; PH off", "2027-05-01", "2027-05-02", nowhere) == [("01 09:00", "01 18:00", "open")]


def test_weekdays_inside_school_holidays_are_not_every_weekday() -> None:
    assert spans("SH Mo-Fr 10:00-16:00", "2027-03-08", "2027-03-13") == []
    assert spans("SH Mo-Fr 10:00-16:00", "2027-02-22", "2027-02-23") == [("22 10:00", "22 16:00", "open")]


def test_school_holidays_close_in_their_zone_only() -> None:
    text, week = "Mo-Fr 09:00-18:00; SH off", ("2027-02-22", "2027-02-23")
    assert spans(text, *week, locality_of("29232")) == []
    assert spans(text, *week, locality_of("75056")) == [("22 09:00", "22 18:00", "open")]


def test_what_depends_on_an_unknown_school_calendar_is_unknown_and_the_rest_is_said() -> None:
    text = "Mo-Fr 09:00-12:00; SH Mo-Fr 09:00-11:00"
    assert spans(text, "2027-02-22", "2027-02-23", Locality(school_zone="none")) == [
        ("22 09:00", "22 11:00", "open"), ("22 11:00", "22 12:00", "unknown"),
    ]  # fmt: skip


def test_holidays_beside_weekdays_are_both() -> None:
    assert spans("Mo,PH 10:00-12:00", "2027-05-05", "2027-05-11") == [
        ("06 10:00", "06 12:00", "open"), ("08 10:00", "08 12:00", "open"), ("10 10:00", "10 12:00", "open"),
    ]  # fmt: skip


def test_a_season_narrows_its_holidays() -> None:
    text = "Mo-Su 10:00-12:00; Jul-Aug PH off"
    assert spans(text, "2027-07-14", "2027-07-15") == []
    assert spans(text, "2027-05-08", "2027-05-09") == [("08 10:00", "08 12:00", "open")]


def test_weekdays_before_holidays_without_a_comma_are_refused() -> None:
    position, part, message = refused("Mo-Fr SH 10:00-12:00")
    assert (position, part) == (0, "Mo-Fr SH")
    assert "SH Mo-Fr" in message


def test_a_comment_alone_is_unknown_not_open() -> None:
    assert spans('"sur rendez-vous"', "2027-03-01", "2027-03-02") == [("01 00:00", "02 00:00", "unknown")]


def test_a_fallback_holds_where_the_other_rules_are_closed_on_every_day() -> None:
    assert spans('Mo,Tu 10:00-12:00 || "sur rendez-vous"', "2027-03-01T09:00", "2027-03-02T13:00") == [
        ("01 09:00", "01 10:00", "unknown"), ("01 10:00", "01 12:00", "open"), ("01 12:00", "02 10:00", "unknown"),
        ("02 10:00", "02 12:00", "open"), ("02 12:00", "02 13:00", "unknown"),
    ]  # fmt: skip


def test_a_night_belongs_to_the_day_it_begins_on_whatever_the_next_day_says() -> None:
    assert spans("Mo-Sa 18:00-02:00; Su off", "2027-03-06", "2027-03-08") == [
        ("06 00:00", "06 02:00", "open"), ("06 18:00", "07 02:00", "open"),
    ]  # fmt: skip


def test_a_night_whose_own_day_is_closed_leaves_nothing_behind() -> None:
    assert spans("Mo-Su 20:00-02:00; PH off", "2027-05-01T12:00", "2027-05-02T12:00") == []


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-28", 23), ("2027-10-31", 25), ("2028-02-29", 24), ("2027-03-29", 24)]
)
def test_a_day_has_23_or_25_hours_when_the_clocks_change(day: str, hours: int) -> None:
    start = at(day)
    end = (start + timedelta(days=1)).replace(tzinfo=PARIS)
    found = evaluate("24/7", start, end, QUIMPER)
    assert sum((piece.end - piece.start for piece in found.intervals), timedelta()) == timedelta(hours=hours)


def test_times_that_the_clocks_skip_begin_when_they_jump() -> None:
    assert spans("Su 02:30-03:30", "2027-03-28", "2027-03-29") == [("28 03:00", "28 03:30", "open")]
    assert spans("Su 01:00-05:00", "2027-03-28", "2027-03-29") == [("28 01:00", "28 05:00", "open")]
    assert spans("Su 02:10-02:50", "2027-03-28", "2027-03-29") == []


@pytest.mark.parametrize(
    ("code", "offset"), [("97411", 4), ("98818", 11), ("97502", -3), ("98735", -10), ("98731", -9.5)]
)
def test_hours_are_those_of_the_place(code: str, offset: float) -> None:
    start = datetime(2027, 1, 4, 10, tzinfo=ZoneInfo(locality_of(code).time_zone))
    found = evaluate("Mo 10:00-12:00", start, start + timedelta(hours=5), locality_of(code))
    assert [piece.start for piece in found.intervals] == [
        datetime(2027, 1, 4, 10, tzinfo=UTC) - timedelta(hours=offset)
    ]


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("Mo, We 10:00-12:00", "Mo,We 10:00-12:00"),
        ("Mo 09:00-12:00, 14:00-18:00", "Mo 09:00-12:00,14:00-18:00"),
        ("Mo 09:00–12:00;", "Mo 09:00-12:00"),
    ],
)
def test_a_plain_slip_is_mended_with_a_warning_that_says_where(text: str, normalised: str) -> None:
    found = evaluate(text, at("2027-03-01"), at("2027-03-08"), QUIMPER)
    assert found.normalised == normalised
    assert len(found.warnings) == 1
    assert 0 < found.warnings[0].position < len(text)


@pytest.mark.parametrize(
    ("text", "position", "part", "word"),
    [
        ("24h/24", 0, "24h/24", "24/7"),
        ("We 09:30-13:00-18:00", 14, "-18:00", "09:30-13:00,14:00-18:00"),
        ("Mo 10:00-12:00; Tu 10:00", 19, "10:00", "manque la fin"),
        ("Mo-Fr 9h-12h30", 6, "9h-12h30", "09:30"),
        ("lundi 10:00-12:00", 0, "lundi 10:00-12:00", "Mo, Tu"),
        ("Mo 10:00-12:00 tralala", 15, "tralala", "comprise"),
        ("", 0, "", "vide"),
        ("   ", 0, "", "vide"),
    ],
)
def test_a_fault_says_where_what_and_what_to_write_instead(text: str, position: int, part: str, word: str) -> None:
    found = refused(text)
    assert found[:2] == (position, part)
    assert word in found[2]


def test_a_huge_text_and_a_giant_period_are_refused() -> None:
    assert refused("Mo 10:00-12:00; " * MAX_TEXT)[0] == MAX_TEXT
    far = evaluate("24/7", datetime(1000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), QUIMPER)
    long = evaluate("24/7", datetime(2027, 1, 1, tzinfo=UTC), datetime(2127, 1, 1, tzinfo=UTC), QUIMPER)
    backwards = evaluate("24/7", datetime(2027, 1, 2, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), QUIMPER)
    naive = evaluate("24/7", datetime(2027, 1, 1), datetime(2027, 1, 2), QUIMPER)  # noqa: DTZ001
    assert all(found.error is not None and found.error.message for found in (far, long, backwards, naive))


def test_every_known_string_is_evaluated_or_refused_with_place_and_reason() -> None:
    rows = shared_rows("opening_hours_chaines.csv")
    answers = [
        (row["horaires"], evaluate(row["horaires"], at("2027-03-01"), at("2027-04-05"), QUIMPER)) for row in rows
    ]
    assert len(answers) == 4481
    assert sum(found.error is None for _, found in answers) >= 4400
    for text, found in answers:
        assert_sound(text, found)


def assert_sound(text: str, found: Evaluation) -> None:
    if found.error is not None:
        assert 0 <= found.error.position <= len(text)
        assert found.error.message
        return
    for piece in found.intervals:
        assert piece.start < piece.end
        assert piece.state in ("open", "unknown")
    assert all(a.end <= b.start for a, b in zip(found.intervals, found.intervals[1:], strict=False))


PIECES = st.sampled_from([
    "Mo-Fr", "PH", "SH", ",", ";", "||", " ", "10:00-12:00", "22:00-04:00", "off", "unknown", '"x"', "Jul-Aug", "24/7",
    "2027 May 01", "week 1-53/2", "Sa[1]", "+", "-", "easter", "open", "Dec 24-Jan 02", "sunrise-sunset", ":", "é",
])  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map(" ".join)))
def test_any_text_is_answered_and_its_intervals_are_half_open_and_apart(text: str) -> None:
    for locality in (QUIMPER, NOUMEA, Locality()):
        assert_sound(text, evaluate(text, at("2027-03-20"), at("2027-04-05"), locality))


TEXTS = st.sampled_from(
    [
        "Mo-Fr 09:00-12:00,14:00-18:00; PH off",
        "Mo-Su 20:00-02:00; SH off",
        "24/7",
        'Tu 10:00-12:00 || "x"',
        "SH Mo 10:00-12:00",
    ]
)


@settings(deadline=None)
@given(TEXTS, st.integers(0, 24 * 20), st.integers(1, 24 * 10), st.integers(1, 24 * 10))
def test_a_period_in_two_parts_says_the_same_as_in_one(text: str, start: int, first: int, second: int) -> None:
    a = at("2027-03-15") + timedelta(hours=start)
    b, c = a + timedelta(hours=first), a + timedelta(hours=first + second)
    whole = evaluate(text, a, c, QUIMPER).intervals
    parts = (*evaluate(text, a, b, QUIMPER).intervals, *evaluate(text, b, c, QUIMPER).intervals)

    assert minutes(whole) == minutes(parts)


def minutes(pieces: Iterable[Interval]) -> timedelta:
    return sum((piece.end - piece.start for piece in pieces), timedelta())
