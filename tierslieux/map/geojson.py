"""Results as GeoJSON (RFC 7946): the shapes of api.md, encoded at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.map.clusters import Cluster, MapContent, MapPlace
from tierslieux.map.results import HoursWord, PlaceHit, SearchResult, SourceNote
from tierslieux.places.domain import PlaceKind, Welcome
from tierslieux.shared.pagination import Link

GEO_JSON = "application/geo+json"


class Point(msgspec.Struct, frozen=True, tag_field="type", tag="Point"):
    """A position, longitude first."""

    coordinates: tuple[float, float]


class Address(msgspec.Struct, frozen=True):
    """Where a place is, in words."""

    street: str | None
    postal_code: str | None
    commune: str | None
    commune_code: str | None


class PlaceProperties(msgspec.Struct, frozen=True, kw_only=True):
    """What a list says of a place; ``sources`` credit those it comes from, with their licence."""

    id: str
    slug: str
    name: str
    kind: PlaceKind
    welcome: Welcome
    address: Address
    distance_m: int | None
    hours_state: HoursWord
    hours_reason: str | None
    hours_until: datetime | None
    free_seats: int | None
    first_free: datetime | None
    as_of: datetime
    phone: str | None
    dated: date | None
    weekly_minutes: int | None
    detour_m: int | None
    sources: tuple[SourceNote, ...]


class PlaceFeature(msgspec.Struct, frozen=True, tag_field="type", tag="Feature"):
    """A place; without a position its geometry is null."""

    id: str
    geometry: Point | None
    properties: PlaceProperties


class PlaceCollection(msgspec.Struct, frozen=True, tag_field="type", tag="FeatureCollection", rename={
    "number_matched": "numberMatched", "number_returned": "numberReturned"
}):  # fmt: skip
    """A page of a list; ``numberMatched`` is exact up to 1,000, with a window up to 100, and absent beyond."""

    number_matched: int | msgspec.UnsetType
    number_returned: int
    links: list[Link]
    features: list[PlaceFeature]


class MapPlaceProperties(msgspec.Struct, frozen=True):
    """What a marker says of a place; ``free_seats`` is null unless a window is asked for."""

    id: str
    slug: str
    name: str
    kind: PlaceKind
    welcome: Welcome
    address: Address
    hours_state: HoursWord
    hours_reason: str | None
    free_seats: int | None


class ClusterProperties(msgspec.Struct, frozen=True):
    """``count`` places at about one position; ``bbox`` is their cell. ``open`` is null unless open places are asked for
    (hours change by the minute, counts are kept), ``free_seats``, the sum over its places, unless a window is.
    """

    count: int
    open: int | None
    free_seats: int | None
    bbox: tuple[float, float, float, float]
    cluster: bool = True


class MapFeature(msgspec.Struct, frozen=True, tag_field="type", tag="Feature"):
    """A place or a cluster."""

    id: str
    geometry: Point
    properties: MapPlaceProperties | ClusterProperties


class MapCollection(msgspec.Struct, frozen=True, tag_field="type", tag="FeatureCollection", rename={
    "number_matched": "numberMatched", "number_returned": "numberReturned"
}):  # fmt: skip
    """What a map draws; ``numberMatched`` is exact, and the sum of all counts (a place counts as one)."""

    number_matched: int
    number_returned: int
    features: list[MapFeature]


_ENCODER = msgspec.json.Encoder()


def collection_of(result: SearchResult, links: Sequence[Link]) -> PlaceCollection:
    """The page as a feature collection."""
    features = [feature_of(hit, result.as_of) for hit in result.hits]
    matched = msgspec.UNSET if result.matched is None else result.matched
    return PlaceCollection(matched, len(features), list(links), features)


def map_collection_of(content: MapContent) -> MapCollection:
    """What is drawn in a box, as a feature collection."""
    features = [_marker(item) if isinstance(item, MapPlace) else _circle(item) for item in content.items]
    return MapCollection(content.matched, len(features), features)


def _marker(place: MapPlace) -> MapFeature:
    number = str(place.place_id)
    address = Address(place.street, place.postal_code, place.commune_name, place.commune_code)
    properties = MapPlaceProperties(
        number,
        place.slug,
        place.name,
        place.kind,
        place.welcome,
        address,
        place.hours_state,
        place.hours_reason,
        place.free_seats,
    )
    return MapFeature(number, Point((round(place.lon, 6), round(place.lat, 6))), properties)


def _circle(cluster: Cluster) -> MapFeature:
    properties = ClusterProperties(cluster.count, cluster.open, cluster.free_seats, cluster.corners)
    return MapFeature(cluster.cell_id, Point((round(cluster.lon, 5), round(cluster.lat, 5))), properties)


def encode(answer: msgspec.Struct) -> bytes:
    """The answer as JSON."""
    return _ENCODER.encode(answer)


def feature_of(hit: PlaceHit, as_of: datetime) -> PlaceFeature:
    """A place of a list; ``as_of`` in its own zone."""
    number = str(hit.place_id)
    properties = PlaceProperties(
        id=number,
        slug=hit.slug,
        name=hit.name,
        kind=hit.kind,
        welcome=hit.welcome,
        address=Address(hit.street, hit.postal_code, hit.commune_name, hit.commune_code),
        distance_m=_metres(hit.distance_m),
        hours_state=hit.hours_state,
        hours_reason=hit.hours_reason,
        hours_until=hit.hours_until,
        free_seats=hit.free_seats,
        first_free=hit.first_free,
        as_of=in_zone(as_of, hit.time_zone),
        phone=hit.phone,
        dated=hit.dated,
        weekly_minutes=hit.weekly_minutes,
        detour_m=_metres(hit.detour_m),
        sources=hit.sources,
    )
    return PlaceFeature(number, point_of(hit.lon, hit.lat), properties)


def point_of(lon: float | None, lat: float | None) -> Point | None:
    """The geometry of a position, to the seventh decimal (a centimetre)."""
    return None if lon is None or lat is None else Point((round(lon, 7), round(lat, 7)))


@lru_cache(maxsize=64)
def in_zone(instant: datetime, time_zone: str) -> datetime:
    """The same instant on the clock of a zone, whole seconds."""
    return instant.replace(microsecond=0).astimezone(ZoneInfo(time_zone))


def _metres(distance: float | None) -> int | None:
    return None if distance is None or distance == float("inf") else round(distance)
