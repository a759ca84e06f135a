"""What could be had instead: later or earlier here, another resource here, another place near by.

Each alternative was judged whole, by the same rules, for the same person, so it would be accepted if asked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Literal

from tierslieux.booking.domain.opening import joined, offered, pieces
from tierslieux.booking.domain.rules import broken_rules, busy_of, is_judgeable, mode_of
from tierslieux.booking.domain.seating import Pool, free_seats
from tierslieux.booking.domain.values import Situation, Wish
from tierslieux.booking.engine import judge
from tierslieux.booking.repository.loading import Asked, Loaded, days_around, load_situation
from tierslieux.places.hours.days import work_out_days
from tierslieux.shared.time import TimeRange
from tierslieux.web.plans import Plan

Why = Literal["same_resource_later", "same_resource_earlier", "other_resource", "other_place"]
MOST = 5
DAYS_AROUND = 14
TRIES = 60
"""How many times are judged in each direction before giving up."""

_OTHERS = """
SELECT resource_id FROM resource
WHERE place_id = %(place_id)s::integer AND resource_id <> %(resource_id)s::integer AND archived_at IS NULL
ORDER BY kind <> (SELECT kind FROM resource WHERE place_id = %(place_id)s::integer
  AND resource_id = %(resource_id)s::integer), resource_id LIMIT 4
"""
_NEAR_BY = """
SELECT p.place_id, r.resource_id, ST_Distance(p.position, here.position)
FROM (SELECT position FROM place WHERE place_id = %(place_id)s::integer) here,
  LATERAL (SELECT p.place_id, p.position FROM place p
    WHERE p.state = 'published' AND p.welcome_rank = 0 AND p.welcome = 'bookable'
      AND p.place_id <> %(place_id)s::integer AND ST_DWithin(p.position, here.position, 50000)
    ORDER BY p.position <-> here.position LIMIT 8) p,
  LATERAL (SELECT r.resource_id FROM resource r WHERE r.place_id = p.place_id AND r.archived_at IS NULL
    ORDER BY r.kind <> 'desk', r.resource_id LIMIT 2) r
ORDER BY 3, 2
"""


@dataclass(frozen=True, slots=True)
class Alternative:
    """A range that can be had, with how many seats would be free then."""

    why: Why
    place_id: int
    place_name: str
    time_zone: str
    resource_id: int
    during: TimeRange
    mode: str
    free: int
    distance_m: int = 0


def find_alternatives(asked: Asked, wish: Wish) -> Plan[list[Alternative]]:
    """Up to five, the same resource first. None for a wish whose range cannot be judged at all."""
    during = wish.during
    if during is None or not is_judgeable(during):
        return []
    found: list[Alternative] = []
    near = TimeRange(during.start - timedelta(days=DAYS_AROUND), during.end + timedelta(days=DAYS_AROUND + 1))
    loaded = yield from load_situation(asked, wish, near)
    for why, candidates in (
        ("same_resource_later", _later(loaded, wish)),
        ("same_resource_earlier", _earlier(loaded, wish)),
    ):
        found += _first_accepted(why, loaded, wish, candidates)  # type: ignore[arg-type]
    found += yield from _other_resources(asked, wish)
    if len(found) < MOST:
        found += yield from _other_places(asked, wish, MOST - len(found))
    return found[:MOST]


def first_alternative(asked: Asked, wish: Wish) -> Plan[Alternative | None]:
    """Where a booking that cannot stay would go: at its own time here, later or earlier here, at its time near by."""
    during = wish.during
    if during is None or not is_judgeable(during):
        return None
    here = yield from _other_resources(asked, wish)
    if here:
        return here[0]
    near = TimeRange(during.start - timedelta(days=DAYS_AROUND), during.end + timedelta(days=DAYS_AROUND + 1))
    loaded = yield from load_situation(asked, wish, near)
    same = _first_accepted("same_resource_later", loaded, wish, _later(loaded, wish))
    same += _first_accepted("same_resource_earlier", loaded, wish, _earlier(loaded, wish))
    found = same or (yield from _other_places(asked, wish, 1))
    return found[0] if found else None


def _first_accepted(why: Why, loaded: Loaded, wish: Wish, candidates: Iterator[TimeRange]) -> list[Alternative]:
    for _, during in zip(range(TRIES), candidates, strict=False):
        alternative = _judged(why, loaded, replace(wish, start=during.start, end=during.end, seat_ids=()))
        if alternative is not None:
            return [alternative]
    return []


def _judged(why: Why, loaded: Loaded, wish: Wish, distance: float = 0) -> Alternative | None:
    during = wish.during
    if during is None:
        return None
    situation = replace(loaded.situation, days=days_around(loaded.place.hours, during, loaded.situation.zone))
    mode = mode_of(wish, situation)
    if mode is None or broken_rules(wish, situation):
        return None
    free = _free(situation, during)
    if free < situation.resource.rows_for(wish.seats):
        return None
    place, resource = loaded.place, situation.resource
    return Alternative(
        why, place.place_id, place.name, place.time_zone, resource.resource_id, during, mode, free, round(distance)
    )


def _free(situation: Situation, during: TimeRange) -> int:
    resource = situation.resource
    pool = Pool(resource.seats, situation.taken, situation.outages)
    return free_seats(pool, during, busy_of(during, resource.turnaround_minutes))


def _later(loaded: Loaded, wish: Wish) -> Iterator[TimeRange]:
    day = wish.start.astimezone(loaded.situation.zone).date()
    for ahead in range(DAYS_AROUND + 1):
        for candidate in _of_day(loaded, wish, day + timedelta(days=ahead)):
            if candidate.start > wish.start:
                yield candidate


def _earlier(loaded: Loaded, wish: Wish) -> Iterator[TimeRange]:
    zone, now = loaded.situation.zone, loaded.situation.now
    day = wish.start.astimezone(zone).date()
    for back in range(DAYS_AROUND + 1):
        for candidate in reversed(list(_of_day(loaded, wish, day - timedelta(days=back)))):
            if now <= candidate.start < wish.start:
                yield candidate


def _of_day(loaded: Loaded, wish: Wish, day: date) -> Iterator[TimeRange]:
    """What can be asked for on a day: its parts in the wish's mode, or ranges as long as the wish on the grid."""
    situation = loaded.situation
    mode = mode_of(wish, situation) or situation.resource.modes[0]
    days = work_out_days(loaded.place.hours, day, day)
    if mode != "hour":
        yield from offered(mode, days, situation.zone)
        return
    policy = situation.resource.policy
    step, length = timedelta(minutes=policy.slot_minutes), _length(wish, situation)
    whole = joined(pieces(days))
    for piece in pieces(days):
        start = piece.start
        while start < piece.end:
            if any(span.start <= start and start + length <= span.end for span in whole):
                yield TimeRange(start, start + length)
            start += step


def _length(wish: Wish, situation: Situation) -> timedelta:
    """As long as the wish, as far as the policy lets it be, in whole slots."""
    policy = situation.resource.policy
    minutes = int((wish.end - wish.start).total_seconds() // 60)
    minutes = min(max(minutes, policy.min_minutes), policy.max_minutes)
    slots = -(-minutes // policy.slot_minutes)
    if slots * policy.slot_minutes > policy.max_minutes:
        slots -= 1
    return timedelta(minutes=max(1, slots) * policy.slot_minutes)


def _other_resources(asked: Asked, wish: Wish) -> Plan[list[Alternative]]:
    rows = yield _OTHERS, {"place_id": asked.place_id, "resource_id": asked.resource_id}
    found = []
    for (resource_id,) in rows:
        loaded = yield from load_situation(replace(asked, resource_id=resource_id), wish)
        alternative = _judged("other_resource", loaded, replace(wish, seat_ids=(), mode=_kept_mode(loaded, wish)))
        if alternative is not None:
            found.append(alternative)
    return found[:2]


def _kept_mode(loaded: Loaded, wish: Wish) -> Any:
    return wish.mode if wish.mode in loaded.situation.resource.modes else None


def _other_places(asked: Asked, wish: Wish, most: int) -> Plan[list[Alternative]]:
    rows = yield _NEAR_BY, {"place_id": asked.place_id}
    found: dict[int, Alternative] = {}
    for place_id, resource_id, distance in rows:
        if place_id in found or len(found) >= most:
            continue
        there = replace(asked, place_id=place_id, resource_id=resource_id)
        judged = yield from judge(there, replace(wish, seat_ids=(), mode=None))
        alternative = _judged("other_place", judged.loaded, replace(wish, seat_ids=(), mode=None), distance)
        if alternative is not None:
            found[place_id] = alternative
    return list(found.values())
