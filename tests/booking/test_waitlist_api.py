"""The waitlist: in order, by the rules of the place, each free seat offered once, nobody woken at night."""

from __future__ import annotations

from typing import Any

from httpx import Response

from tests.booking.world import MONDAY, NOW, TUESDAY, WEDNESDAY, World, codes

MORNING = {"from": f"{TUESDAY}T10:00:00+01:00", "to": f"{TUESDAY}T11:00:00+01:00", "minutes": 60}
IMPOSSIBLE: list[tuple[dict[str, Any], int, str]] = [
    ({"from": f"{TUESDAY}T10:00:00"}, 422, "naive_time"),
    ({"to": f"{TUESDAY}T09:00:00+01:00"}, 422, "end_before_start"),
    ({"to": f"{TUESDAY}T10:00:00+01:00"}, 422, "end_before_start"),
    ({"from": "2027-03-19T10:00:00+01:00", "to": "2027-03-19T12:00:00+01:00"}, 422, "in_the_past"),
    ({"to": f"{TUESDAY}T10:30:00+01:00"}, 422, "too_long"),
    ({"to": f"{TUESDAY}T12:00:00+01:00", "minutes": 10}, 422, "too_short"),
    ({"to": f"{WEDNESDAY}T12:00:00+01:00", "minutes": 900}, 422, "too_long"),
    ({"to": "2027-06-24T10:00:00+02:00"}, 400, "invalid_request"),
    ({"to": "9999-12-31T23:59:00Z"}, 400, "invalid_request"),
    ({"from": "9999-12-31T22:00:00Z", "to": "9999-12-31T23:59:00Z"}, 400, "invalid_request"),
    ({"from": "0001-01-01T00:00:00Z", "to": "0001-01-01T02:00:00Z"}, 400, "invalid_request"),
    ({"from": "soon"}, 400, "invalid_request"),
    ({"minutes": 0}, 400, "invalid_request"),
    ({"minutes": -60}, 400, "invalid_request"),
    ({"minutes": 10_081}, 400, "invalid_request"),
    ({"minutes": "60"}, 400, "invalid_request"),
    ({"seats": 0}, 400, "invalid_request"),
    ({"seats": 10_001}, 400, "invalid_request"),
    ({"seats": 3}, 422, "too_many_seats"),
    ({"resource_id": "999999-1"}, 404, "not_found"),
    ({"resource_id": "nonsense"}, 404, "not_found"),
    ({"who": "me"}, 400, "invalid_request"),
]
"""What is changed in a wish that could be met, and what is answered then."""


async def wait(world: World, headers: dict[str, str] | None = None, **more: Any) -> Response:
    return await world.post(f"/places/{world.place_id}/waitlist", MORNING | more, headers)


async def mine(world: World, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    answer = await world.get(f"/places/{world.place_id}/waitlist", headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def full(world: World, seats: int = 2) -> list[dict[str, Any]]:
    """Take the desks on Tuesday from ten to eleven, one booking each."""
    return [await world.book(headers=world.guest()) for _ in range(seats)]


async def cancel(world: World, booking: dict[str, Any], now: str = NOW) -> None:
    """A host cancels, and time stands at ``now``: every job that is due has run."""
    answer = await world.post(f"/bookings/{booking['id']}/cancel", None, world.host())
    assert answer.status_code == 200, answer.text
    await world.set_clock(now)


async def accept(world: World, offer: dict[str, Any], headers: dict[str, str], **more: Any) -> Response:
    body = {name: offer[name] for name in ("resource_id", "start", "end", "hold_id")}
    return await world.post("/bookings", body | more, headers)


async def test_a_wish_gets_a_place_in_the_line(world: World) -> None:
    first, second = world.guest(), world.guest()
    answer = await wait(world, first)
    assert answer.status_code == 201, answer.text
    assert answer.json()["position"] == 1
    assert answer.json()["id"].startswith(f"{world.place_id}-")
    assert (await wait(world, second, resource_id=world.resource_id)).json()["position"] == 2
    afternoon = {"from": f"{TUESDAY}T14:00:00+01:00", "to": f"{TUESDAY}T16:00:00+01:00"}
    assert (await wait(world, world.guest(), **afternoon)).json()["position"] == 1
    assert [each["state"] for each in await mine(world, first)] == ["waiting"]
    assert await mine(world, world.guest()) == []


async def test_the_same_wish_twice_is_one_place_in_the_line(world: World) -> None:
    first, again = [(await wait(world)).json() for _ in range(2)]
    assert first == again


async def test_a_seat_that_frees_is_kept_for_the_first_in_line(world: World) -> None:
    first, second = world.guest(), world.guest()
    bookings = await full(world)
    await wait(world, first)
    await wait(world, second)
    await world.set_clock()
    assert [(await mine(world, each))[0]["state"] for each in (first, second)] == ["waiting", "waiting"]
    await cancel(world, bookings[0])
    offered = (await mine(world, first))[0]
    assert (offered["state"], offered["position"]) == ("offered", None)
    assert offered["offer"]["start"] == f"{TUESDAY}T10:00:00+01:00"
    assert f"{MONDAY}T08:30:00+01:00" <= offered["offer"]["expires_at"] < f"{MONDAY}T08:31:00+01:00"
    assert ((await mine(world, second))[0]["state"], (await mine(world, second))[0]["position"]) == ("waiting", 1)
    held = (await world.get(f"/bookings/{offered['offer']['hold_id']}", first)).json()
    assert held["status"] == "held"
    assert (await world.post("/bookings", world.wish(), world.guest())).status_code == 409
    world.invariants()


async def test_an_offer_is_accepted_by_booking_what_is_held(world: World) -> None:
    guest = world.guest()
    bookings = await full(world)
    await wait(world, guest)
    await cancel(world, bookings[0])
    offer = (await mine(world, guest))[0]["offer"]
    assert (await accept(world, offer, world.guest())).status_code == 404
    answer = await accept(world, offer, guest)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["id"], answer.json()["status"]) == (offer["hold_id"], "confirmed")
    after = (await mine(world, guest))[0]
    assert (after["state"], after["offer"]) == ("accepted", None)
    world.invariants()


async def test_an_accepted_offer_awaits_the_place_where_it_approves(world: World) -> None:
    world.place(seats=1, policy={"requires_approval": True})
    guest = world.guest()
    booking = (await full(world, 1))[0]
    await wait(world, guest)
    await cancel(world, booking)
    answer = await accept(world, (await mine(world, guest))[0]["offer"], guest)
    assert answer.json()["status"] == "pending"


async def test_an_offer_that_lapses_goes_to_the_next_in_line(world: World) -> None:
    first, second = world.guest(), world.guest()
    bookings = await full(world)
    await wait(world, first)
    await wait(world, second)
    await cancel(world, bookings[0])
    offer = (await mine(world, first))[0]["offer"]
    await world.set_clock(f"{MONDAY}T08:31:00+01:00")
    assert (await accept(world, offer, first)).status_code == 410
    assert [(await mine(world, each))[0]["state"] for each in (first, second)] == ["waiting", "offered"]
    assert (await mine(world, first))[0]["position"] == 1
    world.invariants()


async def test_who_lets_go_an_offer_makes_room_for_the_next(world: World) -> None:
    first, second = world.guest(), world.guest()
    bookings = await full(world)
    await wait(world, first)
    await wait(world, second)
    await cancel(world, bookings[0])
    entry = (await mine(world, first))[0]
    gone = await world.client.delete(f"/api/v1/places/{world.place_id}/waitlist/{entry['id']}", headers=first)
    assert gone.status_code == 204, gone.text
    await world.set_clock()
    assert (await mine(world, first))[0]["state"] == "withdrawn"
    assert (await mine(world, second))[0]["state"] == "offered"
    assert (await world.get(f"/bookings/{entry['offer']['hold_id']}", first)).json()["status"] == "cancelled_by_guest"
    world.invariants()


async def test_a_person_is_told_three_times_a_day_at_the_most(world: World) -> None:
    guest = world.guest()
    bookings = await full(world)
    await wait(world, guest)
    await cancel(world, bookings[0])
    states = []
    for minute in ("08:31", "09:02", "09:33", "10:04"):
        await world.set_clock(f"{MONDAY}T{minute}:00+01:00")
        states.append((await mine(world, guest))[0]["state"])
    assert states == ["offered", "offered", "waiting", "waiting"]
    await world.set_clock(f"{TUESDAY}T08:00:30+01:00")
    assert (await mine(world, guest))[0]["state"] == "offered"


async def test_three_a_day_is_for_the_person_not_for_each_wish(world: World) -> None:
    guest = world.guest()
    for hour in (9, 10, 11, 14):
        times = {"from": f"{TUESDAY}T{hour:02}:00:00+01:00", "to": f"{TUESDAY}T{hour + 1:02}:00:00+01:00"}
        assert (await wait(world, guest, **times)).status_code == 201
    await world.set_clock()
    assert sorted(each["state"] for each in await mine(world, guest)) == ["offered"] * 3 + ["waiting"]


async def test_what_frees_at_night_is_offered_at_eight_in_the_morning(world: World) -> None:
    guest = world.guest()
    bookings = await full(world)
    await wait(world, guest)
    await cancel(world, bookings[0], f"{MONDAY}T20:00:01+01:00")
    assert (await mine(world, guest))[0]["state"] == "waiting"
    await world.set_clock(f"{TUESDAY}T07:59:00+01:00")
    assert (await mine(world, guest))[0]["state"] == "waiting"
    await world.set_clock(f"{TUESDAY}T08:00:00+01:00")
    assert (await mine(world, guest))[0]["state"] == "offered"


async def test_day_and_night_are_those_of_the_place(world: World) -> None:
    world.place(time_zone="Indian/Reunion", commune_code_given="97411")
    guest = world.guest()
    await world.set_clock(f"{MONDAY}T17:30:00+01:00")
    times = {"from": f"{WEDNESDAY}T10:00:00+04:00", "to": f"{WEDNESDAY}T11:00:00+04:00"}
    await wait(world, guest, **times)
    await world.set_clock(f"{MONDAY}T17:31:00+01:00")
    assert (await mine(world, guest))[0]["state"] == "waiting"
    await world.set_clock(f"{TUESDAY}T05:00:10+01:00")
    assert (await mine(world, guest))[0]["state"] == "offered"


async def test_a_wish_whose_time_is_past_is_over(world: World) -> None:
    await full(world)
    await wait(world)
    await world.set_clock(f"{TUESDAY}T10:01:00+01:00")
    assert [each["state"] for each in await mine(world)] == ["over"]


async def test_whoever_the_seat_does_not_fit_keeps_their_turn_and_the_next_gets_it(world: World) -> None:
    bookings = await full(world)
    couple, single = world.guest(), world.guest()
    await wait(world, couple, seats=2)
    await wait(world, single)
    await cancel(world, bookings[0])
    assert (await mine(world, couple))[0]["state"] == "waiting"
    assert (await mine(world, single))[0]["state"] == "offered"


async def test_a_wish_is_met_at_the_first_start_of_the_grid_by_the_rules_of_the_place(world: World) -> None:
    await world.book(world.wish(f"{TUESDAY}T09:00:00+01:00", f"{TUESDAY}T12:00:00+01:00", seats=2), world.guest())
    guest = world.guest()
    await wait(world, guest, **{"from": f"{TUESDAY}T09:10:00+01:00", "to": f"{TUESDAY}T18:00:00+01:00"})
    await world.set_clock()
    offer = (await mine(world, guest))[0]["offer"]
    assert (offer["start"], offer["end"]) == (f"{TUESDAY}T13:30:00+01:00", f"{TUESDAY}T14:30:00+01:00")


async def test_a_half_day_is_offered_as_one(world: World) -> None:
    world.place(resource={"modes": ["half_day"]})
    guest = world.guest()
    day = {"from": f"{TUESDAY}T00:00:00+01:00", "to": f"{WEDNESDAY}T00:00:00+01:00"}
    assert (await wait(world, guest, minutes=270, **day)).status_code == 201
    await world.set_clock()
    offer = (await mine(world, guest))[0]["offer"]
    assert (offer["start"][11:16], offer["end"][11:16]) == ("13:30", "18:00")


async def test_rules_about_the_person_hold_for_offers_too(world: World) -> None:
    world.place(policy={"quota_bookings_per_week": 1})
    guest = world.guest()
    await world.book(world.wish(f"{WEDNESDAY}T10:00:00+01:00", f"{WEDNESDAY}T11:00:00+01:00"), guest)
    await wait(world, guest)
    await world.set_clock()
    assert (await mine(world, guest))[0]["state"] == "waiting"


async def test_offers_are_not_counted_among_the_desks_that_a_person_keeps(world: World) -> None:
    guest = world.guest()
    for hour in (14, 15, 16):
        wish = world.wish(f"{TUESDAY}T{hour}:00:00+01:00", f"{TUESDAY}T{hour + 1}:00:00+01:00")
        assert (await world.post("/holds", wish, guest)).status_code == 201
    await wait(world, guest)
    await world.set_clock()
    assert (await mine(world, guest))[0]["state"] == "offered"
    other = world.guest()
    await wait(world, other)
    await world.set_clock()
    for hour in (13, 14, 15):
        wish = world.wish(f"{WEDNESDAY}T{hour}:30:00+01:00", f"{WEDNESDAY}T{hour + 1}:30:00+01:00")
        assert (await world.post("/holds", wish, other)).status_code == 201


async def test_desks_come_before_rooms_where_any_will_do(world: World) -> None:
    desk = world.resource_id
    world.resource(kind="meeting_room", seats=1, head_count=6)
    guest = world.guest()
    await wait(world, guest)
    await world.set_clock()
    assert (await mine(world, guest))[0]["offer"]["resource_id"] == desk


async def test_a_wish_that_no_seat_could_ever_meet_is_refused(world: World) -> None:
    world.place(resource={"modes": ["hour"]})
    for change, status, code in IMPOSSIBLE:
        answer = await wait(world, **change)
        assert (answer.status_code, answer.json()["code"]) == (status, code), f"{change}: {answer.text}"
    assert world.base.execute("SELECT FROM waitlist_entry").fetchall() == []


async def test_only_bookable_places_have_a_line(world: World) -> None:
    world.place(welcome="no_booking")
    answer = await wait(world)
    assert (answer.status_code, codes(answer)) == (422, ["place_not_bookable"])
    for place_id in ("999999", "nonsense", "99999999999"):
        assert (await world.post(f"/places/{place_id}/waitlist", MORNING)).status_code == 404


async def test_a_resource_of_another_place_is_none_of_this_one(world: World) -> None:
    foreign = world.resource_id
    world.place()
    assert (await wait(world, resource_id=foreign)).status_code == 404


async def test_nobody_touches_the_wish_of_somebody_else(world: World) -> None:
    entry = (await wait(world)).json()["id"]
    path = f"/api/v1/places/{world.place_id}/waitlist"
    for key in (entry, "nonsense", f"{world.place_id}-{'0' * 32}", f"1-{entry.partition('-')[2]}"):
        assert (await world.client.delete(f"{path}/{key}", headers=world.guest())).status_code == 404
    assert (await mine(world))[0]["state"] == "waiting"
    assert (await world.client.get(path)).status_code == 401
    assert (await world.client.delete(f"{path}/{entry}", headers=world.guest("bookings:read"))).status_code == 403
    assert (await world.client.delete(f"{path}/{entry}", headers=world.headers)).status_code == 204
    assert (await world.client.delete(f"{path}/{entry}", headers=world.headers)).status_code == 204


async def test_a_person_waits_for_a_bounded_number_of_seats(world: World) -> None:
    for minute in range(20):
        assert (await wait(world, to=f"{TUESDAY}T12:{minute:02}:00+01:00")).status_code == 201
    answer = await wait(world, to=f"{TUESDAY}T12:20:00+01:00")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_wishes")


async def test_an_offer_is_mailed_once(world: World) -> None:
    guest = world.guest()
    bookings = await full(world)
    await wait(world, guest)
    await cancel(world, bookings[0])
    await world.set_clock(f"{MONDAY}T08:05:00+01:00")
    mails = (await world.client.get("/dev/outbox?format=json")).json()
    offers = [mail for mail in mails if mail["subject"].startswith("Une place s'est libérée")]
    assert len(offers) == 1
    assert "jusqu'au" in offers[0]["text"]
