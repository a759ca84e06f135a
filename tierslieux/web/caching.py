"""Conditional answers to public reads: an entity tag from a version, and 304 where the asker has it already."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

REVALIDATE = "public, max-age=0, must-revalidate"
"""For what changes at any moment: asked again each time, answered 304 while nothing changed."""


def etag_of(*facts: object) -> str:
    """A weak tag: the same facts stand for the same content, whatever its compression."""
    return f'W/"{"-".join(str(fact) for fact in facts)}"'


def is_known(request: Request[Any, Any, Any], etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag`` (weak comparison, RFC 9110 section 13.1.2)."""
    given = [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]
    return "*" in given or etag.removeprefix("W/") in (tag.removeprefix("W/") for tag in given)


def cache_headers(etag: str, cache_control: str = REVALIDATE) -> dict[str, str]:
    """The headers of a public answer, of a 304 as well."""
    return {"ETag": etag, "Cache-Control": cache_control}


def not_modified(etag: str, cache_control: str = REVALIDATE) -> Response[Any]:
    """304 without a body."""
    return Response(None, status_code=304, headers=cache_headers(etag, cache_control))
