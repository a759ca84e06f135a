from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.places.hours.shared_data import shared_rows
from tierslieux.places.hours.calendar import public_holidays
from tierslieux.places.hours.days import DatedHours, DayHours, Hours, work_out_days
from tierslieux.places.hours.moments import half_days, is_inside_one_range, state_at, whole_day
from tierslieux.shared.time import TimeRange
from tierslieux.territories.zones import Locality, locality_of

PARIS = ZoneInfo("Europe/Paris")
QUIMPER = locality_of("29232")
LABOUR_DAY = date(2031, 5, 1)  # a Thursday


def day_of(hours: Hours, day: date) -> tuple[str, str | None, list[str]]:
    (found,) = work_out_days(hours, day, day)
    zone = ZoneInfo(hours.locality.time_zone)
    spans = [f"{p.start.astimezone(zone):%H:%M}-{p.end.astimezone(zone):%H:%M}" for p in found.open]
    return found.state, found.reason, spans


def weekly(text: str | None, **other: object) -> Hours:
    return Hours(text, QUIMPER, **other)  # type: ignore[arg-type]


def test_an_ordinary_day_follows_the_text() -> None:
    assert day_of(weekly("Mo-Fr 09:00-12:00,14:00-18:00"), date(2031, 5, 2)) == (
        "known", None, ["09:00-12:00", "14:00-18:00"],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mo-Fr 09:00-12:00", ("unknown", "holiday_not_stated", [])),
        ("24/7", ("unknown", "holiday_not_stated", [])),
        ("Fr 09:00-12:00", ("unknown", "holiday_not_stated", [])),
        ("Apr-Sep Mo-Fr 09:00-12:00", ("unknown", "holiday_not_stated", [])),
        ("Mo-Fr 09:00-12:00; PH off", ("known", "public_holiday", [])),
        ("Mo-Fr 09:00-12:00; PH 10:00-11:00", ("known", None, ["10:00-11:00"])),
        ("Mo-Fr,PH 09:00-12:00", ("known", None, ["09:00-12:00"])),
        ("Mo-Fr 09:00-12:00; May 01 off", ("known", "public_holiday", [])),
        ("Mo-Fr 09:00-12:00; 2031 May 01 10:00-11:00", ("known", None, ["10:00-11:00"])),
        ("Mo-Fr 09:00-12:00; May off", ("known", "public_holiday", [])),
        ("Mo-Fr 09:00-12:00; Dec 25 off", ("unknown", "holiday_not_stated", [])),
        ("Mo-Fr 09:00-12:00; Jul-Aug PH off", ("unknown", "holiday_not_stated", [])),
        ("Mo-Fr 9h-12h", ("unknown", "unreadable", [])),
        (None, ("unknown", "no_hours", [])),
        ("", ("unknown", "no_hours", [])),
    ],
)
def test_on_a_public_holiday_a_place_is_open_or_closed_only_where_its_text_says_so(
    text: str | None, expected: tuple[str, str | None, list[str]]
) -> None:
    assert day_of(weekly(text), LABOUR_DAY) == expected


@pytest.mark.parametrize(
    ("text", "policy", "expected"),
    [
        ("Mo-Fr 09:00-12:00", None, ("known", "public_holiday", [])),
        ("24/7", None, ("known", "public_holiday", [])),
        ("Mo-Fr 09:00-12:00; PH 10:00-11:00", None, ("known", None, ["10:00-11:00"])),
        ("Mo-Fr 09:00-12:00", True, ("known", None, ["09:00-12:00"])),
        ("Mo-Fr 09:00-12:00; PH off", True, ("known", None, ["09:00-12:00"])),
        ("Mo-Fr 09:00-12:00; PH 10:00-11:00", True, ("known", None, ["10:00-11:00"])),
        ("24/7", True, ("known", None, ["00:00-00:00"])),
        ("Mo-Fr,PH 09:00-12:00", False, ("known", "public_holiday", [])),
    ],
)
def test_a_bookable_place_is_closed_then_unless_its_text_or_policy_says_otherwise(
    text: str, policy: bool | None, expected: tuple[str, str | None, list[str]]
) -> None:
    assert day_of(weekly(text, bookable=True, open_on_public_holidays=policy), LABOUR_DAY) == expected


def test_a_policy_never_overrides_a_dated_exception() -> None:
    closed = (DatedHours(LABOUR_DAY, LABOUR_DAY, "off"),)
    opened = (DatedHours(LABOUR_DAY, LABOUR_DAY, "10:00-11:00"),)
    assert day_of(weekly("24/7", exceptions=closed, open_on_public_holidays=True), LABOUR_DAY)[1:] == ("closure", [])
    assert day_of(weekly("24/7", exceptions=opened, open_on_public_holidays=False), LABOUR_DAY)[2] == ["10:00-11:00"]


def test_the_shortest_exception_that_holds_a_day_wins() -> None:
    month = DatedHours(date(2031, 7, 1), date(2031, 7, 31), "10:00-12:00")
    week = DatedHours(date(2031, 7, 7), date(2031, 7, 13), "off")
    hours = weekly("Mo-Su 09:00-18:00", exceptions=(month, week))
    assert day_of(hours, date(2031, 7, 8)) == ("known", "closure", [])
    assert day_of(hours, date(2031, 7, 15))[2] == ["10:00-12:00"]
    assert day_of(hours, date(2031, 8, 1))[2] == ["09:00-18:00"]


def test_an_exception_that_cannot_be_read_makes_its_days_unknown() -> None:
    hours = weekly("24/7", exceptions=(DatedHours(date(2031, 7, 1), date(2031, 7, 1), "le matin"),))
    assert day_of(hours, date(2031, 7, 1)) == ("unknown", "unreadable", [])


def test_good_friday_is_judged_where_the_place_is() -> None:
    day, text = date(2031, 4, 11), "Mo-Fr 09:00-12:00"
    assert day_of(Hours(text, locality_of("57463")), day)[1] == "holiday_not_stated"
    assert day_of(Hours(text, locality_of("29232")), day) == ("known", None, ["09:00-12:00"])


def test_dates_that_the_text_closes_are_a_closure() -> None:
    assert day_of(weekly("Mo-Su 09:00-12:00; Aug 01-14 off"), date(2031, 8, 5)) == ("known", "closure", [])


def test_hours_by_appointment_are_unknown_beside_the_open_ones() -> None:
    hours = weekly('Mo 09:00-12:00, Mo 14:00-17:00 unknown "sur rendez-vous"')
    assert day_of(hours, date(2031, 5, 5)) == ("unknown", None, ["09:00-12:00"])
    assert day_of(weekly('unknown "sur rendez-vous"'), date(2031, 5, 5)) == ("unknown", "no_hours", [])


def test_a_range_over_midnight_is_filed_under_the_day_it_begins_on() -> None:
    found = work_out_days(weekly("Sa 20:00-02:00"), date(2031, 5, 3), date(2031, 5, 4))
    assert [len(day.open) for day in found] == [1, 0]
    sunday_1_am = datetime(2031, 5, 4, 1, tzinfo=PARIS)
    assert state_at(found, sunday_1_am, "Europe/Paris").state == "open"


def test_a_place_that_never_closes_has_whole_days_and_one_range_over_midnight() -> None:
    found = work_out_days(weekly("24/7"), date(2031, 10, 25), date(2031, 10, 27))
    assert [whole.end - whole.start for day in found if (whole := whole_day(day))] == [
        timedelta(hours=24), timedelta(hours=25), timedelta(hours=24),
    ]  # fmt: skip
    night = TimeRange(datetime(2031, 10, 25, 22, tzinfo=PARIS), datetime(2031, 10, 26, 6, tzinfo=PARIS))
    assert is_inside_one_range(found, night)


def test_a_booking_over_the_lunch_break_is_not_inside_one_range() -> None:
    found = work_out_days(weekly("Mo-Fr 09:00-12:00,14:00-18:00"), date(2031, 5, 5), date(2031, 5, 5))

    def during(start: int, end: int) -> TimeRange:
        return TimeRange(datetime(2031, 5, 5, start, tzinfo=PARIS), datetime(2031, 5, 5, end, tzinfo=PARIS))

    assert is_inside_one_range(found, during(9, 12))
    assert is_inside_one_range(found, during(14, 18))
    assert not is_inside_one_range(found, during(11, 15))
    assert not is_inside_one_range(found, during(17, 19))


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("Mo 09:00-12:00,14:00-18:00", {"morning": "09:00-12:00", "afternoon": "14:00-18:00"}),
        ("Mo 09:00-10:00,10:15-12:00,14:00-18:00", {"morning": "09:00-12:00", "afternoon": "14:00-18:00"}),
        ("Mo 09:00-18:00", {"morning": "09:00-13:00", "afternoon": "13:00-18:00"}),
        ("Mo 14:00-18:00", {"afternoon": "14:00-18:00"}),
        ("Mo 09:00-12:00", {"morning": "09:00-12:00"}),
        ("Tu 09:00-12:00", {}),
    ],
)
def test_half_days_are_cut_at_the_longest_break_or_at_one(text: str, halves: dict[str, str]) -> None:
    (day,) = work_out_days(weekly(text), date(2031, 5, 5), date(2031, 5, 5))
    found = half_days(day, "Europe/Paris")
    shown = {
        name: f"{piece.start.astimezone(PARIS):%H:%M}-{piece.end.astimezone(PARIS):%H:%M}"
        for name, piece in found.items()
    }
    assert shown == halves


def test_the_state_says_until_when_and_why() -> None:
    days = work_out_days(weekly("Mo-Fr 09:00-12:00,14:00-18:00"), date(2031, 4, 29), date(2031, 5, 5))

    def state(day: int, hour: int, month: int = 4) -> tuple[str, str | None, str | None]:
        found = state_at(days, datetime(2031, month, day, hour, tzinfo=PARIS), "Europe/Paris")
        until = f"{found.until.astimezone(PARIS):%d %H:%M}" if found.until else None
        return found.state, found.reason, until

    assert state(30, 10) == ("open", None, "30 12:00")
    assert state(30, 13) == ("closed", None, "30 14:00")
    assert state(30, 20) == ("closed", None, "01 00:00")
    assert state(1, 10, 5) == ("unknown", "holiday_not_stated", "02 00:00")
    assert state(9, 10, 5) == ("unknown", "no_hours", None)


LOCALITIES = st.sampled_from([locality_of(code) for code in ("29232", "57463", "97411", "98818", "97502", None)])
WEEKS = st.sampled_from(
    [
        "Mo-Fr 09:00-12:00,14:00-18:00; PH off",
        "Mo-Su 20:00-04:00",
        "24/7",
        "Sa,Su 10:00-24:00",
        "Mo-Fr 08:00-08:00",
        "SH Mo-Fr 10:00-12:00",
        'Tu 10:00-12:00 || "x"',
        "Mo-Su 00:00-02:00,22:00-24:00",
        "quoi ?",
    ]
)


@settings(deadline=None)
@given(WEEKS, LOCALITIES, st.dates(date(2026, 1, 1), date(2040, 12, 31)), st.integers(0, 40), st.booleans())
def test_days_are_in_order_one_each_and_their_ranges_begin_on_them_and_never_overlap(
    text: str, locality: Locality, first: date, length: int, bookable: bool
) -> None:
    days = work_out_days(Hours(text, locality, bookable=bookable), first, first + timedelta(days=length))
    assert [day.day for day in days] == [first + timedelta(days=step) for step in range(length + 1)]
    ranges = [piece for day in days for piece in day.open]
    assert all(a.end <= b.start for a, b in pairwise(ranges))
    zone = ZoneInfo(locality.time_zone)
    assert all(piece.start.astimezone(zone).date() == day.day for day in days for piece in day.open)
    for day in days:
        assert_holiday_rule(day, text, locality, bookable=bookable)


def assert_holiday_rule(day: DayHours, text: str, locality: Locality, *, bookable: bool) -> None:
    if day.day not in public_holidays(locality.area, day.day.year) or text == "quoi ?" or "PH" in text:
        return
    assert day.open == ()
    assert (day.state, day.reason) == (("known", "public_holiday") if bookable else ("unknown", "holiday_not_stated"))


@settings(deadline=None)
@given(WEEKS, LOCALITIES, st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_a_day_is_the_same_whichever_days_it_is_worked_out_with(text: str, locality: Locality, day: date) -> None:
    hours = Hours(text, locality)
    week = work_out_days(hours, day - timedelta(days=3), day + timedelta(days=3))
    assert work_out_days(hours, day, day) == (week[3],)


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_breaks_the_working_out(text: str, other: str) -> None:
    exception = DatedHours(date(2031, 5, 2), date(2031, 5, 3), other)
    days = work_out_days(weekly(text, exceptions=(exception,)), date(2031, 5, 1), date(2031, 5, 4))
    assert len(days) == 4
    assert state_at(days, datetime(2031, 5, 2, 10, tzinfo=UTC), "Europe/Paris").state in ("open", "closed", "unknown")


def test_every_known_string_is_worked_out_and_a_silent_one_is_unknown_on_a_holiday() -> None:
    for row in shared_rows("opening_hours_chaines.csv"):
        (day,) = work_out_days(weekly(row["horaires"]), LABOUR_DAY, LABOUR_DAY)
        if day.reason == "holiday_not_stated":
            assert (day.state, day.open) == ("unknown", ())
        elif day.state == "known":
            assert any(word in row["horaires"] for word in ("PH", "May", "off", "closed")), row["horaires"]
