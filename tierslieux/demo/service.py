"""Making and removing a demonstration. One transaction each, begun here: all of it stands, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Connection

from tierslieux.demo.domain.choosing import choose
from tierslieux.demo.domain.life import Lived, Wished, live_through
from tierslieux.demo.domain.profiles import PROFILES
from tierslieux.demo.domain.rooms import Ask, Room, Span, Story
from tierslieux.demo.domain.series import Series, series_of
from tierslieux.demo.domain.stories import story_of
from tierslieux.demo.domain.visits import Counted, answer_instead, visits_of
from tierslieux.demo.domain.wishes import wishes_of
from tierslieux.demo.errors import AlreadyDemonstration, NoDemonstration, NoSuitablePlaces, RealBookings
from tierslieux.demo.repository import lives, reading
from tierslieux.demo.repository.removing import remove
from tierslieux.demo.repository.settling import lock_places
from tierslieux.demo.settling import settle, sites_of
from tierslieux.places.place_days import rebuild_few
from tierslieux.places.showing import show_again
from tierslieux.web.demonstration import ANNOUNCE_SQL
from tierslieux.web.plans import run_plan
from tierslieux.web.versions import BUMP_SQL

_ADVISORY_LOCK = 712_408_225
_DAYS_OF_A_MONTH = 30
_DAYS_TO_COME = 30
Progress = Callable[[str], None]
"""Takes one line about what has been done."""


@dataclass(frozen=True, slots=True)
class Order:
    """A demonstration to make. ``months``: all of them, one of which is to come. ``is_replacing``: one that is there
    goes first."""

    seed: int
    places: int
    months: int
    now: datetime
    is_replacing: bool = False

    @property
    def span(self) -> Span:
        """Its days, as the mainland counts them."""
        today = self.now.astimezone(ZoneInfo("Europe/Paris")).date()
        behind = timedelta(days=_DAYS_OF_A_MONTH * (self.months - 1))
        return Span(today - behind, today, today + timedelta(days=_DAYS_TO_COME), self.now)


@dataclass(frozen=True, slots=True)
class Made:
    """What a demonstration holds: places, people, bookings by status, counts at the door."""

    places: int
    people: int
    series: int
    bookings: Mapping[str, int]
    counted: int


def make_demonstration(connection: Connection[Any], order: Order, say: Progress) -> Made:
    """Give places a life, or raise ``RealBookings``, ``AlreadyDemonstration``, ``NoSuitablePlaces``."""
    with connection.transaction():
        _begin(connection, order)
        rooms = _settled(connection, order, say)
        told = _told(rooms, order.span, say)
        lives.store_series(connection, told.series)
        lives.store_lives(connection, told.lives)
        lives.store_visits(connection, told.counted)
        _announce(connection, sorted({room.resource.place_id for room in rooms}), order.now)
    people = {person.account_id for room in rooms for person in room.guests}
    statuses = Counter[str](lived.status for lived in told.lives)
    places = len({room.number for room in rooms})
    return Made(places, len(people) + places, len(told.series), statuses, len(told.counted))


def remove_demonstration(connection: Connection[Any], now: datetime) -> int:
    """Take the demonstration away, all of it; from how many places. ``NoDemonstration`` where there is none."""
    with connection.transaction():
        _lock(connection)
        places = run_plan(connection, reading.places_of_demonstration())
        if not places:
            raise NoDemonstration
        _remove(connection, places, now)
        _announce(connection, places, now)
    return len(places)


def _lock(connection: Connection[Any]) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))


def _begin(connection: Connection[Any], order: Order) -> None:
    """Make sure that no booking would be mixed with made-up ones."""
    _lock(connection)
    there = run_plan(connection, reading.places_of_demonstration())
    if there and not order.is_replacing:
        raise AlreadyDemonstration
    _remove(connection, there, order.now)
    if there:
        run_plan(connection, rebuild_few(there, order.now))
    real = run_plan(connection, reading.count_bookings())
    if real:
        raise RealBookings(count=real)


def _remove(connection: Connection[Any], places: Sequence[int], now: datetime) -> None:
    run_plan(connection, lock_places(places))
    run_plan(connection, remove(places))
    run_plan(connection, show_again(places, now))


def _settled(connection: Connection[Any], order: Order, say: Progress) -> list[Room]:
    span = order.span
    found = run_plan(connection, reading.candidates(list(PROFILES)))
    places = sorted(choose(found, order.places, order.seed, span.today), key=lambda each: each.place_id)
    if not places:
        raise NoSuitablePlaces
    run_plan(connection, lock_places([each.place_id for each in places]))
    around = run_plan(connection, reading.communes_around([each.place_id for each in places]))
    sites = sites_of(places, dict(around), order.seed)
    rooms = run_plan(connection, settle(sites, span, order.seed))
    say(f"{len(sites)} places with {sum(len(room.resource.seats) for room in rooms)} seats")
    return rooms


def _announce(connection: Connection[Any], places: Sequence[int], now: datetime) -> None:
    run_plan(connection, rebuild_few(places, now))
    connection.execute(ANNOUNCE_SQL)
    connection.execute(BUMP_SQL)


@dataclass(frozen=True, slots=True)
class _Told:
    """All that happened by now, at all places."""

    lives: list[Lived]
    series: list[Series]
    counted: list[Counted]


def _told(rooms: Sequence[Room], span: Span, say: Progress) -> _Told:
    wished: list[Wished] = []
    series: list[Series] = []
    last = rooms[-1].number
    for number, place_rooms in groupby(rooms, key=lambda room: room.number):
        for room in place_rooms:
            found = list(series_of(room, span))
            series += found
            wished += _wished(room, found, span)
        say(f"{number} / {last} places, {len(wished)} wishes")
    happened = live_through(wished)
    for lived in happened:
        answer_instead(lived)
    say(f"{len(happened)} bookings")
    kept = {lived.ask.series_id for lived in happened}
    first_rooms = [next(group) for _, group in groupby(rooms, key=lambda room: room.number)]
    counted = [each for room in first_rooms for day in _days(span) for each in visits_of(room, day, span)]
    return _Told(happened, [each for each in series if each.series_id in kept], counted)


def _wished(room: Room, series: Sequence[Series], span: Span) -> Iterator[Wished]:
    for ask in (ask for each in series for ask in each.asks):
        yield room, ask.wish.start.astimezone(room.zone).date(), _story(room, ask, span)
    for day in _days(span):
        for ask in wishes_of(room, day, span):
            yield room, day, _story(room, ask, span)


def _story(room: Room, ask: Ask, span: Span) -> Story:
    """Its story as far as it has been told by now."""
    story = story_of(room, ask)
    return replace(story, steps=tuple(step for step in story.steps if step.at <= span.now))


def _days(span: Span) -> Iterator[date]:
    for offset in range((span.last - span.first).days + 1):
        yield span.first + timedelta(days=offset)
