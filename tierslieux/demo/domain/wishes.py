"""Who wants a desk when: by weekday, season, hour, length and lead time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from tierslieux.booking.domain.opening import offered, slots
from tierslieux.booking.domain.values import Mode, Wish
from tierslieux.demo.domain.chance import between, chance, how_many, instant, made_id, pick
from tierslieux.demo.domain.profiles import LENGTH_WEIGHTS, MODE_WEIGHTS, START_WEIGHTS, season
from tierslieux.demo.domain.rooms import ONE_DAY, Ask, Room, Span
from tierslieux.shared.time import TimeRange

LONGEST_LEAD = 28
"""Days: the earliest that anybody books ahead."""
_SHARES = {"web": 84.0, "api": 4.0, "host": 10.0, "left": 2.0}
"""How wishes come; ``left``: a desk kept and not booked."""
_REQUESTED_DAYS = 7
_SHARE_REQUESTED = 0.35
_OF_TODAY = 1000
"""What numbers a request of today among the wishes for its day."""


def wishes_of(room: Room, day: date, span: Span) -> Iterator[Ask]:
    """What is wished for on ``day``, walk-ins too, in no order."""
    hours = room.days.get(day)
    if hours is None or not hours.open:
        return
    draw = chance(room.seed, "wishes", *room.key, day)
    mean = room.plan.demand * len(room.resource.seats) * room.popularity * season(day, span.first, span.today)
    for number in range(how_many(draw, mean)):
        during, mode = _when(room, day, draw)
        if during is not None and mode is not None:
            yield _ask(room, day, (number, during, mode), draw)
    if room.plan.kind == "desk":
        yield from _walk_ins(room, day, draw)
    if room.resource.policy.requires_approval and 2 <= (day - span.today).days <= _REQUESTED_DAYS:
        yield from _requests_of_today(room, day, span, draw)


def _when(room: Room, day: date, draw: Random) -> tuple[TimeRange | None, Mode | None]:
    mode = pick(draw, {mode: MODE_WEIGHTS[mode] for mode in room.resource.modes})
    if mode == "hour":
        return _by_the_hour(room, day, draw), mode
    parts = offered(mode, room.around(day, before=0), room.zone)
    return (draw.choice(parts) if parts else None), mode


def _by_the_hour(room: Room, day: date, draw: Random) -> TimeRange | None:
    policy = room.resource.policy
    length = min(timedelta(minutes=pick(draw, LENGTH_WEIGHTS)), timedelta(minutes=policy.max_minutes))
    starts = {
        TimeRange(slot.start, min(slot.start + length, piece.end)): START_WEIGHTS.get(
            slot.start.astimezone(room.zone).hour, 0.05
        )
        for piece in room.days[day].open
        for slot in slots(piece, policy.slot_minutes)
    }
    return pick(draw, starts) if starts else None


def _ask(room: Room, day: date, when: tuple[int, TimeRange, Mode], draw: Random) -> Ask:
    number, during, mode = when
    origin = pick(draw, _SHARES)
    people = _head_count(room, draw)
    return Ask(
        booking_id=made_id(room.seed, "booking", *room.key, day, number),
        wish=Wish(during.start, during.end, people, mode),
        at=_said_at(room, day, during, draw),
        origin="web" if origin == "left" else origin,
        person=None if origin == "left" else draw.choice(room.guests),
    )


def _head_count(room: Room, draw: Random) -> int:
    most = room.resource.head_count
    if most > 1:
        return draw.randint(2, most)
    return min(len(room.resource.seats), pick(draw, {1: 90, 2: 8, 3: 2}))


def _said_at(room: Room, day: date, during: TimeRange, draw: Random) -> datetime:
    """One in four books the same day, the others some days ahead, fewer and fewer."""
    if draw.random() < 0.25:
        return between(draw, during.start - timedelta(hours=5), during.start - timedelta(minutes=20))
    ahead = min(LONGEST_LEAD, 1 + int(draw.expovariate(1 / 5)))
    return instant(day - ahead * ONE_DAY, draw.uniform(7 * 60, 22 * 60), room.zone)


def _requests_of_today(room: Room, day: date, span: Span, draw: Random) -> Iterator[Ask]:
    """What was asked today for this day: a team finds requests to answer."""
    during, mode = _when(room, day, draw)
    if during is not None and mode is not None and draw.random() < _SHARE_REQUESTED:
        ask = _ask(room, day, (_OF_TODAY, during, mode), draw)
        said_at = instant(span.today, draw.uniform(7 * 60, 18 * 60), room.zone)
        yield replace(ask, at=said_at, origin="web", person=draw.choice(room.guests))


def _walk_ins(room: Room, day: date, draw: Random) -> Iterator[Ask]:
    for number in range(how_many(draw, room.profile.walk_ins * room.popularity)):
        piece = draw.choice(room.days[day].open)
        start = between(draw, piece.start, piece.end - timedelta(minutes=45)).replace(second=0)
        end = min(piece.end, start + timedelta(minutes=draw.choice((60, 90, 120, 180))))
        if piece.start <= start < end:
            booking_id = made_id(room.seed, "walk-in", *room.key, day, number)
            yield Ask(booking_id, Wish(start, end, 1, "hour"), start + timedelta(seconds=20), "walk_in")
