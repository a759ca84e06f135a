"""Pages that belong to no slice: how the list is ordered, who runs the site, help; and robots.txt."""

from __future__ import annotations

from types import MappingProxyType

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from tierslieux.web.personal import PersonalData
from tierslieux.web.templating import Site

TEXT_PAGES = MappingProxyType(
    {
        "/classement": "web/ranking.html",
        "/accessibilite": "web/accessibility.html",
        "/mentions-legales": "web/legal.html",
        "/aide": "web/help.html",
    }
)
"""Address and template of every page that is only text."""
_AN_HOUR = "public, max-age=3600"


def text_page(path: str, template: str) -> HTTPRouteHandler:
    """The handler of one text page."""

    @get(path, include_in_schema=False, sync_to_thread=False, name=path)
    def page() -> Template:
        return Template(template, headers={"cache-control": _AN_HOUR})

    return page


@get("/robots.txt", include_in_schema=False, media_type=MediaType.TEXT, sync_to_thread=False)
def robots(site: NamedDependency[Site]) -> Response[str]:
    """Places may be indexed; searches, of which there are endlessly many, may not."""
    lines = (
        "User-agent: *",
        "Disallow: /recherche?",
        "Disallow: /en/recherche?",
        "Disallow: /api/",
        "Disallow: /embed/",
    )
    body = "\n".join((*lines, f"Sitemap: {site.public_url}/sitemap.xml", ""))
    return Response(body, media_type=MediaType.TEXT, headers={"cache-control": _AN_HOUR})


@get("/donnees-personnelles", include_in_schema=False, sync_to_thread=False)
def privacy_page(personal: NamedDependency[PersonalData]) -> Template:
    """What is kept of people, drawn from the table that also drives the jobs which forget it."""
    return Template("web/privacy.html", context={"kept": personal.kept}, headers={"cache-control": _AN_HOUR})


def text_pages() -> list[HTTPRouteHandler]:
    """Every page of this module."""
    return [robots, privacy_page, *(text_page(path, template) for path, template in TEXT_PAGES.items())]
