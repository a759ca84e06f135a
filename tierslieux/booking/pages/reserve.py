"""From a slot to a booking: summed up first, then a name and an e-mail, then the code; the desk is kept meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE, CurrentUser
from tierslieux.accounts.errors import BadEmail, BadName
from tierslieux.accounts.service import SignInDesk, SignInRequest, begin_sign_in
from tierslieux.booking.engine import Order
from tierslieux.booking.errors import Refused, TooManyHolds
from tierslieux.booking.mine.pages import led_to
from tierslieux.booking.pages.asking import Asking, Form, read_asking
from tierslieux.booking.pages.holder import HolderCookie
from tierslieux.booking.pages.summing import PlaceOfForm, Typed, faults_of, place_of_form, summed_up
from tierslieux.booking.pages.views import ReserveView
from tierslieux.booking.pages.waiting import own_wish
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import SeatConflict, keep, place
from tierslieux.booking.service.keeping import without_own_hold
from tierslieux.places.local_ids import local_id
from tierslieux.places.pages import place_id_of
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database, Reads
from tierslieux.web.i18n import current_locale, gettext, localised
from tierslieux.web.limits import asker_of
from tierslieux.web.plans import Plan, read_plan

RESERVE_PATH = "/lieux/{slug:str}/reserver"


@get(RESERVE_PATH, include_in_schema=False)
async def reserve_page(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    holder_cookie: NamedDependency[HolderCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """The booking summed up; what speaks against it is said with what could be had instead."""
    where = await read_plan(reads, place_of_form(place_id_of(slug)))
    query = dict(request.query_params)
    if where.slug != slug:
        return Redirect(localised(f"/lieux/{where.slug}/reserver", None, **query), status_code=301)
    asking = read_asking(query)
    typed = Typed(is_signed_in=user is not None, is_over=query.get("perdue") == "1")
    holder = holder_cookie.of(request.scope)
    view = await read_plan(reads, _summed_up(where, asking, _asked(where, asking, user, clock.now()), typed, holder))
    return _page(view, 200)


def _summed_up(
    where: PlaceOfForm, asking: Asking, asked: Asked, typed: Typed, holder: UUID | None
) -> Plan[ReserveView]:
    """``summed_up``, where a desk that this browser keeps already is no obstacle."""
    wish, _ = asking.wish(where.zone)
    asked = yield from without_own_hold(asked, holder, wish.during)
    view = yield from summed_up(where, asking, asked, typed)
    if asked.guest_id is None or not view.can_wait:
        return view
    waits = (yield from own_wish(where, asking, asked.guest_id, asked.now)) is not None
    return msgspec.structs.replace(view, is_waiting=waits)


def _asked(where: PlaceOfForm, asking: Asking, user: CurrentUser | None, now: datetime) -> Asked:
    return Asked(where.place_id, asking.resource_id, user.account_id if user else None, now)


def _page(view: object, status: int) -> Template:
    return Template(
        "booking/reserve.html", context={"view": view}, status_code=status, headers={"Cache-Control": PRIVATE}
    )


@post(RESERVE_PATH, include_in_schema=False, status_code=200)
async def receive_reservation(  # noqa: PLR0913, PLR0917 - what the handler needs
    slug: FromPath[str],
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    desk: NamedDependency[SignInDesk],
    holder_cookie: NamedDependency[HolderCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Book for who is signed in; for anyone else keep the desk and mail a code."""
    now = clock.now()
    asking = read_asking(data)
    async with database.read_pool.connection() as reads:
        where = await read_plan(reads, place_of_form(place_id_of(slug)))
    attempt = _Attempt(where, asking, user, now, holder_cookie.of(request.scope))
    if user is not None:
        return await attempt.book(session, database)
    return await attempt.keep(session, database, data, request, (desk, holder_cookie, clock))


class _Attempt:
    """One form that was sent: it becomes a booking, a desk that is kept, or the same page with what is wrong."""

    def __init__(
        self, where: PlaceOfForm, asking: Asking, user: CurrentUser | None, now: datetime, holder: UUID | None
    ) -> None:
        self.where, self.asking, self.user, self.now, self.holder = where, asking, user, now, holder
        self.wish, self.impossible = asking.wish(where.zone)

    def order(self, guest_id: UUID | None) -> Order:
        """What is asked for, for this guest."""
        by = Actor(self.user.account_id if self.user else guest_id, self.now)
        return Order(self.where.place_id, self.asking.resource_id, self.wish, guest_id, by)

    async def book(self, session: AsyncSession, database: Database) -> Response[Any]:
        """Book at once, and lead to the booking."""
        if self.user is None or self.impossible:
            return await self.again(session, database, Typed(is_signed_in=True))
        try:
            placed = await place(session, self.order(self.user.account_id))
        except (Refused, SeatConflict):
            return await self.again(session, database, Typed(is_signed_in=True))
        booking_id = local_id(self.where.place_id, placed.booking_id)
        return led_to(localised(f"/mes-reservations/{booking_id}", None, nouvelle=1))

    async def keep(
        self,
        session: AsyncSession,
        database: Database,
        form: dict[str, str],
        request: Request[Any, Any, Any],
        given: tuple[SignInDesk, HolderCookie, Clock],
    ) -> Response[Any]:
        """Keep the desk, mail the code, and lead to the form for it."""
        desk, holder_cookie, clock = given
        typed = Typed(form.get("nom", "")[:200], form.get("email", "")[:300], faults_of(form))
        if typed.faults or self.impossible:
            return await self.again(session, database, typed, 400)
        holder, cookie = (self.holder, None) if self.holder else holder_cookie.new()
        asked = SignInRequest(
            email=typed.email, asker=asker_of(request), name=typed.name, locale=current_locale(), sentence=_sentence()
        )
        try:
            challenge = await begin_sign_in(desk, session, asked, clock)
            held = await keep(session, self.order(holder))
        except BadEmail:
            fault = ("email", gettext("Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr"))
            return await self.again(session, database, replace(typed, faults=(fault,)), 400)
        except BadName:
            fault = ("nom", gettext("Ce nom ne peut pas être enregistré. Écrivez-le en lettres, sans adresse."))
            return await self.again(session, database, replace(typed, faults=(fault,)), 400)
        except (Refused, SeatConflict):
            return await self.again(session, database, typed)
        except TooManyHolds:
            raise
        hold_id = local_id(self.where.place_id, held.booking_id)
        answer = led_to(localised(f"/reserver/{hold_id}", None, demande=str(challenge.challenge_id)))
        if cookie is not None:
            answer.set_cookie(cookie)
        return answer

    async def again(
        self, session: AsyncSession, database: Database, typed: Typed, status: int | None = None
    ) -> Response[Any]:
        """The same page with what was written, and what speaks against it as of now."""
        await session.rollback()
        async with database.read_pool.connection() as reads:
            asked = _asked(self.where, self.asking, self.user, self.now)
            view = await read_plan(reads, _summed_up(self.where, self.asking, asked, typed, self.holder))
        return _page(view, status or 409)


def _sentence() -> str:
    return gettext("Votre place est gardée pendant que vous tapez ce code. Rien n'est réservé avant.")
