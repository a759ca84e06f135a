"""What the pages of booking show: frozen, in words."""

from __future__ import annotations

from datetime import date

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """Something to choose: a link or an option."""

    label: str
    value: str
    is_current: bool


class SlotView(msgspec.Struct, frozen=True):
    """A slot: its time, what it says, and where it leads if it is free. ``name`` is the whole of it, for the ear."""

    label: str
    words: str
    name: str
    state: str
    address: str | None


class ResourceGrid(msgspec.Struct, frozen=True):
    """The slots of one resource on one day."""

    resource_id: int
    name: str
    about: str
    slots: tuple[SlotView, ...]


class WeekDay(msgspec.Struct, frozen=True):
    """A column of the week: the day, and the page of its slots."""

    label: str
    address: str
    is_today: bool


class WeekGrid(msgspec.Struct, frozen=True):
    """One resource over a week: rows of slots, a cell a day (``None``: no such slot that day)."""

    resource_id: int
    name: str
    about: str
    rows: tuple[tuple[str, tuple[SlotView | None, ...]], ...]


class GridView(msgspec.Struct, frozen=True, kw_only=True):
    """What is free, on one day or in one week."""

    slug: str
    day: date
    day_words: str
    is_week: bool
    people: int
    mode: str
    modes: tuple[Choice, ...]
    views: tuple[Choice, ...]
    before: str | None
    after: str | None
    resources: tuple[ResourceGrid, ...]
    days: tuple[WeekDay, ...]
    weeks: tuple[WeekGrid, ...]
    next_free: SlotView | None
    zone_note: str | None
    first_day: date
    last_day: date


class AlternativeView(msgspec.Struct, frozen=True):
    """What could be had instead."""

    label: str
    address: str


class ReserveView(msgspec.Struct, frozen=True, kw_only=True):
    """A booking summed up, before it is made. ``rules`` are sentences; ``faults`` pairs of field and sentence.

    ``can_wait``: nothing but a free seat is missing; ``is_waiting``: the person is told already when one frees up.
    """

    slug: str
    place_name: str
    commune_label: str
    resource_id: int
    resource_name: str
    day: str
    day_words: str
    start: str
    end: str
    hours_words: str
    zone_note: str | None
    mode: str
    ends: tuple[Choice, ...]
    people: int
    most_people: int
    seat_choices: tuple[Choice, ...]
    price: str
    button: str
    cancellation: str
    needs_approval: bool
    rules: tuple[str, ...]
    alternatives: tuple[AlternativeView, ...]
    is_over: bool
    name: str
    email: str
    faults: tuple[tuple[str, str], ...]
    is_signed_in: bool
    back: str
    can_wait: bool
    is_waiting: bool = False


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """A desk that is kept while its guest is asked who they are."""

    hold_id: str
    slug: str
    place_name: str
    resource_name: str
    when_words: str
    kept_until: str
    can_renew: bool
    email: str | None
    challenge_id: str
    is_signed_in: bool
    button: str
    fault: str | None
