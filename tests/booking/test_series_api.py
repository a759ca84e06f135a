"""Series over the API: all dates or none, skipped dates named, each judged with the ones before it already in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from icalendar import Calendar

from tests.booking.world import MONDAY, TUESDAY, World, codes
from tests.factories import make_closure
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service.series import book_series
from tierslieux.places.local_ids import parse_local_id
from tierslieux.web.plans import Plan, run_plan

AROUND_THE_CLOCK = "24/7"
LATER = f"{MONDAY}T08:01:00+01:00"
UNCOUNTABLE = {
    "FREQ=SECONDLY;UNTIL=21270323T000000Z": "frequency",
    "FREQ=DAILY;BYSECOND=0,1,2,3;COUNT=100": "finer_than_a_day",
    "FREQ=WEEKLY;COUNT=2;UNTIL=20270401": "count_and_until",
    "FREQ=WEEKLY": "count_or_until",
    "FREQ=DAILY;COUNT=101": "too_many_dates",
    "FREQ=DAILY;UNTIL=20280101": "too_many_dates",
    "FREQ=YEARLY;COUNT=9": "beyond_five_years",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31;COUNT=2": "no_date",
    "nonsense": "unreadable",
    "FREQ=WEEKLY;COUNT=0": "unreadable",
    "FREQ=WEEKLY;COUNT=-3": "unreadable",
}
"""Rules that are refused, and why."""
IMPOSSIBLE: list[tuple[dict[str, Any], int, str]] = [
    ({"start": f"{TUESDAY}T10:00:00"}, 422, "naive_time"),
    ({"end": f"{TUESDAY}T09:00:00+01:00"}, 422, "end_before_start"),
    ({"end": "2027-06-23T09:00:00+01:00"}, 422, "too_long"),
    ({"end": "9999-12-31T23:59:59+00:00"}, 422, "too_long"),
    ({"start": "9999-12-31T23:00:00-05:00", "end": "9999-12-31T23:30:00-05:00"}, 400, "invalid_request"),
    ({"start": "9999-12-31T22:00:00Z", "end": "9999-12-31T23:30:00Z"}, 422, "beyond_horizon"),
    ({"start": "0001-01-01T00:00:00Z", "end": "0001-01-01T01:00:00Z"}, 422, "in_the_past"),
    ({"end": f"{TUESDAY}T10:59:30+01:00"}, 400, "invalid_request"),
    ({"seats": 0}, 400, "invalid_request"),
    ({"seats": 10_001}, 400, "invalid_request"),
    ({"seats": 3}, 422, "too_many_seats"),
    ({"on_conflict": "maybe"}, 400, "invalid_request"),
    ({"rrule": ""}, 400, "invalid_request"),
    ({"rrule": "X" * 501}, 400, "invalid_request"),
    ({"hold_id": "1-0193f3c2aa517d0e8a7b3f60c1d2e4f5"}, 400, "invalid_request"),
    ({"every": "week"}, 400, "invalid_request"),
    ({"resource_id": "999999-1"}, 404, "not_found"),
    ({"resource_id": "x"}, 404, "not_found"),
    ({"override": {"reason": "x"}}, 403, "missing_scope"),
]
"""What is changed in a series that could be booked, and what is answered then."""


def series(world: World, rrule: str = "FREQ=WEEKLY;COUNT=3", **more: Any) -> Any:
    """Tuesdays from ten to eleven."""
    times = {"start": f"{TUESDAY}T10:00:00+01:00", "end": f"{TUESDAY}T11:00:00+01:00"}
    return {"resource_id": world.resource_id, **times, "rrule": rrule, **more}


def starts(answer: Response) -> list[str]:
    return [each["start"] for each in answer.json()["occurrences"]]


def verdicts(answer: Response) -> list[list[str]]:
    return [[rule["code"] for rule in each["broken_rules"]] for each in answer.json()["occurrences"]]


async def ask(world: World, body: Any, **headers: Any) -> Response:
    return await world.post("/booking-series", body, **headers)


def number_of(world: World, table: str) -> int:
    row = world.base.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


async def test_a_series_is_booked_at_the_same_wall_time_on_either_side_of_the_clock_change(world: World) -> None:
    answer = await ask(world, series(world))
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert starts(answer) == ["2027-03-23T10:00:00+01:00", "2027-03-30T10:00:00+02:00", "2027-04-06T10:00:00+02:00"]
    assert body["occurrences"][1]["end"] == "2027-03-30T11:00:00+02:00"
    assert body["time_zone"] == "Europe/Paris"
    assert body["rrule"] == "FREQ=WEEKLY;COUNT=3"
    assert [each["id"] for each in body["bookings"]] == [each["booking_id"] for each in body["occurrences"]]
    assert {each["series_id"] for each in body["bookings"]} == {body["id"]}
    assert {each["status"] for each in body["bookings"]} == {"confirmed"}
    assert answer.headers["location"] == f"/api/v1/booking-series/{body['id']}"
    assert (await world.get(f"/booking-series/{body['id']}")).json() == body
    world.invariants()


async def test_start_and_end_may_have_any_offset(world: World) -> None:
    answer = await ask(world, series(world, start=f"{TUESDAY}T09:00:00Z", end=f"{TUESDAY}T15:00:00+05:00"))
    assert answer.status_code == 201
    assert starts(answer)[1] == "2027-03-30T10:00:00+02:00"


async def test_a_preview_says_the_verdicts_and_creates_nothing(world: World) -> None:
    await world.book(world.wish(f"{TUESDAY}T10:00:00+01:00", f"{TUESDAY}T11:00:00+01:00", seats=2), world.guest())
    before = [number_of(world, table) for table in ("booking", "booking_event", "guest_at_place", "procrastinate_jobs")]
    answer = await world.post("/booking-series?preview=true", series(world))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["id"], body["bookings"]) == (None, [])
    assert verdicts(answer) == [["slot_taken"], [], []]
    assert [each["booking_id"] for each in body["occurrences"]] == [None, None, None]
    after = [number_of(world, table) for table in ("booking", "booking_event", "guest_at_place", "procrastinate_jobs")]
    assert after[:3] == before[:3]
    assert number_of(world, "booking_series") == 0


async def test_all_or_nothing_leaves_nothing(world: World) -> None:
    await world.book(world.wish("2027-03-30T10:30:00+02:00", "2027-03-30T11:30:00+02:00", seats=2), world.guest())
    seats = world.rows()
    answer = await ask(world, series(world))
    assert answer.status_code == 409
    assert answer.json()["code"] == "slot_taken"
    assert codes(answer) == ["slot_taken"]
    assert verdicts(answer) == [[], ["slot_taken"], []]
    assert [each["booking_id"] for each in answer.json()["occurrences"]] == [None, None, None]
    assert world.rows() == seats
    assert number_of(world, "booking_series") == 0
    assert (await world.get("/bookings")).json()["items"] == []


async def test_what_is_skipped_is_named_and_the_rest_is_booked(world: World) -> None:
    during = (datetime(2027, 3, 30, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC))
    make_closure(world.base, world.place_id, during, reason="inventaire")
    answer = await ask(world, series(world, on_conflict="skip"))
    assert answer.status_code == 201
    assert verdicts(answer) == [[], ["closed"], []]
    skipped = answer.json()["occurrences"][1]
    assert skipped["start"] == "2027-03-30T10:00:00+02:00"
    assert skipped["booking_id"] is None
    assert "inventaire" in skipped["broken_rules"][0]["message"]
    assert len(answer.json()["bookings"]) == 2
    world.invariants()


async def test_a_rule_other_than_a_taken_seat_answers_422_with_the_same_occurrences(world: World) -> None:
    answer = await ask(world, series(world, "FREQ=WEEKLY;COUNT=12"))
    assert answer.status_code == 422
    assert answer.json()["code"] == "beyond_horizon"
    assert verdicts(answer) == [[]] * 9 + [["beyond_horizon"]] * 3
    assert number_of(world, "booking") == 0


async def test_nothing_to_book_is_refused_even_where_dates_may_be_skipped(world: World) -> None:
    times = {"start": "2027-03-27T10:00:00+01:00", "end": "2027-03-27T11:00:00+01:00"}
    answer = await ask(world, series(world, on_conflict="skip", **times))
    assert answer.status_code == 422
    assert verdicts(answer) == [["outside_opening_hours"]] * 3
    assert number_of(world, "booking_series") == 0


@pytest.mark.parametrize(
    ("start", "rrule", "expected"),
    [
        ("2027-03-31", "FREQ=MONTHLY;COUNT=4", ["2027-03-31", "2027-05-31", "2027-07-31", "2027-08-31"]),
        ("2028-02-29", "FREQ=YEARLY;UNTIL=20320301", ["2028-02-29", "2032-02-29"]),
        ("2027-03-23", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=3", ["2027-03-23", "2027-03-25", "2027-03-30"]),
    ],
)
async def test_the_31st_and_29_february_are_skipped_never_clamped(
    world: World, start: str, rrule: str, expected: list[str]
) -> None:
    world.place(hours=AROUND_THE_CLOCK, policy={"horizon_days": 4000, "open_on_public_holidays": True})
    body = series(world, rrule, start=f"{start}T12:00:00Z", end=f"{start}T13:00:00Z")
    answer = await ask(world, body)
    assert answer.status_code == 201, answer.text
    assert [text[:10] for text in starts(answer)] == expected


async def test_a_wall_time_that_the_clocks_skip_is_refused_with_its_reason(world: World) -> None:
    world.place(hours=AROUND_THE_CLOCK, policy={"open_on_public_holidays": True})
    times = {"start": "2027-03-27T02:30:00+01:00", "end": "2027-03-27T03:30:00+01:00"}
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=3", **times))
    assert answer.status_code == 422
    assert verdicts(answer) == [[], ["nonexistent_time"], []]
    lost = answer.json()["occurrences"][1]
    assert lost["start"] == "2027-03-28T02:30:00+01:00"
    assert lost["broken_rules"][0]["value"] == "2027-03-28T02:30:00"
    skipped = await ask(world, series(world, "FREQ=DAILY;COUNT=3", on_conflict="skip", **times))
    assert skipped.status_code == 201
    assert [each["start"] for each in skipped.json()["bookings"]] == [
        "2027-03-27T02:30:00+01:00",
        "2027-03-29T02:30:00+02:00",
    ]


async def test_a_wall_time_that_comes_twice_is_refused_with_its_reason(world: World) -> None:
    world.place(hours=AROUND_THE_CLOCK, policy={"horizon_days": 400})
    times = {"start": "2027-10-30T01:30:00+02:00", "end": "2027-10-30T02:30:00+02:00"}
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=2", **times))
    assert answer.status_code == 422
    assert verdicts(answer) == [[], ["ambiguous_time"]]
    assert answer.json()["occurrences"][1]["broken_rules"][0]["value"] == "2027-10-31T02:30:00"


async def test_a_booking_over_the_night_of_the_clock_change_keeps_its_wall_times(world: World) -> None:
    world.place(hours=AROUND_THE_CLOCK, policy={"max_minutes": 1440})
    times = {"start": "2027-03-26T22:00:00+01:00", "end": "2027-03-27T06:00:00+01:00"}
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=2", **times))
    assert answer.status_code == 201, answer.text
    night = answer.json()["occurrences"][1]
    assert (night["start"], night["end"]) == ("2027-03-27T22:00:00+01:00", "2027-03-28T06:00:00+02:00")


async def test_a_quota_counts_the_dates_before_in_the_same_series(world: World) -> None:
    world.place(policy={"quota_bookings_per_week": 2})
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=4", on_conflict="skip"))
    assert answer.status_code == 201
    assert verdicts(answer) == [[], [], ["quota_reached"], ["quota_reached"]]
    assert answer.json()["occurrences"][2]["broken_rules"][0]["value"] == {"bookings": 3, "week": "2027-W12"}


async def test_a_quota_holds_across_new_year_within_iso_week_53(world: World) -> None:
    policy = {"quota_bookings_per_week": 5, "horizon_days": 3000, "open_on_public_holidays": True}
    world.place(hours=AROUND_THE_CLOCK, policy=policy)
    times = {"start": "2032-12-27T12:00:00Z", "end": "2032-12-27T13:00:00Z"}
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=9", on_conflict="skip", **times))
    assert answer.status_code == 201, answer.text
    refused = [each for each in answer.json()["occurrences"] if each["broken_rules"]]
    assert [each["start"][:10] for each in refused] == ["2033-01-01", "2033-01-02"]
    assert {each["broken_rules"][0]["value"]["week"] for each in refused} == {"2032-W53"}


async def test_dates_of_a_series_may_not_overlap_each_other(world: World) -> None:
    world.place(hours=AROUND_THE_CLOCK, policy={"max_minutes": 2880})
    times = {"start": f"{TUESDAY}T10:00:00+01:00", "end": "2027-03-24T11:00:00+01:00"}
    answer = await ask(world, series(world, "FREQ=DAILY;COUNT=2", **times))
    assert verdicts(answer) == [[], ["overlapping_own_booking"]]


async def test_every_date_of_a_series_awaits_the_place_where_it_approves(world: World) -> None:
    world.place(policy={"requires_approval": True, "pending_limit": 5})
    answer = await ask(world, series(world))
    assert answer.status_code == 201
    assert {each["status"] for each in answer.json()["bookings"]} == {"pending"}


async def test_requests_in_a_series_count_as_requests(world: World) -> None:
    world.place(policy={"requires_approval": True})
    answer = await ask(world, series(world, "FREQ=WEEKLY;COUNT=4"))
    assert verdicts(answer) == [[], [], [], ["pending_limit"]]


async def test_one_date_is_cancelled_and_another_moved_alone(world: World) -> None:
    made = (await ask(world, series(world))).json()
    first, second, third = [each["id"] for each in made["bookings"]]
    assert (await world.post(f"/bookings/{first}/cancel")).status_code == 200
    moved = await world.patch(
        f"/bookings/{second}", {"start": "2027-03-31T14:00:00+02:00", "end": "2027-03-31T15:00:00+02:00"}
    )
    assert moved.status_code == 200
    now = (await world.get(f"/booking-series/{made['id']}")).json()
    assert {each["id"]: (each["status"], each["start"]) for each in now["bookings"]} == {
        first: ("cancelled_by_guest", "2027-03-23T10:00:00+01:00"),
        second: ("confirmed", "2027-03-31T14:00:00+02:00"),
        third: ("confirmed", "2027-04-06T10:00:00+02:00"),
    }
    assert now["bookings"][1]["series_id"] == made["id"]
    world.invariants()


async def test_a_series_is_cancelled_from_now_on(world: World) -> None:
    made = (await ask(world, series(world))).json()
    await world.set_clock("2027-03-30T10:15:00+02:00")
    answer = await world.post(f"/booking-series/{made['id']}/cancel")
    assert answer.status_code == 200
    assert [each["status"] for each in answer.json()["bookings"]] == ["completed", "confirmed", "cancelled_by_guest"]
    again = await world.post(f"/booking-series/{made['id']}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "status_changed")
    world.invariants()


async def test_a_team_cancels_a_series_as_the_place(world: World) -> None:
    made = (await ask(world, series(world))).json()
    answer = await world.post(f"/booking-series/{made['id']}/cancel", {"reason": "travaux"}, world.host())
    assert {each["status"] for each in answer.json()["bookings"]} == {"cancelled_by_host"}
    assert world.rows() == []


async def test_a_date_that_is_cancelled_late_with_its_series_still_counts(world: World) -> None:
    made = (await ask(world, series(world))).json()
    await world.set_clock(f"{TUESDAY}T09:00:00+01:00")
    await world.post(f"/booking-series/{made['id']}/cancel")
    counted = world.base.execute("SELECT counted FROM booking ORDER BY lower(during)").fetchall()
    assert counted == [(True,), (False,), (False,)]


async def test_a_series_has_one_job_that_tells_of_it(world: World) -> None:
    during = (datetime(2027, 3, 30, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC))
    make_closure(world.base, world.place_id, during)
    world.base.execute("CREATE TABLE told (args jsonb)")
    world.base.execute(
        """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO told VALUES (NEW.args); RETURN NEW; END $$"""
    )
    await world.rework(
        "CREATE TRIGGER note AFTER INSERT ON procrastinate_jobs FOR EACH ROW"
        " WHEN (NEW.task_name = 'follow_up') EXECUTE FUNCTION note()"
    )
    made = (await ask(world, series(world, on_conflict="skip"))).json()
    told = world.base.execute("SELECT args FROM told").fetchall()
    assert len(told) == 1
    first = made["bookings"][0]["id"].partition("-")[2]
    assert told[0][0]["events"] == [[first, 1]]
    skipped = told[0][0]["series"]["skipped"]
    assert [(each["start"], each["code"]) for each in skipped] == [("2027-03-30T10:00:00", "closed")]
    assert skipped[0]["reason"]["fr"] == "Le lieu est fermé ce jour-là."
    assert set(skipped[0]["reason"]) == {"fr", "en"}


async def test_the_same_key_makes_a_series_once(world: World) -> None:
    key = world.headers | {"Idempotency-Key": "once"}
    first, second = [await ask(world, series(world), headers=key) for _ in range(2)]
    assert second.headers["idempotency-replayed"] == "true"
    assert second.json() == first.json()
    assert number_of(world, "booking") == 3


async def test_a_foreign_series_does_not_exist(world: World) -> None:
    made = (await ask(world, series(world))).json()
    stranger = world.guest()
    for path in (made["id"], f"{world.place_id}-{'0' * 32}", "nonsense", f"1-{made['id'].partition('-')[2]}"):
        assert (await world.get(f"/booking-series/{path}", stranger)).status_code == 404
        assert (await world.post(f"/booking-series/{path}/cancel", headers=stranger)).status_code == 404
    assert len(world.rows()) == 3


async def test_a_team_books_a_series_for_someone_else(world: World) -> None:
    host = world.host()
    answer = await ask(world, series(world, on_behalf_of={"name": "Claude Martin"}), headers=host)
    assert answer.status_code == 201, answer.text
    assert (await world.get(f"/booking-series/{answer.json()['id']}", host)).status_code == 200


async def test_a_rule_that_cannot_be_counted_is_refused_and_says_why(world: World) -> None:
    for rrule, reason in UNCOUNTABLE.items():
        for path in ("/booking-series", "/booking-series?preview=true"):
            answer = await world.post(path, series(world, rrule))
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_rrule"), rrule
            assert answer.json()["reason"] == reason, rrule
    assert number_of(world, "booking") == 0


async def test_what_cannot_be_a_series_is_refused_whole(world: World) -> None:
    for change, status, code in IMPOSSIBLE:
        answer = await ask(world, series(world) | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code), f"{change}: {answer.text}"
    assert number_of(world, "booking") == number_of(world, "booking_series") == 0


async def test_a_series_needs_a_token_of_the_right_scope(world: World) -> None:
    assert (await ask(world, series(world), headers={"Authorization": "Bearer no"})).status_code == 401
    assert (await ask(world, series(world), headers=world.guest("bookings:read"))).status_code == 403


async def test_a_hundred_dates_are_booked_at_once(world: World) -> None:
    world.place(seats=8, policy={"horizon_days": 4000})
    answer = await ask(world, series(world, "FREQ=WEEKLY;COUNT=100", on_conflict="skip"))
    assert answer.status_code == 201, answer.text
    assert [at for at, broken in enumerate(verdicts(answer)) if broken] == [73]  # 15 August 2028, a public holiday
    assert len(answer.json()["bookings"]) == 99
    world.invariants()


async def test_a_date_costs_two_statements(world: World) -> None:
    def statements(dates: int) -> int:
        start = datetime(2027, 3, 23, 9, tzinfo=UTC)
        wish = Wish(start, start + timedelta(hours=1), 1)
        place_id, resource_id = parse_local_id(world.resource_id)
        order = Order(place_id, resource_id, wish, uuid4(), Actor(None, datetime(2027, 3, 22, tzinfo=UTC)))
        return number_of_steps(world, book_series(order, f"FREQ=WEEKLY;COUNT={dates}"))

    assert statements(5) - statements(2) == 6


def number_of_steps(world: World, plan: Plan[Any]) -> int:
    """Run the plan; how many statements it took."""
    number = 0

    def counted() -> Plan[Any]:
        nonlocal number
        step = next(plan)
        while True:
            number += 1
            try:
                step = plan.send((yield step))
            except StopIteration as done:
                return done.value

    run_plan(world.base, counted())
    return number


async def outbox(world: World) -> list[dict[str, Any]]:
    """Every mail, after the jobs that are due have run."""
    await world.set_clock(LATER)
    mails: list[dict[str, Any]] = (await world.client.get("/dev/outbox?format=json")).json()
    return mails


async def test_a_series_is_one_mail_with_every_date_and_what_was_skipped(world: World) -> None:
    during = (datetime(2027, 3, 30, tzinfo=UTC), datetime(2027, 3, 31, tzinfo=UTC))
    make_closure(world.base, world.place_id, during, reason="inventaire")
    made = (await ask(world, series(world, on_conflict="skip"))).json()
    mails = await outbox(world)
    assert len(mails) == 1
    assert "inventaire" in mails[0]["text"]
    calendar = mails[0]["calendar"].replace("\r\n ", "")
    assert calendar.count("BEGIN:VEVENT") == 2
    assert all(f"UID:{each['id']}@" in calendar for each in made["bookings"])


async def test_a_series_that_awaits_the_place_is_one_mail_to_each_side(world: World) -> None:
    world.place(policy={"requires_approval": True})
    world.host()
    await ask(world, series(world))
    mails = await outbox(world)
    assert len(mails) == 2
    assert len({each["to"] for each in mails}) == 2


async def test_a_refused_series_and_a_preview_mail_nothing(world: World) -> None:
    await ask(world, series(world, "FREQ=WEEKLY;COUNT=12"))
    await world.post("/booking-series?preview=true", series(world))
    assert await outbox(world) == []


async def test_a_request_that_lapsed_on_the_way_is_told_beside_the_series(world: World) -> None:
    world.place(seats=1, policy={"requires_approval": True, "notice_minutes": 0})
    await world.book(headers=world.guest())
    world.base.execute("UPDATE booking SET expires_at = '2027-03-22T08:00:00+01:00'")
    world.base.execute("UPDATE occupied_seat SET expires_at = '2027-03-22T08:00:00+01:00'")
    answer = await ask(world, series(world))
    assert answer.status_code == 201, answer.text
    mails = await outbox(world)
    assert len({each["to"] for each in mails}) == 2
    assert len(mails) == 3  # a request made, the same lapsed, and one mail about the series


async def cancelled(world: World, series_id: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """Cancel what is to come of a series, after its first mail; the mails that follow from it."""
    before = await outbox(world)
    answer = await world.post(f"/booking-series/{series_id}/cancel", {"reason": "travaux"}, headers)
    assert answer.status_code == 200
    await world.set_clock("2027-03-22T08:10:00+01:00")
    after: list[dict[str, Any]] = (await world.client.get("/dev/outbox?format=json")).json()
    return [mail for mail in after if mail["id"] not in {each["id"] for each in before}]


def told(mail: dict[str, Any]) -> list[tuple[str, int, str]]:
    """The events of a mail's calendar file."""
    found: Any = Calendar.from_ical(mail["calendar"]).walk("VEVENT")
    return [(str(each["uid"]).partition("@")[0], int(each["sequence"]), str(each["status"])) for each in found]


async def test_a_cancelled_series_is_one_mail_with_every_date_and_takes_every_event_back(world: World) -> None:
    made = (await ask(world, series(world))).json()
    [mail] = await cancelled(world, made["id"])
    assert mail["subject"].startswith("Réservations annulées : à partir du")
    text = mail["text"].replace("\xa0", " ").replace("\u2060", "")
    for day in ("mardi 23 mars 2027", "mardi 30 mars 2027", "mardi 6 avril 2027"):
        assert day in text
    assert told(mail) == [(each["id"], 2, "CANCELLED") for each in made["bookings"]]


async def test_a_series_that_the_team_cancels_is_one_mail_with_its_reason(world: World) -> None:
    made = (await ask(world, series(world))).json()
    [mail] = await cancelled(world, made["id"], world.host())
    assert mail["subject"].startswith("Réservations annulées par le lieu")
    assert "travaux" in mail["text"]
    assert len(told(mail)) == 3


async def test_a_date_cancelled_before_its_series_is_not_told_twice(world: World) -> None:
    made = (await ask(world, series(world))).json()
    first, *others = [each["id"] for each in made["bookings"]]
    await world.post(f"/bookings/{first}/cancel")
    [mail] = await cancelled(world, made["id"])
    assert [event[0] for event in told(mail)] == others


async def test_the_last_date_of_a_series_is_cancelled_by_a_mail_of_its_own(world: World) -> None:
    made = (await ask(world, series(world))).json()
    for each in made["bookings"][:2]:
        await world.post(f"/bookings/{each['id']}/cancel")
    [mail] = await cancelled(world, made["id"])
    assert mail["subject"].startswith("Réservation annulée")
    assert "METHOD:CANCEL" in mail["calendar"]
