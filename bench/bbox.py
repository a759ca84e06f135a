"""20 places of a box over HTTP, against tipg 1.6 on the same table (``--tipg`` names the environment it is in)."""

from __future__ import annotations

import os
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from bench.harness import LISTEN, Options, ask, end, options, process, rows, say, service, wait_for

CENTERS = "SELECT ST_X(position::geometry), ST_Y(position::geometry) FROM commune ORDER BY md5(code) LIMIT 40"
BAR = 3.0


def main() -> None:
    """Measure both and print the ratio."""
    run = options(__doc__)
    if run.tipg is None:
        raise SystemExit("name the environment that tipg 1.6 is installed in: --tipg FOLDER")
    boxes = [f"{lon - 0.4:.4f},{lat - 0.3:.4f},{lon + 0.4:.4f},{lat + 0.3:.4f}" for lon, lat in rows(run, CENTERS)]
    with service(run) as address:
        ours = ask(address, [f"/api/v1/places?bbox={box}&limit=20" for box in boxes], run)
    theirs = ask_tipg(run, boxes)
    print(f"HTTP {ours.per_second:.0f}/s ({ours.errors} errors), tipg {theirs:.0f}/s")
    ratio = ours.per_second / theirs
    end([say("bbox page of 20, times tipg", ratio, f">= {BAR}", holds=ratio >= BAR and not ours.errors)])


def ask_tipg(run: Options, boxes: list[str]) -> float:
    """Requests a second of tipg, in as many workers as ours."""
    port = str(run.port + 1)
    command = [f"{run.tipg}/bin/uvicorn", "tipg.main:app", "--host", LISTEN, "--port", port]
    command += ["--workers", str(run.workers), "--log-level", "error", "--no-access-log"]
    environment = os.environ | {"DATABASE_URL": with_host(run.database_url), "TIPG_DB_SCHEMAS": '["public"]'}
    with process(command, environment):
        address = f"http://{LISTEN}:{port}"
        wait_for(f"{address}/collections/public.place", 60)
        paths = [f"/collections/public.place/items?bbox={box}&limit=20&f=geojson" for box in boxes]
        load = ask(address, paths, run)
    if load.errors:
        raise SystemExit(f"tipg answered {load.errors} errors")
    return load.per_second


def with_host(url: str) -> str:
    """The address with the socket's folder as its host, where it has none: tipg knows no other way to write it."""
    parts = conninfo_to_dict(url)
    return f"postgresql://{parts['user']}@{quote(str(parts['host']), safe='')}/{parts['dbname']}" if "?" in url else url


if __name__ == "__main__":
    main()
