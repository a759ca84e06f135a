"""Answers: a booking, a page of them, the verdict of a check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.access import Side
from tierslieux.booking.alternatives import find_alternatives
from tierslieux.booking.domain.rules import busy_of, is_judgeable, mode_of
from tierslieux.booking.domain.seating import Pool, free_seats
from tierslieux.booking.domain.values import BrokenRule, Wish
from tierslieux.booking.engine import Judged, judge
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.queries.people import load_people, shown_name
from tierslieux.booking.refusals import facts_of
from tierslieux.booking.repository.loading import Asked
from tierslieux.booking.schemas import BookingBody, BookingList, CheckAnswer, GuestBody, LinkBody
from tierslieux.booking.service import read
from tierslieux.booking.wire import alternative_body, booking_body, local, money, rule_bodies
from tierslieux.shared.pagination import encode_cursor
from tierslieux.shared.time import TimeRange
from tierslieux.web.db import Reads
from tierslieux.web.plans import Plan, read_plan, run_plan_in

PRIVATE = {"Cache-Control": "private, no-store"}


def body_of(booking: BookingView, side: Side, now: datetime) -> Plan[BookingBody]:
    """A booking for its guest, or for the team with who comes."""
    return (yield from bodies_of([booking], now, is_team=side == "team"))[0]


def bodies_of(bookings: Sequence[BookingView], now: datetime, *, is_team: bool) -> Plan[list[BookingBody]]:
    """Bookings on the wire; people are looked up once, and only for the team."""
    if not is_team:
        return [booking_body(each) for each in bookings]
    people = yield from load_people(each.guest_id for each in bookings)
    found = []
    for booking in bookings:
        person = people.get(booking.guest_id) if booking.guest_id else None
        name = shown_name(person.name if person else booking.guest_label, booking.end, now)
        found.append(booking_body(booking, GuestBody(name, None)))
    return found


async def answer_booking(
    session: AsyncSession, place_id: int, booking_id: UUID, now: datetime, status: int, side: Side = "guest"
) -> Response[BookingBody]:
    """The booking as it is at the end of this transaction."""
    booking = await read(session, place_id, booking_id, now)
    body = await run_plan_in(session, body_of(booking, side, now))
    headers = dict(PRIVATE)
    if status == 201:
        headers["Location"] = f"/api/v1/bookings/{booking.public_id}"
    return Response(body, status_code=status, headers=headers)


async def page_of(
    reads: Reads,
    bookings: list[BookingView],
    limit: int,
    request: Request[Any, Any, Any],
    given: tuple[bytes, datetime, bool],
) -> BookingList:
    """A page and the link to the next; ``given``: the secret of cursors, now, whether the team asks."""
    secret, now, is_team = given
    shown = bookings[:limit]
    links = []
    if len(bookings) > limit:
        key = [shown[-1].start.isoformat(), shown[-1].booking_id.hex]
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        kept.append(("cursor", encode_cursor(key, purpose="bookings", secret=secret)))
        links.append(LinkBody("next", f"{request.scope['path']}?{urlencode(kept)}"))
    return BookingList(await read_plan(reads, bodies_of(shown, now, is_team=is_team)), links)


def checked(asked: Asked, wish: Wish, naive: Sequence[BrokenRule]) -> Plan[CheckAnswer]:
    """The verdict on a wish: broken rules, price, free seats, alternatives."""
    judged = yield from judge(asked, wish)
    situation = judged.loaded.situation
    zone = situation.zone
    broken = [*naive] if naive else judged.broken
    alternatives = (yield from find_alternatives(asked, wish)) if broken and not naive else []
    mode, during = mode_of(wish, situation), wish.during
    price = situation.resource.price_of(mode, during, wish.seats) if mode and during and not naive else None
    return CheckAnswer(
        bookable=not broken,
        broken_rules=rule_bodies(broken, zone, facts_of(judged.loaded)),
        alternatives=[alternative_body(each) for each in alternatives],
        price=money(price),
        mode=mode,
        free=_free(judged, during) if during is not None and not naive else 0,
        as_of=local(asked.now, zone),
    )


def _free(judged: Judged, during: TimeRange) -> int:
    """How many seats a booking of exactly this range would get by hours, closures and seats."""
    situation = judged.loaded.situation
    refusing = {"closed", "outside_opening_hours", "place_not_bookable", "in_the_past", "beyond_horizon"}
    if not is_judgeable(during) or any(rule.code in refusing for rule in judged.broken):
        return 0
    resource = situation.resource
    pool = Pool(resource.seats, situation.taken, situation.outages)
    return free_seats(pool, during, busy_of(during, resource.turnaround_minutes))


def zone_of(booking: BookingView) -> ZoneInfo:
    """The zone of the booking's place."""
    return ZoneInfo(booking.time_zone)
