"""Coordinates as sources write them, brought to WGS84, checked against where France is."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from pyproj import Transformer

from tierslieux.places.importing.values import is_nothing, read_number


class Territory(NamedTuple):
    """A box around a part of France, its name, its time zone (IANA), and the prefix of its INSEE codes."""

    min_lon: float
    min_lat: float
    max_lon: float
    max_lat: float
    name: str
    time_zone: str
    code_prefix: str

    def holds(self, lon: float, lat: float) -> bool:
        """Whether the point lies in the box."""
        return self.min_lon <= lon <= self.max_lon and self.min_lat <= lat <= self.max_lat


TERRITORIES = (
    Territory(-5.6, 41.2, 9.8, 51.3, "France métropolitaine", "Europe/Paris", ""),
    Territory(-61.9, 15.7, -60.9, 16.6, "Guadeloupe", "America/Guadeloupe", "971"),
    Territory(-61.4, 14.2, -60.7, 15.0, "Martinique", "America/Martinique", "972"),
    Territory(-54.8, 2.0, -51.5, 6.0, "Guyane", "America/Cayenne", "973"),
    Territory(55.1, -21.5, 56.0, -20.7, "La Réunion", "Indian/Reunion", "974"),
    Territory(-56.6, 46.6, -56.0, 47.3, "Saint-Pierre-et-Miquelon", "America/Miquelon", "975"),
    Territory(44.9, -13.2, 45.4, -12.5, "Mayotte", "Indian/Mayotte", "976"),
    Territory(-63.0, 17.8, -62.7, 18.0, "Saint-Barthélemy", "America/St_Barthelemy", "977"),
    Territory(-63.2, 18.0, -62.9, 18.2, "Saint-Martin", "America/Marigot", "978"),
    Territory(39.6, -50.0, 77.7, -11.4, "Terres australes", "Indian/Kerguelen", "984"),
    Territory(-178.3, -14.5, -176.0, -13.1, "Wallis-et-Futuna", "Pacific/Wallis", "986"),
    Territory(-141.5, -10.8, -138.0, -7.8, "Marquises", "Pacific/Marquesas", ""),
    Territory(-155.0, -28.0, -134.4, -7.5, "Polynésie française", "Pacific/Tahiti", "987"),
    Territory(158.0, -23.2, 172.2, -17.8, "Nouvelle-Calédonie", "Pacific/Noumea", "988"),
)
_LAMBERT_93 = (0.0, 1_300_000.0, 6_000_000.0, 7_200_000.0)


class Located(NamedTuple):
    """A point and how it was mended (French, empty where it was not)."""

    lon: float
    lat: float
    mended: str = ""


class Unlocated(NamedTuple):
    """Why two values are no place in France, and the remedy. ``is_absent``: the source gives none (0, 0 counts so)."""

    reason: str
    remedy: str
    is_absent: bool = False


NO_POSITION = Unlocated("position absente", "ajouter la longitude et la latitude", is_absent=True)


def locate(x: str, y: str, crs: str) -> Located | Unlocated:
    """The point of ``x`` (east) and ``y`` (north) in ``crs`` (``wgs84`` or ``lambert93``).

    Plainly swapped degrees and Lambert 93 that was not announced are mended and said.
    """
    if is_nothing(x) and is_nothing(y):
        return NO_POSITION
    east, north = read_number(x), read_number(y)
    if east is None or north is None:
        return Unlocated("coordonnées illisibles", "donner deux nombres en degrés décimaux")
    if east == 0 and north == 0:
        return Unlocated("coordonnées 0, 0", "donner la vraie position, ou laisser vide", is_absent=True)
    return _from_lambert(east, north) if crs == "lambert93" else _from_degrees(east, north)


def _from_degrees(lon: float, lat: float) -> Located | Unlocated:
    if territory_at(lon, lat):
        return Located(lon, lat)
    if territory_at(lat, lon):
        return Located(lat, lon, "longitude et latitude étaient inversées, remises en ordre")
    if _is_lambert(lon, lat) or _is_lambert(lat, lon):
        return _unannounced_lambert(lon, lat)
    return Unlocated("position hors de France", "vérifier la longitude, la latitude et leur système de coordonnées")


def _unannounced_lambert(first: float, second: float) -> Located | Unlocated:
    found = _from_lambert(*((first, second) if _is_lambert(first, second) else (second, first)))
    return found._replace(mended="coordonnées Lambert 93 converties") if isinstance(found, Located) else found


def _from_lambert(east: float, north: float) -> Located | Unlocated:
    swapped = _is_lambert(north, east)
    if swapped:
        east, north = north, east
    if not _is_lambert(east, north):
        if territory_at(east, north):
            return Located(east, north, "coordonnées déjà en degrés, prises telles quelles")
        return Unlocated("position hors de l'emprise du Lambert 93", "vérifier les coordonnées X et Y")
    lon, lat = _to_degrees().transform(east, north)
    if not territory_at(lon, lat):
        return Unlocated("position hors de France", "vérifier les coordonnées X et Y")
    return Located(round(lon, 7), round(lat, 7), "X et Y étaient inversés, remis en ordre" if swapped else "")


def _is_lambert(east: float, north: float) -> bool:
    min_east, max_east, min_north, max_north = _LAMBERT_93
    return min_east < east < max_east and min_north < north < max_north


@cache
def _to_degrees() -> Transformer:
    return Transformer.from_crs("EPSG:2154", "EPSG:4326", always_xy=True)


def territory_at(lon: float, lat: float) -> Territory | None:
    """The first part of France whose box holds the point."""
    return next((territory for territory in TERRITORIES if territory.holds(lon, lat)), None)


def time_zone_of(position: tuple[float, float] | None, code: str | None) -> str:
    """The zone of a point, else of the prefix of an INSEE or postal code, else Paris."""
    found = territory_at(*position) if position else None
    if found is None and code:
        found = next((part for part in TERRITORIES if part.code_prefix and code.startswith(part.code_prefix)), None)
    return found.time_zone if found else "Europe/Paris"
