"""``GET /api/v1/territories``: find a territory by its name, code or postal code."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT, BadCursor, Link, decode_cursor, encode_cursor
from tierslieux.territories.domain import LEVELS, Level
from tierslieux.territories.queries import FoundTerritories, TerritorySearch, search_territories
from tierslieux.territories.schemas import TerritoryList, item_of
from tierslieux.web.caching import cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.versions import CatalogueVersion

PATH = "/api/v1/territories"

Text = Annotated[str | None, QueryParameter(max_length=200, description="A name, a code or a postal code.")]
LevelGiven = Annotated[Level | None, QueryParameter(description="Only this level.")]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, QueryParameter(max_length=1000, description="From the link `next`.")]


@get(PATH, responses=problem_responses(400), tags=["territories"], summary="Find territories")
async def list_territories(  # noqa: PLR0913, PLR0917 - the parameters of the address, and what is injected
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    version: NamedDependency[CatalogueVersion],
    secret: NamedDependency[bytes],
    q: Text = None,
    level: LevelGiven = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response[TerritoryList]:
    """Communes, EPCI, départements and régions, best first; without `q` all, by name."""
    refuse_unknown_query(request, {"q", "level", "limit", "cursor"})
    etag = etag_of("territories", await version.current())
    if is_known(request, etag):
        return not_modified(etag)
    purpose = f"territories|{q}|{level}"
    after = _after(cursor, purpose, secret) if cursor is not None else None
    levels = LEVELS if level is None else (level,)
    found = await search_territories(reads, TerritorySearch(q, levels, limit, after))
    next_cursor = encode_cursor(found.last_key, purpose=purpose, secret=secret) if found.last_key else None
    return Response(
        _page(found, {"q": q, "level": level, "limit": limit, "cursor": next_cursor}), headers=cache_headers(etag)
    )


def _after(cursor: str, purpose: str, secret: bytes) -> tuple[Any, ...]:
    key = tuple(decode_cursor(cursor, purpose=purpose, secret=secret))
    if len(key) != 6:
        raise BadCursor
    return key


def _page(found: FoundTerritories, query: dict[str, Any]) -> TerritoryList:
    given = {name: value for name, value in query.items() if value is not None}
    links = [Link("next", f"{PATH}?{urlencode(given)}")] if found.last_key else []
    return TerritoryList([item_of(territory) for territory in found.items], links)
