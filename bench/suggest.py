"""Suggestions: time with one client, and whether the right town comes first."""

from __future__ import annotations

import gzip
import json
from urllib.parse import quote

from bench.harness import end, fetch, options, rows, say, service
from bench.latency import time_each

FIRST = {
    "st etienne de montluc": "44158",
    "Quimpr": "29232",
    "29000": "29000",
    "saint-denis (974)": "97411",
}
NAMES = "SELECT name FROM commune ORDER BY md5(code) LIMIT 60"
PLACES = ("mediatheque", "france services", "coworking des halles", "mediateque quimper", "tiers lieu du moulin")


def main() -> None:
    """Measure, and print each bar."""
    run = options(__doc__, clients=1)
    typed = [name[:length] for (name,) in rows(run, NAMES) for length in (2, 3, 5, 30)]
    asked = [f"/api/v1/suggestions?q={quote(text)}&limit=8" for text in [*typed, *FIRST, *PLACES]]
    with service(run) as address:
        found = {text: first_id(address, text) for text in FIRST}
        load = time_each(address, asked, 1, run.seconds)
    results = [say(f"first for {text!r} is {found[text]}", 1, expected, holds=found[text] == expected)
               for text, expected in FIRST.items()]  # fmt: skip
    results.append(say("p95 alone, ms", load.p95, "< 15", holds=load.p95 < 15 and not load.errors))
    end(results)


def first_id(address: str, text: str) -> str | None:
    """The id of the first line."""
    body, _ = fetch(f"{address}/api/v1/suggestions?q={quote(text)}")
    items = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)["items"]
    return items[0]["id"] if items else None


if __name__ == "__main__":
    main()
