"""The nearest 20 open places with two filters, over HTTP, against the same SQL prepared under pgbench."""

from __future__ import annotations

from datetime import UTC

from bench.generate import OPEN_AT
from bench.harness import Options, ask, end, options, replay, rows, say, service
from tierslieux.map.conditions import Instants
from tierslieux.map.parameters import pairs_of, read_criteria
from tierslieux.map.statement import search_sql

POINTS = "SELECT ST_X(position::geometry), ST_Y(position::geometry) FROM commune ORDER BY md5(code) LIMIT 40"
BAR = 0.40


def main() -> None:
    """Measure both and print the ratio."""
    run = options(__doc__)
    queries = [
        f"near={lon:.4f},{lat:.4f}&amenities=wifi&accessible=yes_or_unknown&hours=open&at={OPEN_AT.replace('+', '%2B')}"
        for lon, lat in rows(run, POINTS)
    ]
    end([measure(run, queries)])


def measure(run: Options, queries: list[str]) -> bool:
    """The one bar of this file."""
    criteria = [read_criteria(pairs_of(query.encode())) for query in queries]
    statements = [
        search_sql(each, Instants(each.at.astimezone(UTC), each.at), limit=20) for each in criteria if each.at
    ]
    with service(run) as address:
        load = ask(address, [f"/api/v1/places?{query}" for query in queries], run)
    replayed = replay(statements, run)
    print(f"HTTP {load.per_second:.0f}/s ({load.errors} errors), pgbench {replayed:.0f}/s")
    ratio = load.per_second / replayed
    return say("nearest 20 open, share of pgbench", ratio, f">= {BAR}", holds=ratio >= BAR and not load.errors)


if __name__ == "__main__":
    main()
