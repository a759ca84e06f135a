"""Texts that say only one half: days without hours, hours without days, closed for a reason. What is not said is
unknown; what is closed is closed."""

from __future__ import annotations

from collections.abc import Sequence

from tierslieux.places.hours.french.items import Item
from tierslieux.places.hours.french.story import APPOINTMENT, Statement, Story

_NO_HOURS = "heures non précisées"
_NO_DAYS = "jours non précisés"
_OF_HOURS = frozenset(("days", "times", "scope", "until", "braces", "except", "appointment", "otherwise", "am_pm"))
_JOINTS = ("stop",)
_ASKING = ("appointment", "otherwise", "note", "no_hours")


def bare_story(items: Sequence[Item]) -> Story | None:
    """The story of such a text, or None where it is another."""
    kinds = [item.kind for item in items if item.kind not in _JOINTS]
    if kinds[:1] == ["label"]:
        kinds = kinds[1:]
    if kinds and set(kinds) <= {"days", "braces"} and len(kinds) == 1:
        return Story([Statement(items[0].days, (), "unknown", _NO_HOURS)])
    if kinds and set(kinds) == {"times"} and len(kinds) == 1:
        return Story([Statement(None, items[0].times, "unknown", _NO_DAYS)])
    if not set(kinds) & (_OF_HOURS - {"appointment", "otherwise"} | {"closed"}) and not _has_numbers(items):
        asked = next((item for item in items if item.kind in _ASKING), None)
        comment = asked.comment.strip() if asked and asked.kind in ("note", "no_hours") else APPOINTMENT
        return Story([Statement(None, (), "unknown", comment)]) if asked else None
    if kinds[:1] == ["closed"] and not set(kinds) & _OF_HOURS and not _has_numbers(items):
        return Story([Statement(None, (), "closed")])
    return None


def _has_numbers(items: Sequence[Item]) -> bool:
    return any(item.kind == "bad" and item.comment.isdigit() for item in items)
