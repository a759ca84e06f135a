"""A small country, written as the open data files are: a région in two parts, Corsica, an overseas one, an island."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

COLUMNS = [
    "code_insee", "nom", "code_departement", "nom_departement", "code_region", "nom_region", "code_epci", "nom_epci",
    "population_municipale", "codes_postaux", "lon", "lat",
]  # fmt: skip
BRETAGNE = {"code_region": "53", "nom_region": "Bretagne"}
COTES = {"code_departement": "22", "nom_departement": "Côtes-d'Armor", **BRETAGNE}
FINISTERE = {"code_departement": "29", "nom_departement": "Finistère", **BRETAGNE}
CORSE = {"code_departement": "2A", "nom_departement": "Corse-du-Sud", "code_region": "94", "nom_region": "Corse"}
REUNION = {"code_departement": "974", "nom_departement": "La Réunion", "code_region": "04", "nom_region": "La Réunion"}
EURE = {"code_departement": "28", "nom_departement": "Eure-et-Loir", "code_region": "24", "nom_region": "Centre"}
MAYENNE = {
    "code_departement": "53",
    "nom_departement": "Mayenne",
    "code_region": "52",
    "nom_region": "Pays de la Loire",
}
MORLAIX = {"code_epci": "242900835", "nom_epci": "CA Morlaix Communauté"}


def commune(code: str, name: str, lon: float, lat: float, **more: object) -> dict[str, str]:
    """A row of ``communes.csv``."""
    row = {"code_insee": code, "nom": name, "lon": lon, "lat": lat, "population_municipale": 1000} | more
    return {column: str(row.get(column, "")) for column in COLUMNS}


COMMUNES = [
    commune("29232", "Quimper", -4.1, 48.0, **FINISTERE, code_epci="200068120", nom_epci="CA Quimper",
            population_municipale=64385, codes_postaux="29000"),
    commune("29151", "Morlaix", -3.83, 48.57, **FINISTERE, **MORLAIX, codes_postaux="29600"),
    commune("29155", "Ouessant", -5.0855, 48.4606, **FINISTERE, codes_postaux="29242"),
    commune("22194", "Plestin-les-Grèves", -3.63, 48.65, **COTES, **MORLAIX, codes_postaux="22310|29600"),
    commune("22300", "Saint-Denis", -3.2, 48.5, **COTES),
    commune("2A004", "Ajaccio", 8.7, 41.95, **CORSE),
    commune("97411", "Saint-Denis", 55.447, -20.933, **REUNION, population_municipale=155634),
    commune("28088", "Châteaudun", 1.33, 48.07, **EURE),
    commune("53130", "Laval", -0.77, 48.07, **MAYENNE),
]  # fmt: skip
OLD_CODES = [("29041", "Kerfeunteun", "29232", "Quimper"), ("99001", "Loin", "99999", "Ailleurs")]


def square(lon: float, lat: float, half: float = 0.05) -> list[list[list[float]]]:
    """The coordinates of a polygon around a point."""
    west, east, south, north = lon - half, lon + half, lat - half, lat + half
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code: str, coordinates: Any, kind: str = "Polygon") -> dict[str, Any]:
    """A GeoJSON feature as the files write it."""
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {"code": code, "nom": code},
    }


def write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    """A CSV file of these rows."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_shapes(path: Path, features: list[dict[str, Any]]) -> None:
    """A GeoJSON file, gzipped where its name says so."""
    text = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


def write_country(folder: Path, communes: list[dict[str, str]] | None = None) -> Path:
    """The folder with the small country's files: no outlines yet."""
    folder.mkdir(exist_ok=True)
    write_csv(folder / "communes.csv", COMMUNES if communes is None else communes)
    names = ("code_ancien", "nom_ancien", "code_actuel", "nom_actuel")
    write_csv(folder / "communes_anciens_codes.csv", [dict(zip(names, row, strict=True)) for row in OLD_CODES])
    return folder
