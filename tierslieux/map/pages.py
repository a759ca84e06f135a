"""The pages of the search: home, the list with its map, the embedded map."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.response import Template

from tierslieux.map.api import after_of, cursor_of
from tierslieux.map.criteria import MAX_RADIUS_M, Circle, InCommune, InTerritory, SearchCriteria
from tierslieux.map.named import find_named, find_territory, meant_communes
from tierslieux.map.page_query import PageQuery, criteria_pairs
from tierslieux.map.parameters import Reader, pairs_of, read_criteria
from tierslieux.map.presenter import Found, address, map_view, search_view
from tierslieux.map.queries import search
from tierslieux.map.results import PlaceHit, SearchResult
from tierslieux.map.views import EmbedView
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads, snapshot
from tierslieux.web.templating import Site, page_or_partial

HOME_KINDS = ("coworking", "library", "third_place", "fablab", "cafe", "shop", "france_services", "digital_space")
PAGE_LENGTH = 20
_AN_HOUR = "public, max-age=3600"


@get("/", include_in_schema=False, sync_to_thread=False)
def home(site: NamedDependency[Site]) -> Template:
    """Where can I work near home?"""
    json_ld = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "tierslieux",
        "url": f"{site.public_url}/",
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{site.public_url}/recherche?q={{q}}",
            "query-input": "required name=q",
        },
    }
    return Template(
        "map/home.html", context={"kinds": HOME_KINDS, "json_ld": json_ld}, headers={"cache-control": _AN_HOUR}
    )


@get("/recherche", include_in_schema=False)
async def search_page(
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    secret: NamedDependency[bytes],
) -> Response[Any]:
    """The list and the map of one search; the address holds all of it."""
    found = await find_places(reads, PageQuery.of(pairs_of(request.scope["query_string"])), clock, secret)
    page = page_or_partial(request, "map/search.html", "map/_results.html", {"view": search_view(found)})
    if not found.result.is_lasting:
        page.headers["cache-control"] = "no-store"
    return page


@get("/embed/map", include_in_schema=False)
async def embedded_map(
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    secret: NamedDependency[bytes],
) -> Template:
    """The map alone, for another site's page: the same query as the search page, no cookie."""
    found = await find_places(reads, PageQuery.of(pairs_of(request.scope["query_string"])), clock, secret)
    view = EmbedView(search_view(found).heading, address(found.query), map_view(found))
    return Template("map/embed.html", context={"view": view})


async def find_places(reads: Reads, query: PageQuery, clock: Clock, secret: bytes) -> Found:
    """What ``query`` finds, in one snapshot; ``InvalidRequest`` or ``BadCursor`` where it cannot be read."""
    async with snapshot(reads):
        named, territory = None, None
        if not query.one("bbox"):
            named = await find_named(reads, query.one("q"), query.one("commune"))
        criteria = read_criteria(criteria_pairs(query, named.place if named else None))
        if isinstance(criteria.area, InTerritory):
            territory = await find_territory(reads, criteria.area.territory_id)
        after = after_of(Reader([("cursor", query.one("cursor"))] if query.one("cursor") else []), criteria, secret)
        meant = await meant_communes(reads, criteria.text) if criteria.text and not named else ()
        result = await search(reads, criteria, clock.now(), limit=PAGE_LENGTH, after=after)
        nearest = await _nearest(reads, result, clock) if not result.hits and after is None else None
    return Found(query, named, meant, territory, result, cursor_of(result, secret), nearest)


async def _nearest(reads: Reads, result: SearchResult, clock: Clock) -> PlaceHit | None:
    """The nearest place that matches, further away than was asked."""
    wider = _as_wide_as_possible(result.criteria)
    if wider is None:
        return None
    hits = (await search(reads, wider, clock.now(), limit=1, count_up_to=0)).hits
    return hits[0] if hits else None


def _as_wide_as_possible(criteria: SearchCriteria) -> SearchCriteria | None:
    match criteria.area:
        case Circle() | InCommune(_, int()) as area if area.radius_m != MAX_RADIUS_M:
            return msgspec.structs.replace(criteria, area=msgspec.structs.replace(area, radius_m=MAX_RADIUS_M))
        case _:
            return None


pages_router = Router("/", route_handlers=[home, search_page, embedded_map], signature_types=[Reads, Clock, Site])
