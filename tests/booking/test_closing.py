"""Closing a place over its bookings: nothing is ever void without a word, and all of it can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from psycopg.types.json import Jsonb

from tests.booking.world import TUESDAY, WEDNESDAY, World, codes
from tests.factories import make_booking

CLOSED = {"start": f"{TUESDAY}T00:00:00+01:00", "end": f"{WEDNESDAY}T00:00:00+01:00", "reason": "Panne de chauffage"}


@pytest.fixture
def host(world: World) -> dict[str, str]:
    return world.host()


def decided(booking: dict[str, Any], do: str, to: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"booking_id": booking["id"], "do": do} | ({"to": to} if to else {})


async def shut(world: World, host: dict[str, str], *, preview: bool = False, **more: Any) -> Response:
    """Close the world's place on Tuesday."""
    question = "?preview=true" if preview else ""
    return await world.post(f"/places/{world.place_id}/closures{question}", CLOSED | more, host)


async def done(world: World, host: dict[str, str], **more: Any) -> dict[str, Any]:
    answer = await shut(world, host, **more)
    assert answer.status_code == 201, answer.text
    closure: dict[str, Any] = answer.json()
    return closure


async def now_is(world: World, booking: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await world.get(f"/bookings/{booking['id']}", headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def watch_jobs(world: World) -> None:
    """From here on note which jobs are stored; the worker beside us takes them away again."""
    await world.rework(
        """CREATE TABLE told (at serial, args jsonb);
        CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO told (args) VALUES (NEW.args); RETURN NEW; END';
        CREATE TRIGGER tell AFTER INSERT ON procrastinate_jobs FOR EACH ROW WHEN (NEW.task_name = 'follow_up')
          EXECUTE FUNCTION tell()"""
    )


def follow_ups(world: World) -> list[tuple[int, list[str]]]:
    """What is to be mailed since ``watch_jobs``: by place, bookings."""
    rows = world.base.execute("SELECT args FROM told ORDER BY at").fetchall()
    return [(args["place_id"], [event[0] for event in args["events"]]) for (args,) in rows]


async def test_a_preview_lists_what_would_be_hit_and_where_it_could_go_and_changes_nothing(
    world: World, host: dict[str, str]
) -> None:
    booking = await world.book()
    answer = await shut(world, host, preview=True)
    assert answer.status_code == 200, answer.text
    closure = answer.json()
    assert (closure["id"], closure["undo_until"]) == (None, None)
    assert (closure["start"], closure["end"]) == (CLOSED["start"], CLOSED["end"])
    [hit] = closure["bookings"]
    assert (hit["id"], hit["status"], hit["outcome"], hit["seats"]) == (booking["id"], "confirmed", None, 1)
    assert (hit["start"], hit["end"], hit["resource_id"]) == (booking["start"], booking["end"], booking["resource_id"])
    suggested = hit["suggestion"]
    assert suggested["do"] == "move"
    assert suggested["to"]["place_id"] == str(world.place_id)
    assert suggested["to"]["start"].startswith(WEDNESDAY)
    assert await now_is(world, booking) == booking
    assert world.base.execute("SELECT count(*) FROM closure").fetchone() == (0,)


async def test_bookings_in_the_way_refuse_a_closure_of_which_nothing_else_is_said(
    world: World, host: dict[str, str]
) -> None:
    booking = await world.book()
    answer = await shut(world, host)
    assert answer.status_code == 409
    problem = answer.json()
    assert problem["code"] == "bookings_affected"
    assert [each["id"] for each in problem["bookings"]] == [booking["id"]]
    assert problem["bookings"][0]["suggestion"]["do"] == "move"
    assert await now_is(world, booking) == booking
    assert world.base.execute("SELECT count(*) FROM closure").fetchone() == (0,)


async def test_a_closure_that_hits_nothing_needs_no_decision_and_refuses_bookings_from_then_on(
    world: World, host: dict[str, str]
) -> None:
    await world.book(world.wish(f"{WEDNESDAY}T09:00:00+01:00", f"{WEDNESDAY}T10:00:00+01:00"))
    closure = await done(world, host)
    assert closure["bookings"] == []
    assert closure["undo_until"].startswith("2027-03-22T08:10:")
    answer = await world.post("/bookings", world.wish())
    assert codes(answer) == ["closed"]
    assert answer.json()["broken_rules"][0]["value"] == "Panne de chauffage"


async def test_the_turnaround_after_a_booking_is_not_hit(world: World, host: dict[str, str]) -> None:
    world.place(resource={"turnaround_minutes": 60})
    await world.book(world.wish(f"{TUESDAY}T09:00:00+01:00", f"{TUESDAY}T10:00:00+01:00"))
    closure = await done(world, world.host(), start=f"{TUESDAY}T10:00:00+01:00")
    assert closure["bookings"] == []


async def test_bookings_are_kept_where_the_team_keeps_them(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    await watch_jobs(world)
    closure = await done(world, host, existing="keep")
    assert [each["outcome"] for each in closure["bookings"]] == ["kept"]
    assert await now_is(world, booking) == booking
    assert follow_ups(world) == []
    world.invariants()


async def test_bookings_are_cancelled_with_the_reason_and_no_longer_count_for_their_guest(
    world: World, host: dict[str, str]
) -> None:
    world.place(policy={"quota_bookings_per_week": 1})
    booking = await world.book()
    closure = await done(world, world.host(), existing="cancel")
    assert [(each["outcome"], each["status"]) for each in closure["bookings"]] == [("cancelled", "cancelled_by_host")]
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"
    events = (await world.get(f"/bookings/{booking['id']}/events")).json()["items"]
    assert (events[-1]["by"], events[-1]["becomes"], events[-1]["why"]) == (
        "host", "cancelled_by_host", "Panne de chauffage",
    )  # fmt: skip
    assert world.rows() == []
    again = world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00")
    assert (await world.post("/bookings", again)).status_code == 201
    world.invariants()


async def test_each_guest_is_told_once(world: World, host: dict[str, str]) -> None:
    first = await world.book()
    second = await world.book(headers=world.guest())
    await watch_jobs(world)
    await done(world, host, existing="cancel")
    keys = {each["id"].partition("-")[2] for each in (first, second)}
    [(place_id, told)] = follow_ups(world)
    assert place_id == world.place_id
    assert len(told) == 2
    assert {UUID(each).hex for each in told} == keys


async def test_a_booking_moves_to_another_time_in_the_same_place(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    await watch_jobs(world)
    closure = await done(world, host, existing="move")
    [hit] = closure["bookings"]
    assert hit["outcome"] == "moved"
    moved = await now_is(world, booking)
    assert moved["status"] == "confirmed"
    assert moved["start"] == hit["moved_to"]["start"] == f"{WEDNESDAY}T09:00:00+01:00"
    assert hit["moved_to"]["booking_id"] == booking["id"]
    assert [told for _, told in follow_ups(world)] == [[booking["id"].partition("-")[2]]]
    world.invariants()


async def test_a_booking_moves_to_another_resource_at_its_own_time_where_one_is_free(
    world: World, host: dict[str, str]
) -> None:
    other = world.resource(seats=1)
    booking = await world.book()
    closure = await done(world, host, existing="move", resource_ids=[world.resource_id], kind="block")
    assert closure["resource_ids"] == [world.resource_id]
    assert closure["kind"] == "block"
    moved = await now_is(world, booking)
    assert (moved["resource_id"], moved["start"]) == (other, booking["start"])


async def test_a_closure_of_one_resource_leaves_the_others_alone(world: World, host: dict[str, str]) -> None:
    other = world.resource(seats=1)
    booking = await world.book({**world.wish(), "resource_id": other})
    closure = await done(world, host, resource_ids=[world.resource_id])
    assert closure["bookings"] == []
    assert await now_is(world, booking) == booking
    assert (await world.post("/bookings", world.wish(), world.guest())).status_code == 422


async def test_several_resources_are_closed_and_opened_again_as_one(world: World, host: dict[str, str]) -> None:
    other, third = world.resource(seats=1), world.resource(seats=1)
    closure = await done(world, host, resource_ids=[other, world.resource_id])
    assert closure["resource_ids"] == [world.resource_id, other]
    listed = (await world.get(f"/places/{world.place_id}/closures", host)).json()["items"]
    assert [each["id"] for each in listed] == [closure["id"]]
    assert (await world.post("/bookings", {**world.wish(), "resource_id": third})).status_code == 201
    assert (await world.client.delete(f"/api/v1/closures/{closure['id']}", headers=host)).status_code == 204
    assert (await world.get(f"/places/{world.place_id}/closures", host)).json()["items"] == []
    assert (await world.post("/bookings", {**world.wish(), "resource_id": other}, world.guest())).status_code == 201


async def near_by(world: World, **more: Any) -> tuple[int, str]:
    """A second bookable place; the world stays at its own."""
    here, resource = world.place_id, world.resource_id
    there = world.place(name="Tiers-lieu", **more), world.resource_id
    world.place_id, world.resource_id = here, resource
    return there


async def test_a_booking_moves_to_a_named_place_near_by(world: World, host: dict[str, str]) -> None:
    there, resource = await near_by(world, at=(-4.11, 48.0))
    booking = await world.book()
    await watch_jobs(world)
    to = {"resource_id": resource, "start": booking["start"], "end": booking["end"]}
    closure = await done(world, host, choices=[decided(booking, "move", to)])
    [hit] = closure["bookings"]
    assert (hit["outcome"], hit["status"]) == ("moved", "cancelled_by_host")
    assert hit["moved_to"]["place_id"] == str(there)
    new = await now_is(world, {"id": hit["moved_to"]["booking_id"]})
    assert (new["status"], new["moved_from"], new["place"]["id"]) == ("confirmed", booking["id"], str(there))
    assert (new["start"], new["end"]) == (booking["start"], booking["end"])
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"
    assert follow_ups(world) == [(there, [new["id"].partition("-")[2]])]
    world.invariants()


async def test_a_booking_moves_near_by_by_itself_where_its_place_has_nothing_left(
    world: World, host: dict[str, str]
) -> None:
    there, _ = await near_by(world, at=(-4.11, 48.0))
    booking = await world.book()
    far: dict[str, Any] = {"start": "2027-03-01T00:00:00+01:00", "end": "2027-06-01T00:00:00+02:00"}
    closure = await done(world, host, existing="move", **far)
    [hit] = closure["bookings"]
    assert hit["moved_to"]["place_id"] == str(there)
    assert hit["moved_to"]["start"] == booking["start"]


async def test_nothing_is_moved_where_one_booking_has_nowhere_to_go(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    far: dict[str, Any] = {"start": "2027-03-01T00:00:00+01:00", "end": "2027-06-01T00:00:00+02:00"}
    answer = await shut(world, host, existing="move", **far)
    assert answer.status_code == 409
    assert answer.json()["code"] == "bookings_affected"
    assert answer.json()["bookings"][0]["suggestion"] is None
    assert await now_is(world, booking) == booking


async def test_a_place_too_far_away_is_no_place_to_move_to(world: World, host: dict[str, str]) -> None:
    _, resource = await near_by(world, at=(2.35, 48.85))
    booking = await world.book()
    answer = await shut(world, host, choices=[decided(booking, "move", {"resource_id": resource})])
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "choices.to.resource_id"
    assert await now_is(world, booking) == booking


async def test_a_choice_beats_what_is_said_of_all(world: World, host: dict[str, str]) -> None:
    kept = await world.book()
    cancelled = await world.book(headers=world.guest())
    moved = await world.book(world.wish(f"{TUESDAY}T14:00:00+01:00", f"{TUESDAY}T15:00:00+01:00"))
    to = {
        "resource_id": world.resource_id,
        "start": f"{WEDNESDAY}T14:00:00+01:00",
        "end": f"{WEDNESDAY}T15:00:00+01:00",
    }
    choices = [decided(kept, "keep"), decided(moved, "move", to)]
    closure = await done(world, host, existing="cancel", choices=choices)
    outcomes = {each["id"]: each["outcome"] for each in closure["bookings"]}
    assert outcomes == {kept["id"]: "kept", cancelled["id"]: "cancelled", moved["id"]: "moved"}
    assert (await now_is(world, moved))["start"] == f"{WEDNESDAY}T14:00:00+01:00"
    world.invariants()


async def test_a_move_that_the_rules_refuse_refuses_the_whole_closure(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    other = await world.book(headers=world.guest())
    into_it = {
        "resource_id": world.resource_id,
        "start": f"{TUESDAY}T15:00:00+01:00",
        "end": f"{TUESDAY}T16:00:00+01:00",
    }
    answer = await shut(world, host, existing="cancel", choices=[decided(booking, "move", into_it)])
    assert answer.status_code == 422
    assert (codes(answer), answer.json()["booking_id"]) == (["closed"], booking["id"])
    assert (await now_is(world, other, host))["status"] == "confirmed"
    assert world.base.execute("SELECT count(*) FROM closure").fetchone() == (0,)


async def test_who_has_arrived_stays_and_a_kept_desk_is_let_go(world: World, host: dict[str, str]) -> None:
    sitting = await world.post(f"/places/{world.place_id}/walk-ins", {"minutes": 120}, host)
    held = await world.post("/holds", world.wish("2027-03-22T10:00:00+01:00", "2027-03-22T11:00:00+01:00"))
    today: dict[str, Any] = {"start": "2027-03-22T08:00:00+01:00", "end": "2027-03-22T20:00:00+01:00"}
    closure = await done(world, host, existing="cancel", **today)
    outcomes = {each["id"]: (each["outcome"], each["status"]) for each in closure["bookings"]}
    assert outcomes == {
        sitting.json()["id"]: ("kept", "checked_in"),
        held.json()["id"]: ("cancelled", "expired"),
    }
    world.invariants()


async def test_who_has_arrived_cannot_be_chosen_to_leave(world: World, host: dict[str, str]) -> None:
    sitting = await world.post(f"/places/{world.place_id}/walk-ins", {"minutes": 120}, host)
    today: dict[str, Any] = {"start": "2027-03-22T08:00:00+01:00", "end": "2027-03-22T20:00:00+01:00"}
    answer = await shut(world, host, choices=[decided(sitting.json(), "cancel")], **today)
    assert (answer.status_code, answer.json()["code"]) == (409, "status_changed")


async def test_what_is_over_is_not_hit(world: World, host: dict[str, str]) -> None:
    early = datetime(2027, 3, 22, 6, tzinfo=UTC), datetime(2027, 3, 22, 6, 30, tzinfo=UTC)
    number = int(world.resource_id.partition("-")[2])
    make_booking(world.base, world.place_id, number, early, 1)
    today: dict[str, Any] = {"start": "2027-03-22T00:00:00+01:00", "end": "2027-03-23T00:00:00+01:00"}
    assert (await done(world, host, **today))["bookings"] == []


async def undone(world: World, host: dict[str, str], closure: dict[str, Any]) -> dict[str, Any]:
    answer = await world.post(f"/closures/{closure['id']}/undo", None, host)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def same(booking: dict[str, Any]) -> dict[str, Any]:
    """All but what counts changes."""
    return {name: value for name, value in booking.items() if name != "version"}


async def test_an_undo_brings_back_what_was_cancelled_and_it_counts_again(world: World, host: dict[str, str]) -> None:
    world.place(policy={"quota_bookings_per_week": 1})
    host = world.host()
    booking = await world.book()
    closure = await done(world, host, existing="cancel")
    await watch_jobs(world)
    assert (await undone(world, host, closure))["bookings"] == []
    assert same(await now_is(world, booking)) == same(booking)
    assert [told for _, told in follow_ups(world)] == [[booking["id"].partition("-")[2]]]
    again = world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00")
    assert codes(await world.post("/bookings", again)) == ["quota_reached"]
    assert (await world.post("/bookings", world.wish(), world.guest())).status_code == 201
    world.invariants()


async def test_an_undo_brings_back_what_was_moved_with_its_chosen_seat(world: World, host: dict[str, str]) -> None:
    booking = await world.book({**world.wish(), "seat_ids": [f"{world.place_id}-2"]})
    closure = await done(world, host, existing="move")
    assert (await now_is(world, booking))["start"] != booking["start"]
    assert (await undone(world, host, closure))["bookings"] == []
    assert same(await now_is(world, booking)) == same(booking)
    world.invariants()


async def test_an_undo_brings_back_what_went_to_another_place(world: World, host: dict[str, str]) -> None:
    _, resource = await near_by(world, at=(-4.11, 48.0))
    booking = await world.book()
    closure = await done(world, host, choices=[decided(booking, "move", {"resource_id": resource})])
    there = closure["bookings"][0]["moved_to"]["booking_id"]
    await watch_jobs(world)
    assert (await undone(world, host, closure))["bookings"] == []
    assert same(await now_is(world, booking)) == same(booking)
    assert (await now_is(world, {"id": there}))["status"] == "cancelled_by_host"
    assert [told for _, told in follow_ups(world)] == [[booking["id"].partition("-")[2]]]
    world.invariants()


async def test_an_undo_brings_a_request_back_as_a_request(world: World, host: dict[str, str]) -> None:
    world.place(policy={"requires_approval": True})
    host = world.host()
    booking = await world.book()
    assert booking["status"] == "pending"
    closure = await done(world, host, existing="cancel")
    await undone(world, host, closure)
    assert same(await now_is(world, booking)) == same(booking)
    world.invariants()


async def test_an_undo_names_what_was_taken_since_as_lost(world: World, host: dict[str, str]) -> None:
    world.place(seats=1)
    host = world.host()
    booking = await world.book()
    closure = await done(world, host, existing="cancel")
    number = int(world.resource_id.partition("-")[2])
    instants = tuple(datetime.fromisoformat(booking[name]) for name in ("start", "end"))
    make_booking(world.base, world.place_id, number, instants, 1)  # type: ignore[arg-type]
    lost = (await undone(world, host, closure))["bookings"]
    assert [(each["id"], each["outcome"]) for each in lost] == [(booking["id"], "lost")]
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"


async def test_an_undo_brings_nothing_back_into_another_closure(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    closure = await done(world, host, existing="cancel")
    await done(world, host, start=f"{TUESDAY}T10:30:00+01:00", reason="Travaux")
    assert [each["outcome"] for each in (await undone(world, host, closure))["bookings"]] == ["lost"]
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"


async def test_an_undo_leaves_what_a_guest_changed_since(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    closure = await done(world, host, existing="move")
    later = {"start": f"{WEDNESDAY}T15:00:00+01:00", "end": f"{WEDNESDAY}T16:00:00+01:00"}
    assert (await world.patch(f"/bookings/{booking['id']}", later)).status_code == 200
    assert (await undone(world, host, closure))["bookings"] == []
    assert (await now_is(world, booking))["start"] == later["start"]


async def test_after_ten_minutes_there_is_no_way_back(world: World, host: dict[str, str]) -> None:
    booking = await world.book()
    closure = await done(world, host, existing="cancel")
    await world.set_clock("2027-03-22T08:11:00+01:00")
    answer = await world.post(f"/closures/{closure['id']}/undo", None, host)
    assert (answer.status_code, answer.json()["code"]) == (409, "undo_too_late")
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"


async def test_a_closure_that_ends_brings_nothing_back_and_opens_the_place_again(
    world: World, host: dict[str, str]
) -> None:
    booking = await world.book()
    closure = await done(world, host, existing="cancel")
    assert (await world.client.delete(f"/api/v1/closures/{closure['id']}", headers=host)).status_code == 204
    assert (await now_is(world, booking))["status"] == "cancelled_by_host"
    assert (await world.post("/bookings", world.wish())).status_code == 201
    assert (await world.post(f"/closures/{closure['id']}/undo", None, host)).status_code == 404


async def test_closures_are_listed_by_time_and_by_page(world: World, host: dict[str, str]) -> None:
    path = f"/places/{world.place_id}/closures"
    for day in ("2027-04-05", "2027-04-03", "2027-04-04"):
        await done(world, host, start=f"{day}T00:00:00+02:00", end=f"{day}T12:00:00+02:00")
    page = (await world.get(f"{path}?limit=2", host)).json()
    assert [each["start"][:10] for each in page["items"]] == ["2027-04-03", "2027-04-04"]
    rest = (await world.client.get(page["links"][0]["href"], headers=host)).json()
    assert ([each["start"][:10] for each in rest["items"]], rest["links"]) == (["2027-04-05"], [])
    found = await world.get(f"{path}?from=2027-04-04T06:00:00%2B02:00&to=2027-04-05T00:00:00%2B02:00", host)
    assert [each["start"][:10] for each in found.json()["items"]] == ["2027-04-04"]
    assert (await world.get(f"{path}?from=2027-04-04T06:00:00", host)).status_code == 400


async def test_only_a_host_closes_lists_and_undoes(world: World, host: dict[str, str]) -> None:
    closure = await done(world, host)
    stranger = world.guest("bookings:write", "places:write")
    assert (await shut(world, stranger)).status_code == 404
    assert (await shut(world, world.guest())).status_code == 403
    assert (await world.get(f"/places/{world.place_id}/closures", stranger)).status_code == 404
    assert (await world.post(f"/closures/{closure['id']}/undo", None, stranger)).status_code == 404
    assert (await world.client.delete(f"/api/v1/closures/{closure['id']}", headers=stranger)).status_code == 404
    assert (await world.client.post(f"/api/v1/places/{world.place_id}/closures", json=CLOSED)).status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"end": CLOSED["start"]}, 422, "end_before_start"),
        ({"start": "2027-03-23T00:00:00"}, 422, "naive_time"),
        ({"end": "2027-03-24T00:00:00"}, 422, "naive_time"),
        ({"start": "2027-03-01T00:00:00Z", "end": "2027-03-02T00:00:00Z"}, 422, "in_the_past"),
        ({"start": "9999-12-31T00:00:00Z", "end": "9999-12-31T23:59:59Z"}, 400, "end"),
        ({"end": "9999-12-31T23:59:59Z"}, 400, "end"),
        ({"start": "0001-01-01T00:00:00+14:00"}, 400, "start"),
        ({"start": "tomorrow"}, 400, "start"),
        ({"reason": "x" * 501}, 400, "reason"),
        ({"kind": "resident"}, 400, "kind"),
        ({"existing": "ask"}, 400, "existing"),
        ({"resource_ids": []}, 400, "resource_ids"),
        ({"resource_ids": ["2-1"]}, 400, "resource_ids[0]"),
        ({"resource_ids": ["{place}-99"]}, 400, "resource_ids"),
        ({"resource_ids": ["{place}-1", "{place}-1"]}, 400, "resource_ids[1]"),
        ({"choices": [{"booking_id": "{place}-" + "0" * 32, "do": "keep"}]}, 400, "choices[0].booking_id"),
        ({"choices": [{"booking_id": "2-" + "0" * 32, "do": "keep"}]}, 400, "choices[0].booking_id"),
        ({"choices": [{"booking_id": "nonsense", "do": "keep"}]}, 400, "choices[0].booking_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "keep"}] * 2}, 400, "choices[1].booking_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "lose"}]}, 400, "choices[0].do"),
        ({"choices": [{"booking_id": "{booking}", "do": "keep", "to": {"resource_id": "{place}-1"}}]}, 400,
         "choices[0].to"),
        ({"choices": [{"booking_id": "{booking}", "do": "move", "to": {"resource_id": "x"}}]}, 400,
         "choices[0].to.resource_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "move", "to": {"resource_id": "{place}-99"}}]}, 400,
         "choices.to.resource_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "move", "to": {"resource_id": "2147483647-1"}}]}, 400,
         "choices.to.resource_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "move",
                       "to": {"resource_id": "{place}-1", "place_id": "2"}}]}, 400, "choices[0].to.place_id"),
        ({"choices": [{"booking_id": "{booking}", "do": "move",
                       "to": {"resource_id": "{place}-1", "start": "2027-03-24T10:00:00"}}]}, 422, "naive_time"),
        ({"choices": [{"booking_id": "{booking}", "do": "move",
                       "to": {"resource_id": "{place}-1", "start": "2027-03-24T12:00:00+01:00"}}]}, 422,
         "end_before_start"),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named_and_nothing_is_done(
    world: World, host: dict[str, str], change: dict[str, Any], status: int, named: str
) -> None:
    booking = await world.book()
    answer = await shut(world, host, **filled(change, world, booking))
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert named in ([each["field"] for each in problem["errors"]] if status == 400 else codes(answer))
    assert await now_is(world, booking) == booking
    assert world.base.execute("SELECT count(*) FROM closure").fetchone() == (0,)


def filled(value: Any, world: World, booking: dict[str, Any]) -> Any:
    """``value`` with the ids of this test."""
    if isinstance(value, str):
        return value.replace("{place}", str(world.place_id)).replace("{booking}", booking["id"])
    if isinstance(value, list):
        return [filled(each, world, booking) for each in value]
    if isinstance(value, dict):
        return {name: filled(each, world, booking) for name, each in value.items()}
    return value


async def test_a_guest_who_is_moved_reads_where_from_and_where_to_in_one_mail(
    world: World, host: dict[str, str]
) -> None:
    _, resource = await near_by(world, at=(-4.11, 48.0))
    booking = await world.book()
    await done(world, host, choices=[decided(booking, "move", {"resource_id": resource})])
    mails = await booking_mails(world)
    assert [mail["subject"].partition(" : ")[0] for mail in mails] == [
        "Réservation confirmée",
        "Réservation déplacée par le lieu",
    ]
    assert "Médiathèque" in mails[1]["text"]
    assert "Panne de chauffage" in mails[1]["text"]
    assert "Tiers-lieu" in mails[1]["text"]


async def test_a_booking_that_goes_to_another_place_costs_what_it_costs_there(
    world: World, host: dict[str, str]
) -> None:
    _, resource = await near_by(world, at=(-4.11, 48.0), resource={"prices": Jsonb({"hour": 300})})
    booking = await world.book()
    closure = await done(world, host, choices=[decided(booking, "move", {"resource_id": resource})])
    there = await now_is(world, {"id": closure["bookings"][0]["moved_to"]["booking_id"]})
    assert (booking["price"]["amount"], there["price"]["amount"]) == (0, 300)


async def booking_mails(world: World) -> list[dict[str, Any]]:
    """The mails about bookings, oldest first, once all jobs are done: setting the clock runs those that are due."""
    await world.set_clock("2027-03-22T08:01:00+01:00")
    mails: list[dict[str, Any]] = (await world.client.get("/dev/outbox?format=json")).json()
    return sorted((mail for mail in mails if mail["subject"].startswith("Réservation")), key=lambda mail: mail["at"])
