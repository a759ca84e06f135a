"""A result list as a file: CSV and GeoJSON, every row with its sources, licences and dates; ODbL places in files apart.

A database that mixes ODbL rows with others would have to be ODbL as a whole: so each file holds one kind only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from tierslieux.map.criteria import SearchCriteria
from tierslieux.map.geojson import GEO_JSON, encode, feature_of
from tierslieux.map.parameters import pairs_of, read_criteria
from tierslieux.map.queries import search
from tierslieux.map.results import PlaceHit
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database, Reads
from tierslieux.web.templating import Site

PAGE = 500
MAX_ROWS = 20_000
"""What one file holds at most; whole-country files are made in advance (the dumps)."""
COLUMNS = (
    "id", "name", "kind", "welcome", "street", "postal_code", "commune", "commune_code", "lon", "lat", "phone",
    "hours_state", "hours_reason", "weekly_minutes", "hours_checked_on", "dated", "free_seats", "first_free", "sources",
    "licences", "url",
)  # fmt: skip
_ODBL = "ODbL"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Hits = AsyncIterator[list[PlaceHit]]
Connect = Callable[[], AbstractAsyncContextManager[Reads]]


@get("/recherche/{file:str}", include_in_schema=False)
async def download(
    file: FromPath[str],
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    clock: NamedDependency[Clock],
    site: NamedDependency[Site],
) -> Response[Any]:
    """``lieux.csv``, ``lieux.geojson`` and, for places with an ODbL source, ``lieux-odbl.csv`` and ``.geojson``."""
    stem, _, form = file.partition(".")
    if stem not in {"lieux", "lieux-odbl"} or form not in {"csv", "geojson"}:
        raise NotFound
    criteria = read_criteria(pairs_of(request.scope["query_string"]), also=frozenset())
    now = clock.now()
    hits = _pages(database.read_pool.connection, criteria, now, wants_odbl=stem.endswith("odbl"))
    body = _csv(hits, site.public_url) if form == "csv" else _geojson(hits, now)
    headers = {"content-disposition": f'attachment; filename="{file}"', "cache-control": "no-store"}
    return Stream(body, media_type="text/csv" if form == "csv" else GEO_JSON, headers=headers)


def is_odbl(hit: PlaceHit) -> bool:
    """Whether anything known of the place comes under the ODbL, which then holds for the whole row."""
    return any(_ODBL in source.licence for source in hit.sources)


async def _pages(connect: Connect, criteria: SearchCriteria, now: datetime, *, wants_odbl: bool) -> Hits:
    after, rows = None, 0
    while rows < MAX_ROWS:
        async with connect() as reads:
            result = await search(reads, criteria, now, limit=PAGE, after=after, count_up_to=0)
        rows += len(result.hits)
        yield [hit for hit in result.hits if is_odbl(hit) == wants_odbl]
        if result.next_key is None:
            return
        after = result.next_key


async def _csv(pages: Hits, public_url: str) -> AsyncIterator[bytes]:
    yield "\ufeff".encode() + _rows([COLUMNS])  # the mark without which spreadsheets misread accents
    async for hits in pages:
        yield _rows(_row(hit, public_url) for hit in hits)


async def _geojson(pages: Hits, now: datetime) -> AsyncIterator[bytes]:
    yield b'{"type":"FeatureCollection","features":['
    separator = b""
    async for hits in pages:
        for hit in hits:
            yield separator + encode(feature_of(hit, now))
            separator = b",\n"
    yield b"]}\n"


def _rows(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _row(hit: PlaceHit, public_url: str) -> list[object]:
    texts = (hit.name, hit.kind, hit.welcome, hit.street, hit.postal_code, hit.commune_name, hit.commune_code)
    return [
        hit.place_id,
        *(harmless(text) for text in texts),
        hit.lon,
        hit.lat,
        hit.phone,
        hit.hours_state,
        hit.hours_reason,
        hit.weekly_minutes,
        hit.hours_checked_on,
        hit.dated,
        hit.free_seats,
        hit.first_free and hit.first_free.isoformat(),
        harmless(" | ".join(source.source for source in hit.sources)),
        harmless(" | ".join(dict.fromkeys(source.licence for source in hit.sources))),
        f"{public_url}/lieux/{hit.slug}",
    ]


def harmless(text: str | None) -> str | None:
    """Text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text


downloads_router = Router("/", route_handlers=[download])
