"""What becomes of a wish: asked, answered, cancelled in time or late, come, not come, over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from tierslieux.booking.domain.lapse import lapses_at
from tierslieux.demo.domain.chance import between, chance, made_id
from tierslieux.demo.domain.rooms import Ask, Room, Step, Story

_MINUTE = timedelta(minutes=1)
_EARLIEST_ARRIVAL = 10 * _MINUTE


def story_of(room: Room, ask: Ask) -> Story:
    """All that is to become of ``ask``, if its seats are free when it is said."""
    draw = chance(room.seed, "story", ask.booking_id.hex)
    return Story(ask, tuple(_steps(room, ask, draw)))


def visitor_of(room: Room, ask: Ask) -> UUID:
    """Who keeps a desk without an account."""
    return made_id(room.seed, "visitor", ask.booking_id.hex)


def _steps(room: Room, ask: Ask, draw: Random) -> Iterator[Step]:
    if ask.origin == "walk_in":
        yield Step(ask.at, "checked_in", room.team_id)
        yield Step(_soon(ask.wish.end, draw), "completed", None)
        return
    at = ask.at
    if ask.origin == "web" and ask.series_id is None:
        until = at + room.resource.policy.hold_minutes * _MINUTE
        keeper = ask.person.account_id if ask.person else visitor_of(room, ask)
        yield Step(at, "held", keeper, expires_at=until)
        if ask.person is None:
            yield Step(_soon(until, draw), "expired", None, is_counted=False)
            return
        at += timedelta(seconds=draw.randint(25, 200))
    yield from _asked(room, ask, at, draw)


def _asked(room: Room, ask: Ask, at: datetime, draw: Random) -> Iterator[Step]:
    by = room.team_id if ask.origin == "host" else _guest(ask)
    if not room.resource.policy.requires_approval or ask.origin == "host":
        yield Step(at, "confirmed", by)
        yield from _confirmed(room, ask, at, draw)
        return
    expires_at = lapses_at(room.around(at.astimezone(room.zone).date(), 1, 7), ask.wish.start, at)
    yield Step(at, "pending", by, expires_at=expires_at)
    answered_at, fate = between(draw, at + (expires_at - at) / 2, expires_at).replace(microsecond=0), draw.random()
    if fate < 0.8:
        yield Step(answered_at, "confirmed", room.team_id)
        yield from _confirmed(room, ask, answered_at, draw)
    elif fate < 0.88:
        yield Step(answered_at, "declined", room.team_id, is_counted=False)
    elif fate < 0.95:
        yield Step(_soon(expires_at, draw), "expired", None, is_counted=False)
    else:
        yield Step(answered_at, "cancelled_by_guest", _guest(ask), is_counted=False)


def _confirmed(room: Room, ask: Ask, at: datetime, draw: Random) -> Iterator[Step]:
    start, fate = ask.wish.start, draw.random()
    free_until = start - room.resource.policy.free_cancellation_minutes * _MINUTE
    if fate < 0.08 and at + 10 * _MINUTE < free_until:
        yield Step(between(draw, at + 5 * _MINUTE, free_until), "cancelled_by_guest", _guest(ask), is_counted=False)
    elif 0.08 <= fate < 0.11 and max(at, free_until) + 10 * _MINUTE < start:
        late = between(draw, max(at, free_until) + _MINUTE, start - 5 * _MINUTE)
        yield Step(late, "cancelled_by_guest", _guest(ask))
    elif 0.11 <= fate < 0.12 and at + _MINUTE < start:
        yield Step(between(draw, at + _MINUTE, start), "cancelled_by_host", room.team_id, is_counted=False)
    else:
        yield from _day_itself(room, ask, (at, fate < 0.16), draw)


def _day_itself(room: Room, ask: Ask, known: tuple[datetime, bool], draw: Random) -> Iterator[Step]:
    """The visit: nobody comes, or somebody does and it is noted, or nobody notes anything."""
    (confirmed_at, is_absent), wish = known, ask.wish
    grace = room.resource.policy.no_show_after_minutes * _MINUTE
    until = min(wish.end, wish.start + grace) if grace else wish.end
    if is_absent and grace and until < wish.end:
        yield Step(_soon(until, draw), "no_show", None)
        return
    if is_absent and not grace:
        yield Step(between(draw, wish.start + 15 * _MINUTE, wish.end), "no_show", room.team_id)
        return
    if draw.random() < room.profile.notes_arrivals:
        earliest = max(wish.start - _EARLIEST_ARRIVAL, confirmed_at + timedelta(seconds=5))
        arrived = between(draw, earliest, min(until, wish.start + 15 * _MINUTE))
        yield Step(arrived, "checked_in", _guest(ask) if draw.random() < 0.6 else room.team_id)
    yield Step(_soon(wish.end, draw), "completed", None)


def _guest(ask: Ask) -> UUID | None:
    return ask.person.account_id if ask.person else None


def _soon(at: datetime, draw: Random) -> datetime:
    """When the job of the next minute has come to it."""
    return at + timedelta(seconds=draw.randint(1, 50))
