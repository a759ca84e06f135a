"""``/mes-reservations``: all bookings of the person signed in, one of them, and its cancellation.

No GET changes anything. A link of a mail (``?cle=``) opens one booking's page and cancels it after one press there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE
from tierslieux.booking.errors import StatusChanged
from tierslieux.booking.mine.loading import load_page, load_summary
from tierslieux.booking.mine.presenter import cancel_page, line_of
from tierslieux.booking.mine.queries import Cut, OwnBooking, favourites, over, upcoming
from tierslieux.booking.mine.questions import question_for
from tierslieux.booking.mine.reach import Opened, Visitor, in_session, open_booking
from tierslieux.booking.mine.views import ListPage, MyBookings
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.changes import cancel_by_guest
from tierslieux.shared.errors import invalid
from tierslieux.shared.pagination import BadCursor, decode_cursor, encode_cursor
from tierslieux.web.db import Reads
from tierslieux.web.i18n import gettext, localised, mark
from tierslieux.web.plans import Plan, read_plan, run_plan_in

UPCOMING_SHOWN, OVER_SHOWN, PAGE = 20, 5, 20
_TITLES = {"a-venir": mark("Réservations à venir"), "passees": mark("Réservations passées ou annulées")}
_DONE = {
    "annulee": mark("La réservation est annulée. Vous n'avez rien d'autre à faire."),
    "changee": mark("L'horaire est changé."),
    "arrivee": mark("Votre arrivée est notée. Bon travail !"),
    "signale": mark("C'est signalé. Une personne le lira."),
    "reponse": mark("Merci, c'est noté."),
    "garde": mark("Ce lieu est dans vos lieux favoris."),
    "retire": mark("Ce lieu n'est plus dans vos lieux favoris."),
}
_NEW: dict[str, str] = {
    "confirmed": mark("C'est réservé. Un mail vous l'écrit, avec de quoi l'ajouter à votre agenda."),
    "pending": mark("Votre demande est envoyée à l'équipe du lieu. Sa réponse vous vient par mail."),
}
_MOVED_ON = mark("Ce n'est plus possible : l'état de la réservation a changé entre-temps. Rien n'a été enregistré.")


def private(name: str, view: object, status: int = 200) -> Template:
    """A page that no cache keeps."""
    return Template(name, context={"view": view}, status_code=status, headers={"Cache-Control": PRIVATE})


def led_to(address: str) -> Redirect:
    """On to a page of this site."""
    return Redirect(address, status_code=303, headers={"Cache-Control": PRIVATE})


def done_words(request: Request[Any, Any, Any]) -> str | None:
    """What the page says was just done."""
    said = _DONE.get(request.query_params.get("fait", ""))
    return gettext(said) if said else None


def new_words(opened: Opened) -> str | None:
    """What the page says of a booking that was made just now."""
    said = _NEW.get(opened.booking.status)
    return gettext(said) if said else None


@get("/mes-reservations", include_in_schema=False)
async def my_bookings_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], reads: NamedDependency[Reads]
) -> Template:
    """What is to come, what is over, the places kept at hand."""
    person = in_session(visitor.person)
    view = await read_plan(reads, _my_bookings(person.account_id, visitor, done_words(request)))
    return private("booking/mine_bookings.html", view)


def _my_bookings(guest_id: UUID, visitor: Visitor, done: str | None) -> Plan[MyBookings]:
    now = visitor.now
    next_ones = yield from upcoming(guest_id, now, UPCOMING_SHOWN + 1)
    last_ones = yield from over(guest_id, now, OVER_SHOWN + 1)
    places = yield from favourites(guest_id)
    question = yield from question_for(guest_id, now)
    return MyBookings(
        upcoming=tuple(line_of(each, now) for each in next_ones[:UPCOMING_SHOWN]),
        more_upcoming=_next("a-venir", next_ones, UPCOMING_SHOWN, visitor.secret),
        over=tuple(line_of(each, now) for each in last_ones[:OVER_SHOWN]),
        more_over=localised("/mes-reservations/passees") if len(last_ones) > OVER_SHOWN else None,
        favourites=tuple(places),
        question=question,
        done=done,
    )


def _next(which: str, found: Sequence[OwnBooking], shown: int, secret: bytes) -> str | None:
    """The address of the page after ``shown`` of these, where there are more."""
    if len(found) <= shown:
        return None
    last = found[shown - 1]
    cursor = encode_cursor([last.start.isoformat(), last.booking_id.hex], purpose=f"mine {which}", secret=secret)
    return localised(f"/mes-reservations/{which}", apres=cursor)


@get("/mes-reservations/a-venir", include_in_schema=False)
async def upcoming_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], reads: NamedDependency[Reads]
) -> Template:
    """What is to come, page by page."""
    return await _list_page("a-venir", request.query_params.get("apres"), visitor, reads)


@get("/mes-reservations/passees", include_in_schema=False)
async def over_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], reads: NamedDependency[Reads]
) -> Template:
    """What is over, page by page."""
    return await _list_page("passees", request.query_params.get("apres"), visitor, reads)


async def _list_page(which: str, after: str | None, visitor: Visitor, reads: Reads) -> Template:
    person, cut = in_session(visitor.person), _cut(which, after, visitor.secret)
    listed = upcoming if which == "a-venir" else over
    found = await read_plan(reads, listed(person.account_id, visitor.now, PAGE + 1, cut))
    view = ListPage(
        title=gettext(_TITLES[which]),
        lines=tuple(line_of(each, visitor.now) for each in found[:PAGE]),
        first_address=localised(f"/mes-reservations/{which}") if cut.start else None,
        next_address=_next(which, found, PAGE, visitor.secret),
    )
    return private("booking/mine_list.html", view)


def _cut(which: str, cursor: str | None, secret: bytes) -> Cut:
    if not cursor:
        return Cut()
    try:
        start, number = decode_cursor(cursor, purpose=f"mine {which}", secret=secret)
    except BadCursor as exc:
        raise invalid("query", "apres", "wrong_format", cursor, gettext("suite de liste inconnue")) from exc
    return Cut(datetime.fromisoformat(start), UUID(number))


@get("/mes-reservations/{booking_id:str}", include_in_schema=False)
async def booking_page(
    booking_id: FromPath[str],
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
) -> Template:
    """One booking, and what can be done with it."""
    opened = await read_plan(reads, open_booking(visitor, booking_id))
    done = new_words(opened) if "nouvelle" in request.query_params else done_words(request)
    view = await read_plan(reads, load_page(opened, visitor.now, done))
    return private("booking/mine_booking.html", view)


@get("/mes-reservations/{booking_id:str}/annuler", include_in_schema=False)
async def ask_to_cancel(
    booking_id: FromPath[str], visitor: NamedDependency[Visitor], reads: NamedDependency[Reads]
) -> Response[Any]:
    """The page that asks; one that is over already leads to the booking, which says so."""
    opened = await read_plan(reads, open_booking(visitor, booking_id))
    if not is_cancellable(opened, visitor.now):
        return led_to(opened.address())
    summary, _ = await read_plan(reads, load_summary(opened))
    return private("booking/mine_cancel.html", cancel_page(opened, summary, visitor.now))


@post("/mes-reservations/{booking_id:str}/annuler", include_in_schema=False, status_code=200)
async def cancel(
    booking_id: FromPath[str], visitor: NamedDependency[Visitor], session: NamedDependency[AsyncSession]
) -> Response[Any]:
    """Cancel; a second press finds it done."""
    opened = await run_plan_in(session, open_booking(visitor, booking_id))
    booking = opened.booking
    if booking.status == "cancelled_by_guest":
        return led_to(opened.address(fait="annulee"))
    if not is_cancellable(opened, visitor.now):
        return await moved_on(session, opened, visitor.now)
    by = Actor(opened.guest_id, visitor.now)
    try:
        changed = await run(session, cancel_by_guest(booking.place_id, booking.booking_id, by))
    except StatusChanged:
        return await moved_on(session, opened, visitor.now)
    if changed.was != "held":
        await follow(session, booking.place_id, [(booking.booking_id, changed.seq)])
    return led_to(opened.address(fait="annulee"))


def is_cancellable(opened: Opened, now: datetime) -> bool:
    """Whether there is still something to cancel."""
    return opened.booking.status in {"held", "pending", "confirmed"} and now < opened.booking.end


async def moved_on(session: AsyncSession, opened: Opened, now: datetime, fault: str | None = None) -> Template:
    """The booking as it is now, with what could not be done; nothing is stored (409)."""
    view = await run_plan_in(session, load_page(opened, now, None, fault or gettext(_MOVED_ON)))
    return private("booking/mine_booking.html", view, 409)


PAGES = (my_bookings_page, upcoming_page, over_page, booking_page, ask_to_cancel, cancel)
