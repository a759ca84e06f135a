"""Random requests from many clients at once, each written down with what was asked, when, and what was answered."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg

from tests.booking.races.field import BEGIN, Field, Pool, again, seconds
from tests.booking.races.oracle import Span
from tierslieux.booking.repository.locks import lock_place
from tierslieux.web.plans import run_plan

WEIGHTS = {
    "book": 42, "hold": 9, "confirm": 8, "move": 12, "cancel": 10, "approve": 6, "decline": 2, "check_in": 5,
    "no_show": 2, "walk_in": 3, "close": 1, "advance": 1,
}  # fmt: skip
STEP = timedelta(minutes=3)
"""How far an ``advance`` takes the clock: desks kept for five minutes lapse after two of them."""
PATIENCE = 60


@dataclass(frozen=True)
class Wish:
    """What was asked for, as the judge needs it. ``without``: the booking that moves."""

    pool: Pool
    start: float
    end: float
    seats: int
    wanted: tuple[int, ...] = ()
    without: str | None = None


@dataclass(frozen=True)
class Said:
    """A request, its answer, and between which seconds it was under way."""

    action: str
    sent: float
    received: float
    status: int
    body: dict[str, Any]
    wish: Wish | None = None
    label: str | None = None

    @property
    def codes(self) -> list[str]:
        return [rule["code"] for rule in self.body.get("broken_rules", ())]


@dataclass(frozen=True)
class Shut:
    """A seat that was taken out of use between ``before`` and ``after``."""

    pool: Pool
    seat_id: int
    during: Span
    before: float
    after: float


@dataclass
class Load:
    """``count`` requests over ``ground``, at the doors ``addresses``; ``lossy``: answers may get lost."""

    ground: Field
    addresses: Sequence[str]
    count: int
    seed: int
    lossy: bool = False
    said: list[Said] = field(default_factory=list)
    shut: list[Shut] = field(default_factory=list)
    known: list[dict[str, Any]] = field(default_factory=list)
    lost: Counter[int] = field(default_factory=Counter)
    begun: int = 0

    async def run(self, clients: int) -> None:
        """All requests, ``clients`` under way at a time."""
        async with httpx.AsyncClient(timeout=PATIENCE, limits=httpx.Limits(max_connections=None)) as http:
            await asyncio.gather(*(self._client(http, random.Random(self.seed + n)) for n in range(clients)))

    async def _client(self, http: httpx.AsyncClient, chance: random.Random) -> None:
        names, weights = list(WEIGHTS), list(WEIGHTS.values())
        while self.begun < self.count:
            self.begun += 1
            name = chance.choices(names, weights)[0]
            await Client(self, http, chance, self.begun).act(name)


@dataclass
class Client:
    """One request."""

    load: Load
    http: httpx.AsyncClient
    chance: random.Random
    number: int

    async def act(self, name: str) -> None:
        await getattr(self, f"do_{name}")()

    async def do_book(self) -> None:
        await self._book("book", "/bookings")

    async def do_hold(self) -> None:
        await self._book("hold", "/holds")

    async def do_confirm(self) -> None:
        held = self._some("held")
        if held is None:
            return await self.do_book()
        body = {name: held[name] for name in ("resource_id", "start", "end", "seats")} | {"hold_id": held["id"]}
        return await self._send("confirm", "POST", "/bookings", body, held["as"])

    async def do_move(self) -> None:
        found = self._some("confirmed", "pending")
        if found is None or found["seats_chosen"]:
            return await self.do_book()
        place_id = int(found["id"].split("-")[0])
        pool = self.chance.choice([pool for pool in self.load.ground.pools if pool.key[0] == place_id])
        wish = self._wish(pool, found["id"].split("-")[1])
        return await self._send("move", "PATCH", f"/bookings/{found['id']}", _body(wish), found["as"], wish)

    async def do_cancel(self) -> None:
        await self._step("cancel", "held", "pending", "confirmed")

    async def do_approve(self) -> None:
        await self._step("approve", "pending", team=True)

    async def do_decline(self) -> None:
        await self._step("decline", "pending", team=True)

    async def do_check_in(self) -> None:
        await self._step("check-in", "confirmed", "no_show", "completed", team=True, is_near=True)

    async def do_no_show(self) -> None:
        await self._step("no-show", "confirmed", team=True, is_near=True)

    async def do_walk_in(self) -> None:
        pool = self.chance.choice(self.load.ground.pools)
        now = self.load.ground.hands.now().replace(second=0, microsecond=0).timestamp()
        minutes = self.chance.choice((30, 60, 95))
        wish = Wish(pool, now, now + minutes * 60, 1)
        body = {"resource_id": pool.public_id, "minutes": minutes, "seats": 1}
        await self._send("walk_in", "POST", f"/places/{pool.key[0]}/walk-ins", body, self.load.ground.team, wish)

    async def do_close(self) -> None:
        """As a closure will: lock the place, then write. A whole resource for two hours, or one seat."""
        pool, start = self.chance.choice(self.load.ground.pools), self._start()
        seat_id = self.chance.choice([*pool.seats, None, None])
        before = seconds()
        key = uuid4()
        await asyncio.to_thread(again, lambda: close(self.load.ground.url, pool, seat_id, start, key))
        if seat_id is not None:
            during = Span(start.timestamp(), start.timestamp() + 7200)
            self.load.shut.append(Shut(pool, seat_id, during, before, seconds()))

    async def do_advance(self) -> None:
        await asyncio.to_thread(self.load.ground.hands.advance, STEP)

    async def _book(self, action: str, path: str) -> None:
        pool = self.chance.choice(self.load.ground.pools)
        wish = self._wish(pool)
        body = _body(wish)
        if wish.wanted:
            body["seat_ids"] = [f"{pool.key[0]}-{seat_id}" for seat_id in wish.wanted]
        if action == "book" and self.chance.random() < 0.5:
            body["on_behalf_of"] = {"name": f"Personne {self.number}"}
            await self._send(action, "POST", path, body, self.load.ground.team, wish)
        else:
            await self._send(action, "POST", path, body, self.chance.choice(self.load.ground.guests), wish)

    async def _step(self, name: str, *statuses: str, team: bool = False, is_near: bool = False) -> None:
        found = self._some(*statuses, is_near=is_near)
        if found is None:
            await self.do_book()
            return
        headers = self.load.ground.team if team else found["as"]
        await self._send(name, "POST", f"/bookings/{found['id']}/{name}", None, headers)

    def _some(self, *statuses: str, is_near: bool = False) -> dict[str, Any] | None:
        """A booking that was in one of ``statuses`` when it was last heard of; ``is_near``: whose time has come."""
        soon = (self.load.ground.hands.now() + timedelta(minutes=15)).isoformat()
        tried = (self.chance.choice(self.load.known) for _ in range(60 if self.load.known else 0))
        return next(
            (each for each in tried if each["status"] in statuses and (not is_near or each["start"] <= soon)), None
        )

    def _start(self) -> datetime:
        """Mostly today and soon, on the half hour."""
        now = self.load.ground.hands.now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        first = max(16, int((now - midnight).total_seconds() // 1800))
        day = self.chance.choice((0, 0, 1)) if first < 38 else 1
        return midnight + timedelta(days=day, minutes=30 * self.chance.randint(16 if day else first, 38))

    def _wish(self, pool: Pool, without: str | None = None) -> Wish:
        start = self._start().timestamp()
        end = start + 1800 * self.chance.choice((1, 1, 2, 2, 3, 4, 6, 8))
        seats = self.chance.choice((1, 1, 1, 2)) if len(pool.seats) > 1 else 1
        chosen = without is None and self.chance.random() < 0.1
        wanted = tuple(sorted(self.chance.sample(pool.seats, seats))) if chosen else ()
        return Wish(pool, start, end, seats, wanted, without)

    async def _send(
        self, action: str, method: str, path: str, body: Any, headers: dict[str, str], wish: Wish | None = None
    ) -> None:
        keyed = method == "POST" and (self.load.lossy or self.chance.random() < 0.3)
        more = {"Idempotency-Key": f"{self.load.seed}-{self.number}"} if keyed else {}
        label = (body or {}).get("on_behalf_of", {}).get("name")
        sent = seconds()
        answer = await self._answer(method, f"/api/v1{path}", body, headers | more)
        if answer is None:
            self.load.lost[self.number] += 1
            self.load.said.append(Said(action, sent, seconds(), 0, {}, wish, label))
            return
        said = Said(action, sent, seconds(), answer.status_code, answer.json(), wish, label)
        self.load.said.append(said)
        if said.status in {200, 201}:
            self.load.known.append(said.body | {"as": headers})

    async def _answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response | None:
        """The answer; where processes and the base die, asked again at the other door until there is one.

        Without a key an answer that got lost stays lost (``None``): asking again might do it twice.
        """
        doors = self.load.addresses
        for attempt in range(1_000 if self.load.lossy else 1):
            door = doors[(self.number + attempt) % len(doors)]
            try:
                answer = await self.http.request(method, door + path, json=body, headers=headers)
            except httpx.TransportError:
                if not self.load.lossy:
                    raise
            else:
                in_progress = answer.status_code == 409 and answer.json()["code"] == "in_progress"
                if not self.load.lossy or (answer.status_code < 500 and not in_progress):
                    return answer
            if "Idempotency-Key" not in headers:
                return None
            await asyncio.sleep(0.1)  # not for order: so as not to ask a closed door a thousand times a second
        return None


def _body(wish: Wish) -> dict[str, Any]:
    times = [datetime.fromtimestamp(each, BEGIN.tzinfo).isoformat() for each in (wish.start, wish.end)]
    return {"resource_id": wish.pool.public_id, "start": times[0], "end": times[1], "seats": wish.seats}


def close(url: str, pool: Pool, seat_id: int | None, start: datetime, key: UUID) -> None:
    """A closure of a resource or of one of its seats for two hours, over whatever is booked there."""
    with psycopg.connect(url) as connection:
        run_plan(connection, lock_place(pool.key[0]))
        connection.execute(
            "INSERT INTO closure (place_id, closure_id, kind, resource_id, seat_id, during, created_at)"
            " VALUES (%s, %s, %s, %s, %s, tstzrange(%s, %s), %s) ON CONFLICT DO NOTHING",
            (
                pool.key[0],
                key,
                "block" if seat_id else "closure",
                pool.key[1],
                seat_id,
                start,
                start + timedelta(hours=2),
                start,
            ),
        )
