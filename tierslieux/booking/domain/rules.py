"""Every rule that a wish breaks, all at once (booking.md, "Rules"); seats are judged apart, in ``seating``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tierslieux.booking.domain.opening import joined, nearest_grid, offered, pieces
from tierslieux.booking.domain.values import BrokenRule, Mode, Situation, Wish
from tierslieux.booking.domain.weeks import broken_quotas
from tierslieux.shared.time import TimeRange

LONGEST = timedelta(days=7)
"""The longest booking that any policy allows; the hours of a longer wish are not worked out."""
EARLIEST, LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Wishes outside of these are refused by their own rule, without a look at the hours."""
NOT_FOR_STAFF = frozenset(
    {"end_before_start", "too_many_seats", "slot_taken", "naive_time", "nonexistent_time", "ambiguous_time"}
)
"""What a team cannot override: the constraint, and what is no booking at all."""

PERSONAL = frozenset({"quota_reached", "overlapping_own_booking", "pending_limit"})
"""Rules about a person: judged again when a desk kept without an account becomes somebody's booking."""


def broken_rules(wish: Wish, situation: Situation) -> list[BrokenRule]:
    """What speaks against ``wish`` apart from taken seats, in the order in which people read it."""
    return [
        *_of_the_place(wish, situation),
        *_of_the_hours(wish, situation),
        *_of_the_time(wish, situation),
        *_of_the_length(wish, situation),
        *_of_the_person(wish, situation),
    ]


def mode_of(wish: Wish, situation: Situation) -> Mode | None:
    """The mode that a wish is booked in: as asked, else by its range; ``None`` where no mode on offer fits."""
    modes = situation.resource.modes
    if wish.mode is not None:
        return wish.mode if wish.mode in modes else None
    during = wish.during
    if during is not None and is_judgeable(during):
        for mode in ("half_day", "day"):
            if mode in modes and during in offered(mode, situation.days, situation.zone):
                return mode
    return "hour" if "hour" in modes else None


def is_judgeable(during: TimeRange) -> bool:
    """Whether the hours of its days are worth working out."""
    return during.end - during.start <= LONGEST and during.start >= EARLIEST and during.end <= LATEST


def busy_of(during: TimeRange, turnaround_minutes: int) -> TimeRange:
    """What a booking blocks: itself and the turnaround after it."""
    return TimeRange(during.start, during.end + timedelta(minutes=turnaround_minutes))


def _of_the_place(wish: Wish, situation: Situation) -> list[BrokenRule]:
    broken = []
    resource = situation.resource
    if situation.welcome != "bookable" or not situation.is_published:
        broken.append(BrokenRule("place_not_bookable", None, situation.welcome))
    if mode_of(wish, situation) is None:
        broken.append(BrokenRule("no_such_mode", list(resource.modes), wish.mode or "hour"))
    most = len(resource.seats) * resource.head_count
    if wish.seats > most:
        broken.append(BrokenRule("too_many_seats", most, wish.seats))
    return broken


def _of_the_hours(wish: Wish, situation: Situation) -> list[BrokenRule]:
    during = wish.during
    if during is None:
        return [BrokenRule("end_before_start", None, {"start": wish.start, "end": wish.end})]
    broken = [
        BrokenRule("closed", closed.during, closed.reason)
        for closed in situation.closed
        if closed.during.overlaps(during)
    ]
    if not is_judgeable(during):
        return broken
    mode = mode_of(wish, situation) or "hour"
    return broken + (_hourly(during, situation) if mode == "hour" else _by_part(during, mode, situation))


def _outside(during: TimeRange, situation: Situation) -> BrokenRule:
    first = during.start.astimezone(situation.zone).date()
    last = max(first, (during.end - timedelta(microseconds=1)).astimezone(situation.zone).date())
    days = [day for day in situation.days if first <= day.day <= last]
    return BrokenRule("outside_opening_hours", list(joined(pieces(days))), during)


def _hourly(during: TimeRange, situation: Situation) -> list[BrokenRule]:
    cut = pieces(situation.days)
    inside = any(each.start <= during.start and during.end <= each.end for each in joined(cut))
    broken = [] if inside else [_outside(during, situation)]
    slot = situation.resource.policy.slot_minutes
    starts_in = next((piece for piece in cut if during.start in piece), None)
    if starts_in is not None and len(near := nearest_grid(starts_in, slot, during.start)) == 2:
        broken.append(BrokenRule("off_grid", list(near), during.start))
    ends_in = next((piece for piece in cut if piece.start < during.end <= piece.end), None)
    if ends_in is not None and len(near := nearest_grid(ends_in, slot, during.end)) == 2:
        broken.append(BrokenRule("off_grid", list(near), during.end))
    return broken


def _by_part(during: TimeRange, mode: Mode, situation: Situation) -> list[BrokenRule]:
    parts = offered(mode, situation.days, situation.zone)
    if during in parts:
        return []
    days = offered("day", situation.days, situation.zone)
    if not any(day.start <= during.start and during.end <= day.end for day in days):
        return [_outside(during, situation)]
    by_distance = sorted(parts, key=lambda part: (abs(part.start - during.start), part.start))
    near = sorted({part.start for part in by_distance[:2]})
    wrong = during.end if during.start in {part.start for part in parts} else during.start
    return [BrokenRule("off_grid", near, wrong)]


def _of_the_time(wish: Wish, situation: Situation) -> list[BrokenRule]:
    policy, now = situation.resource.policy, situation.now
    if wish.start == situation.unchanged_start:
        return []
    if wish.start < now:
        return [BrokenRule("in_the_past", now + timedelta(minutes=policy.notice_minutes), wish.start)]
    broken = []
    earliest = now + timedelta(minutes=policy.notice_minutes)
    if wish.start < earliest:
        broken.append(BrokenRule("too_late_notice", earliest, wish.start))
    last = situation.today + timedelta(days=policy.horizon_days)
    if wish.start > LATEST or wish.start.astimezone(situation.zone).date() > last:
        broken.append(BrokenRule("beyond_horizon", last, wish.start))
    return broken


def _of_the_length(wish: Wish, situation: Situation) -> list[BrokenRule]:
    """Half-days and days are as long as the place makes them; a policy's lengths bound what is taken by the hour."""
    during, policy = wish.during, situation.resource.policy
    if during is None:
        return []
    minutes = int((during.end - during.start).total_seconds() // 60)
    if during.end - during.start > LONGEST:
        return [BrokenRule("too_long", policy.max_minutes, minutes)]
    if (mode_of(wish, situation) or "hour") != "hour":
        return []
    if minutes < policy.min_minutes:
        return [BrokenRule("too_short", policy.min_minutes, minutes)]
    if during.end - during.start > timedelta(minutes=policy.max_minutes):
        return [BrokenRule("too_long", policy.max_minutes, minutes)]
    return []


def _of_the_person(wish: Wish, situation: Situation) -> list[BrokenRule]:
    during, policy = wish.during, situation.resource.policy
    if during is None or not is_judgeable(during):
        return []
    place_id = situation.resource.place_id
    here = [each for each in situation.own if each.place_id == place_id]
    broken = broken_quotas(policy, during, here, situation.zone)
    if not policy.allow_overlapping_own_bookings:
        broken += [
            BrokenRule("overlapping_own_booking", None, each.booking_id)
            for each in situation.own
            if each.is_blocking and each.during.overlaps(during)
        ]
    if policy.requires_approval and situation.pending >= policy.pending_limit:
        broken.append(BrokenRule("pending_limit", policy.pending_limit, situation.pending))
    return broken


def without_overridden(broken: Sequence[BrokenRule]) -> list[BrokenRule]:
    """What still stands when a team overrides the rules."""
    return [rule for rule in broken if rule.code in NOT_FOR_STAFF]
