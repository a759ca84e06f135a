"""The whole country counted by cluster, only places with free seats in a window: one client, warm.

The database is made by ``bench.bookings``.
"""

from __future__ import annotations

from bench.free_nearest import WINDOW
from bench.harness import end, fetch, options, say, service
from bench.latency import time_each

FRANCE = "-5.5,41,10,51.5"
SLOWEST_MS = 300.0


def main() -> None:
    """Measure several parties and zooms alone."""
    run = options(__doc__)
    paths = [
        f"/api/v1/places/clusters?bbox={FRANCE}&zoom={zoom}&{WINDOW}&seats={seats}"
        for zoom in (4, 5, 6)
        for seats in (1, 2)
    ]
    with service(run) as address:
        size = max(fetch(address + path)[1] for path in paths)
        times = time_each(address, paths, 1, run.seconds)
    print(f"heaviest answer {size / 1000:.1f} kB compressed; half of {times.answers} answers within {times.p50:.0f} ms")
    fits = times.p95 < SLOWEST_MS and not times.errors
    end([say("country by cluster with free seats, p95 alone, ms", times.p95, f"< {SLOWEST_MS:.0f}", holds=fits)])


if __name__ == "__main__":
    main()
