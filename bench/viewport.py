"""The map's answers over 100,000 places: size at every zoom, time with 8 clients, and with other filters alone."""

from __future__ import annotations

from bench.generate import OPEN_AT
from bench.harness import Options, end, fetch, options, rows, say, service
from bench.latency import time_each

CENTERS = (
    "SELECT ST_X(position::geometry), ST_Y(position::geometry) FROM commune ORDER BY population DESC, code LIMIT 12"
)
FILTERS = (
    "amenities=wifi",
    "accessible=yes_or_unknown&price=free",
    "q=mediatheque",
    f"hours=open&at={OPEN_AT.replace('+', '%2B')}",
    f"hours=open_or_unknown&wifi=yes&at={OPEN_AT.replace('+', '%2B')}",
)
KIND = "kind=library&kind=coworking"


def main() -> None:
    """Measure and print each bar."""
    run = options(__doc__)
    centers = rows(run, CENTERS)
    plain = [viewport(lon, lat, zoom) for lon, lat in centers for zoom in range(4, 19)]
    wide = [viewport(lon, lat, zoom) for lon, lat in centers[:3] for zoom in range(4, 8)]
    with service(run) as address:
        sizes = [fetch(address + path)[1] for path in [*plain, *(f"{path}&{one}" for path in wide for one in FILTERS)]]
        results = [say("heaviest answer, kB compressed", max(sizes) / 1000, "<= 50", holds=max(sizes) <= 50_000)]
        for name, paths in (("unfiltered", plain), ("by kind", [f"{path}&{KIND}" for path in plain])):
            load = time_each(address, paths, 8, run.seconds)
            fits = load.p95 < 60 and not load.errors
            results.append(say(f"p95 {name}, 8 clients, ms", load.p95, "< 60", holds=fits))
        results += [filtered(run, address, wide, one) for one in FILTERS]
    end(results)


def filtered(run: Options, address: str, wide: list[str], one: str) -> bool:
    """One filter below zoom 8, one client."""
    load = time_each(address, [f"{path}&{one}" for path in wide], 1, run.seconds)
    return say(f"p95 {one.partition('&at')[0]}, alone, ms", load.p95, "< 400", holds=load.p95 < 400 and not load.errors)


def viewport(lon: float, lat: float, zoom: int) -> str:
    """The question of a screen of 1,280 x 800 pixels."""
    wide, high = 1280 / 256 * 360 / 2**zoom / 2, 800 / 256 * 250 / 2**zoom / 2
    box = (max(-180, lon - wide), max(-85, lat - high), min(180, lon + wide), min(85, lat + high))
    return f"/api/v1/places/clusters?bbox={','.join(f'{value:.5f}' for value in box)}&zoom={zoom}"


if __name__ == "__main__":
    main()
