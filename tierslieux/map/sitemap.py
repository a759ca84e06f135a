"""The sitemap (sitemaps.org 0.9): an index, and files of places in the order of their numbers, in both languages."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import escape

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from tierslieux.shared.errors import NotFound
from tierslieux.web.db import Reads
from tierslieux.web.i18n import LOCALES, localised
from tierslieux.web.pages import TEXT_PAGES
from tierslieux.web.templating import Site

PLACES_PER_FILE = 10_000
"""Two addresses a place: under the 50,000 addresses that a file may hold."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_CHUNKS = """
SELECT DISTINCT place_id / %s::integer AS chunk FROM place WHERE state = 'published' ORDER BY chunk
"""
_PLACES = """
SELECT slug, updated_at FROM place WHERE state = 'published' AND place_id >= %s::integer AND place_id < %s::integer
ORDER BY place_id
"""


@get("/sitemap.xml", include_in_schema=False)
async def sitemap_index(reads: NamedDependency[Reads], site: NamedDependency[Site]) -> Response[str]:
    """The files that hold everything."""
    rows = await (await reads.execute(_CHUNKS, (PLACES_PER_FILE,))).fetchall()
    files = ["/sitemaps/pages.xml", *(f"/sitemaps/{chunk}.xml" for (chunk,) in rows)]
    entries = "".join(f"<sitemap><loc>{escape(site.public_url + file)}</loc></sitemap>\n" for file in files)
    return _xml(f"<sitemapindex {_NAMESPACE}>\n{entries}</sitemapindex>\n")


@get("/sitemaps/{file:str}", include_in_schema=False)
async def sitemap_file(
    file: FromPath[str], reads: NamedDependency[Reads], site: NamedDependency[Site]
) -> Response[str]:
    """``pages.xml``, or the places whose number is in that file's ten thousand."""
    name = file.removesuffix(".xml")
    if name == "pages" and file != name:
        return _urls(site, [(path, None) for path in ("/", *TEXT_PAGES)])
    if file == name or not (name.isascii() and name.isdigit() and len(name) < 6):
        raise NotFound
    first = int(name) * PLACES_PER_FILE
    rows = await (await reads.execute(_PLACES, (first, first + PLACES_PER_FILE))).fetchall()
    if not rows:
        raise NotFound
    return _urls(site, [(f"/lieux/{slug}", changed) for slug, changed in rows])


def _urls(site: Site, paths: list[tuple[str, datetime | None]]) -> Response[str]:
    entries = "".join(
        f"<url><loc>{escape(site.public_url + localised(path, locale))}</loc>{_changed(changed)}</url>\n"
        for path, changed in paths
        for locale in LOCALES
    )
    return _xml(f"<urlset {_NAMESPACE}>\n{entries}</urlset>\n")


def _changed(changed: datetime | None) -> str:
    return f"<lastmod>{changed.date().isoformat()}</lastmod>" if changed else ""


def _xml(body: str) -> Response[str]:
    headers = {"cache-control": "public, max-age=3600"}
    return Response(_HEAD + body, media_type="application/xml; charset=utf-8", headers=headers)


sitemap_router = Router("/", route_handlers=[sitemap_index, sitemap_file], signature_types=[Reads, Site])
