"""A place's booking rules: what a team may set, in which limits, and what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

_A_YEAR = 525_600
_A_WEEK = 10_080

SlotMinutes = Annotated[int, msgspec.Meta(ge=1, le=1440)]
Length = Annotated[int, msgspec.Meta(ge=1, le=_A_WEEK)]
Lead = Annotated[int, msgspec.Meta(ge=0, le=_A_YEAR)]
Horizon = Annotated[int, msgspec.Meta(ge=0, le=4000)]
Quota = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Small = Annotated[int, msgspec.Meta(ge=0, le=1440)]
Hold = Annotated[int, msgspec.Meta(ge=1, le=60)]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes, days and counts; ``None`` in a quota: unlimited; in ``open_on_public_holidays``: as the text says."""

    slot_minutes: SlotMinutes = 30
    min_minutes: Length = 30
    max_minutes: Length = 600
    notice_minutes: Lead = 0
    horizon_days: Horizon = 60
    quota_bookings_per_week: Quota | None = None
    quota_hours_per_week: Quota | None = None
    allow_overlapping_own_bookings: bool = False
    requires_approval: bool = False
    pending_limit: Small = 3
    free_cancellation_minutes: Lead = 120
    no_show_after_minutes: Small = 0
    hold_minutes: Hold = 10
    open_on_public_holidays: bool | None = None


DEFAULT = Policy()


def merged_policy(stored: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    """What ``place.policy`` holds after a merge patch (RFC 7396): only what differs from ``DEFAULT``.

    ``None`` for a rule, or for the whole, brings the default back. Raises ``msgspec.ValidationError`` out of limits.
    """
    given = {} if patch is None else {**stored, **patch}
    policy = msgspec.convert({name: value for name, value in given.items() if value is not None}, Policy)
    whole = msgspec.structs.asdict(policy)
    return {name: value for name, value in whole.items() if value != getattr(DEFAULT, name)}


def read_policy(stored: Mapping[str, Any]) -> Policy:
    """The rules that hold at a place, defaults filled in."""
    return msgspec.convert(dict(stored), Policy)


def merged_override(
    place: Mapping[str, Any], stored: Mapping[str, Any], patch: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What ``resource.policy`` holds after a merge patch: of what ``patch`` says, only what differs from the place's.

    ``None`` for a rule, or for the whole: as the place. Raises ``msgspec.ValidationError`` out of limits.
    """
    if patch is None:
        return {}
    given = {name: value for name, value in patch.items() if value is not None}
    checked, of_place = msgspec.convert(given, Policy), read_policy(place)
    kept = {name: value for name, value in stored.items() if name not in patch}
    said = {name: getattr(checked, name) for name in given}
    return kept | {name: value for name, value in said.items() if value != getattr(of_place, name)}


def effective_policy(place: Mapping[str, Any], override: Mapping[str, Any]) -> Policy:
    """The rules that hold for a resource: the place's, its own where it has any, defaults filled in."""
    return read_policy({**place, **override})
