"""Opening over midnight: the text moved back by some hours, so that no range leaves its day.

The evaluator library cuts a range at midnight where another rule holds for the next day (``Mo-Sa 18:00-02:00; Su
off`` loses Sunday 00:00-02:00, and the rest of a night whose own day is off stays). Moved back by two hours, Saturday
is 16:00-24:00 and stands alone.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tierslieux.places.hours.rules import mask

_RANGE = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_CANNOT_MOVE = re.compile(r"24/7|\+|/\d|\b(?:sunrise|sunset|dawn|dusk)\b", re.IGNORECASE)
_DAY = 24 * 60


def minutes_to_move(text: str) -> int:
    """By how many minutes to move ``text`` back; 0 where nothing passes midnight or where it cannot be moved."""
    masked = mask(text)
    if _CANNOT_MOVE.search(masked):
        return 0
    ranges = [_minutes(found) for found in _RANGE.finditer(masked)]
    over = max((end - _DAY for _, end in ranges), default=0)
    return over if over > 0 and all(start >= over for start, _ in ranges) else 0


def moved_back(text: str, minutes: int) -> str:
    """The same text, each range ``minutes`` earlier."""
    masked = mask(text)
    pieces, at = [], 0
    for found in _RANGE.finditer(masked):
        start, end = (value - minutes for value in _minutes(found))
        pieces += [text[at : found.start()], f"{_clock(start)}-{_clock(end)}"]
        at = found.end()
    return "".join([*pieces, text[at:]])


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, in UTC: one that does not exist is where the clocks jump, of two the later."""
    offset = _offset_all_day(wall.date(), zone)
    return (wall - offset).replace(tzinfo=UTC) if offset is not None else _instant_on_day_of_change(wall, zone)


@lru_cache(maxsize=65536)
def _offset_all_day(day: date, zone: ZoneInfo) -> timedelta | None:
    """The offset from UTC, None on a day on which it changes."""
    midnight = datetime.combine(day, time(), zone)
    offsets = {(midnight + timedelta(hours=hours)).utcoffset() for hours in (-2, 26)}
    return midnight.utcoffset() if len(offsets) == 1 else None


def _instant_on_day_of_change(wall: datetime, zone: ZoneInfo) -> datetime:
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if later.astimezone(zone).replace(tzinfo=None) == wall:
        return later
    low, high = later, wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        before = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
        low, high = (middle, high) if before else (low, middle)
    return high.replace(microsecond=0)


def _minutes(found: re.Match[str]) -> tuple[int, int]:
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    return start, end if end > start else end + _DAY


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
