"""Vector tiles of about 100 places over HTTP, against the same SQL prepared under pgbench."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.harness import ask, end, options, replay, rows, say, service
from tierslieux.map.conditions import Instants
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.tiles import tile_sql

ZOOM = 12
TILES = f"""
SELECT map_x >> (24 - {ZOOM}), map_y >> (24 - {ZOOM}) FROM place WHERE state = 'published' AND NOT asked_only
GROUP BY 1, 2 HAVING count(*) BETWEEN 85 AND 115 ORDER BY 1, 2 LIMIT 40
"""
BAR = 0.30


def main() -> None:
    """Measure both and print the ratio."""
    run = options(__doc__)
    tiles = [(ZOOM, x, y) for x, y in rows(run, TILES)]
    with service(run) as address:
        load = ask(address, [f"/tiles/places/{z}/{x}/{y}.mvt" for z, x, y in tiles], run)
    now = datetime(2027, 3, 24, 9, tzinfo=UTC)
    replayed = replay([tile_sql(SearchCriteria(), tile, Instants(now, now)) for tile in tiles], run)
    print(f"{len(tiles)} tiles: HTTP {load.per_second:.0f}/s ({load.errors} errors), pgbench {replayed:.0f}/s")
    ratio = load.per_second / replayed
    end([say("tile of 100 places, share of pgbench", ratio, f">= {BAR}", holds=ratio >= BAR and not load.errors)])


if __name__ == "__main__":
    main()
