"""The worked-out days of resources with hours of their own, and who is on site meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.factories import Base, insert, make_account, make_place, make_resource, make_token
from tierslieux.places import place_days
from tierslieux.places.hours.days import DatedHours, DayHours, Hours, work_out_days
from tierslieux.places.resources.days import extend_resource_days, freeze_past_resource_days
from tierslieux.places.resources.hours import on_site, resource_hours
from tierslieux.shared.time import TimeRange

NOW = datetime(2027, 3, 24, 12, tzinfo=UTC)
WEDNESDAY, MONDAY = date(2027, 3, 24), date(2027, 3, 29)
EASTER_MONDAY = MONDAY
BADGE = "Mo-Su 07:00-22:00"
TEAM = Hours("Mo-Fr 09:00-18:00", bookable=True)


def rows(base: Base, resource_id: int = 1) -> dict[date, tuple[str, str]]:
    found = base.execute("SELECT day, state, open::text FROM resource_day WHERE resource_id = %s", (resource_id,))
    return {day: (state, text) for day, state, text in found}


def make_badge_place(base: Base, **columns: Any) -> int:
    place = make_place(base, welcome="bookable", hours_osm="Mo-Fr 09:00-18:00", **columns)
    make_resource(base, place, hours_osm=BADGE)
    make_resource(base, place)
    return place


def test_only_resources_with_hours_of_their_own_have_days(base: Base) -> None:
    place_days.rebuild(base, [make_badge_place(base)], NOW)
    assert min(rows(base)) == WEDNESDAY
    assert max(rows(base)) == WEDNESDAY + timedelta(days=60)
    assert rows(base)[WEDNESDAY] == ("known", '{["2027-03-24 06:00:00+00","2027-03-24 21:00:00+00")}')
    assert rows(base, 2) == {}


def test_the_greatest_horizon_of_its_resources_is_how_far_a_place_is_worked_out(base: Base) -> None:
    place = make_badge_place(base)
    make_resource(base, place, policy=Jsonb({"horizon_days": 200}))
    place_days.rebuild(base, [place], NOW)
    assert base.execute("SELECT max(day) FROM place_day").fetchone() == (WEDNESDAY + timedelta(days=200),)
    assert max(rows(base)) == WEDNESDAY + timedelta(days=200)


def test_the_window_is_kept_night_after_night_and_past_days_are_frozen(base: Base) -> None:
    place = make_badge_place(base, policy=Jsonb({"horizon_days": 90}))
    place_days.rebuild(base, [place], NOW)
    assert (place_days.extend(base, NOW), extend_resource_days(base, NOW)) == (0, 0)
    later = NOW + timedelta(days=2)
    assert freeze_past_resource_days(base, later) == 2
    base.execute("UPDATE resource SET hours_osm = 'Mo-Su 10:00-11:00' WHERE resource_id = 1")
    assert extend_resource_days(base, later) == 1
    assert max(rows(base)) == later.date() + timedelta(days=90)
    assert rows(base)[WEDNESDAY][1].startswith('{["2027-03-24 06')
    assert rows(base)[later.date()][1].startswith('{["2027-03-26 09')
    assert place_days.extend(base, later) == 1
    assert place_days.extend(base, later) == 0


def test_a_resource_without_its_hours_or_archived_has_no_days_to_come(base: Base) -> None:
    place = make_badge_place(base)
    for change in ("hours_osm = NULL", "archived_at = '2027-01-01'"):
        base.execute(f"UPDATE resource SET hours_osm = '{BADGE}', archived_at = NULL WHERE resource_id = 1")
        place_days.rebuild(base, [place], NOW)
        assert rows(base)
        base.execute(f"UPDATE resource SET {change} WHERE resource_id = 1")
        place_days.rebuild(base, [place], NOW)
        assert rows(base) == {}


def test_an_exception_that_closes_the_place_closes_a_badge_room_and_one_for_the_team_does_not(base: Base) -> None:
    place = make_badge_place(base)
    for day, text in ((25, "off"), (26, "10:00-14:00")):
        days = f"[2027-03-{day},2027-03-{day + 1})"
        row = {"place_id": place, "exception_id": f"00000000-0000-4000-8000-0000000000{day}", "days": days}
        insert(base, "hours_exception", row | {"hours_osm": text})
    place_days.rebuild(base, [place], NOW)
    assert rows(base)[date(2027, 3, 25)] == ("known", "{}")
    assert rows(base)[date(2027, 3, 26)][1] == '{["2027-03-26 06:00:00+00","2027-03-26 21:00:00+00")}'


def test_a_rule_on_public_holidays_of_its_own_makes_days_without_hours_of_its_own(base: Base) -> None:
    place = make_badge_place(base)
    make_resource(base, place, policy=Jsonb({"open_on_public_holidays": True}))
    place_days.rebuild(base, [place], NOW)
    assert rows(base, 3)[EASTER_MONDAY][1] == '{["2027-03-29 07:00:00+00","2027-03-29 16:00:00+00")}'
    assert rows(base)[EASTER_MONDAY] == ("known", "{}")


def test_a_short_change_of_hours_within_a_long_closure_opens_the_badge_room_again() -> None:
    closed = DatedHours(date(2027, 8, 1), date(2027, 8, 15), "off")
    fair = DatedHours(date(2027, 8, 7), date(2027, 8, 7), "14:00-17:00")
    hours = resource_hours(Hours("Mo-Fr 09:00-18:00", exceptions=(closed, fair)), BADGE, {})
    days = {day.day.day: day for day in work_out_days(hours, date(2027, 8, 6), date(2027, 8, 8))}
    assert (days[6].open, days[8].open) == ((), ())
    assert days[7].open == (TimeRange(datetime(2027, 8, 7, 5, tzinfo=UTC), datetime(2027, 8, 7, 20, tzinfo=UTC)),)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, 24, hour, minute, tzinfo=UTC)


TEAM_DAYS = work_out_days(TEAM, date(2027, 3, 23), date(2027, 3, 25))


def test_someone_is_on_site_while_the_place_is_open() -> None:
    assert on_site(TimeRange(at(8), at(17)), TEAM_DAYS).presence == "throughout"
    assert on_site(TimeRange(at(18), at(20)), TEAM_DAYS).presence == "nobody"
    early = on_site(TimeRange(at(7), at(18)), TEAM_DAYS)
    assert (early.presence, early.alone) == ("partly", (TimeRange(at(7), at(8)), TimeRange(at(17), at(18))))


def test_where_the_hours_of_the_team_are_not_known_nothing_is_said() -> None:
    unknown = work_out_days(Hours(None), WEDNESDAY, WEDNESDAY)
    assert on_site(TimeRange(at(8), at(17)), unknown).presence == "unknown"


quarters = st.integers(0, 95).map(lambda quarter: at(quarter // 4, quarter % 4 * 15))
stretches = st.tuples(quarters, quarters).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: TimeRange(*pair))


@given(stretches, st.lists(stretches, max_size=5))
def test_each_minute_of_a_range_is_either_staffed_or_alone(during: TimeRange, opened: list[TimeRange]) -> None:
    day = DayHours(WEDNESDAY, "known", None, tuple(sorted(opened)))
    found = on_site(during, (day,))
    minute = during.start
    while minute < during.end:
        staffed = any(minute in part for part in opened)
        assert staffed != any(minute in part for part in found.alone)
        minute += timedelta(minutes=15)
    lonely = sum((part.end - part.start for part in found.alone), timedelta())
    expected = {timedelta(): "throughout", during.end - during.start: "nobody"}
    assert found.presence == expected.get(lonely, "partly")


async def test_days_follow_each_edit_of_the_resource_and_of_its_place(client: AsyncClient, base: Base) -> None:
    await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00Z"})
    place = make_place(base, welcome="bookable", hours_osm="Mo-Fr 09:00-18:00")
    moderator = make_token(base, make_account(base, "moderator"), "places:write")
    new = {"name": "Badge", "kind": "desk", "seats": 1, "modes": ["hour"], "opening_hours": BADGE}
    made = await client.post(f"/api/v1/places/{place}/resources", json=new, headers=moderator)
    assert made.json()["opening_hours"] == BADGE
    assert rows(base)[MONDAY - timedelta(days=1)][1] == '{["2027-03-28 05:00:00+00","2027-03-28 20:00:00+00")}'
    closed = {"exceptions": [{"from": "2027-03-25", "to": "2027-03-25", "opening_hours": "off"}]}
    await client.put(f"/api/v1/places/{place}/opening-hours", json=closed, headers=moderator)
    assert rows(base)[WEDNESDAY + timedelta(days=1)][1] == "{}"
    change = {"policy": {"open_on_public_holidays": True, "horizon_days": 100}}
    await client.patch(f"/api/v1/resources/{place}-1", json=change, headers=moderator)
    assert rows(base)[EASTER_MONDAY][1] != "{}"
    assert max(rows(base)) == WEDNESDAY + timedelta(days=100)
    await client.patch(f"/api/v1/resources/{place}-1", json={"opening_hours": None, "policy": None}, headers=moderator)
    assert rows(base) == {}
