"""The search for programs: lists of places. Handlers parse once, ask once and send ready bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tierslieux.map.clusters import find_clusters
from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.documented import DRAWN, FILTERS, PLACES_FOUND, SEARCH, SUGGESTED, TYPED, VIEWPORT
from tierslieux.map.geojson import GEO_JSON, collection_of, encode, map_collection_of
from tierslieux.map.parameters import (
    CRITERIA_NAMES,
    PAGING_NAMES,
    Reader,
    criteria_from,
    pairs_of,
    read_filters,
    read_limit,
    read_typed,
    read_viewport,
)
from tierslieux.map.queries import search
from tierslieux.map.results import SearchResult
from tierslieux.map.suggestions import DEFAULT_LIMIT, Suggestions, suggest
from tierslieux.map.tiles import MVT, draw_tile, row_of
from tierslieux.shared.pagination import Link, decode_cursor, encode_cursor
from tierslieux.web.caching import Catalogue, Passing, catalogue_etag, drawn_unless_known
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses, reading

PLACES_PATH = "/api/v1/places"


@get(
    PLACES_PATH,
    summary="Find places",
    media_type=GEO_JSON,
    responses={200: PLACES_FOUND, **problem_responses(400)},
    operation_class=reading(SEARCH),
)
async def list_places(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[Catalogue],
    secret: NamedDependency[bytes],
) -> Response[Any]:
    """Places that match, a page at a time."""
    reader = Reader(pairs_of(request.scope["query_string"]))
    reader.refuse_unknown(CRITERIA_NAMES | PAGING_NAMES)
    criteria, limit = criteria_from(reader), read_limit(reader)
    reader.raise_faults()
    after = after_of(reader, criteria, secret)
    now = catalogue.clock.now()

    async def draw(reads: Reads) -> bytes | Passing:
        result = await search(reads, criteria, now, limit=limit, after=after)
        drawn = encode(collection_of(result, _links(result, limit, secret)))
        return drawn if result.is_lasting else Passing(drawn)

    return await drawn_unless_known(request, catalogue, await _etag_of(catalogue, criteria, now), GEO_JSON, draw)


@get(
    f"{PLACES_PATH}/clusters",
    summary="What a map draws",
    media_type=GEO_JSON,
    responses={200: DRAWN, **problem_responses(400)},
    operation_class=reading(VIEWPORT),
)
async def list_clusters(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[Catalogue],
) -> Response[Any]:
    """What a map draws in a box: places, and counted clusters where there are several in a cell."""
    criteria, zoom = read_viewport(pairs_of(request.scope["query_string"]))
    now = catalogue.clock.now()

    async def draw(reads: Reads) -> bytes:
        content = await find_clusters(reads, criteria, zoom, now, catalogue.database.spare_reads)
        return encode(map_collection_of(content))

    return await drawn_unless_known(request, catalogue, await _etag_of(catalogue, criteria, now), GEO_JSON, draw)


@get(
    "/api/v1/suggestions",
    summary="The search box",
    responses={200: SUGGESTED, **problem_responses(400)},
    operation_class=reading(TYPED),
)
async def list_suggestions(
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[Catalogue],
) -> Response[Any]:
    """Communes, postal codes and places that a text may mean, the likeliest first."""
    text, limit = read_typed(pairs_of(request.scope["query_string"]), DEFAULT_LIMIT)

    async def draw(reads: Reads) -> bytes:
        return encode(Suggestions(await suggest(reads, text, limit)))

    return await drawn_unless_known(request, catalogue, await catalogue_etag(catalogue.version), MediaType.JSON, draw)


@get(
    "/tiles/places/{z:int}/{x:int}/{y:str}",
    summary="Places of a tile",
    media_type=MVT,
    responses=problem_responses(400, 404),
    operation_class=reading(FILTERS),
)
async def get_place_tile(
    z: FromPath[int],
    x: FromPath[int],
    y: FromPath[str],
    request: Request[Any, Any, Any],
    catalogue: NamedDependency[Catalogue],
) -> Response[Any]:
    """Places and counted clusters of a tile, ``{y}.mvt``, as a vector tile; 404 for an address that no map has."""
    tile = (z, x, row_of(z, x, y))
    criteria = read_filters(pairs_of(request.scope["query_string"]))
    now = catalogue.clock.now()
    etag = await _etag_of(catalogue, criteria, now if criteria.hours else None)

    async def draw(reads: Reads) -> bytes:
        return await draw_tile(reads, criteria, tile, now)

    return await drawn_unless_known(request, catalogue, etag, MVT, draw)


async def _etag_of(catalogue: Catalogue, criteria: SearchCriteria, now: datetime | None) -> str | None:
    """The tag of what is drawn from the catalogue; none where bookings decide."""
    return None if criteria.is_passing else await catalogue_etag(catalogue.version, now)


def after_of(reader: Reader, criteria: SearchCriteria, secret: bytes) -> list[Any] | None:
    """The key that the query's cursor holds; ``BadCursor`` where it was altered or is of another list."""
    cursor = next(iter(reader.all("cursor")), None)
    return None if cursor is None else decode_cursor(cursor, purpose=_purpose(criteria), secret=secret)


def cursor_of(result: SearchResult, secret: bytes) -> str | None:
    """The cursor of the next page, if there is one."""
    if result.next_key is None:
        return None
    return encode_cursor(result.next_key, purpose=_purpose(result.criteria), secret=secret)


def _purpose(criteria: SearchCriteria) -> str:
    return f"places?{criteria.query_string()}"


def _links(result: SearchResult, limit: int, secret: bytes) -> list[Link]:
    query = "&".join(filter(None, [result.criteria.query_string(), f"limit={limit}"]))
    links = [Link("self", f"{PLACES_PATH}?{query}")]
    cursor = cursor_of(result, secret)
    return [*links, Link("next", f"{PLACES_PATH}?{query}&cursor={cursor}")] if cursor else links


MAP_HANDLERS = [list_places, list_clusters, list_suggestions, get_place_tile]
