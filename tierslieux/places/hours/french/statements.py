"""Items become statements: on these days, at these times, in this season, open, closed or by appointment.

Whatever leaves two readings is a problem with its place; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tierslieux.places.hours.french.appointments import (
    tell_appointment,
    tell_half_day,
    tell_no_hours,
    tell_otherwise,
    tell_some_of_them,
)
from tierslieux.places.hours.french.closings import close_half_day, except_days, tell_closed, tell_except
from tierslieux.places.hours.french.items import DayRef, Item
from tierslieux.places.hours.french.seasons import tell_reduced, tell_season
from tierslieux.places.hours.french.story import APPOINTMENT, CLAUSE_ENDS, Statement, Story, Teller

_LASTING = ("school", "term", "not_term")


def tell(items: list[Item], text: str) -> Story:
    """The story of a folded text that was grouped into items."""
    teller = Teller(items, text)
    for at, item in enumerate(items):
        teller.at = at
        if teller.is_over and item.kind not in ("closed", "except", "bad"):
            continue
        _HANDLERS.get(item.kind, Teller.bad)(teller, item)
        teller.clause_items = 0 if item.kind in CLAUSE_ENDS else teller.clause_items + 1
    _end_clause(teller)
    _check_braces(teller)
    _all_by_appointment(teller.story)
    return teller.story


def _all_by_appointment(story: Story) -> None:
    """``Sur rendez-vous uniquement.`` before a timetable holds for all of it."""
    if len(story.statements) < 2 or story.statements[0] != Statement(None, (), "unknown", APPOINTMENT):
        return
    story.statements = [
        replace(each, state="unknown", comment=APPOINTMENT) if each.state == "open" else each
        for each in story.statements[1:]
    ]


def _stop(teller: Teller, item: Item) -> None:
    _end_clause(teller)
    mark = teller.text[item.start : item.end]
    if "|" in mark:
        teller.header = None
    elif teller.header and (teller.header.kind not in _LASTING or "." in mark):
        teller.is_stale = True


def _end_clause(teller: Teller) -> None:
    if teller.pending and teller.prefix and teller.prefix.kind == "appointment" and not teller.pending_times:
        teller.say(Statement(teller.pending.days, (), "unknown", APPOINTMENT), teller.pending)
        teller.pending = teller.prefix = None
    teller.bad(teller.pending)
    teller.bad(teller.pending_times)
    teller.bad(teller.prefix)
    teller.pending = teller.pending_times = teller.prefix = None
    teller.inline = None
    teller.clause_start = len(teller.story.statements)


def _days(teller: Teller, item: Item) -> None:
    prefix = teller.prefix
    if prefix and prefix.kind == "closed" and teller.next_kind == "am_pm" and len(item.days) == 1:
        teller.prefix = None
        close_half_day(teller, item)
    elif prefix and prefix.kind == "including":
        teller.prefix = None
        last = teller.story.statements[-1]
        teller.say(replace(last, days=item.days), item)
    elif prefix and prefix.kind == "ends":
        teller.prefix, teller.pending = None, item
        _until(teller, prefix)
    elif prefix and prefix.kind == "closed":
        teller.prefix = None
        if teller.next_kind in ("times", "until", "am_pm"):
            teller.bad(item)
        teller.say(Statement(item.days, (), "closed"), item)
    elif prefix and prefix.kind == "except":
        except_days(teller, item)
    elif teller.pending_times:
        times, teller.pending_times = teller.pending_times, None
        teller.pending = item
        _open(teller, times)
    else:
        teller.bad(teller.pending)
        teller.pending = item


def _including(teller: Teller, item: Item) -> None:
    if teller.next_kind == "days" and teller.story.statements and teller.story.statements[-1].state == "open":
        teller.prefix = item
    else:
        teller.bad(item)


def _ends(teller: Teller, item: Item) -> None:
    teller.prefix = item


def _times(teller: Teller, item: Item) -> None:
    if teller.pending is None and _is_hours_first(teller):
        teller.bad(teller.pending_times)
        teller.pending_times = item
        return
    _open(teller, item)


def _is_hours_first(teller: Teller) -> bool:
    """Whether the clause begins with times and ends with days: the times belong to the days after them."""
    kinds = []
    start = teller.at - teller.clause_items
    for item in teller.items[start:]:
        if item.kind in CLAUSE_ENDS:
            break
        if item.kind in ("days", "times"):
            kinds.append(item.kind)
    return bool(kinds) and kinds[0] == "times" and kinds[-1] == "days"


def _open(teller: Teller, item: Item) -> None:
    days = teller.pending.days if teller.pending else _inherited(teller)
    comment = teller.pending.comment if teller.pending else ""
    prefix, teller.prefix = teller.prefix, None
    teller.pending = None
    if days is None or (prefix and prefix.kind == "closed"):
        teller.bad(item)
        return
    by_appointment = prefix is not None and prefix.kind == "appointment"
    state = "unknown" if by_appointment or comment else "open"
    teller.say(Statement(days, item.times, state, comment or (APPOINTMENT if by_appointment else "")), item)


def _inherited(teller: Teller) -> tuple[DayRef, ...] | None:
    """Times without days continue the statement before, or hold for the days of the only timetable so far."""
    said = [each for each in teller.story.statements if each.state != "closed"]
    scope = teller.inline or teller.header
    if not said:
        return teller.braces.days if teller.braces and not teller.story.statements else None
    goes_on = bool(teller.in_clause) and (scope is None or scope.kind == "parity")
    if scope == said[-1].scope or goes_on:
        return said[-1].days
    sets = {each.days for each in said if each.scope is None}
    return sets.pop() if len(sets) == 1 else None


def _until(teller: Teller, item: Item) -> None:
    """``le jeudi jusqu'à 20h``: the hours of that day end later or earlier than those said before."""
    said = [each for each in teller.story.statements if each.state == "open" and each.scope is None and each.times]
    wanted = {ref.day for ref in teller.pending.days} if teller.pending else set()
    base = next((each for each in reversed(said) if wanted <= {ref.day for ref in each.days or ()}), None)
    end = item.times[0][1]
    if teller.pending is None or base is None or teller.header or end <= base.times[-1][0]:
        teller.bad(item)
        return
    times = (*base.times[:-1], (base.times[-1][0], end))
    days, teller.pending = teller.pending.days, None
    teller.say(Statement(days, times, "open"), item)


def _always(teller: Teller, item: Item) -> None:
    if teller.pending or teller.story.statements:
        teller.bad(item)
        return
    teller.say(Statement(tuple(DayRef(day) for day in range(7)), ((0, 24 * 60),), "open"), item)


def _label(teller: Teller, item: Item) -> None:
    """The name of the place itself, once, before anything else."""
    if teller.at and not (teller.at == 1 and teller.items[0].kind == "braces"):
        teller.bad(item)


def _braces(teller: Teller, item: Item) -> None:
    if teller.at:
        teller.bad(item)
    teller.braces = item


def _check_braces(teller: Teller) -> None:
    """Days ticked in a list and days named in the text must be the same."""
    if teller.braces is None:
        return
    named = {ref.day for each in teller.story.statements if each.state != "closed" for ref in each.days or ()}
    if named != {ref.day for ref in teller.braces.days}:
        teller.bad(teller.braces)


def _silent(teller: Teller, item: Item) -> None:
    """Says nothing about hours (``sans rendez-vous``)."""


_HANDLERS: dict[str, Callable[[Teller, Item], None]] = {
    "stop": _stop,
    "days": _days,
    "times": _times,
    "until": _until,
    "ends": _ends,
    "including": _including,
    "closed": tell_closed,
    "scope": tell_season,
    "appointment": tell_appointment,
    "otherwise": tell_otherwise,
    "except": tell_except,
    "reduced": tell_reduced,
    "no_hours": tell_no_hours,
    "note": tell_no_hours,
    "am_pm": tell_half_day,
    "fuzzy": tell_some_of_them,
    "always": _always,
    "label": _label,
    "braces": _braces,
    "without": _silent,
}
