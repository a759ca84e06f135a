"""A seat is taken now: no account, no grid, no notice, and the same constraint as everyone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tierslieux.booking.domain.values import Wish
from tierslieux.booking.engine import Exempt, Order, Placed, book_in_lock
from tierslieux.booking.errors import Refused
from tierslieux.booking.repository.locks import lock_place, lock_resources
from tierslieux.booking.repository.writing import Actor
from tierslieux.shared.errors import NotFound
from tierslieux.web.plans import Plan

_NOT_ASKED = (
    "off_grid", "too_late_notice", "in_the_past", "too_short", "too_long", "no_such_mode", "beyond_horizon",
    "outside_opening_hours", "place_not_bookable",
)  # fmt: skip
"""Rules that do not apply to someone who already sits there: the team sees that the place is open."""


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Someone sits down: how many, for how long, where (``None``: where there is room)."""

    place_id: int
    seats: int
    minutes: int
    resource_id: int | None


def walk_in(asked: WalkIn, by: Actor) -> Plan[Placed]:
    """A booking without guest, ``checked_in``, from this minute; ``Refused`` with ``slot_taken`` where all is taken."""
    if asked.resource_id is None:
        resources = yield from lock_place(asked.place_id)
    else:
        yield from lock_resources(asked.place_id, (asked.resource_id,))
        resources = (asked.resource_id,)
    refused: Refused | None = None
    for resource_id in resources:
        try:
            return (yield from book_in_lock(_order(asked, resource_id, by), Exempt(extra=_NOT_ASKED)))
        except NotFound:  # no longer offered
            continue
        except Refused as exc:
            refused = exc
    if refused is None:
        raise NotFound
    raise refused


def _order(asked: WalkIn, resource_id: int, by: Actor) -> Order:
    start = minute_of(by.now)
    wish = Wish(start, start + timedelta(minutes=asked.minutes), asked.seats)
    return Order(asked.place_id, resource_id, wish, None, replace(by), origin="walk_in", by_team=True)


def minute_of(now: datetime) -> datetime:
    """The minute under way."""
    return now.replace(second=0, microsecond=0)
