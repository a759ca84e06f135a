"""What the OpenAPI document says of the search's query, which ``parameters.py`` reads by itself to name every fault."""

from __future__ import annotations

from typing import Any

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIType, Parameter, Schema

from tierslieux.map.criteria import DEFAULT_RADIUS_M, MAX_RADIUS_M, Sort
from tierslieux.map.geojson import GEO_JSON, PlaceCollection
from tierslieux.map.parameters import MAX_PRICE_CENTS, MAX_SEATS, MAX_ZOOM
from tierslieux.map.suggestions import Suggestions
from tierslieux.map.values import KINDS, MAX_TEXT
from tierslieux.places.domain import AMENITIES
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT
from tierslieux.web.openapi import query, texts, whole_number

_POINT = r"^-?\d+(\.\d+)?,-?\d+(\.\d+)?$"
_BOX = r"^-?\d+(\.\d+)?(,-?\d+(\.\d+)?){3}$"
# in words: a schema of features that are places or clusters is beyond what msgspec can describe
_DRAWN = (
    "A FeatureCollection of places and of clusters with `cluster`, `count`, `open`, `free_seats` and `bbox`. `open` is"
    " null unless `hours=open` is asked for, `free_seats` unless a window is. `numberMatched` is exact."
)
_YES = ("yes", "yes_or_unknown")
_SORTS: tuple[Sort, ...] = ("distance", "name", "first_free", "detour")


def _text(pattern: str | None = None) -> Schema:
    return Schema(type=OpenAPIType.STRING, max_length=MAX_TEXT, pattern=pattern)


AREAS = [
    query("bbox", _text(_BOX), "minLon,minLat,maxLon,maxLat in degrees; minLon > maxLon crosses 180°"),
    query("near", _text(_POINT), "lon,lat: around this point; at most one of bbox, near, commune, territory"),
    query(
        "radius_m",
        whole_number(1, MAX_RADIUS_M),
        f"metres around `near`, a `commune` or a trip, by default {DEFAULT_RADIUS_M}",
    ),
    query("commune", _text(r"^(\d{5}|2[AB]\d{3})$"), "an INSEE code"),
    query("territory", _text(), "29232, 242900710, dep-29, reg-53"),
]
FILTERS = [
    query("q", _text(), "words of the name and the commune; accents and small typing errors do not count"),
    query("kind", texts(KINDS), "any of these kinds; repeat for more"),
    query("amenities", texts(AMENITIES), "all of these, known to be there; repeat for more"),
    query("amenities_or_unknown", texts(AMENITIES), "none of these known to be missing; repeat for more"),
    query("accessible", Schema(type=OpenAPIType.STRING, enum=list(_YES)), "wheelchair access"),
    query("wifi", Schema(type=OpenAPIType.STRING, enum=list(_YES)), "Wi-Fi"),
    query("price", Schema(type=OpenAPIType.STRING, enum=["free", "free_or_unknown"]), "free of charge"),
    query("max_price", whole_number(0, MAX_PRICE_CENTS), "cents"),
    query("hours", Schema(type=OpenAPIType.STRING, enum=["open", "open_or_unknown"]), "open `at`"),
    query("at", _text(), "RFC 3339 with an offset; now by default"),
    query(
        "free_from", _text(), "RFC 3339 with an offset, together with `free_to`: only bookable places with free seats"
    ),
    query("free_to", _text(), "RFC 3339 with an offset, at most 8 days after `free_from`"),
    query("seats", whole_number(1, MAX_SEATS), "for so many people: seats free throughout, or at `first_free`; 1"),
]
ORDER = [
    query("sort", Schema(type=OpenAPIType.STRING, enum=list(_SORTS)), "`distance` with `near`, else `name`"),
    query("home", _text(_POINT), "lon,lat, for `sort=detour`"),
    query("work", _text(_POINT), "lon,lat, for `sort=detour`"),
]
PAGING = [
    query("limit", whole_number(1, MAX_LIMIT), f"answers a page, {DEFAULT_LIMIT} by default"),
    query("cursor", Schema(type=OpenAPIType.STRING), "from the `next` link"),
]
ZOOM = [query("zoom", whole_number(0, MAX_ZOOM), "the map's zoom", required=True)]
TYPED = [
    query("q", _text(), "what was typed", required=True),
    query("limit", whole_number(1, MAX_LIMIT), "suggestions, at most"),
]
SEARCH: list[Parameter] = [*AREAS, *FILTERS, *ORDER, *PAGING]
VIEWPORT: list[Parameter] = [query("bbox", _text(_BOX), "the box that is drawn", required=True), *ZOOM, *FILTERS]
PLACES_FOUND = ResponseSpec(PlaceCollection, generate_examples=False, media_type=GEO_JSON, description="A page.")
DRAWN = ResponseSpec(dict[str, Any], generate_examples=False, media_type=GEO_JSON, description=_DRAWN)
SUGGESTED = ResponseSpec(Suggestions, generate_examples=False, description="The lines under the search box.")
