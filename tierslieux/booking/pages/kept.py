"""A desk that is kept: the code, more time, and the booking it becomes."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE, CurrentUser
from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.errors import CodeExpired, WrongCode
from tierslieux.accounts.service import Challenge, SignInDesk, TypedCode, finish_sign_in, let_in, open_challenge
from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Order
from tierslieux.booking.errors import HoldExpired, Refused, StatusChanged
from tierslieux.booking.keys import opens
from tierslieux.booking.mine.pages import led_to
from tierslieux.booking.pages.asking import Form
from tierslieux.booking.pages.holder import HolderCookie
from tierslieux.booking.pages.slots import end_wall, wall
from tierslieux.booking.pages.summing import button_words
from tierslieux.booking.pages.views import HoldView
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.changes import confirm_hold, renew_hold
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock, TimeRange
from tierslieux.web.db import Database, Reads
from tierslieux.web.i18n import gettext, localised, ngettext
from tierslieux.web.limits import asker_of
from tierslieux.web.plans import read_plan
from tierslieux.web.wording import clock as clock_words
from tierslieux.web.wording import clock_range, day

KEPT_PATH = "/reserver/{hold_id:str}"


@get(KEPT_PATH, include_in_schema=False)
async def kept_page(  # noqa: PLR0913, PLR0917 - what the handler needs
    hold_id: FromPath[str],
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    holder_cookie: NamedDependency[HolderCookie],
    secret: NamedDependency[bytes],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Until when the desk is kept, and the form for the code; once it is booked or over, where that leads."""
    held = await read_plan(reads, load_booking(*parse_local_uuid(hold_id), clock.now()))
    _reach(held, user, holder_cookie, request, (secret, clock.now()))
    if held.status != "held":
        return _led_on(held)
    challenge_id = _uuid(request.query_params.get("demande", ""))
    challenge = await open_challenge(reads, challenge_id, clock.now())
    return _page(_view(held, challenge, challenge_id, user), 200)


def _reach(
    held: BookingView,
    user: CurrentUser | None,
    cookie: HolderCookie,
    request: Request[Any, Any, Any],
    given: tuple[bytes, datetime],
) -> UUID:
    """As whom one holds it: by cookie, by session, by the key of a mail's link; ``NotFound`` for anyone else."""
    if held.guest_id is not None:
        if held.guest_id == cookie.of(request.scope) or (user and user.account_id == held.guest_id):
            return held.guest_id
        key = request.query_params.get("cle", "")
        if key and opens(key, held, *given):
            return held.guest_id
    raise NotFound


def _led_on(held: BookingView) -> Response[Any]:
    """Where a desk that is no longer kept leads: to its booking, or back to the page that asks for it again."""
    if held.status in {"pending", "confirmed", "checked_in"}:
        return led_to(localised(f"/mes-reservations/{held.public_id}"))
    zone = ZoneInfo(held.time_zone)
    return led_to(
        localised(
            f"/lieux/{held.slug}/reserver",
            None,
            ressource=held.resource_id,
            jour=held.start.astimezone(zone).date().isoformat(),
            de=wall(held.start, zone),
            a=end_wall(TimeRange(held.start, held.end), zone),
            personnes=held.seats,
            mode=held.mode,
            perdue=1,
        )
    )


def _page(view: HoldView, status: int) -> Template:
    return Template("booking/kept.html", context={"view": view}, status_code=status, headers={"Cache-Control": PRIVATE})


def _view(
    held: BookingView,
    challenge: Challenge | None,
    challenge_id: UUID,
    user: CurrentUser | None,
    fault: str | None = None,
) -> HoldView:
    zone = ZoneInfo(held.time_zone)
    start, end = held.start.astimezone(zone), held.end.astimezone(zone)
    return HoldView(
        hold_id=held.public_id,
        slug=held.slug,
        place_name=held.place_name,
        resource_name=held.resource_name,
        when_words=f"{day(start.date())}, {clock_range(start, end)}",
        kept_until=clock_words((held.expires_at or held.start).astimezone(zone)),
        can_renew=not held.renewed,
        email=challenge.email if challenge else None,
        challenge_id=str(challenge_id),
        is_signed_in=user is not None,
        button=button_words(held.price_cents, needs_approval=held.policy.requires_approval),
        fault=fault,
    )


@post(KEPT_PATH, include_in_schema=False, status_code=200)
async def confirm_kept(  # noqa: PLR0913, PLR0917 - what the handler needs
    hold_id: FromPath[str],
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    desk: NamedDependency[SignInDesk],
    session_cookie: NamedDependency[OwnCookie],
    holder_cookie: NamedDependency[HolderCookie],
    secret: NamedDependency[bytes],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """The right code signs this browser in and books the desk; signed in already, one press does."""
    now = clock.now()
    async with database.read_pool.connection() as reads:
        held = await read_plan(reads, load_booking(*parse_local_uuid(hold_id), now))
    holder = _reach(held, user, holder_cookie, request, (secret, now))
    if user is not None and not data.get("code"):
        return await _confirmed(session, held, (user.account_id, holder), now)
    challenge_id = _uuid(data.get("demande", ""))
    typed = TypedCode(challenge_id, data.get("code", ""), asker_of(request))
    try:
        done = await finish_sign_in(desk, session, typed, clock)
    except (WrongCode, CodeExpired) as exc:
        async with database.read_pool.connection() as reads:
            challenge = await open_challenge(reads, challenge_id, now)
        return _page(_view(held, challenge, challenge_id, user, _fault(exc)), 400)
    cookie = await let_in(session, request, session_cookie, done.account_id, clock)
    answer = await _confirmed(session, held, (done.account_id, holder), now)
    answer.set_cookie(cookie)
    return answer


async def _confirmed(
    session: AsyncSession, held: BookingView, people: tuple[UUID, UUID], now: datetime
) -> Response[Any]:
    """The booking, or the way to ask again where the desk is no longer kept; who has signed in stays signed in."""
    account_id, holder = people
    seats = tuple(held.seat_ids) if held.seats_chosen else ()
    wish = Wish(held.start, held.end, held.seats, None, seats)
    order = Order(held.place_id, held.resource_id, wish, account_id, Actor(account_id, now))
    try:
        async with session.begin_nested():
            changed = await run(session, confirm_hold(order, held.booking_id, holder))
    except (HoldExpired, StatusChanged, Refused):
        return _led_on(replace_status(held))
    await follow(session, held.place_id, [(held.booking_id, changed.seq)])
    return led_to(localised(f"/mes-reservations/{held.public_id}", None, nouvelle=1))


def replace_status(held: BookingView) -> BookingView:
    """The hold as one that is over, for where it leads."""
    return msgspec.structs.replace(held, status="expired")


@post(f"{KEPT_PATH}/garder", include_in_schema=False, status_code=200)
async def keep_longer(  # noqa: PLR0913, PLR0917 - what the handler needs
    hold_id: FromPath[str],
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
    user: NamedDependency[CurrentUser | None],
    holder_cookie: NamedDependency[HolderCookie],
    secret: NamedDependency[bytes],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Once more as long, from now."""
    now = clock.now()
    async with database.read_pool.connection() as reads:
        held = await read_plan(reads, load_booking(*parse_local_uuid(hold_id), now))
    holder = _reach(held, user, holder_cookie, request, (secret, now))
    with suppress(HoldExpired, StatusChanged):  # the page says what is so
        await run(session, renew_hold(held.place_id, held.booking_id, holder, now))
    return led_to(localised(f"/reserver/{hold_id}", None, demande=data.get("demande", "")[:40]))


def _fault(exc: WrongCode | CodeExpired) -> str:
    if isinstance(exc, CodeExpired):
        return gettext("Ce code n'est plus valable. Revenez à la page précédente pour en demander un autre.")
    left = exc.facts.get("tries_left")
    if left is None:
        return gettext("Tapez les six chiffres qui sont dans le mail.")
    return ngettext(
        "Ce n'est pas le code de notre mail. Vous pouvez essayer encore {n} fois.",
        "Ce n'est pas le code de notre mail. Vous pouvez essayer encore {n} fois.",
        left,
    ).format(n=left)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
