"""Conditional answers to public reads: an entity tag from a version, and 304 where the asker has it already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.datastructures import ResponseHeader

from tierslieux import __version__
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database, Reads
from tierslieux.web.versions import CatalogueVersion

REVALIDATE = "public, max-age=0, must-revalidate"
"""May be kept, and is asked for each time: the question costs no query, and an edit is seen at once."""
DOCUMENTED_HEADERS = [ResponseHeader(name="ETag", documentation_only=True, description="Changes with the content")]


def etag_of(*facts: object) -> str:
    """A weak tag: the same facts stand for the same content, whatever its compression; it changes with the release."""
    return f'W/"{"-".join(str(fact) for fact in (__version__, *facts))}"'


async def catalogue_etag(version: CatalogueVersion, now: datetime | None = None) -> str:
    """The tag of an answer drawn from the catalogue, without a query.

    ``now`` is given where the answer depends on the hour: it then changes with the minute.
    """
    minute = () if now is None else (f"{int(now.timestamp()) // 60:x}",)
    return etag_of(f"{await version.current():x}", *minute)


def is_known(request: Request[Any, Any, Any], etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag`` (weak comparison, RFC 9110 section 13.1.2)."""
    given = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    return "*" in given or etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in given)


def cache_headers(etag: str, cache_control: str = REVALIDATE) -> dict[str, str]:
    """The headers of a public answer, of a 304 as well; ``Vary`` because answers may be compressed on their way."""
    return {
        "ETag": etag,
        "Cache-Control": cache_control,
        "Access-Control-Allow-Origin": "*",
        "Vary": "Accept-Encoding",
    }


def not_modified(etag: str, cache_control: str = REVALIDATE) -> Response[Any]:
    """304 without a body: the asker's copy is still right."""
    return Response(b"", status_code=304, headers=cache_headers(etag, cache_control))


def public_answer(body: bytes, media_type: str, etag: str) -> Response[bytes]:
    """200 with ready bytes that anyone may read and keep."""
    return Response(body, media_type=media_type, headers=cache_headers(etag))


@dataclass(frozen=True, slots=True)
class Passing:
    """A body that is only true now: it says what is free, and a booking a second later changes it."""

    body: bytes


def passing_answer(passing: Passing, media_type: str) -> Response[bytes]:
    """200 with what anyone may read and nobody keep: no entity tag, so that it is never answered 304."""
    headers = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
    return Response(passing.body, media_type=media_type, headers=headers)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a public read works with. One dependency, not three: several are resolved in a group of tasks, which costs
    a tenth of a tile."""

    database: Database
    version: CatalogueVersion
    clock: Clock


async def drawn_unless_known(
    request: Request[Any, Any, Any],
    catalogue: Catalogue,
    etag: str | None,
    media_type: str,
    draw: Callable[[Reads], Awaitable[bytes | Passing]],
) -> Response[Any]:
    """What ``draw`` makes of a connection; 304, without one, where the asker has ``etag`` already.

    Without an ``etag`` it is drawn each time. What turns out to be passing is answered without it: who has the tag had
    an answer that was not, and the catalogue, which decides that, is still the same.
    """
    if etag is not None and is_known(request, etag):
        return not_modified(etag)
    async with catalogue.database.read_pool.connection() as reads:
        drawn = await draw(reads)
    if isinstance(drawn, Passing):
        return passing_answer(drawn, media_type)
    return passing_answer(Passing(drawn), media_type) if etag is None else public_answer(drawn, media_type, etag)
