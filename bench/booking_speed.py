"""Bookings a second over HTTP, against pgbench that replays the very statements of one booking.

    script/bench booking_speed DATABASE_URL [--seconds 8] [--clients 16]

The database is one of ``bench.bookings``; what is written to it is taken away at the end. The statements are those that
the service sent for one booking while a door before the base wrote them down, from the look-up of the token to COMMIT,
with places, people, times and ids at random. The replay books at night, when nobody else does: it chooses no seats, and
so never meets a seat that is taken.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import time
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import psycopg

from bench.harness import Options, end, options, say, service
from bench.latency import read_answer
from bench.replay import GUEST, TOKEN, replay
from bench.wire import Told, Wire, connect, recorded
from tierslieux.shared.time import SystemClock

PARIS = ZoneInfo("Europe/Paris")
GUESTS, RESOURCES, WEEKS = 2_000, 10_000, 4
SHARE, HOPED, P99_MS, ROUND_TRIPS = 0.25, 0.35, 250, 12
_PREPARE = f"""
INSERT INTO account (account_id, email, created_at)
SELECT {GUEST.format("n")}, 'bench' || n || '@exemple.fr', '2026-01-01Z' FROM generate_series(1, {GUESTS}) n
ON CONFLICT DO NOTHING;
INSERT INTO access_token (token_sha256, account_id, scopes, created_at)
SELECT {TOKEN.format("n")}, {GUEST.format("n")}, '{{bookings:write}}', '2026-01-01Z'
FROM generate_series(1, {GUESTS}) n ON CONFLICT DO NOTHING;
CREATE TABLE bench_place AS SELECT row_number() OVER () - 1 AS n, place_id, policy FROM (SELECT p.place_id, p.policy
  FROM place p WHERE p.welcome = 'bookable' AND p.place_id % 10 NOT IN (1, 2)
    AND (SELECT count(*) FROM seat s WHERE s.place_id = p.place_id AND s.resource_id = 1) >= 4
  ORDER BY md5(p.place_id::text) LIMIT {RESOURCES}) chosen;
ALTER TABLE bench_place ADD PRIMARY KEY (n);
UPDATE place SET policy = policy || '{{"horizon_days": 4000, "allow_overlapping_own_bookings": true}}'
WHERE place_id IN (SELECT place_id FROM bench_place);
"""
_TIDY = """
CREATE TEMPORARY TABLE mine AS
SELECT place_id, booking_id FROM booking WHERE guest_id IN (SELECT account_id FROM account WHERE email ~ '^bench[0-9]');
DELETE FROM occupied_seat o USING mine m WHERE o.place_id = m.place_id AND o.booking_id = m.booking_id;
DELETE FROM booking_event o USING mine m WHERE o.place_id = m.place_id AND o.booking_id = m.booking_id;
DELETE FROM booking o USING mine m WHERE o.place_id = m.place_id AND o.booking_id = m.booking_id;
DELETE FROM procrastinate_jobs WHERE task_name IN ('follow_up', 'send_mail');
DELETE FROM mail WHERE recipient_id IN (SELECT account_id FROM account WHERE email ~ '^bench[0-9]');
DELETE FROM guest_at_place WHERE guest_id IN (SELECT account_id FROM account WHERE email ~ '^bench[0-9]');
DELETE FROM access_token WHERE account_id IN (SELECT account_id FROM account WHERE email ~ '^bench[0-9]');
DELETE FROM account WHERE email ~ '^bench[0-9]';
DELETE FROM idempotent_request; DELETE FROM stat_dirty;
UPDATE place p SET policy = b.policy FROM bench_place b WHERE b.place_id = p.place_id;
DROP TABLE bench_place;
"""


@dataclass(frozen=True)
class Asked:
    """One booking that is asked for."""

    place_id: int
    guest: int
    start: datetime

    def request(self, host: str, key: str = "") -> bytes:
        """The bytes of the call."""
        body = json.dumps(
            {
                "resource_id": f"{self.place_id}-1",
                "start": self.start.isoformat(),
                "end": (self.start + timedelta(hours=1)).isoformat(),
            }
        )
        more = f"Idempotency-Key: {key}\r\n" if key else ""
        return (
            f"POST /api/v1/bookings HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer tlx_bench{self.guest}\r\n{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


@dataclass(frozen=True)
class Field:
    """Where and when can be booked: four weeks from a Monday on that is still to come."""

    places: tuple[int, ...]
    first: date

    def any(self, chance: random.Random) -> Asked:
        """One hour of a day that is no public holiday (those are Mondays and Thursdays), on the grid of the hours."""
        day = self.first + timedelta(days=chance.randrange(WEEKS) * 7 + chance.choice((1, 2, 4)))
        minutes = 30 * chance.choice((19, 20, 21, 22, 23, 28, 29, 30, 31, 32, 33, 34))
        return Asked(chance.choice(self.places), chance.randrange(GUESTS) + 1, _local(day, minutes))


def _local(day: date, minutes: int) -> datetime:
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=PARIS)


@dataclass(frozen=True)
class Measured:
    """What the askers saw: bookings made in a second, milliseconds, and how many answers were not 201."""

    per_second: float
    p50: float
    p99: float
    made: int
    refused: int


def main() -> None:
    """Measure, tidy up, say."""
    os.environ["TIERSLIEUX_RATE_LIMITS"] = "off"
    run = options(__doc__, clients=16)
    with connect(run.database_url) as base:
        base.execute(_PREPARE)
        try:
            end(measure(run, _field(base)))
        finally:
            base.execute(_TIDY)


def _field(base: psycopg.Connection[Any]) -> Field:
    places = tuple(row[0] for row in base.execute("SELECT place_id FROM bench_place ORDER BY n"))
    soon = SystemClock().now().date() + timedelta(days=2)
    first = max(soon, date(2027, 4, 19))  # four weeks after the present of the generated bookings, when few are full
    return Field(places, first + timedelta(days=-first.weekday() % 7))


def measure(run: Options, field: Field) -> list[bool]:
    """All bars."""
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    told, with_key = trace(run, field)
    for each in told:
        print(f"  {each.program}: {' '.join(each.sql.split())[:100]}")
    with service(run) as address:
        ask(address, field, run.clients, 3)
        made = ask(address, field, run.clients, run.seconds)
    replayed = replay(told, run, field.places, GUESTS, field.first, 7 * WEEKS)
    share = made.per_second / replayed
    print(f"HTTP {made.per_second:.0f}/s ({made.made} made, {made.refused} refused; p50 {made.p50:.0f} ms), ", end="")
    print(f"pgbench {replayed:.0f}/s; with a key {len(with_key)} round trips; load {os.getloadavg()[0]:.1f}")
    return [
        say(f"bookings, share of pgbench (hoped for: {HOPED})", share, f">= {SHARE}", holds=share >= SHARE),
        say("p99, ms", made.p99, f"< {P99_MS}", holds=made.p99 < P99_MS),
        say("round trips of one booking", len(told), f"<= {ROUND_TRIPS}", holds=len(told) <= ROUND_TRIPS),
        say("refused, share", made.refused / max(1, made.made), "<= 0.02", holds=made.refused <= made.made / 50),
    ]


def trace(run: Options, field: Field) -> tuple[list[Told], list[Told]]:
    """The round trips of one booking without a key and of one with, once everything is prepared and warm."""
    chance = random.Random(7)
    with recorded(run.database_url) as (url, wire), service(replace(run, database_url=url, workers=1)) as address:
        ask(address, field, 4, 4)
        found = []
        for key in ("", "bench-key"):
            for number in range(8):  # the last of several, each statement prepared by then
                wire.told.clear()
                asyncio.run(_book_once(address, field.any(chance), f"{key}{number}" if key else ""))
            found.append(of_one_booking(wire))
    return found[0], found[1]


async def _book_once(address: str, asked: Asked, key: str) -> None:
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(asked.request(where.netloc, key))
    status = await read_answer(reader)
    writer.close()
    if status != 201:
        raise SystemExit(f"The booking that was to be written down was answered {status}: run again.")


def of_one_booking(wire: Wire) -> list[Told]:
    """From the look-up of the token to the COMMIT of the transaction that inserts a booking."""
    (at,) = [n for n, each in enumerate(wire.told) if "INSERT INTO booking (" in each.sql]
    connection = wire.told[at].connection
    last = next(n for n in range(at, len(wire.told)) if _ends(wire.told[n], connection))
    first = max((n for n in range(at) if _ends(wire.told[n], connection)), default=-1)
    own = [each for each in wire.told[first + 1 : last + 1] if each.connection == connection]
    read = [each for each in wire.told[:last] if each.program == "tierslieux-read" and "access_token" in each.sql]
    return read + own


def _ends(each: Told, connection: int) -> bool:
    return each.connection == connection and each.sql in {"COMMIT", "ROLLBACK"}


def ask(address: str, field: Field, clients: int, seconds: int) -> Measured:
    """Book at random, ``clients`` at once, each waiting for its answer."""
    began = time.perf_counter()
    answers = asyncio.run(_ask_all(address, field, clients, began + seconds))
    passed = time.perf_counter() - began
    cuts = statistics.quantiles((milliseconds for milliseconds, _ in answers), n=100)
    made = sum(status == 201 for _, status in answers)
    return Measured(made / passed, cuts[49], cuts[98], made, len(answers) - made)


async def _ask_all(address: str, field: Field, clients: int, until: float) -> list[tuple[float, int]]:
    seed = random.randrange(1_000_000)
    each = await asyncio.gather(*(_ask(address, field, random.Random(seed + n), until) for n in range(clients)))
    return [answer for answers in each for answer in answers]


async def _ask(address: str, field: Field, chance: random.Random, until: float) -> list[tuple[float, int]]:
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    answers = []
    while (began := time.perf_counter()) < until:
        writer.write(field.any(chance).request(where.netloc))
        status = await read_answer(reader)
        answers.append(((time.perf_counter() - began) * 1000, status))
    writer.close()
    return answers


if __name__ == "__main__":
    main()
