"""``GET /api/v1/territories/{id}``: one territory, what holds it, and the places in it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from tierslieux.map.territory_queries import PlaceCounts, count_places
from tierslieux.shared.geo import Bbox
from tierslieux.territories.api import PATH
from tierslieux.territories.queries import access_territory, bbox_of, parents_of
from tierslieux.territories.schemas import TerritoryItem, TerritoryReference, item_of, reference_to
from tierslieux.web.caching import cache_headers, etag_of, is_known, not_modified
from tierslieux.web.db import Reads, snapshot
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.versions import CatalogueVersion

Id = Annotated[
    str, PathParameter(max_length=20, description="`29232`, `242900710`, `dep-29` or `reg-53`; a bare code is refused.")
]


class TerritoryDetail(TerritoryItem, frozen=True, kw_only=True):
    """A territory with ``bbox`` as ``[west, south, east, north]``, the territories that hold it, and its places."""

    bbox: list[float] | None
    parents: list[TerritoryReference]
    places: PlaceCounts


@get(
    f"{PATH}/{{territory_id:str}}", responses=problem_responses(400, 404), tags=["territories"], summary="One territory"
)
async def get_territory(
    territory_id: Id,
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    version: NamedDependency[CatalogueVersion],
) -> Response[TerritoryDetail]:
    """One territory; the code of a commune that was merged answers 301 to the one that followed it."""
    refuse_unknown_query(request, ())
    etag = etag_of("territory", await version.current())
    if is_known(request, etag):
        return not_modified(etag)
    async with snapshot(reads):
        territory = await access_territory(reads, territory_id)
        if str(territory.territory_id).casefold() != territory_id.strip().casefold():
            return _moved_to(str(territory.territory_id), etag)
        detail = TerritoryDetail(
            **msgspec.structs.asdict(item_of(territory)),
            bbox=_bbox(await bbox_of(reads, territory.territory_id)),
            parents=[reference_to(parent) for parent in await parents_of(reads, territory.territory_id)],
            places=await count_places(reads, territory.territory_id),
        )
    return Response(detail, headers=cache_headers(etag))


def _moved_to(territory_id: str, etag: str) -> Response[Any]:
    return Response(None, status_code=301, headers={"Location": f"{PATH}/{territory_id}", **cache_headers(etag)})


def _bbox(box: Bbox | None) -> list[float] | None:
    return None if box is None else [box.min_lon, box.min_lat, box.max_lon, box.max_lat]
