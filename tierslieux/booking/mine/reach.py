"""Who may open a booking's page: its guest, signed in; or whoever has the key of a mail's link, for this one alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.response import Redirect

from tierslieux.accounts.auth import PRIVATE, CurrentUser
from tierslieux.booking.keys import opens
from tierslieux.booking.queries.bookings import BookingView, load_booking
from tierslieux.places.local_ids import parse_local_uuid
from tierslieux.shared.errors import NotFound, NotSignedIn
from tierslieux.shared.time import Clock
from tierslieux.web.i18n import current_path, localised
from tierslieux.web.plans import Plan

KEY = "cle"
"""The name of a link's key in an address."""


class SignInFirst(NotSignedIn):
    """A page that is one person's, and nobody is signed in; ``page`` is where one is led to afterwards."""

    def __init__(self, page: str | None = None) -> None:
        super().__init__()
        self.page = page


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who opens a page: the person signed in, if there is one, and the key of the link, if it has one."""

    person: CurrentUser | None
    key: str
    secret: bytes
    now: datetime


async def provide_visitor(
    request: Request[Any, Any, Any],
    user: NamedDependency[CurrentUser | None],
    secret: NamedDependency[bytes],
    clock: NamedDependency[Clock],
) -> Visitor:
    """Who asks for this page."""
    return Visitor(user, request.query_params.get(KEY, ""), secret, clock.now())


@dataclass(frozen=True, slots=True)
class Opened:
    """A booking on its guest's page. ``key`` is that of the link where it alone opened the page, else empty."""

    booking: BookingView
    guest_id: UUID
    key: str = ""

    def address(self, action: str = "", **query: object) -> str:
        """The address of the booking's page, or of one of its actions, with the key that opens it."""
        return localised(f"/mes-reservations/{self.booking.public_id}{action}", None, **query, cle=self.key)


def in_session(user: CurrentUser | None, page: str | None = None) -> CurrentUser:
    """Someone signed in with a browser, else ``SignInFirst``."""
    if user is None or user.session_key is None:
        raise SignInFirst(page)
    return user


def open_booking(visitor: Visitor, booking_id: str) -> Plan[Opened]:
    """The booking for its guest, or for who has its key. ``SignInFirst`` for nobody, ``NotFound`` for anyone else."""
    place_id, number = parse_local_uuid(booking_id)
    person = visitor.person if visitor.person and visitor.person.session_key else None
    if person is None and not visitor.key:
        raise SignInFirst(f"/mes-reservations/{booking_id}")
    booking = yield from load_booking(place_id, number, visitor.now)
    if person is not None and booking.guest_id == person.account_id:
        return Opened(booking, person.account_id)
    if visitor.key and booking.guest_id and opens(visitor.key, booking, visitor.secret, visitor.now):
        return Opened(booking, booking.guest_id, visitor.key)
    if person is None:
        raise SignInFirst(f"/mes-reservations/{booking_id}")
    raise NotFound


def open_own(visitor: Visitor, booking_id: str) -> Plan[Opened]:
    """The booking for its guest in a session; a key is not enough."""
    in_session(visitor.person, f"/mes-reservations/{booking_id}")
    opened = yield from open_booking(visitor, booking_id)
    if opened.key:
        raise NotFound
    return opened


def to_sign_in(request: Request[Any, Any, Any], exc: Exception) -> Response[Any]:
    """Lead to the sign-in, and from there back to the page that was asked for; never with a key in the address."""
    page = exc.page if isinstance(exc, SignInFirst) else None
    if page is None:
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != KEY]
        page = current_path() + (f"?{urlencode(kept)}" if kept and request.method == "GET" else "")
    address = localised("/connexion", next=localised_path(page))
    return Redirect(address, status_code=303, headers={"Cache-Control": PRIVATE})


def localised_path(page: str) -> str:
    """``page`` (a path with its query) in the language of the request."""
    path, mark, query = page.partition("?")
    return localised(path) + mark + query
