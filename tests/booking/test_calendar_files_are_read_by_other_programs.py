"""Calendar files, read back by two programs that share no code with each other: recurring-ical-events, and khal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from dateutil.tz import tzical
from hypothesis import given
from hypothesis import strategies as st

from tierslieux.booking.calendar_files import (
    CalendarEvent,
    Party,
    PlaceCalendar,
    feed,
    free_busy,
    invitation,
    method_of,
)
from tierslieux.booking.calendar_zones import vtimezone
from tierslieux.shared.geo import Position
from tierslieux.shared.time import TimeRange

STAMP = datetime(2027, 9, 1, 8, 15, tzinfo=UTC)
EVENT = CalendarEvent(
    uid="0193f3c2aa517d0e8a7b3f60c1d2e4f5@tierslieux.example",
    sequence=0,
    start=datetime(2027, 9, 6, 8, 0, tzinfo=UTC),
    end=datetime(2027, 9, 6, 10, 30, tzinfo=UTC),
    time_zone="Europe/Paris",
    summary="Médiathèque, Quimper (29) : place de travail",
    location="Esplanade Julien Gracq, 29000 Quimper",
    position=Position(-4.1024, 47.996),
    url="https://tierslieux.example/reservations/4821-0193",
    description="Places partagées ; 1 place\nGratuit",
    status="CONFIRMED",
    organizer=Party("reservations@tierslieux.example", "Médiathèque"),
    attendee=Party("camille@exemple.fr", "Camille"),
    stamp=STAMP,
)
MOVED = replace(
    EVENT, sequence=1, start=EVENT.start + timedelta(days=1), end=EVENT.end + timedelta(days=1, hours=1), stamp=STAMP
)
CANCELLED = replace(MOVED, sequence=2, status="CANCELLED")
PLACE = PlaceCalendar(
    uid="place-4821@tierslieux.example",
    name="Médiathèque, Quimper (29)",
    url="https://tierslieux.example/lieux/mediatheque-quimper-4821",
    time_zone="Europe/Paris",
    window=TimeRange(datetime(2027, 9, 1, tzinfo=UTC), datetime(2027, 11, 1, tzinfo=UTC)),
    busy=(),
    busy_label="Complet",
    stamp=STAMP,
)


def read(text: str) -> Any:
    """The calendar, as icalendar reads it; strictly."""
    return icalendar.Calendar.from_ical(text)


def only_event(text: str) -> Any:
    (event,) = read(text).events
    return event


Khal = Callable[..., list[str]]


@pytest.fixture
def khal(tmp_path: Path) -> Khal:
    """Runs khal on a calendar of its own; the lines that it prints."""
    (tmp_path / "events").mkdir()
    config = tmp_path / "config"
    config.write_text(
        f"[calendars]\n[[own]]\npath = {tmp_path / 'events'}\n[sqlite]\npath = {tmp_path / 'khal.db'}\n"
        "[locale]\nlocal_timezone = Europe/Paris\ndefault_timezone = Europe/Paris\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n",
        "utf-8",
    )
    environment = {**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}

    def run(*words: str) -> list[str]:
        command = [sys.executable, "-c", "from khal.cli import main_khal; main_khal()", "-c", str(config), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    return run


def import_into(khal: Khal, folder: Path, text: str) -> None:
    path = folder / "evenement.ics"
    path.write_bytes(text.encode())
    khal("import", "--batch", str(path))


def listed(khal: Khal) -> list[str]:
    return khal(
        "list", "--day-format", "", "--format", "{start}|{end}|{title}|{location}|{cancelled}", "2027-09-01", "30d"
    )


# --- One booking, one event -----------------------------------------------------------------------------------------


def test_a_change_and_a_cancellation_land_on_the_same_event_in_khal(khal: Khal, tmp_path: Path) -> None:
    title = "Médiathèque, Quimper (29) : place de travail|Esplanade Julien Gracq, 29000 Quimper|"
    import_into(khal, tmp_path, invitation(EVENT))
    assert listed(khal) == [f"2027-09-06 10:00|2027-09-06 12:30|{title}"]
    import_into(khal, tmp_path, invitation(MOVED))
    assert listed(khal) == [f"2027-09-07 10:00|2027-09-07 13:30|{title}"]
    import_into(khal, tmp_path, invitation(CANCELLED))
    assert listed(khal) == [f"2027-09-07 10:00|2027-09-07 13:30|{title}CANCELLED "]
    assert len(list((tmp_path / "events").glob("*.ics"))) == 1


def test_a_change_and_a_cancellation_name_the_same_event_to_icalendar() -> None:
    first, second, third = (only_event(invitation(event)) for event in (EVENT, MOVED, CANCELLED))
    assert {str(event["UID"]) for event in (first, second, third)} == {EVENT.uid}
    assert [event["SEQUENCE"] for event in (first, second, third)] == [0, 1, 2]
    assert [str(event["STATUS"]) for event in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert (second.start, second.end) == (MOVED.start, MOVED.end)


@pytest.mark.parametrize(
    ("event", "method"),
    [
        (EVENT, "REQUEST"),
        (MOVED, "REQUEST"),
        (CANCELLED, "CANCEL"),
        (replace(EVENT, status="TENTATIVE"), "REQUEST"),
        (replace(EVENT, attendee=None), "PUBLISH"),
    ],
)
def test_the_file_says_what_a_calendar_is_to_do(event: CalendarEvent, method: str) -> None:
    assert method_of(event) == method
    assert str(read(invitation(event))["METHOD"]) == method


def test_all_that_a_guest_needs_stands_in_the_event() -> None:
    event = only_event(invitation(EVENT))
    assert str(event["SUMMARY"]) == EVENT.summary
    assert str(event["LOCATION"]) == EVENT.location
    assert str(event["DESCRIPTION"]) == EVENT.description
    assert str(event["URL"]) == EVENT.url
    assert event["GEO"].to_ical() == "47.996;-4.1024"
    assert str(event["ORGANIZER"]) == "mailto:reservations@tierslieux.example"
    assert str(event["ATTENDEE"]) == "mailto:camille@exemple.fr"
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert event["DTSTAMP"].dt == STAMP


# --- Time zones ----------------------------------------------------------------------------------------------------

ZONES = ["Europe/Paris", "Indian/Reunion", "Pacific/Noumea", "America/Miquelon", "America/Cayenne", "Indian/Mayotte"]


@pytest.mark.parametrize("key", ZONES)
def test_the_zone_in_the_file_shows_every_hour_of_two_years_as_the_clocks_do(key: str, tmp_path: Path) -> None:
    path = tmp_path / "zone.ics"
    calendar = icalendar.Calendar()
    calendar.add_component(vtimezone(key, 2027, 2028))
    path.write_bytes(calendar.to_ical())
    by_the_file, zone = tzical(str(path)).get(key), ZoneInfo(key)
    for hour in range(24 * 700):
        instant = datetime(2027, 1, 2, 0, 30, tzinfo=UTC) + timedelta(hours=hour)
        wall = instant.astimezone(zone)
        assert wall.replace(tzinfo=by_the_file).utcoffset() == wall.utcoffset(), wall


@pytest.mark.parametrize("key", ZONES)
def test_an_event_is_written_in_the_time_of_its_place(key: str) -> None:
    event = only_event(invitation(replace(EVENT, time_zone=key)))
    assert event["DTSTART"].params["TZID"] == key
    assert event.start == EVENT.start
    assert event.start.replace(tzinfo=None) == EVENT.start.astimezone(ZoneInfo(key)).replace(tzinfo=None)


@pytest.mark.parametrize("start", [datetime(2027, 3, 28, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)])
def test_a_day_of_23_or_25_hours_keeps_its_instants_in_both_programs(
    khal: Khal, tmp_path: Path, start: datetime
) -> None:
    event = replace(EVENT, start=start, end=start + timedelta(hours=2, minutes=30))
    text = invitation(event)
    (found,) = recurring_ical_events.of(read(text)).between(start - timedelta(days=1), start + timedelta(days=1))
    assert [at.timestamp() for at in (found.start, found.end)] == [at.timestamp() for at in (event.start, event.end)]
    import_into(khal, tmp_path, text)
    (line,) = khal("list", "--day-format", "", "--format", "{start}|{end}", f"{start:%Y-%m-%d}", "1d")
    paris = ZoneInfo("Europe/Paris")
    assert line == "|".join(f"{at.astimezone(paris):%Y-%m-%d %H:%M}" for at in (event.start, event.end))


@given(st.integers(0, 24 * 4 * 370))
def test_every_quarter_of_a_year_is_read_back_as_the_instant_it_was(quarter: int) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * quarter)
    event = only_event(invitation(replace(EVENT, start=start, end=start + timedelta(hours=1))))
    assert (event.start.timestamp(), (event.end.timestamp())) == (start.timestamp(), start.timestamp() + 3600)


def test_the_hour_that_comes_a_second_time_is_read_back_as_the_second() -> None:
    start = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    event = only_event(invitation(replace(EVENT, start=start, end=start + timedelta(hours=1))))
    assert event.start.timestamp() == start.timestamp()


# --- Whatever stands in a text ---------------------------------------------------------------------------------------

NASTY = st.text(max_size=200) | st.sampled_from(
    [
        '"\r\nATTENDEE:mailto:x@y.fr',
        "a\nBEGIN:VALARM",
        "\u2028X:1",
        "a\\nb;c,d:",
        "^n^'",
        "é" * 100,
        "\x00\x1b[2J",
        "\ud800",
    ]
)


@given(NASTY, NASTY, NASTY)
def test_no_text_adds_a_line_or_a_property(name: str, text: str, description: str) -> None:
    event = replace(
        EVENT,
        summary=text,
        location=name,
        description=description,
        organizer=Party("reservations@tierslieux.example", name),
        attendee=Party("camille@exemple.fr", text),
        url="https://tierslieux.example/" + name,
    )
    written = invitation(event)
    plain = only_event(invitation(EVENT))
    assert sorted(only_event(written)) == sorted(plain)
    assert only_event(written).subcomponents == []
    lines = written.encode().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(byte in line for line in lines for byte in (b"\n", b"\r", b"\x00"))


def test_a_text_is_read_back_as_it_was_written() -> None:
    event = replace(EVENT, summary='Café ; l\'"Étape", 2\\3', description="Une ligne\nUne autre, avec ; et \\n")
    assert str(only_event(invitation(event))["SUMMARY"]) == event.summary
    assert str(only_event(invitation(event))["DESCRIPTION"]) == event.description


# --- Feeds ---------------------------------------------------------------------------------------------------------


def test_a_feed_holds_the_cancelled_ones_as_cancelled_and_invites_nobody(khal: Khal, tmp_path: Path) -> None:
    other = replace(EVENT, uid="other@tierslieux.example", time_zone="Indian/Reunion")
    text = feed([CANCELLED, other], "Mes réservations")
    calendar = read(text)
    assert (str(calendar["METHOD"]), str(calendar["X-WR-CALNAME"])) == ("PUBLISH", "Mes réservations")
    assert calendar["REFRESH-INTERVAL"].dt == timedelta(hours=1)
    assert [str(event["STATUS"]) for event in calendar.events] == ["CANCELLED", "CONFIRMED"]
    assert "ATTENDEE" not in text
    assert sorted(str(zone["TZID"]) for zone in calendar.timezones) == ["Europe/Paris", "Indian/Reunion"]
    import_into(khal, tmp_path, text)
    assert [line.partition("|")[0] for line in listed(khal)] == ["2027-09-06 10:00", "2027-09-07 10:00"]


def test_an_empty_feed_is_a_calendar_too() -> None:
    assert read(feed([], "Mes réservations")).events == []


def test_a_place_s_feed_says_when_it_is_full_and_nothing_else() -> None:
    hours = [(6, 8, 10), (6, 10, 11), (7, 8, 9)]
    busy = [TimeRange(EVENT.start.replace(day=d, hour=a), EVENT.start.replace(day=d, hour=b)) for d, a, b in hours]
    text = free_busy(replace(PLACE, busy=busy[::-1]))
    calendar = read(text)
    merged = [(busy[0].start, busy[1].end), (busy[2].start, busy[2].end)]
    (component,) = calendar.freebusy
    assert [period.dt for period in component["FREEBUSY"]] == merged
    found = recurring_ical_events.of(calendar).between(PLACE.window.start, PLACE.window.end)
    assert [(event.start, event.end) for event in found] == merged
    assert {str(event["SUMMARY"]) for event in found} == {"Complet"}
    assert not any(name in text for name in ("ATTENDEE", "ORGANIZER", "DESCRIPTION", "COMMENT", "CONTACT"))


def test_a_range_keeps_its_name_from_one_reading_to_the_next() -> None:
    busy = (TimeRange(EVENT.start, EVENT.end),)
    one, two = (free_busy(replace(PLACE, busy=busy, stamp=STAMP + timedelta(hours=hour))) for hour in (0, 5))
    assert only_event(one)["UID"] == only_event(two)["UID"]


instants = st.integers(0, 60 * 24).map(lambda hours: PLACE.window.start - timedelta(days=2) + timedelta(hours=hours))
ranges = st.tuples(instants, st.integers(1, 72)).map(
    lambda pair: TimeRange(pair[0], pair[0] + timedelta(hours=pair[1]))
)


@given(st.lists(ranges, max_size=12))
def test_what_is_written_as_full_is_what_was_full_within_the_window(busy: list[TimeRange]) -> None:
    found = read(free_busy(replace(PLACE, busy=busy))).events
    hours = [PLACE.window.start + timedelta(hours=hour) for hour in range(61 * 24)]
    written = [TimeRange(event.start, event.end) for event in found]
    assert [any(at in each for each in written) for at in hours] == [any(at in each for each in busy) for at in hours]
    assert all(one.end < two.start for one, two in pairwise(written))
