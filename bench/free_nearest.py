"""The nearest 20 places with a free seat in a window, over HTTP, against the same SQL prepared under pgbench.

The database is made by ``bench.bookings``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

from bench.bookings import NOW
from bench.harness import ask, end, options, replay, rows, say, service
from bench.latency import time_each
from tierslieux.map.conditions import Instants
from tierslieux.map.parameters import pairs_of, read_criteria
from tierslieux.map.statement import search_sql

POINTS = "SELECT ST_X(position::geometry), ST_Y(position::geometry) FROM commune ORDER BY md5(code) LIMIT 40"
WINDOW = f"free_from={quote('2027-03-24T09:30:00+01:00')}&free_to={quote('2027-03-24T12:00:00+01:00')}"
"""A Wednesday morning, when every eighth seat is taken."""
BAR, SLOWEST_MS = 0.35, 60.0
PAGE = 20


def main() -> None:
    """Measure the ratio and the time with eight clients."""
    run = options(__doc__)
    queries = [f"near={lon:.4f},{lat:.4f}&{WINDOW}&seats=2" for lon, lat in rows(run, POINTS)]
    paths = [f"/api/v1/places?{query}" for query in queries]
    with service(run) as address:
        load = ask(address, paths, run)
        times = time_each(address, paths, 8, run.seconds)
    replayed = replay([statement(query) for query in queries], run)
    print(f"HTTP {load.per_second:.0f}/s ({load.errors} errors), pgbench {replayed:.0f}/s")
    ratio = load.per_second / replayed
    fits = times.p95 < SLOWEST_MS and not times.errors
    end(
        [
            say("nearest 20 with a free seat, share of pgbench", ratio, f">= {BAR}", holds=ratio >= BAR),
            say("p95, 8 clients, ms", times.p95, f"< {SLOWEST_MS:.0f}", holds=fits and not load.errors),
        ]
    )


def statement(query: str) -> tuple[str, dict[str, object]]:
    """The one that such an answer sends where the window begins on the grid of all its places, as this one does."""
    now, criteria = datetime.fromisoformat(NOW).astimezone(UTC), read_criteria(pairs_of(query.encode()))
    return search_sql(criteria, Instants(now, now), limit=PAGE)


if __name__ == "__main__":
    main()
