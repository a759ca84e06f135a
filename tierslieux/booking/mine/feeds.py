"""Calendar files over HTTP: one booking, a person's feed and the page about it, a place's free times."""

from __future__ import annotations

from typing import Any, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE
from tierslieux.booking.calendar_files import free_busy, publication
from tierslieux.booking.mine.calendars import (
    Publisher,
    event_of,
    event_row,
    event_rows,
    feed_secret,
    feed_text,
    generation_of,
    owner_of,
    renew_feed,
)
from tierslieux.booking.mine.pages import led_to, private
from tierslieux.booking.mine.place_feed import FeedCache, place_calendar
from tierslieux.booking.mine.reach import Visitor, in_session, open_booking
from tierslieux.places.local_ids import place_number
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.i18n import Locale, current_locale, localised, use_locale
from tierslieux.web.plans import read_plan, run_plan_in
from tierslieux.web.templating import Site

CALENDAR = "text/calendar"  # Litestar adds the charset
_SUFFIX = ".ics"


class AgendaPage(msgspec.Struct, frozen=True):
    """The page about the feed: its address, and the same for programs that follow calendars."""

    address: str
    follow_address: str
    is_new: bool


@get("/mes-reservations/{booking_id:str}/evenement.ics", include_in_schema=False)
async def booking_calendar(
    booking_id: FromPath[str],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
    site: NamedDependency[Site],
    mail_from: NamedDependency[str],
) -> Response[str]:
    """The booking as one event, the same as in its mails."""
    booking = (await read_plan(reads, open_booking(visitor, booking_id))).booking
    row = await read_plan(reads, event_row(booking.place_id, booking.booking_id, visitor.now))
    if row is None:
        raise NotFound
    text = publication([event_of(row, Publisher(site.public_url, mail_from))])
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": 'attachment; filename="evenement.ics"'}
    return Response(text, media_type=CALENDAR, headers=headers)


@get("/feeds/me/{name:str}", include_in_schema=False)
async def own_feed(
    name: FromPath[str],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    site: NamedDependency[Site],
    secret: NamedDependency[bytes],
    mail_from: NamedDependency[str],
) -> Response[str]:
    """All bookings of the person whose secret this is, in their language. An address that was changed is not there."""
    owner = await read_plan(reads, owner_of(_without_suffix(name), secret))
    if owner is None:
        raise NotFound
    use_locale(cast("Locale", owner[1]))
    rows = await read_plan(reads, event_rows(owner[0], clock.now()))
    text = feed_text(rows, Publisher(site.public_url, mail_from))
    return Response(text, media_type=CALENDAR, headers={"Cache-Control": "private, max-age=300"})


@get("/feeds/places/{name:str}", include_in_schema=False)
async def place_feed(
    name: FromPath[str],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
    site: NamedDependency[Site],
    feeds: NamedDependency[FeedCache],
) -> Response[str]:
    """When a place has no seat free, for 60 days; nothing about who is there. At most five minutes old."""
    number, now = place_number(_without_suffix(name)), clock.now()
    key = feeds.key(number, current_locale(), now)
    text = feeds.get(key)
    if text is None:
        calendar = await read_plan(reads, place_calendar(number, now, Publisher(site.public_url, "")))
        text = feeds.put(key, free_busy(calendar))
    headers = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}
    return Response(text, media_type=CALENDAR, headers=headers)


def _without_suffix(name: str) -> str:
    if not name.endswith(_SUFFIX):
        raise NotFound
    return name.removesuffix(_SUFFIX)


@get("/mes-reservations/agenda", include_in_schema=False)
async def agenda_page(
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
    site: NamedDependency[Site],
) -> Template:
    """The address of the feed, and how to change it."""
    person = in_session(visitor.person)
    known = await read_plan(reads, generation_of(person.account_id))
    if known is None:
        raise NotFound
    path = f"/feeds/me/{feed_secret(person.account_id, known[0], visitor.secret)}{_SUFFIX}"
    address = site.public_url + path
    follow = "webcal://" + address.partition("://")[2]
    return private("booking/mine_agenda.html", AgendaPage(address, follow, "fait" in request.query_params))


@post("/mes-reservations/agenda", include_in_schema=False, status_code=200)
async def renew_agenda(visitor: NamedDependency[Visitor], session: NamedDependency[AsyncSession]) -> Response[Any]:
    """Make another address; the one before is not there any more."""
    person = in_session(visitor.person, "/mes-reservations/agenda")
    await run_plan_in(session, renew_feed(person.account_id))
    return led_to(localised("/mes-reservations/agenda", fait="nouveau"))


FEEDS = (booking_calendar, own_feed, place_feed, agenda_page, renew_agenda)
