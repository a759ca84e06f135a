"""Recurrence rules: RFC 5545 at wall time, bounded, and never clamped."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule as other
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.booking.recurrence import MAX_DATES, InvalidRRule, Occurrence, expand, resolve_wall

PARIS = ZoneInfo("Europe/Paris")
ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Paris", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon", "America/Cayenne", "UTC")
]


def wall(text: str) -> datetime:
    """A naive time of the clock."""
    return datetime.fromisoformat(text)


MONDAY = wall("2027-09-06 10:00")


def days(rrule: str, start: datetime = MONDAY, zone: ZoneInfo = PARIS) -> list[str]:
    return [occurrence.wall_start.date().isoformat() for occurrence in expand(rrule, start, 60, zone)]


def refusal(rrule: str, start: datetime = MONDAY) -> str:
    with pytest.raises(InvalidRRule) as refused:
        expand(rrule, start, 60, PARIS)
    assert refused.value.code == "invalid_rrule"
    return str(refused.value.facts["reason"])


# --- What a rule means ---------------------------------------------------------------------------------------------


def test_the_first_date_is_the_start_and_counts() -> None:
    assert days("FREQ=WEEKLY;COUNT=3") == ["2027-09-06", "2027-09-13", "2027-09-20"]


def test_a_start_that_the_rule_does_not_fit_is_no_date_of_it() -> None:
    assert days("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3") == ["2027-09-07", "2027-09-09", "2027-09-14"]


def test_the_31st_is_skipped_and_never_moved() -> None:
    assert days("FREQ=MONTHLY;COUNT=4", wall("2027-01-31 09:00")) == [
        "2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31",
    ]  # fmt: skip


def test_29_february_comes_in_leap_years_only() -> None:
    assert days("FREQ=YEARLY;COUNT=2", wall("2028-02-29 09:00")) == ["2028-02-29", "2032-02-29"]
    assert refusal("FREQ=YEARLY;COUNT=3", wall("2028-02-29 09:00")) == "beyond_five_years"


def test_a_leap_day_is_one_day_more_of_a_daily_rule() -> None:
    assert days("FREQ=DAILY;COUNT=3", wall("2028-02-28 09:00")) == ["2028-02-28", "2028-02-29", "2028-03-01"]


def test_week_53_is_found_in_the_years_that_have_one() -> None:
    rule = "FREQ=YEARLY;BYWEEKNO=53;COUNT=1;BYDAY="
    assert days(rule + "MO", wall("2028-01-05 09:00")) == ["2032-12-27"]
    assert days(rule + "FR", wall("2026-01-05 09:00")) == ["2027-01-01"]


def test_a_week_number_without_a_day_means_the_weekday_of_the_start() -> None:
    assert days("FREQ=YEARLY;BYWEEKNO=20;COUNT=2", wall("2027-01-04 09:00")) == ["2027-05-17", "2028-05-15"]


def test_every_second_week_depends_on_where_the_week_begins() -> None:
    rule, start = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=", wall("1997-08-05 09:00")
    assert days(rule + "MO", start) == ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
    assert days(rule + "SU", start) == ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]


def test_the_last_working_day_of_the_month() -> None:
    assert days("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3") == ["2027-09-30", "2027-10-29", "2027-11-30"]


def test_positions_are_counted_in_the_whole_week_also_in_the_first() -> None:
    assert days("FREQ=WEEKLY;BYDAY=MO,WE;BYSETPOS=1;COUNT=2", wall("2027-09-07 10:00")) == ["2027-09-13", "2027-09-20"]


def test_the_20th_monday_of_the_year() -> None:
    assert days("FREQ=YEARLY;BYDAY=20MO;COUNT=2", wall("1997-05-19 09:00")) == ["1997-05-19", "1998-05-18"]


@pytest.mark.parametrize("until", ["20270920", "20270920T100000", "20270920T080000Z"])
def test_the_until_of_any_form_includes_the_date_it_names(until: str) -> None:
    assert days(f"FREQ=WEEKLY;UNTIL={until}") == ["2027-09-06", "2027-09-13", "2027-09-20"]


@pytest.mark.parametrize("until", ["20270919", "20270920T095959", "20270920T075959Z"])
def test_a_second_earlier_excludes_it(until: str) -> None:
    assert days(f"FREQ=WEEKLY;UNTIL={until}") == ["2027-09-06", "2027-09-13"]


def test_names_of_parts_may_be_written_small() -> None:
    assert days("freq=weekly;count=2") == days("COUNT=2;FREQ=WEEKLY")


# --- Wall time -----------------------------------------------------------------------------------------------------


def test_a_weekly_booking_keeps_its_hour_when_the_clocks_change() -> None:
    before, after = expand("FREQ=WEEKLY;COUNT=2", wall("2027-10-25 09:00"), 180, PARIS)
    assert (before.wall_start.hour, after.wall_start.hour) == (9, 9)
    assert before.start is not None
    assert after.start is not None
    assert after.start.astimezone(UTC) - before.start.astimezone(UTC) == timedelta(days=7, hours=1)


def test_an_hour_that_the_clocks_skip_stays_in_the_list_with_its_reason() -> None:
    faults = [o.fault for o in expand("FREQ=DAILY;COUNT=3", wall("2027-03-27 02:30"), 60, PARIS)]
    assert faults == [None, "nonexistent_time", None]


def test_an_hour_that_comes_twice_stays_in_the_list_with_its_reason() -> None:
    occurrences = expand("FREQ=DAILY;COUNT=3", wall("2027-10-30 02:00"), 90, PARIS)
    assert [o.fault for o in occurrences] == [None, "ambiguous_time", None]
    assert (occurrences[1].start, occurrences[1].end) == (None, None)


def test_an_end_that_the_clocks_skip_counts_too() -> None:
    assert expand("FREQ=DAILY;COUNT=1", wall("2027-03-28 01:00"), 90, PARIS)[0].fault == "nonexistent_time"
    assert expand("FREQ=DAILY;COUNT=1", wall("2027-03-28 01:00"), 120, PARIS)[0].fault is None


@pytest.mark.parametrize(
    ("zone", "skipped", "twice"),
    [
        ("Europe/Paris", wall("2027-03-28 02:30"), wall("2027-10-31 02:30")),
        ("America/Miquelon", wall("2027-03-14 02:30"), wall("2027-11-07 01:30")),
    ],
)
def test_a_form_is_told_which_wall_times_are_no_instants(zone: str, skipped: datetime, twice: datetime) -> None:
    assert resolve_wall(skipped, ZoneInfo(zone)) == "nonexistent_time"
    assert resolve_wall(twice, ZoneInfo(zone)) == "ambiguous_time"


@pytest.mark.parametrize("zone", ["Indian/Reunion", "Pacific/Noumea"])
def test_zones_without_summer_time_have_every_hour_once(zone: str) -> None:
    noons = (wall("2027-01-01 00:00") + timedelta(hours=hour) for hour in range(24 * 366))
    assert all(isinstance(resolve_wall(wall, ZoneInfo(zone)), datetime) for wall in noons)


@given(st.datetimes(wall("1975-01-01 00:00"), wall("2100-01-01 00:00")), st.sampled_from(ZONES))
def test_a_wall_time_is_an_instant_exactly_when_one_instant_shows_it(shown: datetime, zone: ZoneInfo) -> None:
    at_utc = shown.replace(tzinfo=UTC)
    offsets = {(at_utc + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in range(-24, 25)}
    showing = {at_utc - offset for offset in offsets if offset is not None}
    showing = {instant for instant in showing if instant.astimezone(zone).replace(tzinfo=None) == shown}
    resolved = resolve_wall(shown, zone)
    if len(showing) == 1:
        assert isinstance(resolved, datetime)
        assert {resolved.astimezone(UTC)} == showing
    else:
        assert resolved == ("ambiguous_time" if showing else "nonexistent_time")


# --- The same answer as another reader of RFC 5545 -------------------------------------------------------------------

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LATE = st.datetimes(wall("9980-01-01 00:00"), wall("9989-12-31 00:00")).map(lambda late: late.replace(microsecond=0))
"""Starts from which dateutil, which searches to the year 9999, comes back soon; the calendar repeats in 400 years."""


def listed(numbers: st.SearchStrategy[int]) -> st.SearchStrategy[str]:
    return st.lists(numbers, min_size=1, max_size=4, unique=True).map(lambda found: ",".join(map(str, found)))


def signed(highest: int) -> st.SearchStrategy[int]:
    return st.integers(1, highest) | st.integers(-highest, -1)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that RFC 5545 allows, bounded by COUNT or UNTIL."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": freq, "INTERVAL": str(draw(st.integers(1, 40))), "WKST": draw(st.sampled_from(WEEKDAYS))}
    offered: dict[str, st.SearchStrategy[str]] = {
        "BYMONTH": listed(st.integers(1, 12)),
        "BYDAY": st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(",".join),
    }
    if freq != "WEEKLY":
        offered["BYMONTHDAY"] = listed(signed(31))
    if freq == "YEARLY":
        offered |= {"BYYEARDAY": listed(signed(366)), "BYWEEKNO": listed(signed(53))}
    names: st.SearchStrategy[str] = st.sampled_from(sorted(offered))
    chosen: set[str] = draw(st.sets(names))
    if "BYWEEKNO" in chosen and not chosen & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        chosen.add("BYDAY")  # dateutil takes each day of the week there, RFC 5545 the weekday of the start
    parts |= {name: draw(offered[name]) for name in sorted(chosen)}
    numbered, picked = draw(st.tuples(st.booleans(), st.booleans()))
    if numbered and freq in {"MONTHLY", "YEARLY"} and "BYDAY" in chosen and "BYWEEKNO" not in chosen:
        nth = signed(5 if freq == "MONTHLY" or "BYMONTH" in chosen else 53)
        parts["BYDAY"] = ",".join(f"{draw(nth)}{day}" for day in parts["BYDAY"].split(","))
    if picked and chosen and freq != "WEEKLY":  # dateutil begins the first week at the start, not at its first day
        parts["BYSETPOS"] = draw(listed(signed(6)))
    return ";".join(f"{name}={value}" for name, value in draw(st.permutations(list(parts.items()))))


def by_dateutil(rule: str, start: datetime, until: datetime) -> list[datetime]:
    """All dates through ``until``; its rule is given no end, and is read no further."""
    found: list[datetime] = []
    for wall in other.rrulestr(rule, dtstart=start):
        if wall > until:
            break
        found.append(wall)
    return found


@given(rules(), LATE, st.integers(0, 5 * 365))
def test_a_rule_with_an_end_gives_the_dates_that_another_library_gives(rule: str, start: datetime, span: int) -> None:
    until = start + timedelta(days=span)
    expected = by_dateutil(rule, start, until)
    bounded = f"{rule};UNTIL={until:%Y%m%dT%H%M%S}"
    if 1 <= len(expected) <= MAX_DATES:
        assert [o.wall_start for o in expand(bounded, start, 60, ZoneInfo("UTC"))] == expected
    else:
        assert refusal(bounded, start) == ("too_many_dates" if expected else "no_date")


@given(rules(), LATE, st.integers(1, MAX_DATES))
def test_a_rule_with_a_count_gives_the_dates_that_another_library_gives(rule: str, start: datetime, n: int) -> None:
    within = by_dateutil(rule, start, start + timedelta(days=5 * 365))[:n]
    if len(within) == n:
        assert [o.wall_start for o in expand(f"{rule};COUNT={n}", start, 60, ZoneInfo("UTC"))] == within


@given(rules(), st.datetimes(wall("2020-01-01 00:00"), wall("2100-01-01 00:00")), st.sampled_from(ZONES))
def test_the_wall_time_of_each_date_is_the_start_s_and_its_instant_shows_it(
    rule: str, start: datetime, zone: ZoneInfo
) -> None:
    occurrences: tuple[Occurrence, ...] = ()
    with suppress(InvalidRRule):  # none or too many: which of them is told by the tests above
        occurrences = expand(f"{rule};UNTIL={start + timedelta(days=800):%Y%m%d}", start, 90, zone)
    assert list(occurrences) == sorted(occurrences, key=lambda o: o.wall_start)
    assert all(_is_sound(occurrence, start, zone) for occurrence in occurrences)


def _is_sound(occurrence: Occurrence, start: datetime, zone: ZoneInfo) -> bool:
    shown = [
        at and at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) for at in (occurrence.start, occurrence.end)
    ]
    walls = [occurrence.wall_start, occurrence.wall_end]
    return (
        occurrence.wall_start.time() == start.time()
        and walls[1] - walls[0] == timedelta(minutes=90)
        and shown == ([None, None] if occurrence.fault else walls)
    )


# --- What is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rrule", "reason"),
    [
        ("FREQ=WEEKLY", "count_or_until"),
        ("FREQ=WEEKLY;COUNT=2;UNTIL=20271001", "count_and_until"),
        ("FREQ=HOURLY;COUNT=2", "frequency"),
        ("FREQ=SECONDLY;UNTIL=21270906T000000Z", "frequency"),
        ("COUNT=2", "frequency"),
        ("FREQ=DAILY;BYHOUR=9,10;COUNT=2", "finer_than_a_day"),
        ("FREQ=DAILY;BYMINUTE=30;COUNT=2", "finer_than_a_day"),
        ("FREQ=DAILY;BYSECOND=1;COUNT=2", "finer_than_a_day"),
        ("FREQ=DAILY;COUNT=101", "too_many_dates"),
        ("FREQ=DAILY;UNTIL=20280906", "too_many_dates"),
        ("FREQ=YEARLY;UNTIL=20320907", "beyond_five_years"),
        ("FREQ=YEARLY;COUNT=7", "beyond_five_years"),
        ("FREQ=DAILY;INTERVAL=999999999;COUNT=2", "beyond_five_years"),
        ("FREQ=DAILY;INTERVAL=9999999999999999999999;COUNT=2", "unreadable"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2", "no_date"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2", "no_date"),
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;COUNT=1", "no_date"),
        ("FREQ=WEEKLY;UNTIL=20270905", "no_date"),
        ("FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2", "part_not_with_frequency"),
        ("FREQ=MONTHLY;BYYEARDAY=1;COUNT=2", "part_not_with_frequency"),
        ("FREQ=MONTHLY;BYWEEKNO=1;COUNT=2", "part_not_with_frequency"),
        ("FREQ=WEEKLY;BYDAY=2MO;COUNT=2", "part_not_with_frequency"),
        ("FREQ=WEEKLY;BYSETPOS=1;COUNT=2", "part_not_with_frequency"),
        ("FREQ=DAILY;BYEASTER=0;COUNT=2", "unknown_part"),
        ("", "unreadable"),
        ("FREQ=WEEKLY;COUNT=2;COUNT=3", "unreadable"),
        ("FREQ=WEEKLY;COUNT=0", "unreadable"),
        ("FREQ=WEEKLY;COUNT=-1", "unreadable"),
        ("FREQ=WEEKLY;COUNT=²", "unreadable"),
        ("FREQ=WEEKLY;COUNT=2;INTERVAL=0", "unreadable"),
        ("FREQ=WEEKLY;COUNT=2;BYDAY=XX", "unreadable"),
        ("FREQ=WEEKLY;COUNT=2;WKST=1", "unreadable"),
        ("FREQ=MONTHLY;COUNT=2;BYMONTHDAY=32", "unreadable"),
        ("FREQ=MONTHLY;COUNT=2;BYMONTHDAY=0", "unreadable"),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=0MO", "unreadable"),
        ("FREQ=MONTHLY;COUNT=2;BYMONTH=-1", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=20271301", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=demain", "unreadable"),
        ("FREQ=WEEKLY;UNTIL=00010101T000000Z", "no_date"),
        ("FREQ=WEEKLY;COUNT=2\r\nATTACH:x", "unreadable"),
        ("RRULE:FREQ=WEEKLY;COUNT=2", "unknown_part"),
        ("FREQ=DAILY;COUNT=2;BYYEARDAY=" + ",".join(["1"] * 5000), "unreadable"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_kept_is_refused_with_its_reason(rrule: str, reason: str) -> None:
    assert refusal(rrule) == reason


@pytest.mark.parametrize("year", [1, 1969, 9990, 9999])
def test_a_start_outside_every_calendar_is_refused(year: int) -> None:
    assert refusal("FREQ=DAILY;COUNT=2", wall(f"{year:04}-12-31 23:59")) == "start_out_of_range"


@given(st.text(max_size=60) | st.text("FREQ=DAILYWKCOUNTBSP;0123456789,-+TZMO", max_size=60))
def test_any_text_is_either_a_rule_or_refused(text: str) -> None:
    for rrule in (text, f"FREQ=DAILY;COUNT=2;{text}", f"FREQ=YEARLY;COUNT={text}", f"FREQ=WEEKLY;UNTIL={text}"):
        with suppress(InvalidRRule):
            assert expand(rrule, MONDAY, 60, PARIS)


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;COUNT=100",
        "FREQ=YEARLY;BYYEARDAY=366;BYWEEKNO=1;BYDAY=MO;BYMONTHDAY=1;COUNT=1",
        "FREQ=SECONDLY;UNTIL=21270906T000000Z",
        "FREQ=MONTHLY;INTERVAL=12;BYMONTH=2;COUNT=3",
        "FREQ=YEARLY;BYSETPOS=366;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;COUNT=6",
    ],
)
def test_a_rule_that_finds_nothing_is_answered_at_once(rrule: str) -> None:
    began = time.process_time()
    refusal(rrule)
    assert time.process_time() - began < 0.25


def test_every_date_has_its_own_day_of_the_calendar() -> None:
    assert date.fromisoformat(days("FREQ=DAILY;COUNT=100")[-1]) == date(2027, 12, 14)
