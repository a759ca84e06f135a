"""Closed days and exceptions."""

from __future__ import annotations

from dataclasses import replace

from tierslieux.places.hours.french.items import DayRef, Item
from tierslieux.places.hours.french.seasons import follows_season
from tierslieux.places.hours.french.story import Statement, Teller
from tierslieux.places.hours.french.tokens import PUBLIC_HOLIDAY

_NOON, _LATE_NOON = 12 * 60, 14 * 60


def tell_closed(teller: Teller, item: Item) -> None:
    """``fermé``: the days before it, else the days or the season after it, else everything."""
    is_new_season = teller.header is not None and not teller.in_clause
    after = teller.items[teller.at + 2].kind if teller.at + 2 < len(teller.items) else ""
    if teller.pending and teller.next_kind == "am_pm" and after == "times":
        return  # fermé le matin, 13h45-17h30
    if teller.pending and teller.inline and [ref.day for ref in teller.pending.days] == [PUBLIC_HOLIDAY]:
        scope, teller.inline, teller.pending = teller.inline, None, None
        teller.say(Statement((DayRef(PUBLIC_HOLIDAY),), (), "closed"), item)
        teller.story.statements.append(Statement(None, (), "closed", "", scope))
    elif teller.pending:
        days, teller.pending = teller.pending.days, None
        teller.say(Statement(days, (), "closed"), item)
    elif teller.next_kind == "days":
        teller.prefix = item
    elif teller.next_kind == "scope":
        teller.story.statements.append(Statement(None, (), "closed"))
    elif teller.next is None and follows_season(teller) and teller.in_clause:
        teller.say(Statement(teller.in_clause[-1].days, (), "closed"), item)
    elif teller.next is None and (is_new_season or not teller.story.statements):
        teller.say(Statement(None, (), "closed"), item)
    else:
        teller.bad(item)


def close_half_day(teller: Teller, item: Item) -> None:
    """``fermé le mercredi après-midi``: what that day had in that half falls away."""
    word = teller.text[teller.next.start : teller.next.end] if teller.next else ""
    said = [each for each in teller.story.statements if each.state == "open" and each.scope is None]
    base = next((each for each in reversed(said) if item.days[0].day in {ref.day for ref in each.days or ()}), None)
    is_morning = "matin" in word
    early = [span for span in base.times if span[1] <= _LATE_NOON] if base else []
    late = [span for span in base.times if span[0] >= _NOON] if base else []
    if base is None or not (early and late) or len(early) + len(late) != len(base.times) or "soir" in word:
        teller.bad(item)
        return
    teller.say(Statement(item.days, tuple(late if is_morning else early), "open", overrides=True), item)


def tell_except(teller: Teller, item: Item) -> None:
    """``sauf``: the days or the season after it."""
    if teller.next_kind in ("days", "scope") and (teller.pending or teller.story.statements):
        teller.prefix = item
    else:
        teller.bad(item)


def except_days(teller: Teller, item: Item) -> None:
    """Days that are excepted: closed, or with times of their own after a colon."""
    teller.prefix = None
    without = {ref.day for ref in item.days}
    if teller.pending and not any(ref.nth for ref in item.days):
        left = tuple(ref for ref in teller.pending.days if ref.day not in without)
        teller.pending = replace(teller.pending, days=left)
        teller.say(Statement(item.days, (), "closed"), item)
    elif teller.pending:
        teller.say(Statement(item.days, (), "closed"), item)
    elif teller.next_kind == "times" and ":" in (teller.next.glue if teller.next else ""):
        teller.pending = item
    elif teller.next_kind in ("times", "am_pm") or not teller.story.statements:
        teller.bad(item)
    else:
        teller.say(Statement(item.days, (), "closed"), item)
