"""From the round trips of one booking to a pgbench script that makes such bookings at random."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.adapt import Transformer
from psycopg.types.json import Jsonb

from bench.harness import Options
from bench.wire import Told

GUEST = "('0be4c400-0000-4000-8000-' || lpad(({0})::text, 12, '0'))::uuid"
TOKEN = "sha256(convert_to('tlx_bench' || ({0})::text, 'UTF8'))"  # noqa: S105 - an expression
"""How the people of the benchmark are numbered, in SQL."""
_BOOKING = "('01900000-0000-7000-8000-' || lpad(to_hex(:booking::bigint), 12, '0'))::uuid"
_FAR = timedelta(days=90)
_DRAW = """\\set n random(0, {last})
\\set guest random(1, {guests})
\\set booking random(1, 281474976710655)
\\set seat random(1, 4)
\\set start {midnight} + 86400 * random(0, {days}) + 60 * random(0, 300)
"""


@dataclass(frozen=True)
class Sample:
    """The booking that was written down: what is random in the replay is found by its values."""

    place_id: int
    guest_id: UUID
    booking_id: UUID
    start: datetime
    end: datetime
    token: bytes

    @classmethod
    def of(cls, told: Sequence[Told]) -> Sample:
        """Read from the statements: the token's look-up and the insertion of the booking."""
        token = next(value for each in told for value in each.params if isinstance(value, bytes) and len(value) == 32)
        (made,) = [each for each in told if "INSERT INTO booking (" in each.sql]
        named = _named(made)
        return cls(named["place_id"], named["guest_id"], named["booking_id"], named["start"], named["end"], token)


def _named(made: Told) -> dict[str, Any]:
    """The parameters of the insertion by their place in it."""
    values = made.params
    uuids = [value for value in values if isinstance(value, UUID)]
    times = [value for value in values if isinstance(value, datetime)]
    return {"place_id": values[0], "booking_id": uuids[0], "guest_id": uuids[1], "start": times[0], "end": times[1]}


def replay(told: Sequence[Told], run: Options, places: Sequence[int], guests: int, first: date, days: int) -> float:
    """Bookings a second of pgbench, prepared, over ``places``."""
    sample = Sample.of(told)
    midnight = int(datetime(first.year, first.month, first.day, tzinfo=UTC).timestamp()) - 7200
    draw = _DRAW.format(last=len(places) - 1, guests=guests, days=days, midnight=midnight)
    look_up = "SELECT place_id FROM bench_place WHERE n = :n \\gset\n"
    script = draw + look_up + "".join(_line(each, sample) + ";\n" for each in told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "booking.sql")
        path.write_text(script)
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(run.clients), "-j", "1", "-T", str(run.seconds)]
        environment = os.environ | {"PGOPTIONS": "-c jit=off -c timezone=UTC -c application_name=replay"}
        done = subprocess.run(
            [*command, "-f", str(path), run.database_url], capture_output=True, text=True, check=False, env=environment
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if done.returncode or not found:
        raise SystemExit(done.stderr[-3000:] + script)
    return float(found[1])


def _line(each: Told, sample: Sample) -> str:
    sql = " ".join(each.sql.split())
    return re.sub(r"\$(\d+)", lambda found: _expression(each.params[int(found[1]) - 1], sample), sql)


def _expression(value: Any, sample: Sample) -> str:
    """A value as it stands in the script: random where it belongs to the booking, else as it was."""
    known: dict[Any, str] = {
        sample.guest_id: GUEST.format(":guest"),
        sample.booking_id: _BOOKING,
        sample.token: TOKEN.format(":guest"),
    }
    if isinstance(value, UUID | bytes) and value in known:
        return known[value]
    if isinstance(value, int) and not isinstance(value, bool) and value == sample.place_id:
        return ":place_id"
    if isinstance(value, datetime):
        return _time(value, sample)
    if isinstance(value, date):
        days = (value - sample.start.date()).days
        return f"(date '1970-01-01' + ((:start / 86400)::integer + {days}))"
    if isinstance(value, list):
        return _list(value, sample)
    return _literal(value)


def _time(value: datetime, sample: Sample) -> str:
    """Times of the booking go with it; it lasts a minute, so that the replay never meets itself."""
    if value == sample.end:
        return "to_timestamp(:start + 60)"
    away = value - sample.start
    return _literal(value) if abs(away) > _FAR else f"to_timestamp(:start + {int(away.total_seconds())})"


def _list(values: list[Any], sample: Sample) -> str:
    """The seats that were given are one of the first four; the other list of numbers names the resource."""
    if values and all(isinstance(each, int) for each in values):
        return "ARRAY[:seat]::integer[]" if values != [1] else "'{1}'::integer[]"
    return f"ARRAY[{', '.join(_expression(each, sample) for each in values)}]"


def _literal(value: Any) -> str:
    value = Jsonb(value) if isinstance(value, dict) else value
    return psycopg.sql.Literal(value).as_string(Transformer())
