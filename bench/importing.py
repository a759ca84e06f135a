"""Importing the real lists of a folder: rows a second, sums that add up, a second run, and memory for a large file.

    script/bench importing DATABASE_URL [--data ../shared/data]

The database is made anew three times. The reference is a COPY of the same rows, as text, into a bare table.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from bench.generate import CHECKOUT, create
from bench.harness import end, say
from tierslieux.cli.folder import files_of, stem_of
from tierslieux.places.importing.mapping import load_mapping
from tierslieux.places.importing.readers import open_source
from tierslieux.places.importing.run import Order, import_places

NOW = datetime(2027, 3, 22, 8, tzinfo=UTC)
LARGE_BYTES = 100_000_000
LARGE = "bibliotheques_publiques"
COUNTED = ("created", "changed", "merged", "unchanged", "refused")


@dataclass(frozen=True)
class Ran:
    """A command of ours: seconds, the most memory that it held in MB, and the counts that it printed, summed."""

    seconds: float
    megabytes: float
    counts: dict[str, int]

    @property
    def changes(self) -> int:
        return sum(self.counts[name] for name in ("created", "changed", "merged"))


def main() -> None:
    """Measure, and print each bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url", help="made anew: give one that nobody needs")
    parser.add_argument("--data", type=Path, default=CHECKOUT.parent / "shared" / "data")
    options = parser.parse_args()
    url, data = options.database_url, options.data
    results = [*stored_alone(url, data), *with_duplicates(url, data), large_file(url, data)]
    end(results)


def stored_alone(url: str, data: Path) -> Iterable[bool]:
    """Rows a second of reading, judging and storing, without duplicates and days."""
    anew(url, data)
    files = files_of(data)
    began = time.monotonic()
    runs = [import_places(url, Order(file, load_mapping(stem_of(file)), NOW)) for file in files]
    seconds = time.monotonic() - began
    rows = sum(run.rows for run in runs)
    copied = copy_alone(url, files)
    print(f"{rows} rows of {len(files)} files in {seconds:.1f} s; a bare COPY: {copied:.0f} rows/s")
    yield say("rows/s without duplicates", rows / seconds, ">= 2000", holds=rows / seconds >= 2000)
    print(f"     share of a bare COPY: {rows / seconds / copied:.3f}")


def with_duplicates(url: str, data: Path) -> Iterable[bool]:
    """The whole of ``import folder``, duplicates and days included; then the same again."""
    anew(url, data)
    first = run(url, "import", "folder", str(data))
    rows = first.counts["rows"]
    print(f"{first.counts} in {first.seconds:.1f} s, {first.megabytes:.0f} MB")
    yield say("rows/s with duplicates and days", rows / first.seconds, ">= 500", holds=rows / first.seconds >= 500)
    whole = sum(first.counts[name] for name in COUNTED)
    yield say("created + merged + refused of all rows", whole / rows, "= 1", holds=whole == rows)
    again = run(url, "import", "folder", str(data))
    yield say("changed by a second run", again.changes, "= 0", holds=again.changes == 0)


def large_file(url: str, data: Path) -> bool:
    """The most memory that reading and judging a file of 100 MB takes, or a folder before it: nothing is stored."""
    anew(url, data)
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder, "large.csv")
        write_large(data / f"{LARGE}.csv.gz", large)
        ran = run(url, "import", "places", str(large), "--mapping", LARGE, "--dry-run")
    print(f"{ran.counts['rows']} rows read and judged in {ran.seconds:.1f} s")
    return say("memory of a dry run over 100 MB, MB", ran.megabytes, "< 400", holds=ran.megabytes < 400)


def anew(url: str, data: Path) -> None:
    """An empty directory with all territories."""
    create(url)
    run(url, "import", "territories", str(data))


def run(url: str, *words: str) -> Ran:
    """Run ``tierslieux`` with these words."""
    settings = {"TIERSLIEUX_DATABASE_URL": url, "TIERSLIEUX_SECRET": "for benchmarks only, of forty letters ..."}
    began = time.monotonic()
    command = [sys.executable, "-P", "-m", "tierslieux.cli", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=os.environ | settings, text=True, check=False)
    if done.returncode not in {0, 3}:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Ran(time.monotonic() - began, peak, summed(json.loads(line) for line in done.stdout.splitlines() if line))


def summed(lines: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The counts of all lines, name by name."""
    total: dict[str, int] = {}
    for line in lines:
        for name, value in line.items():
            if isinstance(value, int):
                total[name] = total.get(name, 0) + value
    return total


def copy_alone(url: str, files: Iterable[Path]) -> float:
    """Rows a second of a COPY of the files' rows as JSON text."""
    texts = [json.dumps(row.values) for file in files for row in rows_of(file)]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare (row text)")
        began = time.monotonic()
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for text in texts:
                copy.write_row([text])
        connection.commit()
    return len(texts) / (time.monotonic() - began)


def rows_of(file: Path) -> Iterable[Any]:
    """The rows of a file as they are read."""
    mapping = load_mapping(stem_of(file))
    return (row for row in open_source(file, mapping.encoding, mapping.separator).rows() if hasattr(row, "values"))


def write_large(source: Path, target: Path) -> None:
    """The rows of ``source`` again and again, each with a number of its own, until 100 MB are full."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, columns = list(reader), reader.fieldnames or []
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        turn = 0
        while file.tell() < LARGE_BYTES:
            for row in rows:
                writer.writerow(row | {columns[0]: f"{row[columns[0]]}-{turn}"})
            turn += 1


if __name__ == "__main__":
    main()
