"""A directory of invented places, always the same for a seed: what every benchmark runs on.

    python -m bench.generate DATABASE_URL [--places 100000] [--communes communes.csv.gz] [--days 60]

The database is made anew, migrated and filled. Communes are read from an official list where one is given, else
invented too. Opening days begin on Monday 22 March 2027: the benchmarks ask for ``OPEN_AT``.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import math
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool

from tierslieux.places.domain import PlaceKind
from tierslieux.places.grid import rebuild_grid
from tierslieux.places.words import learn_all_words
from tierslieux.shared.text import fold, slugify
from tierslieux.web.versions import BUMP_SQL

SEED = 20270322
FIRST_DAY = date(2027, 3, 22)
OPEN_AT = "2027-03-24T10:00:00+01:00"
"""A Wednesday morning within the days that are worked out."""
CHECKOUT = Path(__file__).resolve().parents[1]
BESIDE = CHECKOUT.parent / "shared" / "data" / "communes.csv.gz"

KINDS: dict[PlaceKind, tuple[int, str]] = {
    "library": (40, "Médiathèque"),
    "digital_space": (18, "Espace numérique"),
    "france_services": (10, "France Services"),
    "coworking": (8, "Coworking"),
    "third_place": (6, "Tiers-lieu"),
    "cafe": (5, "Café"),
    "fablab": (3, "Fablab"),
    "shop": (3, "Épicerie"),
    "wifi_spot": (3, "Point Wi-Fi"),
    "social_centre": (2, "Centre social"),
    "public_body": (1, "Mairie"),
    "other": (1, "Lieu"),
}
WELCOMES = {"unknown": 86, "no_booking": 6, "bookable": 4, "on_call": 2, "no": 2}
FACTS = {"wifi": 0.4, "printer": 0.2, "accessible": 0.12, "free": 0.25, "parking": 0.15, "quiet": 0.1}
WORDS = ("du Moulin", "de la Gare", "des Tilleuls", "Jean-Moulin", "de l'Étang", "du Bourg", "des Halles", "Pasteur")

_HOURS = """
INSERT INTO place_day (place_id, day, state, reason, open, frozen)
SELECT p.place_id, d.day, 'known', NULL, CASE
  WHEN extract(isodow FROM d.day) = 7 OR (p.place_id + extract(isodow FROM d.day)::integer) %% 6 = 0 THEN '{}'
  ELSE tstzmultirange(
    tstzrange((d.day + time '09:30') AT TIME ZONE p.time_zone, (d.day + time '12:30') AT TIME ZONE p.time_zone),
    tstzrange((d.day + time '14:00') AT TIME ZONE p.time_zone,
      (d.day + time '17:00' + (p.place_id %% 4) * interval '30 min') AT TIME ZONE p.time_zone)) END, false
FROM place p CROSS JOIN (SELECT %(first)s::date + n AS day FROM generate_series(0, %(days)s::integer - 1) n) d
WHERE p.hours_osm IS NOT NULL ORDER BY p.place_id, d.day
"""
_FIELDS = """
INSERT INTO place_field (place_id, field, source, value, licence, dated)
SELECT p.place_id, f.field, 'source_' || p.place_id %% 7, to_jsonb(p.name),
  CASE p.place_id %% 20 WHEN 0 THEN 'ODbL 1.0' ELSE 'Licence Ouverte 2.0' END, date '2024-08-01'
FROM place p CROSS JOIN unnest(%(fields)s::text[]) f (field) ORDER BY p.place_id
"""


class Blend(NamedTuple):
    """How places welcome people, by weight, and how many of five have hours."""

    welcomes: dict[str, int]
    with_hours: int


DIRECTORY = Blend(WELCOMES, 2)
"""A directory as it is today."""


class Commune(NamedTuple):
    """What a generated place needs of its commune."""

    code: str
    name: str
    epci: str
    departement: str
    region: str
    population: int
    postal_codes: list[str]
    lon: float
    lat: float


def main() -> None:
    """Read the command line and fill the database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("database_url")
    parser.add_argument("--places", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--communes", type=Path, default=BESIDE)
    options = parser.parse_args()
    fill(options.database_url, options.communes, options.places, options.days)
    vacuum(options.database_url)


def fill(url: str, listed: Path, places: int, days: int, blend: Blend = DIRECTORY) -> None:
    """Make the database anew and store ``places`` places in the communes ``listed``, open on ``days`` days."""
    chance = random.Random(SEED)
    communes = list(read_communes(listed) if listed.exists() else invented_communes(chance))
    create(url)
    with psycopg.connect(url) as connection:
        connection.execute("SET synchronous_commit = off")
        copy_communes(connection, communes)
        copy_places(connection, chance, communes, places, blend)
        connection.execute(_HOURS, {"first": FIRST_DAY, "days": days})
        connection.execute(_FIELDS, {"fields": ["name", "position", "address", "hours", "phone"]})
        rebuild_grid(connection)
        learn_all_words(connection)
        connection.execute(BUMP_SQL)
    print(f"{places} places in {len(communes)} communes")


def vacuum(url: str) -> None:
    """Leave the database as a quiet night does: visible to index-only reads, its figures known to the planner."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def create(url: str) -> None:
    """Make the database anew and migrate it."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    name = str(parts.pop("dbname"))
    with psycopg.connect(psycopg.conninfo.make_conninfo("", **parts, dbname="postgres"), autocommit=True) as server:
        server.execute(psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))
        server.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    engine = create_engine("postgresql+psycopg" + url[url.index("://") :], poolclass=pool.NullPool)
    with engine.connect() as connection:
        config = Config(toml_file=CHECKOUT / "pyproject.toml")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def read_communes(path: Path) -> Iterator[Commune]:
    """The communes of an official list."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            yield Commune(
                row["code_insee"], row["nom"], row["code_epci"], row["code_departement"], row["code_region"],
                int(row["population_municipale"]), [code for code in row["codes_postaux"].split("|") if code],
                float(row["lon"]), float(row["lat"]),
            )  # fmt: skip


def invented_communes(chance: random.Random, count: int = 35_000) -> Iterator[Commune]:
    """Communes on a grid over France with invented names, plus those that the benchmarks ask for."""
    yield Commune("29232", "Quimper", "200068120", "29", "53", 62_985, ["29000"], -4.0979, 47.996)
    yield Commune("44158", "Saint-Étienne-de-Montluc", "200072734", "44", "52", 7_500, ["44360"], -1.78, 47.27)
    yield Commune("97411", "Saint-Denis", "249740119", "974", "04", 153_000, ["97400"], 55.45, -20.88)
    yield Commune("93066", "Saint-Denis", "200054781", "93", "11", 113_000, ["93200"], 2.36, 48.93)
    syllables = ("mont", "ville", "pont", "bel", "rou", "gen", "lan", "ker", "plou", "cha", "vil", "sur", "mar", "tou")
    for number in range(count):
        name = "".join(chance.choices(syllables, k=3)).capitalize()
        departement = f"{number % 94 + 1:02d}"
        yield Commune(
            f"{departement}{number // 94 + 500:03d}", name, f"2000{number % 1250:05d}", departement, "11",
            int(200 * chance.paretovariate(1.1)), [f"{departement}{number // 94:03d}"],
            chance.uniform(-4.5, 7.5), chance.uniform(43, 50.5),
        )  # fmt: skip


def copy_communes(connection: psycopg.Connection[Any], communes: list[Commune]) -> None:
    """Store the communes and their postal codes."""
    columns = "code, name, search_name, epci_code, departement_code, region_code, population, position, time_zone"
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY commune ({columns}) FROM STDIN") as copy:
            for each in communes:
                copy.write_row((
                    each.code, each.name, fold(each.name), each.epci or None, each.departement, each.region,
                    each.population, f"SRID=4326;POINT({each.lon} {each.lat})", "Europe/Paris",
                ))  # fmt: skip
        with cursor.copy("COPY commune_postal_code (postal_code, commune_code) FROM STDIN") as copy:
            for postal_code, code in sorted({(postal, each.code) for each in communes for postal in each.postal_codes}):
                copy.write_row((postal_code, code))


def copy_places(
    connection: psycopg.Connection[Any], chance: random.Random, communes: list[Commune], count: int, blend: Blend
) -> None:
    """Store ``count`` places, more where more people live."""
    columns = (
        "state, kind, name, search_name, slug, time_zone, commune_code, position, street, postal_code, commune_name,"
        " phone, details, known_yes, known_no, hours_osm, dated, welcome, policy, version, updated_at"
    )
    chosen = chance.choices(communes, weights=[(each.population + 50) ** 0.7 for each in communes], k=count)
    with connection.cursor() as cursor, cursor.copy(f"COPY place ({columns}) FROM STDIN") as copy:
        for number, commune in enumerate(chosen, start=1):
            copy.write_row(place_row(number, commune, chance, blend))


def place_row(number: int, commune: Commune, chance: random.Random, blend: Blend) -> tuple[Any, ...]:
    """One place of ``commune``, within a few kilometres of its point."""
    kind = chance.choices(list(KINDS), weights=[weight for weight, _ in KINDS.values()])[0]
    name = f"{KINDS[kind][1]} {chance.choice(WORDS)}"
    spread = 0.004 * math.sqrt(math.sqrt(commune.population + 1))
    lon, lat = chance.gauss(commune.lon, spread), chance.gauss(commune.lat, spread * 0.7)
    known = {fact: chance.random() for fact in FACTS}
    yes = [fact for fact, share in FACTS.items() if known[fact] < share]
    no = [fact for fact, share in FACTS.items() if known[fact] > 0.95 and share]
    postal_code = commune.postal_codes[0] if commune.postal_codes else None
    return (
        "published", kind, name, fold(name), slugify(name, number), "Europe/Paris", commune.code,
        f"SRID=4326;POINT({lon:.6f} {lat:.6f})", f"{number % 90 + 1} rue {chance.choice(WORDS)}", postal_code,
        commune.name, f"+332{number:08d}", "{}", yes, no,
        "Mo-Sa 09:30-12:30,14:00-18:00" if number % 5 < blend.with_hours else None, date(2019 + number % 8, 6, 3),
        chance.choices(list(blend.welcomes), weights=list(blend.welcomes.values()))[0], "{}", 1,
        datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip


if __name__ == "__main__":
    main()
