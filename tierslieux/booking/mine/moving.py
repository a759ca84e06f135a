"""``/mes-reservations/{id}/changer``: another time for a booking. Refused, it stays as it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.domain.values import Mode
from tierslieux.booking.errors import RulesBroken, SlotTaken, StatusChanged
from tierslieux.booking.mine.actions import Form
from tierslieux.booking.mine.free_times import FreeTimes, Wanted, free_times, lengths, modes_of, resource_names
from tierslieux.booking.mine.loading import load_summary
from tierslieux.booking.mine.move_view import NO_REFUSAL, MovePage, Offered, Refusal, move_page
from tierslieux.booking.mine.pages import led_to, moved_on, private
from tierslieux.booking.mine.reach import Opened, Visitor, open_own
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.refusals import Asking, answering
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.extending import possible_ends
from tierslieux.booking.service.moving import Target, is_changeable, move, rest_of
from tierslieux.booking.times import read_instant
from tierslieux.shared.errors import invalid
from tierslieux.web.db import Database, Reads
from tierslieux.web.i18n import gettext, mark
from tierslieux.web.plans import Plan, read_plan, run_plan_in

_NONE_CHOSEN = mark("Choisissez un horaire dans la liste. Rien n'a été changé.")
_USUAL_MINUTES = 60
_MOST_NUMBER = 2**31 - 1


@get("/mes-reservations/{booking_id:str}/changer", include_in_schema=False)
async def ask_to_move(
    booking_id: FromPath[str],
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
) -> Response[Any]:
    """The free times of a day; a booking that cannot be moved leads to its page, which says why."""
    opened = await read_plan(reads, open_own(visitor, booking_id))
    if not is_movable(opened, visitor.now):
        return led_to(opened.address())
    view = await read_plan(reads, _page(opened, visitor.now, dict(request.query_params), NO_REFUSAL))
    return private("booking/mine_move.html", view)


@post("/mes-reservations/{booking_id:str}/changer", include_in_schema=False, status_code=200)
async def change_time(
    booking_id: FromPath[str],
    data: Form,
    visitor: NamedDependency[Visitor],
    session: NamedDependency[AsyncSession],
    database: NamedDependency[Database],
) -> Response[Any]:
    """Move the booking, or say every reason against it and what could be had instead."""
    opened = await run_plan_in(session, open_own(visitor, booking_id))
    if not is_movable(opened, visitor.now):
        return await moved_on(session, opened, visitor.now)
    if not data.get("horaire"):
        view = await run_plan_in(session, _page(opened, visitor.now, data, Refusal(gettext(_NONE_CHOSEN))))
        return private("booking/mine_move.html", view, 400)
    target = _target(data)
    try:
        await _move(session, database, opened, target, visitor.now)
    except StatusChanged:
        return await moved_on(session, opened, visitor.now)
    except (RulesBroken, SlotTaken) as exc:
        view = await run_plan_in(session, _page(opened, visitor.now, _asked(data, target, opened), _refusal(exc)))
        return private("booking/mine_move.html", view, 409 if isinstance(exc, SlotTaken) else 422)
    return led_to(opened.address(fait="changee"))


async def _move(session: AsyncSession, database: Database, opened: Opened, target: Target, now: datetime) -> None:
    booking = opened.booking
    async with answering(session, database, Asking(*rest_of(booking, target, now))):
        seq = await run(session, move(booking, target, Actor(opened.guest_id, now)))
    await follow(session, booking.place_id, [(booking.booking_id, seq)])


def is_movable(opened: Opened, now: datetime) -> bool:
    """Whether the guest can give the booking another time, or another end while it runs."""
    return is_changeable(opened.booking, now)


def _target(data: Mapping[str, str]) -> Target:
    first, _, last = data["horaire"].partition("/")
    start, end = read_instant("horaire", first, "form"), read_instant("horaire", last, "form")
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        raise invalid("form", "horaire", "naive_time", data["horaire"], gettext("un horaire de la liste est attendu"))
    resource = data.get("ressource", "")
    is_number = resource.isascii() and resource.isdigit() and int(resource) <= _MOST_NUMBER
    seats = () if "places" in data and "garder_place" not in data else None
    return Target(int(resource) if is_number else None, start, end, None, _mode(data.get("mode")), seats)


def _mode(text: str | None) -> Mode | None:
    return cast("Mode", text) if text in {"hour", "half_day", "day"} else None


def _refusal(exc: RulesBroken | SlotTaken) -> Refusal:
    rules = tuple(rule["message"] for rule in exc.facts["broken_rules"])
    return Refusal(None, rules, exc.facts["alternatives"])


def _asked(data: Mapping[str, str], target: Target, opened: Opened) -> dict[str, str]:
    """The day and length of the page to come back to: those of the time that was refused."""
    zone = ZoneInfo(opened.booking.time_zone)
    day = target.start.astimezone(zone).date().isoformat() if target.start else ""
    return {"jour": day, "duree": data.get("duree", "")}


def _page(opened: Opened, now: datetime, query: Mapping[str, str], refusal: Refusal) -> Plan[MovePage]:
    booking = opened.booking
    summary, _ = yield from load_summary(opened)
    modes = yield from modes_of(booking)
    names = yield from resource_names(booking.place_id)
    wanted = Wanted(_day(query.get("jour"), booking, now), *_length(query.get("duree"), booking, modes))
    if booking.start <= now:
        ends = yield from possible_ends(booking, now)
        wanted, free = replace(wanted, day=_day(None, booking, now)), FreeTimes(ends, frozenset({"full"}))
    else:
        free = yield from free_times(booking, wanted, now)
    return move_page(opened, summary, Offered(modes, names, wanted, free), now, refusal)


def _day(text: str | None, booking: BookingView, now: datetime) -> date:
    """The day asked for, within what can be booked; else the booking's own."""
    zone = ZoneInfo(booking.time_zone)
    today = now.astimezone(zone).date()
    try:
        wanted = date.fromisoformat(text or "")
    except ValueError:
        wanted = booking.start.astimezone(zone).date()
    return min(max(wanted, today), today + timedelta(days=booking.policy.horizon_days))


def _length(text: str | None, booking: BookingView, modes: tuple[Mode, ...]) -> tuple[Mode, int]:
    """The mode and length asked for, where the resource has them; else those of the booking."""
    minutes, mode = lengths(booking), _mode(text)
    if mode is not None and mode != "hour" and mode in modes:
        return mode, _USUAL_MINUTES
    if text and text.isdigit() and "hour" in modes and int(text) in minutes:
        return "hour", int(text)
    if booking.mode in modes and booking.mode != "hour":
        return cast("Mode", booking.mode), _USUAL_MINUTES
    own = int((booking.end - booking.start).total_seconds() // 60)
    if "hour" not in modes:
        return modes[0], own
    return "hour", own if own in minutes else min(minutes, key=lambda each: abs(each - own))


MOVING = (ask_to_move, change_time)
