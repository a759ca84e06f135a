"""What the templates of a guest's own pages receive: frozen, worded, nothing left to look up."""

from __future__ import annotations

import msgspec

from tierslieux.booking.mine.queries import FavouritePlace


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A booking in a list. ``shape`` is the class of the state; ``arrive_address`` is set while an arrival is noted."""

    address: str
    when: str
    shape: str
    state: str
    place: str
    commune: str
    resource: str
    price: str
    arrive_address: str | None


class Question(msgspec.Struct, frozen=True):
    """Where would you have worked without this place: asked about one visit. ``answers`` are ``(value, label)``."""

    address: str
    place: str
    day: str
    answers: tuple[tuple[str, str], ...]


class MyBookings(msgspec.Struct, frozen=True, kw_only=True):
    """The page of all bookings; addresses are those of further pages, where there are any."""

    upcoming: tuple[Line, ...]
    more_upcoming: str | None
    over: tuple[Line, ...]
    more_over: str | None
    favourites: tuple[FavouritePlace, ...]
    question: Question | None
    done: str | None


class ListPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of one list."""

    title: str
    lines: tuple[Line, ...]
    first_address: str | None
    next_address: str | None


class Event(msgspec.Struct, frozen=True):
    """What happened to a booking, and when; ``reason`` as the place gave it."""

    at: str
    words: str
    reason: str | None


class WayIn(msgspec.Struct, frozen=True):
    """How to get in: the lines, or from which day on they are shown."""

    lines: tuple[str, ...]
    shown_from: str | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking is, on each of its pages."""

    when: str
    title: str
    shape: str
    state: str
    place: str
    place_address: str
    commune: str
    street: str
    resource: str
    people: str
    seats: str
    price: str


class Terms(msgspec.Struct, frozen=True):
    """Until when a confirmed booking is cancelled without consequence; ``has_quota``: whether there is one at all."""

    free_until: str | None
    is_free_over: bool
    has_quota: bool


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a booking's page says beside the booking: what was just done or could not be, what happened before."""

    done: str | None
    fault: str | None
    is_reported: bool
    events: tuple[Event, ...]


class BookingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One booking, and what can be done with it: each address is ``None`` where that is not possible (any more)."""

    summary: Summary
    said: Said
    way_in: WayIn | None
    terms: Terms
    cancel_address: str | None
    move_address: str | None
    arrive_address: str | None
    closed_address: str | None
    near_address: str
    again_address: str | None
    calendar_address: str | None
    with_key: bool
    own_address: str
    language_address: str


class CancelPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page that asks before a booking is cancelled."""

    summary: Summary
    action: str
    keep_address: str
    terms: Terms
    is_request: bool
    language_address: str
