"""Seasons of French opening hours: months, dates, school holidays, odd and even weeks."""

from __future__ import annotations

from dataclasses import replace

from tierslieux.places.hours.french.items import Item, Scope
from tierslieux.places.hours.french.story import CLAUSE_ENDS, REDUCED, SUMMER, Statement, Teller


def follows_season(teller: Teller) -> bool:
    """Whether the item before the present one is a season."""
    return teller.at > 0 and teller.items[teller.at - 1].kind == "scope"


def tell_season(teller: Teller, item: Item) -> None:
    """A season opens a timetable, holds for the statement before it, or for the days before it."""
    if teller.prefix and teller.prefix.kind == "except":
        teller.prefix = None
        if len(teller.in_clause) > 1 or teller.pending:
            teller.bad(item)
        days = teller.in_clause[0].days if teller.in_clause else None
        teller.story.statements.append(Statement(days, (), "closed", "", item.scope))
        return
    follows = teller.next
    if item.scope and item.scope.kind == "summer":
        _summer(teller, item)
        return
    last = teller.in_clause[-1] if teller.in_clause else None
    if last and last.days is None and last.scope is None:
        _end_with(teller, item)
        return
    if follows and follows.kind == "note":
        teller.story.statements.append(Statement(None, (), "unknown", follows.comment.strip(), item.scope))
        return
    is_title = (bool(follows) and ":" in (follows.glue if follows else "")) or item.is_capital
    if teller.pending and follows:
        teller.inline = item.scope
    elif follows and (is_title or teller.has_headers or not teller.in_clause):
        _open_season(teller, item)
    elif teller.in_clause and (follows is None or follows.kind in ("scope", "otherwise")):
        _end_with(teller, item)
    else:
        teller.bad(item)


def _summer(teller: Teller, item: Item) -> None:
    """Summer has no dates: from June to September nothing is certain. What the text says of it is left out."""
    if _has_dates_after(teller):
        return
    said = teller.in_clause[-1] if teller.in_clause else None
    if said and said.days is None and said.comment == REDUCED and said.scope is None:
        teller.story.statements[-1] = replace(said, scope=item.scope)
    elif teller.pending or teller.prefix or not teller.story.statements or teller.has_headers:
        teller.bad(item)
    else:
        teller.story.statements.append(Statement(None, (), "unknown", SUMMER, item.scope))
        teller.is_over = True


def _has_dates_after(teller: Teller) -> bool:
    """Whether the clause names the days of its summer after all."""
    for item in teller.items[teller.at + 1 :]:
        if item.kind in CLAUSE_ENDS:
            return False
        if item.kind == "scope":
            return True
    return False


def _open_season(teller: Teller, item: Item) -> None:
    teller.bad(teller.pending)
    teller.bad(teller.prefix)
    scope = item.scope
    if follows_season(teller) and teller.header and scope:
        if teller.header.kind != scope.kind or scope.kind not in ("months", "dates"):
            teller.bad(item)
        scope = Scope(scope.kind, f"{teller.header.selector},{scope.selector}")
    teller.header, teller.is_stale, teller.has_headers = scope, False, True


def _end_with(teller: Teller, item: Item) -> None:
    """A season at the end of a clause holds for what the clause says, if that is one thing."""
    last = teller.in_clause[-1]
    stands_alone = len(teller.in_clause) == 1 or last.state == "closed" or last.comment == REDUCED
    if not stands_alone or last.scope is not None:
        teller.bad(item)
        return
    teller.story.statements[-1] = replace(last, scope=item.scope)


def tell_reduced(teller: Teller, item: Item) -> None:
    """Other hours in a season: unknown, unless they are given."""
    after = teller.items[teller.at + 2].kind if teller.at + 2 < len(teller.items) else ""
    if teller.next_kind == "scope" and after in ("days", "times"):
        return
    if teller.next_kind == "scope" or (teller.header and not teller.in_clause and teller.next is None):
        teller.say(Statement(None, (), "unknown", REDUCED), item)
    elif teller.next_kind != "times":
        teller.bad(item)
