"""GeoJSON and plain JSON lists, feature by feature (ijson), in flat memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ijson
import msgspec

from tierslieux.places.importing.readers.bytestream import FileUnreadable, as_utf8, open_bytes, sniff
from tierslieux.places.importing.readers.mending import BROKEN_FILE, mended
from tierslieux.places.importing.record import RawRow, Refusal

LON, LAT = "@lon", "@lat"
"""Columns that hold a feature's point, beside ``@id`` and its properties."""

_NOT_A_FEATURE = ("ce n'est pas un objet GeoJSON", "donner une liste d'objets Feature")


def read_geojson(path: Path, *, encoding: str = "utf-8") -> Iterator[RawRow | Refusal]:
    """The features of a FeatureCollection; ``line`` is the feature's number. A broken end is one refusal."""
    return _read(path, encoding, "features.item", _feature)


def read_json(path: Path, *, encoding: str = "utf-8") -> Iterator[RawRow | Refusal]:
    """The objects of a JSON list."""
    return _read(path, encoding, "item", _flat)


def _read(path: Path, encoding: str, prefix: str, flatten: Any) -> Iterator[RawRow | Refusal]:
    number = 0
    with open_bytes(path) as source:
        try:
            for number, item in enumerate(
                ijson.items(as_utf8(source, sniff(path, encoding)), prefix, use_float=True), start=1
            ):
                yield _row(number, item, flatten)
        except (ijson.JSONError, EOFError, OSError, zlib.error, UnicodeError) as exc:
            if not number:
                raise FileUnreadable(f"Le fichier {path.name} n'est pas du JSON lisible.") from exc
            yield msgspec.structs.replace(BROKEN_FILE, line=number + 1)


def _row(number: int, item: Any, flatten: Any) -> RawRow | Refusal:
    if not isinstance(item, dict):
        return Refusal(number, "", str(item)[:200], *_NOT_A_FEATURE)
    return mended(number, flatten(item))


def _flat(item: dict[str, Any]) -> dict[str, str]:
    return {str(key): _text(value) for key, value in item.items()}


def _feature(item: dict[str, Any]) -> dict[str, str]:
    properties = item.get("properties")
    flat = _flat(properties) if isinstance(properties, dict) else {}
    lon, lat = _point(item.get("geometry"))
    return {"@id": _text(item.get("id")), **flat, LON: lon, LAT: lat}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _point(geometry: Any) -> tuple[str, str]:
    """The point, or the middle of the box around any other geometry; empty where there is none."""
    corners = list(_corners(geometry.get("coordinates"))) if isinstance(geometry, dict) else []
    if not corners:
        return "", ""
    lons, lats = [lon for lon, _ in corners], [lat for _, lat in corners]
    return repr((min(lons) + max(lons)) / 2), repr((min(lats) + max(lats)) / 2)


def _corners(coordinates: Any, depth: int = 0) -> Iterator[tuple[float, float]]:
    if not isinstance(coordinates, list) or depth > 4:
        return
    if len(coordinates) >= 2 and all(isinstance(number, (int, float)) for number in coordinates[:2]):
        yield float(coordinates[0]), float(coordinates[1])
        return
    for part in coordinates:
        yield from _corners(part, depth + 1)
