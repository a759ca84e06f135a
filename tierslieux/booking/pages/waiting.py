"""Being told when a seat frees up: asked for, and withdrawn, where a range is full."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.mine.pages import led_to
from tierslieux.booking.pages.asking import Asking, Form, read_asking
from tierslieux.booking.pages.summing import PlaceOfForm, place_of_form
from tierslieux.booking.queries.waitlist import WaitView, load_mine
from tierslieux.booking.service import follow
from tierslieux.booking.service.waiting import WishRefused, entry_of, wait, wait_no_longer
from tierslieux.places.pages import place_id_of
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database
from tierslieux.web.i18n import localised
from tierslieux.web.plans import Plan, read_plan, run_plan_in

_ASKED = ("ressource", "jour", "de", "a", "personnes", "mode", "place")


@post("/lieux/{slug:str}/prevenir", include_in_schema=False, status_code=200)
async def receive_wish(
    slug: FromPath[str],
    data: Form,
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Response[None]:
    """Wait for a seat of just this range, or no longer; back to the page, which says so. Who is it? Sign in first."""
    async with database.read_pool.connection() as reads:
        where = await read_plan(reads, place_of_form(place_id_of(slug)))
    back = page_of(where, data)
    if user is None:
        return led_to(localised("/connexion", next=back))
    asking, now = read_asking(data), clock.now()
    if "arret" in data:
        own = await run_plan_in(session, own_wish(where, asking, user.account_id, now))
        if own is not None:
            let_go = await run_plan_in(session, wait_no_longer(where.place_id, own.entry_id, user.account_id, now))
            await follow(session, where.place_id, [], let_go)
        return led_to(back)
    wish, impossible = asking.wish(where.zone)
    if not impossible:
        entry = entry_of(where.place_id, user.account_id, resource_id=asking.resource_id, **_range(wish))
        try:
            await run_plan_in(session, wait(entry, now))
        except WishRefused:  # the page says why
            await session.rollback()
    return led_to(back)


def own_wish(where: PlaceOfForm, asking: Asking, account_id: UUID, now: datetime) -> Plan[WaitView | None]:
    """The wish for just this range that the person has open."""
    wish, impossible = asking.wish(where.zone)
    if impossible:
        return None
    asked = (asking.resource_id, wish.start, wish.end, wish.seats)
    for each in (yield from load_mine(where.place_id, account_id, now)):
        if each.state == "waiting" and (each.resource_id, each.start, each.end, each.seats) == asked:
            return each
    return None


def page_of(where: PlaceOfForm, form: Mapping[str, str]) -> str:
    """The address of the page that sums up what ``form`` asks for."""
    return localised(f"/lieux/{where.slug}/reserver", None, **{name: form[name] for name in _ASKED if form.get(name)})


def _range(wish: Wish) -> dict[str, datetime | int]:
    minutes = int((wish.end - wish.start) / timedelta(minutes=1))
    return {"start": wish.start, "end": wish.end, "minutes": minutes, "seats": wish.seats}
