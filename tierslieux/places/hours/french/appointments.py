"""Hours by appointment, hours not given, halves of days: what is not simply open or closed."""

from __future__ import annotations

from dataclasses import replace

from tierslieux.places.hours.french.items import Item
from tierslieux.places.hours.french.story import APPOINTMENT, CLAUSE_ENDS, Statement, Teller


def tell_appointment(teller: Teller, item: Item) -> None:
    """By appointment: the times after it, the days or the one statement before it, or everything."""
    follows = teller.next_kind
    if teller.half_done:
        teller.half_done = False
    elif follows == "am_pm" and teller.next and (teller.pending or teller.in_clause):
        _appointment_half(teller, teller.next)
    elif teller.pending and follows != "times":
        days, teller.pending = teller.pending.days, None
        teller.say(Statement(days, (), "unknown", APPOINTMENT), item)
    elif follows == "times":
        starts_anew = teller.pending or not teller.in_clause or set(item.glue) & set(",/&(:")
        teller.prefix = item if starts_anew else None
        if not starts_anew:
            teller.bad(item)
    elif follows == "days" and not teller.in_clause:
        teller.prefix = item
    elif len(teller.in_clause) == 1 and teller.in_clause[0].state == "open" and "/" not in item.glue:
        teller.story.statements[-1] = replace(teller.in_clause[0], state="unknown", comment=APPOINTMENT)
    elif not teller.story.statements and follows in ("end", "note"):
        teller.say(Statement(teller.braces.days if teller.braces else None, (), "unknown", APPOINTMENT), item)
    else:
        teller.bad(item)


def _appointment_half(teller: Teller, half: Item) -> None:
    """A morning or an afternoon by appointment: some time in it, beside what is open."""
    word = teller.text[half.start : half.end]
    days = teller.pending.days if teller.pending else teller.story.statements[-1].days
    teller.pending = None
    opened = [span for each in teller.story.statements if each.days == days for span in each.times]
    is_morning = "matin" in word
    low = 0 if is_morning else max([12 * 60, *(span[1] for span in opened)])
    high = min([12 * 60, *(span[0] for span in opened)]) if is_morning else 24 * 60
    if days is None or low >= high or "soir" in word:
        teller.bad(half)
        return
    teller.say(Statement(days, ((low, high),), "unknown", APPOINTMENT), half)


def tell_otherwise(teller: Teller, item: Item) -> None:
    """``ou sur rendez-vous``: beside the hours that were said, or an appointment like any other."""
    if teller.next_kind in ("times", "days", "am_pm") or teller.pending or not teller.story.statements:
        tell_appointment(teller, replace(item, glue="&"))
    else:
        teller.story.also_by_appointment = True


def tell_no_hours(teller: Teller, item: Item) -> None:
    """Hours that are not given: of the days before, of the season, or of everything."""
    comment = item.comment.strip()
    if teller.pending:
        teller.say(Statement(teller.pending.days, (), "unknown", comment), item)
        teller.pending = None
    elif (teller.header and not teller.in_clause) or not teller.story.statements:
        days = teller.braces.days if teller.braces and not teller.header else None
        teller.say(Statement(days, (), "unknown", comment), item)
    elif item.kind == "no_hours" and len(teller.in_clause) == 1 and teller.in_clause[0].state == "open":
        teller.story.statements[-1] = replace(teller.in_clause[0], state="unknown", comment=comment)
    elif item.kind == "no_hours":
        teller.bad(item)


def tell_half_day(teller: Teller, item: Item) -> None:
    """Morning and afternoon say nothing beside their times, and too little without."""
    if _is_alone_by_appointment(teller):
        _appointment_half(teller, item)
        teller.half_done = True
        return
    before = teller.items[teller.at - 1] if teller.at else None
    if (
        teller.in_clause
        and teller.in_clause[-1].overrides
        and teller.in_clause[-1].days == (before.days if before else None)
    ):
        return
    follows = teller.next
    after = (
        teller.items[teller.at + 2]
        if follows and follows.kind == "fuzzy" and teller.at + 2 < len(teller.items)
        else follows
    )
    if (
        before
        and before.kind in ("appointment", "otherwise")
        and teller.in_clause
        and teller.in_clause[-1].comment == APPOINTMENT
    ):
        return
    has_times = (after and after.kind == "times") or (
        before and before.kind == "times" and (not follows or follows.kind != "days")
    )
    if not has_times or (teller.prefix and teller.prefix.kind in ("closed", "except")):
        teller.bad(item)


def _is_alone_by_appointment(teller: Teller) -> bool:
    """``samedi matin sur rendez-vous``, ``Le matin sur rendez-vous``, and nothing more in the clause."""
    if teller.next_kind != "appointment" or teller.prefix or not _ends_after_next(teller):
        return False
    return len(teller.pending.days) == 1 if teller.pending else bool(teller.story.statements)


def _ends_after_next(teller: Teller) -> bool:
    following = teller.items[teller.at + 2].kind if teller.at + 2 < len(teller.items) else "stop"
    return following in CLAUSE_ENDS


def tell_some_of_them(teller: Teller, item: Item) -> None:
    """Some of these days, the text does not say which."""
    if teller.pending:
        teller.pending = replace(teller.pending, comment=item.comment.strip())
    elif teller.in_clause and teller.next is None:
        last = teller.story.statements[-1]
        teller.story.statements[-1] = replace(last, state="unknown", comment=item.comment.strip())
    else:
        teller.bad(item)
