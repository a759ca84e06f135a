"""Places that a person keeps at hand: one press on the place's page, and they are on their own page."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.mine.pages import led_to
from tierslieux.booking.mine.queries import is_favourite
from tierslieux.booking.mine.reach import Visitor, in_session
from tierslieux.places.page_queries import load_place_record
from tierslieux.places.pages import place_id_of
from tierslieux.web.db import raw_connection
from tierslieux.web.i18n import localised
from tierslieux.web.plans import Plan, run_plan_in

_KEEP = """
INSERT INTO favourite (place_id, account_id, created_at)
SELECT place_id, %(account_id)s::uuid, %(now)s::timestamptz FROM place
WHERE place_id = %(place_id)s::integer AND state = 'published'
ON CONFLICT DO NOTHING
"""
_LET_GO = "DELETE FROM favourite WHERE place_id = %(place_id)s::integer AND account_id = %(account_id)s::uuid"


class FavouriteButton(msgspec.Struct, frozen=True):
    """The button on a place's page (``booking/_favourite.html``): what it does, or where one signs in first."""

    action: str
    is_kept: bool
    sign_in_address: str | None


def favourite_button(user: CurrentUser | None, place_id: int, slug: str) -> Plan[FavouriteButton]:
    """The button for who looks at the place's page."""
    action = localised(f"/lieux/{slug}/favori")
    if user is None or user.session_key is None:
        return FavouriteButton(action, is_kept=False, sign_in_address=localised("/connexion", next=_page_of(slug)))
    return FavouriteButton(action, (yield from is_favourite(place_id, user.account_id)), None)


@post("/lieux/{slug:str}/favori", include_in_schema=False, status_code=200)
async def keep_favourite(
    slug: FromPath[str],
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
    visitor: NamedDependency[Visitor],
    session: NamedDependency[AsyncSession],
) -> Response[Any]:
    """Keep the place (``etat=garder``) or let it go (``etat=retirer``); without either, the other of what it is."""
    person = in_session(visitor.person, f"/lieux/{slug}")
    place = await load_place_record(await raw_connection(session), place_id_of(slug))
    await run_plan_in(session, _set(place.place_id, person.account_id, visitor, data.get("etat", "")))
    return led_to(_page_of(place.slug))


def _set(place_id: int, account_id: UUID, visitor: Visitor, wanted: str) -> Plan[None]:
    is_kept = yield from is_favourite(place_id, account_id)
    keep = wanted == "garder" or (wanted != "retirer" and not is_kept)
    yield (_KEEP if keep else _LET_GO), {"place_id": place_id, "account_id": account_id, "now": visitor.now}


def _page_of(slug: str) -> str:
    return localised(f"/lieux/{slug}")
