"""Public answers that clients may keep: an ETag that stands on the catalogue's version, and 304 without a query."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version as installed_version
from typing import Any

from litestar import Request, Response
from litestar.datastructures import ResponseHeader

from tierslieux.web.versions import CatalogueVersion

REVALIDATED = "public, max-age=0, must-revalidate"
"""May be kept, and is asked for each time: the question costs no query, and an edit is seen at once."""
PUBLIC_HEADERS = {"Cache-Control": REVALIDATED, "Access-Control-Allow-Origin": "*", "Vary": "Accept-Encoding"}
"""Of every public read; ``Vary`` because answers may be compressed on their way."""
DOCUMENTED_HEADERS = [ResponseHeader(name="ETag", documentation_only=True, description="Changes with the content")]
_RELEASE = installed_version("tierslieux")


async def etag_of(version: CatalogueVersion, now: datetime | None) -> str:
    """The tag of an answer at an address: weak, as compression may change its bytes.

    ``now`` is given where the answer depends on the hour: it then changes with the minute.
    """
    minute = "" if now is None else f"-{int(now.timestamp()) // 60:x}"
    return f'W/"{_RELEASE}-{await version.current():x}{minute}"'


def is_fresh(request: Request[Any, Any, Any], etag: str) -> bool:
    """Whether the asker holds this very answer (``If-None-Match``, weak comparison of RFC 9110)."""
    held = request.headers.get("if-none-match")
    if held is None:
        return False
    return held.strip() == "*" or etag.removeprefix("W/") in {tag.strip().removeprefix("W/") for tag in held.split(",")}


def not_modified(etag: str) -> Response[None]:
    """304: the asker's copy is still right."""
    return Response(None, status_code=304, headers={**PUBLIC_HEADERS, "ETag": etag})


def public_answer(body: bytes, media_type: str, etag: str) -> Response[bytes]:
    """200 with ready bytes that anyone may read and keep."""
    return Response(body, media_type=media_type, headers={**PUBLIC_HEADERS, "ETag": etag})
