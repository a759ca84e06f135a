"""The pages of a place: what is known of it, and the two forms that need no account."""

from __future__ import annotations

import re
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.places.contribution_views import form_view
from tierslieux.places.contributions import SUBJECTS, kind_of, read_contribution, submit
from tierslieux.places.page_queries import PlaceRecord, load_place_record
from tierslieux.places.panel import PlacePanel
from tierslieux.places.presenter import place_view
from tierslieux.places.resources.presenter import resource_views
from tierslieux.places.resources.stored import load_resources
from tierslieux.places.views import commune_label
from tierslieux.shared.errors import Gone, InvalidRequest, NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads, raw_connection
from tierslieux.web.i18n import localised
from tierslieux.web.limits import Limit, RateLimiter, asker_of
from tierslieux.web.plans import read_plan
from tierslieux.web.templating import Site

CONTRIBUTION_LIMIT = Limit("contribution", hits=10, seconds=3600)
_NUMBER_AT_END = re.compile(r"(?:^|-)(\d{1,9})$", re.ASCII)
"""A slug ends in the place's number; numbers beyond an integer name no place."""


class PlaceGone(Gone):
    """The place has closed for good."""

    code = "place_closed"


def place_id_of(slug: str) -> int:
    """The number at the end of a place's address, or ``NotFound``."""
    found = _NUMBER_AT_END.search(slug)
    if found is None:
        raise NotFound
    return int(found[1])


@get("/lieux/{slug:str}", include_in_schema=False)
async def place_page(  # noqa: PLR0913, PLR0917 - what the handler needs
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    site: NamedDependency[Site],
    panel: NamedDependency[PlacePanel],
    user: NamedDependency[CurrentUser | None],
) -> Response[Any]:
    """The page of a place; a renamed or merged place answers 301 to where it is now, a closed one 410."""
    place = await load_place_record(reads, place_id_of(slug))
    target = place.merged_into_slug or place.slug
    if target != slug:
        return Redirect(localised(f"/lieux/{target}"), status_code=301)
    if place.state == "closed":
        raise PlaceGone
    now = clock.now()
    resources = resource_views(await read_plan(reads, load_resources(place.place_id)), place, now)
    grid = await panel.of(reads, place.place_id, request.query_params, now)
    favourite = await panel.favourite(reads, user, place.place_id, place.slug)
    shown = place_view(place, now, site.public_url)
    context = {"place": shown, "resources": resources, "grid": grid, "favourite": favourite}
    return Template("places/place.html", context=context)


@get("/lieux/{slug:str}/{action:str}", include_in_schema=False)
async def contribution_form(
    slug: FromPath[str], action: FromPath[str], reads: NamedDependency[Reads], request: Request[Any, Any, Any]
) -> Template:
    """The form for an error or a removal."""
    kind = kind_of(action)
    place = await load_place_record(reads, place_id_of(slug))
    subject = request.query_params.get("subject", "")
    form = {"subject": subject if subject in SUBJECTS[kind] else SUBJECTS[kind][0]}
    return Template("places/contribution.html", context={"view": form_view(kind, place, form, None)})


@post("/lieux/{slug:str}/{action:str}", include_in_schema=False, status_code=200)
async def receive_contribution(  # noqa: PLR0913, PLR0917 - what the handler needs
    slug: FromPath[str],
    action: FromPath[str],
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
    limiter: NamedDependency[RateLimiter],
    request: Request[Any, Any, Any],
) -> Response[Any]:
    """Store the message, then show thanks; a message with faults comes back with what was written."""
    kind = kind_of(action)
    await limiter.hit(CONTRIBUTION_LIMIT, asker_of(request), clock)
    place = await load_place_record(await raw_connection(session), place_id_of(slug))
    try:
        contribution = read_contribution(kind, data)
    except InvalidRequest as fault:
        context = {"view": form_view(kind, place, data, fault)}
        return Template("places/contribution.html", context=context, status_code=400)
    await submit(session, place.place_id, contribution, clock.now())
    return Redirect(localised(f"/lieux/{place.slug}/merci"), status_code=303)


@get("/lieux/{slug:str}/merci", include_in_schema=False)
async def thanks_page(slug: FromPath[str], reads: NamedDependency[Reads]) -> Template:
    """What was done with the message."""
    place = await load_place_record(reads, place_id_of(slug))
    context = {"place_label": place_label(place), "place_address": localised(f"/lieux/{place.slug}")}
    return Template("places/thanks.html", context=context)


def place_label(place: PlaceRecord) -> str:
    """The name with its commune, which every name needs beside it."""
    return f"{place.name}, {commune_label(place.commune_name, place.commune_code)}"


pages_router = Router("/", route_handlers=[place_page, contribution_form, receive_contribution, thanks_page])
