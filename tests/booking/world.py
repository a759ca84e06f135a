"""A bookable place and people who book there, spoken to over HTTP at a time that stands still."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from httpx import AsyncClient, Response
from psycopg.types.json import Jsonb

from tests.factories import make_account, make_host, make_place, make_resource, make_token
from tierslieux.booking.queries.doctor import examine
from tierslieux.web.plans import run_plan

HOURS = "Mo-Fr 09:00-12:30,13:30-18:00; PH off"
NOW = "2027-03-22T08:00:00+01:00"
"""A Monday in winter time; summer time begins on the Sunday after."""
MONDAY, TUESDAY, WEDNESDAY = "2027-03-22", "2027-03-23", "2027-03-24"


@dataclass
class World:
    """The base, a client, one place with its resources; more people and places on demand."""

    base: psycopg.Connection[Any]
    client: AsyncClient
    place_id: int = 0
    resource_id: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    account_id: UUID = field(default_factory=lambda: UUID(int=0))

    async def set_clock(self, now: str = NOW) -> None:
        answer = await self.client.put("/dev/clock", json={"now": now})
        assert answer.status_code == 200, answer.text

    async def rework(self, statement: LiteralString) -> None:
        """Change a table that the service is using: in a thread, since its transactions end in this one."""
        await asyncio.to_thread(self.base.execute, statement)

    def place(self, *, seats: int = 2, policy: dict[str, Any] | None = None, hours: str = HOURS, **columns: Any) -> int:
        """A bookable place with one resource; the world's own from here on."""
        resource = columns.pop("resource", {})
        given: dict[str, Any] = {"welcome": "bookable", "hours_osm": hours, "policy": Jsonb(policy or {})} | columns
        self.place_id = make_place(self.base, **given)
        self.resource_id = self.resource(seats=seats, **resource)
        return self.place_id

    def resource(self, **columns: Any) -> str:
        number = make_resource(self.base, self.place_id, **columns)
        return f"{self.place_id}-{number}"

    def guest(self, *scopes: str) -> dict[str, str]:
        """Someone new, by the header of their token."""
        return make_token(self.base, make_account(self.base), *(scopes or ("bookings:write",)))

    def host(self) -> dict[str, str]:
        """Someone of the place's team."""
        account = make_account(self.base)
        make_host(self.base, self.place_id, account)
        return make_token(self.base, account, "bookings:write", "places:write")

    def wish(
        self, start: str = f"{TUESDAY}T10:00:00+01:00", end: str = f"{TUESDAY}T11:00:00+01:00", **more: Any
    ) -> Any:
        return {"resource_id": self.resource_id, "start": start, "end": end, **more}

    async def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Response:
        return await self.client.post(f"/api/v1{path}", json=body, headers=headers or self.headers)

    async def patch(self, path: str, body: Any, headers: dict[str, str] | None = None) -> Response:
        return await self.client.patch(f"/api/v1{path}", json=body, headers=headers or self.headers)

    async def get(self, path: str, headers: dict[str, str] | None = None) -> Response:
        return await self.client.get(f"/api/v1{path}", headers=headers or self.headers)

    async def book(self, body: Any = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
        """Book and say the booking."""
        answer = await self.post("/bookings", body or self.wish(), headers)
        assert answer.status_code == 201, answer.text
        booking: dict[str, Any] = answer.json()
        return booking

    def rows(self) -> list[tuple[Any, ...]]:
        """Who sits where, as the table has it."""
        return self.base.execute(
            "SELECT seat_id, lower(busy), upper(busy), booking_id FROM occupied_seat ORDER BY seat_id, busy"
        ).fetchall()

    def invariants(self) -> None:
        """What must hold whatever happened: what ``tierslieux doctor`` looks at."""
        assert {sentence: found for sentence, found in run_plan(self.base, examine()).items() if found} == {}


def codes(answer: Response) -> list[str]:
    """The codes of the broken rules."""
    return [rule["code"] for rule in answer.json()["broken_rules"]]
