"""How many seats a resource has is kept with it, whatever is done to them; the search relies on it."""

from __future__ import annotations

from typing import Any

from httpx import AsyncClient

from tests.factories import Base, make_account, make_host, make_place, make_token

# days on which the kept number is not that of the seats in service
WRONG = """
SELECT r.place_id, r.resource_id, d.day FROM resource r CROSS JOIN (
  SELECT date '2027-03-20' + n AS day FROM generate_series(0, 400) n) d
WHERE d.day >= r.steady_from AND r.steady_seats <> (SELECT count(*) FROM seat s
  WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id AND s.in_service @> d.day)
"""
KEPT = "SELECT steady_from::text, steady_seats FROM resource"


async def test_seats_that_come_and_go_are_counted_again(client: AsyncClient, base: Base) -> None:
    place_id, account = make_place(base, welcome="bookable"), make_account(base)
    make_host(base, place_id, account)
    host = make_token(base, account, "places:write")

    async def day(text: str) -> None:
        await client.put("/dev/clock", json={"now": f"2027-{text}T13:00:00+01:00"})

    async def sized(seats: int) -> tuple[Any, ...] | None:
        answer = await client.patch(f"/api/v1/resources/{place_id}-1", json={"seats": seats}, headers=host)
        assert answer.status_code == 200, answer.text
        assert base.execute(WRONG).fetchall() == []
        return base.execute(KEPT).fetchone()

    await day("03-24")
    asked = {"name": "Open space", "kind": "desk", "seats": 3, "modes": ["hour"]}
    await client.post(f"/api/v1/places/{place_id}/resources", json=asked, headers=host)
    assert base.execute(KEPT).fetchone() == ("2027-03-24", 3)
    await day("03-26")
    assert await sized(5) == ("2027-03-26", 5)
    await day("03-29")
    assert await sized(2) == ("2027-03-29", 2)
    assert await sized(4) == ("2027-03-29", 4)
