"""Booking over the API: what is accepted, what is refused and why, and what stays as it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.booking.world import MONDAY, TUESDAY, WEDNESDAY, World, codes
from tests.factories import make_closure


async def test_a_free_desk_is_booked_and_read_back(world: World) -> None:
    booking = await world.book()
    assert booking["status"] == "confirmed"
    assert (booking["start"], booking["end"]) == (f"{TUESDAY}T10:00:00+01:00", f"{TUESDAY}T11:00:00+01:00")
    assert booking["mode"] == "hour"
    assert booking["price"] == {"amount": 0, "currency": "EUR"}
    assert (await world.get(f"/bookings/{booking['id']}")).json() == booking
    world.invariants()


async def test_the_last_desk_is_refused_with_what_could_be_had_instead(world: World) -> None:
    await world.book(headers=world.guest())
    await world.book(headers=world.guest())
    answer = await world.post("/bookings", world.wish())
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "slot_taken"
    assert codes(answer) == ["slot_taken"]
    assert set(problem["broken_rules"][0]["value"]) == {"start", "end"}
    assert [each["why"] for each in problem["alternatives"]] == ["same_resource_later", "same_resource_earlier"]
    first = problem["alternatives"][0]
    taken = await world.post("/bookings", world.wish(first["start"], first["end"], mode=first["mode"]))
    assert taken.status_code == 201


async def test_every_broken_rule_is_reported_at_once(world: World) -> None:
    world.place(policy={"min_minutes": 60, "horizon_days": 10})
    wish = world.wish("2027-05-25T12:15:00+02:00", "2027-05-25T12:40:00+02:00", seats=9, mode="hour")
    answer = await world.post("/bookings", wish)
    assert answer.status_code == 422
    assert codes(answer) == ["too_many_seats", "outside_opening_hours", "off_grid", "beyond_horizon", "too_short"]
    assert all(rule["message"] for rule in answer.json()["broken_rules"])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (f"{TUESDAY}T12:00:00+01:00", f"{TUESDAY}T14:00:00+01:00", ["outside_opening_hours"]),
        (f"{TUESDAY}T17:30:00+01:00", f"{TUESDAY}T18:30:00+01:00", ["outside_opening_hours"]),
        ("2027-03-27T10:00:00+01:00", "2027-03-27T11:00:00+01:00", ["outside_opening_hours"]),
        ("2027-03-29T10:00:00+02:00", "2027-03-29T11:00:00+02:00", ["outside_opening_hours"]),
        (f"{TUESDAY}T10:10:00+01:00", f"{TUESDAY}T11:10:00+01:00", ["off_grid", "off_grid"]),
        (f"{TUESDAY}T11:00:00+01:00", f"{TUESDAY}T10:00:00+01:00", ["end_before_start"]),
        (f"{TUESDAY}T11:00:00+01:00", f"{TUESDAY}T11:00:00+01:00", ["end_before_start"]),
        ("2027-03-19T10:00:00+01:00", "2027-03-19T11:00:00+01:00", ["in_the_past"]),
        (f"{TUESDAY}T10:00:00", f"{TUESDAY}T11:00:00+01:00", ["naive_time"]),
        ("9999-12-31T23:00:00+00:00", "9999-12-31T23:30:00+00:00", ["beyond_horizon"]),
        (f"{TUESDAY}T10:00:00+01:00", "2027-06-23T10:00:00+02:00", ["too_long"]),
    ],
)  # fmt: skip
async def test_a_wish_that_breaks_a_rule_says_which(world: World, start: str, end: str, expected: list[str]) -> None:
    answer = await world.post("/bookings", world.wish(start, end))
    assert answer.status_code == 422, answer.text
    assert codes(answer) == expected
    checked = await world.post("/bookings/check", world.wish(start, end))
    assert checked.status_code == 200
    assert codes(checked) == expected
    assert checked.json()["bookable"] is False
    assert world.rows() == []


async def test_the_end_may_be_the_closing_time(world: World) -> None:
    booking = await world.book(world.wish(f"{TUESDAY}T17:30:00+01:00", f"{TUESDAY}T18:00:00+01:00"))
    assert booking["end"] == f"{TUESDAY}T18:00:00+01:00"


@pytest.mark.parametrize(
    ("start", "end", "mode"),
    [
        ("09:00", "12:30", "half_day"),
        ("13:30", "18:00", "half_day"),
        ("09:00", "18:00", "day"),
        ("09:00", "12:00", "hour"),
    ],
)
async def test_a_range_that_equals_a_half_day_or_a_day_is_one(world: World, start: str, end: str, mode: str) -> None:
    booking = await world.book(world.wish(f"{TUESDAY}T{start}:00+01:00", f"{TUESDAY}T{end}:00+01:00"))
    assert booking["mode"] == mode


async def test_any_offset_of_an_instant_is_accepted_and_answered_in_the_places_own(world: World) -> None:
    booking = await world.book(world.wish(f"{TUESDAY}T20:00:00+11:00", f"{TUESDAY}T21:00:00+11:00"))
    assert booking["start"] == f"{TUESDAY}T10:00:00+01:00"


async def test_a_closure_refuses_with_its_reason(world: World) -> None:
    start = datetime(2027, 3, 23, 8, tzinfo=UTC)
    make_closure(world.base, world.place_id, (start, start + timedelta(hours=3)), reason="travaux")
    answer = await world.post("/bookings", world.wish())
    assert codes(answer) == ["closed"]
    assert answer.json()["broken_rules"][0]["value"] == "travaux"


async def test_one_person_does_not_sit_on_two_chairs(world: World) -> None:
    first = await world.book()
    answer = await world.post("/bookings", world.wish())
    assert codes(answer) == ["overlapping_own_booking"]
    assert answer.json()["broken_rules"][0]["value"] == first["id"]


async def test_a_quota_counts_what_was_not_cancelled_in_time(world: World) -> None:
    world.place(policy={"quota_bookings_per_week": 1, "free_cancellation_minutes": 120})
    first = await world.book()
    second = world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00")
    answer = await world.post("/bookings", second)
    assert codes(answer) == ["quota_reached"]
    rule = answer.json()["broken_rules"][0]
    assert rule["limit"] == {"bookings": 1}
    assert rule["value"] == {"bookings": 2, "week": "2027-W12"}
    assert (await world.post(f"/bookings/{first['id']}/cancel")).status_code == 200
    again = await world.book(second)
    await world.set_clock(f"{WEDNESDAY}T09:00:00+01:00")
    cancelled = await world.post(f"/bookings/{again['id']}/cancel")
    assert cancelled.json()["status"] == "cancelled_by_guest"
    third = await world.post("/bookings", world.wish("2027-03-25T10:00:00+01:00", "2027-03-25T11:00:00+01:00"))
    assert codes(third) == ["quota_reached"]


async def test_a_move_keeps_the_id_and_a_refused_one_changes_nothing(world: World) -> None:
    booking = await world.book()
    moved = await world.patch(f"/bookings/{booking['id']}", {"end": f"{TUESDAY}T12:00:00+01:00"})
    assert moved.status_code == 200, moved.text
    assert moved.json()["id"] == booking["id"]
    assert moved.json()["version"] == 2
    before = world.rows()
    refused = await world.patch(f"/bookings/{booking['id']}", {"end": f"{TUESDAY}T20:00:00+01:00"})
    assert refused.status_code == 422
    assert world.rows() == before
    world.invariants()
    events = (await world.get(f"/bookings/{booking['id']}/events")).json()["items"]
    assert [(event["seq"], event["becomes"], event["by"]) for event in events] == [
        (1, "confirmed", "guest"), (2, "confirmed", "guest")
    ]  # fmt: skip


async def test_a_hold_becomes_a_booking_with_its_id(world: World) -> None:
    held = (await world.post("/holds", world.wish())).json()
    assert held["status"] == "held"
    assert held["expires_at"] == f"{MONDAY}T08:10:00+01:00"[:17] + held["expires_at"][17:]
    booking = await world.book(world.wish(hold_id=held["id"]))
    assert (booking["id"], booking["status"], booking["expires_at"]) == (held["id"], "confirmed", None)
    world.invariants()


async def test_a_hold_that_is_over_is_gone_and_its_desk_is_free(world: World) -> None:
    world.place(seats=1)
    held = (await world.post("/holds", world.wish())).json()
    other = world.guest()
    assert (await world.post("/bookings", world.wish(), other)).status_code == 409
    await world.set_clock(f"{MONDAY}T08:20:00+01:00")
    gone = await world.post("/bookings", world.wish(hold_id=held["id"]))
    assert (gone.status_code, gone.json()["code"]) == (410, "hold_expired")
    assert (await world.post("/bookings", world.wish(), other)).status_code == 201
    assert (await world.get(f"/bookings/{held['id']}")).json()["status"] == "expired"
    world.invariants()


async def test_a_hold_is_renewed_once_and_let_go(world: World) -> None:
    held = (await world.post("/holds", world.wish())).json()
    await world.set_clock(f"{MONDAY}T08:05:00+01:00")
    renewed = await world.post(f"/holds/{held['id']}/renew")
    assert renewed.json()["expires_at"].startswith(f"{MONDAY}T08:15")
    assert (await world.post(f"/holds/{held['id']}/renew")).json()["code"] == "status_changed"
    gone = await world.client.delete(f"/api/v1/holds/{held['id']}", headers=world.headers)
    assert gone.status_code == 204
    assert world.rows() == []


async def test_a_hold_for_something_else_or_of_someone_else_is_refused(world: World) -> None:
    held = (await world.post("/holds", world.wish())).json()
    other = world.wish(end=f"{TUESDAY}T12:00:00+01:00", hold_id=held["id"])
    assert (await world.post("/bookings", other)).json()["code"] == "hold_mismatch"
    assert (await world.post("/bookings", world.wish(hold_id=held["id"]), world.guest())).status_code == 404


async def test_three_desks_are_kept_at_most(world: World) -> None:
    for day in (23, 24, 25):
        wish = world.wish(f"2027-03-{day}T10:00:00+01:00", f"2027-03-{day}T11:00:00+01:00")
        assert (await world.post("/holds", wish)).status_code == 201
    fourth = await world.post("/holds", world.wish("2027-03-26T10:00:00+01:00", "2027-03-26T11:00:00+01:00"))
    assert (fourth.status_code, fourth.json()["code"]) == (422, "too_many_holds")


async def test_a_request_waits_for_the_team_and_lapses_by_itself(world: World) -> None:
    world.place(policy={"requires_approval": True, "pending_limit": 1})
    host = world.host()
    pending = await world.book()
    assert pending["status"] == "pending"
    assert pending["expires_at"] == f"{MONDAY}T12:30:00+01:00"
    later = world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00")
    assert codes(await world.post("/bookings", later)) == ["pending_limit"]
    assert (await world.post(f"/bookings/{pending['id']}/approve")).status_code == 404
    await world.set_clock(f"{MONDAY}T13:00:00+01:00")
    late = await world.post(f"/bookings/{pending['id']}/approve", headers=host)
    assert (late.status_code, late.json()["booking_status"]) == (409, "expired")
    again = await world.book()
    approved = await world.post(f"/bookings/{again['id']}/approve", headers=host)
    assert approved.json()["status"] == "confirmed"
    world.invariants()


async def test_the_team_overrides_rules_with_a_reason_but_never_the_constraint(world: World) -> None:
    world.place(seats=1)
    host = world.host()
    wish = world.wish(f"{TUESDAY}T19:00:00+01:00", f"{TUESDAY}T20:00:00+01:00")
    override = {"override": {"reason": "réunion du conseil"}, "on_behalf_of": {"name": "Association"}}
    assert (await world.post("/bookings", wish | override)).status_code == 403
    made = await world.post("/bookings", wish | override, host)
    assert made.status_code == 201, made.text
    events = (await world.get(f"/bookings/{made.json()['id']}/events", host)).json()["items"]
    assert events[0]["why"] == "réunion du conseil"
    assert codes(await world.post("/bookings", wish | override, host)) == ["slot_taken"]


async def test_a_walk_in_takes_a_desk_now_without_account(world: World) -> None:
    host = world.host()
    await world.set_clock(f"{MONDAY}T10:07:30+01:00")
    for _ in range(2):
        answer = await world.post(f"/places/{world.place_id}/walk-ins", {"seats": 1, "minutes": 90}, host)
        assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "checked_in"
    assert answer.json()["start"] == f"{MONDAY}T10:07:00+01:00"
    full = await world.post(f"/places/{world.place_id}/walk-ins", {"seats": 1, "minutes": 90}, host)
    assert (full.status_code, full.json()["code"]) == (409, "slot_taken")
    assert (await world.post(f"/places/{world.place_id}/walk-ins", {"seats": 1, "minutes": 9})).status_code == 404


async def test_an_arrival_is_noted_in_its_window_and_can_be_taken_back(world: World) -> None:
    host, booking = world.host(), await world.book()
    early = await world.post(f"/bookings/{booking['id']}/check-in", headers=host)
    assert (early.status_code, early.json()["code"]) == (422, "check_in_too_early")
    await world.set_clock(f"{TUESDAY}T09:50:00+01:00")
    arrived = await world.post(f"/bookings/{booking['id']}/check-in", headers=host)
    assert (arrived.status_code, arrived.json()["status"]) == (200, "checked_in")
    undone = await world.post(f"/bookings/{booking['id']}/check-in/undo", headers=host)
    assert undone.json()["status"] == "confirmed"
    far = await world.post(f"/bookings/{booking['id']}/check-in", {"position": [2.35, 48.85]})
    assert far.json()["code"] == "too_far_away"
    near = await world.post(f"/bookings/{booking['id']}/check-in", {"position": [-4.1024, 47.9961]})
    assert near.json()["status"] == "checked_in"
    world.invariants()


async def test_after_an_absence_someone_may_still_come_while_a_desk_is_free(world: World) -> None:
    world.place(seats=1)
    host, booking = world.host(), await world.book()
    assert (await world.post(f"/bookings/{booking['id']}/no-show", headers=host)).json()["code"] == "status_changed"
    await world.set_clock(f"{TUESDAY}T10:20:00+01:00")
    assert (await world.post(f"/bookings/{booking['id']}/no-show", headers=host)).json()["status"] == "no_show"
    back = await world.post(f"/bookings/{booking['id']}/check-in", headers=host)
    assert back.json()["status"] == "checked_in", back.text
    world.invariants()


async def test_other_peoples_bookings_do_not_exist(world: World) -> None:
    booking = await world.book()
    stranger = world.guest()
    for path in ("", "/events"):
        assert (await world.get(f"/bookings/{booking['id']}{path}", stranger)).status_code == 404
    for action in ("cancel", "approve", "decline", "check-in", "no-show"):
        assert (await world.post(f"/bookings/{booking['id']}/{action}", headers=stranger)).status_code == 404
    assert (await world.patch(f"/bookings/{booking['id']}", {"seats": 2}, stranger)).status_code == 404
    reader = world.guest("bookings:read")
    assert (await world.post("/bookings", world.wish(), reader)).status_code == 403
    assert (await world.client.post("/api/v1/bookings", json=world.wish())).status_code == 401


async def test_the_same_key_books_once(world: World) -> None:
    headers = world.headers | {"Idempotency-Key": "une fois"}
    first = await world.post("/bookings", world.wish(), headers)
    again = await world.post("/bookings", world.wish(), headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert first.json() == again.json()
    assert len(world.rows()) == 1


async def test_a_key_that_cancelled_one_booking_says_nothing_of_another(world: World) -> None:
    first = await world.book()
    second = await world.book(world.wish(f"{TUESDAY}T15:00:00+01:00", f"{TUESDAY}T16:00:00+01:00"))
    headers = world.headers | {"Idempotency-Key": "annuler"}
    assert (await world.post(f"/bookings/{first['id']}/cancel", {}, headers)).status_code == 200
    other = await world.post(f"/bookings/{second['id']}/cancel", {}, headers)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (await world.get(f"/bookings/{second['id']}")).json()["status"] == "confirmed"


async def test_my_bookings_are_listed_page_by_page(world: World) -> None:
    made = [
        (await world.book(world.wish(f"{TUESDAY}T{hour}:00:00+01:00", f"{TUESDAY}T{hour + 1}:00:00+01:00")))["id"]
        for hour in (14, 10, 15)
    ]
    first = (await world.get("/bookings?limit=2")).json()
    assert [item["id"] for item in first["items"]] == [made[1], made[0]]
    rest = (await world.client.get(first["links"][0]["href"], headers=world.headers)).json()
    assert [item["id"] for item in rest["items"]] == [made[2]]
    assert rest["links"] == []
    assert (await world.get(f"/bookings?place_id={world.place_id}")).status_code == 404
    theirs = (await world.get(f"/bookings?place_id={world.place_id}", world.host())).json()
    assert len(theirs["items"]) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"resource_id": "1"}, {"resource_id": "99999999999-1"}, {"resource_id": "1-0"}, {"resource_id": "é"},
    ],
)  # fmt: skip
async def test_an_unknown_resource_is_not_there(world: World, change: dict[str, Any]) -> None:
    assert (await world.post("/bookings", world.wish() | change)).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"start": "mardi"}, {"start": 5}, {"start": "2027-02-30T10:00:00Z"}, {"start": "0001-01-01T00:00:00+05:00"},
        {"seats": 0}, {"seats": 10_001}, {"seats": "1"}, {"mode": "week"}, {"seat_ids": []}, {"seat_ids": ["2-1"]},
        {"colour": "red"}, {"hold_id": ""}, {"override": {}}, {"on_behalf_of": {"name": ""}},
    ],
)  # fmt: skip
async def test_what_cannot_be_read_is_refused_by_its_name(world: World, change: dict[str, Any]) -> None:
    answer = await world.post("/bookings", world.wish() | change)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]
