"""A series: one order for the dates of a rule, judged and stored in turn within one lock (booking.md, "Series").

Each date is judged with those before it already in, so quotas, overlap with oneself and seats count them. The caller
takes the transaction back where nothing may stay: a preview, or ``refuse`` with a date that cannot be had.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from tierslieux.booking.domain.rules import is_judgeable
from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.engine import Order, Placed, book_in_lock, judge, new_id
from tierslieux.booking.errors import Refused, StatusChanged
from tierslieux.booking.queries.bookings import load_bookings
from tierslieux.booking.queries.series import ids_of_series
from tierslieux.booking.recurrence import Occurrence, expand, resolve_wall
from tierslieux.booking.repository.loading import Asked, Loaded
from tierslieux.booking.repository.locks import lock_guest, lock_place, lock_resources
from tierslieux.booking.repository.series import insert_series, zone_of_place
from tierslieux.booking.repository.writing import Actor, Changed, Step, change_status
from tierslieux.booking.service.changes import still_counts
from tierslieux.shared.errors import invalid
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

OnConflict = Literal["refuse", "skip"]
"""What becomes of the other dates where one cannot be had: none is booked, or all of them are."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One date, what speaks against it (judged by ``loaded``), and the booking that was made of it where nothing does.

    ``wall_start`` and ``wall_end`` are naive, in the place's zone.
    """

    wall_start: datetime
    wall_end: datetime
    broken: tuple[BrokenRule, ...]
    loaded: Loaded | None = None
    placed: Placed | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What became of the dates, in their order."""

    place_id: int
    series_id: UUID
    rrule: str
    zone: ZoneInfo
    verdicts: tuple[Verdict, ...]

    @property
    def placed(self) -> list[Placed]:
        """The bookings that were made."""
        return [verdict.placed for verdict in self.verdicts if verdict.placed is not None]

    @property
    def refused(self) -> list[Verdict]:
        """The dates that cannot be had."""
        return [verdict for verdict in self.verdicts if verdict.placed is None]

    @property
    def lapsed(self) -> list[Changed]:
        """What had lapsed on the way."""
        return [each for placed in self.placed for each in placed.lapsed]

    def stands(self, on_conflict: OnConflict) -> bool:
        """Whether the bookings may stay: all dates were booked, or those that were not are to be skipped."""
        return bool(self.placed) and (on_conflict == "skip" or not self.refused)


def book_series(first: Order, rrule: str) -> Plan[Series]:
    """Book every date of ``rrule`` that can be had, at the wall times of ``first``'s wish. ``InvalidRRule``.

    A first range that is none, or too long or far away to be worked with, is the only date of the answer, refused.
    """
    zone = yield from zone_of_place(first.place_id)
    during = first.wish.during
    if during is None or not is_judgeable(during):
        return (yield from _first_only(first, rrule, zone))
    start, minutes = _at_the_wall(during, zone)
    occurrences = expand(rrule, start, minutes, zone)
    yield from lock_guest(first.place_id, first.guest_id)
    yield from lock_resources(first.place_id, (first.resource_id,))
    order = replace(first, series_id=new_id())
    verdicts = []
    for occurrence in occurrences:
        verdicts.append((yield from _verdict(order, occurrence, zone)))  # noqa: PERF401 - a comprehension cannot yield
    series = Series(order.place_id, order.series_id or new_id(), rrule, zone, tuple(verdicts))
    yield from insert_series(series.place_id, series.series_id, order, (rrule, start, minutes))
    return series


def _first_only(first: Order, rrule: str, zone: ZoneInfo) -> Plan[Series]:
    judged = yield from judge(Asked(first.place_id, first.resource_id, first.guest_id, first.by.now), first.wish)
    start, end = _shown(first.wish.start, zone), _shown(first.wish.end, zone)
    verdict = Verdict(start, end, tuple(judged.broken), judged.loaded)
    return Series(first.place_id, new_id(), rrule, zone, (verdict,))


def _shown(instant: datetime, zone: ZoneInfo) -> datetime:
    try:
        return instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:  # the first and the last hours of what a date can be
        return instant.replace(tzinfo=None)


def _at_the_wall(during: TimeRange, zone: ZoneInfo) -> tuple[datetime, int]:
    """Naive start and minutes of the clock."""
    start, end = (each.astimezone(zone).replace(tzinfo=None) for each in (during.start, during.end))
    minutes, rest = divmod(end - start, timedelta(minutes=1))
    if rest:
        raise invalid("body", "end", "wrong_value", during.end.isoformat(), "durée en minutes entières attendue")
    return start, minutes


def _verdict(order: Order, occurrence: Occurrence, zone: ZoneInfo) -> Plan[Verdict]:
    walls = occurrence.wall_start, occurrence.wall_end
    if occurrence.start is None or occurrence.end is None:
        return Verdict(*walls, (_no_instant(occurrence, zone),))
    wish = replace(order.wish, start=occurrence.start, end=occurrence.end)
    try:
        placed = yield from book_in_lock(replace(order, wish=wish))
    except Refused as exc:
        return Verdict(*walls, exc.broken, exc.loaded)
    return Verdict(*walls, (), None, placed)


def _no_instant(occurrence: Occurrence, zone: ZoneInfo) -> BrokenRule:
    """The rule that names the wall time at fault, the start before the end."""
    wall = occurrence.wall_start
    if not isinstance(resolve_wall(wall, zone), str):
        wall = occurrence.wall_end
    return BrokenRule(str(occurrence.fault), None, wall.isoformat())


def cancel_series(place_id: int, series_id: UUID, side: Literal["guest", "team"], by: Actor) -> Plan[list[Changed]]:
    """Cancel every date that is still to come, by the guest or the team; ``StatusChanged`` where there is none.

    Each counts in the guest's quota as it would if it were cancelled alone. All resources of the place are locked:
    single dates may have moved among them.
    """
    yield from lock_place(place_id)
    ids = yield from ids_of_series(place_id, series_id)
    bookings = yield from load_bookings(place_id, ids, by.now)
    coming = [each for each in bookings if each.start > by.now and each.status in {"pending", "confirmed"}]
    if not coming:
        raise StatusChanged(booking_status=bookings[-1].status if bookings else "cancelled_by_guest")
    status: Status = "cancelled_by_guest" if side == "guest" else "cancelled_by_host"
    changed: list[Changed] = []
    for counts in (False, True):
        group = [each.booking_id for each in coming if still_counts(each, status, by.now) is counts]
        step = Step(("pending", "confirmed"), status, is_counted=counts, only_live=True)
        changed += yield from change_status(place_id, group, step, by)
    return changed
