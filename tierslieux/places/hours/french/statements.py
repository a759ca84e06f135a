"""Items become statements: on these days, at these times, in this season, open, closed or by appointment.

Whatever leaves two readings is a problem with its place; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tierslieux.places.hours.french.items import DayRef, Item, Scope
from tierslieux.places.hours.french.tokens import PUBLIC_HOLIDAY

APPOINTMENT = "sur rendez-vous"
_REDUCED = "horaires réduits"
_SUMMER = "horaires d'été"
_NOON, _LATE_NOON = 12 * 60, 14 * 60
_CLAUSE_ENDS = ("stop",)
_LASTING = ("school", "term", "not_term")


@dataclass(frozen=True, slots=True)
class Statement:
    """``days`` None means every day of the scope; ``is_header`` that the scope opens a whole timetable."""

    days: tuple[DayRef, ...] | None
    times: tuple[tuple[int, int], ...]
    state: str
    comment: str = ""
    scope: Scope | None = None
    is_header: bool = False
    overrides: bool = False


@dataclass
class Story:
    """What a text says: its statements, whether more is possible by appointment, and what was not understood."""

    statements: list[Statement] = field(default_factory=list)
    also_by_appointment: bool = False
    problems: list[tuple[int, int]] = field(default_factory=list)


@dataclass
class _Teller:
    items: list[Item]
    text: str
    story: Story = field(default_factory=Story)
    at: int = 0
    pending: Item | None = None
    pending_times: Item | None = None
    prefix: Item | None = None
    header: Scope | None = None
    inline: Scope | None = None
    is_stale: bool = False
    clause_start: int = 0
    clause_items: int = 0
    has_headers: bool = False
    braces: Item | None = None
    half_done: bool = False
    is_over: bool = False

    @property
    def next(self) -> Item | None:
        """The item after the present one, unless the clause ends."""
        following = self.items[self.at + 1] if self.at + 1 < len(self.items) else None
        return None if following is None or following.kind in _CLAUSE_ENDS else following

    @property
    def next_kind(self) -> str:
        return self.next.kind if self.next else "end"

    @property
    def in_clause(self) -> list[Statement]:
        return self.story.statements[self.clause_start :]

    def bad(self, item: Item | None) -> None:
        if item:
            self.story.problems.append((item.start, item.end))

    def say(self, statement: Statement, at: Item) -> None:
        only_holidays = bool(statement.days) and all(ref.day == PUBLIC_HOLIDAY for ref in statement.days or ())
        if self.is_stale and self.header and not only_holidays:
            self.bad(at)
        scope = self.inline or (None if only_holidays else self.header)
        if statement.scope is None and scope is not None:
            statement = replace(statement, scope=scope, is_header=self.inline is None)
        self.inline = None
        self.story.statements.append(statement)


def tell(items: list[Item], text: str) -> Story:
    """The story of a folded text that was grouped into items."""
    teller = _Teller(items, text)
    for at, item in enumerate(items):
        teller.at = at
        if teller.is_over and item.kind not in ("closed", "except", "bad"):
            continue
        _HANDLERS.get(item.kind, _Teller.bad)(teller, item)
        teller.clause_items = 0 if item.kind in _CLAUSE_ENDS else teller.clause_items + 1
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


def _stop(teller: _Teller, item: Item) -> None:
    _end_clause(teller)
    mark = teller.text[item.start : item.end]
    if "|" in mark:
        teller.header = None
    elif teller.header and (teller.header.kind not in _LASTING or "." in mark):
        teller.is_stale = True


def _end_clause(teller: _Teller) -> None:
    if teller.pending and teller.prefix and teller.prefix.kind == "appointment" and not teller.pending_times:
        teller.say(Statement(teller.pending.days, (), "unknown", APPOINTMENT), teller.pending)
        teller.pending = teller.prefix = None
    teller.bad(teller.pending)
    teller.bad(teller.pending_times)
    teller.bad(teller.prefix)
    teller.pending = teller.pending_times = teller.prefix = None
    teller.inline = None
    teller.clause_start = len(teller.story.statements)


def _days(teller: _Teller, item: Item) -> None:
    prefix = teller.prefix
    if prefix and prefix.kind == "closed" and teller.next_kind == "am_pm" and len(item.days) == 1:
        teller.prefix = None
        _close_half(teller, item)
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
        _except_days(teller, item)
    elif teller.pending_times:
        times, teller.pending_times = teller.pending_times, None
        teller.pending = item
        _open(teller, times)
    else:
        teller.bad(teller.pending)
        teller.pending = item


def _close_half(teller: _Teller, item: Item) -> None:
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


def _including(teller: _Teller, item: Item) -> None:
    if teller.next_kind == "days" and teller.story.statements and teller.story.statements[-1].state == "open":
        teller.prefix = item
    else:
        teller.bad(item)


def _ends(teller: _Teller, item: Item) -> None:
    teller.prefix = item


def _except_days(teller: _Teller, item: Item) -> None:
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


def _times(teller: _Teller, item: Item) -> None:
    if teller.pending is None and _is_hours_first(teller):
        teller.bad(teller.pending_times)
        teller.pending_times = item
        return
    _open(teller, item)


def _is_hours_first(teller: _Teller) -> bool:
    """Whether the clause begins with times and ends with days: the times belong to the days after them."""
    kinds = []
    start = teller.at - teller.clause_items
    for item in teller.items[start:]:
        if item.kind in _CLAUSE_ENDS:
            break
        if item.kind in ("days", "times"):
            kinds.append(item.kind)
    return bool(kinds) and kinds[0] == "times" and kinds[-1] == "days"


def _open(teller: _Teller, item: Item) -> None:
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


def _inherited(teller: _Teller) -> tuple[DayRef, ...] | None:
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


def _until(teller: _Teller, item: Item) -> None:
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


def _closed(teller: _Teller, item: Item) -> None:
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
    elif teller.next is None and _follows_scope(teller) and teller.in_clause:
        teller.say(Statement(teller.in_clause[-1].days, (), "closed"), item)
    elif is_new_season and teller.next is None:
        teller.say(Statement(None, (), "closed"), item)
    elif teller.next is None and not teller.story.statements:
        teller.say(Statement(None, (), "closed"), item)
    else:
        teller.bad(item)


def _follows_scope(teller: _Teller) -> bool:
    return teller.at > 0 and teller.items[teller.at - 1].kind == "scope"


def _scope(teller: _Teller, item: Item) -> None:
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


def _summer(teller: _Teller, item: Item) -> None:
    """Summer has no dates: from June to September nothing is certain. What the text says of it is left out."""
    if _has_dates_after(teller):
        return
    said = teller.in_clause[-1] if teller.in_clause else None
    if said and said.days is None and said.comment == _REDUCED and said.scope is None:
        teller.story.statements[-1] = replace(said, scope=item.scope)
    elif teller.pending or teller.prefix or not teller.story.statements or teller.has_headers:
        teller.bad(item)
    else:
        teller.story.statements.append(Statement(None, (), "unknown", _SUMMER, item.scope))
        teller.is_over = True


def _has_dates_after(teller: _Teller) -> bool:
    """Whether the clause names the days of its summer after all."""
    for item in teller.items[teller.at + 1 :]:
        if item.kind in _CLAUSE_ENDS:
            return False
        if item.kind == "scope":
            return True
    return False


def _open_season(teller: _Teller, item: Item) -> None:
    teller.bad(teller.pending)
    teller.bad(teller.prefix)
    scope = item.scope
    if _follows_scope(teller) and teller.header and scope:
        if teller.header.kind != scope.kind or scope.kind not in ("months", "dates"):
            teller.bad(item)
        scope = Scope(scope.kind, f"{teller.header.selector},{scope.selector}")
    teller.header, teller.is_stale, teller.has_headers = scope, False, True


def _end_with(teller: _Teller, item: Item) -> None:
    """A season at the end of a clause holds for what the clause says, if that is one thing."""
    last = teller.in_clause[-1]
    stands_alone = len(teller.in_clause) == 1 or last.state == "closed" or last.comment == _REDUCED
    if not stands_alone or last.scope is not None:
        teller.bad(item)
        return
    teller.story.statements[-1] = replace(last, scope=item.scope)


def _appointment(teller: _Teller, item: Item) -> None:
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


def _appointment_half(teller: _Teller, half: Item) -> None:
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


def _otherwise(teller: _Teller, item: Item) -> None:
    if teller.next_kind in ("times", "days", "am_pm") or teller.pending or not teller.story.statements:
        _appointment(teller, replace(item, glue="&"))
    else:
        teller.story.also_by_appointment = True


def _except(teller: _Teller, item: Item) -> None:
    if teller.next_kind in ("days", "scope") and (teller.pending or teller.story.statements):
        teller.prefix = item
    else:
        teller.bad(item)


def _reduced(teller: _Teller, item: Item) -> None:
    """Other hours in a season: unknown, unless they are given."""
    after = teller.items[teller.at + 2].kind if teller.at + 2 < len(teller.items) else ""
    if teller.next_kind == "scope" and after in ("days", "times"):
        return
    if teller.next_kind == "scope" or (teller.header and not teller.in_clause and teller.next is None):
        teller.say(Statement(None, (), "unknown", _REDUCED), item)
    elif teller.next_kind != "times":
        teller.bad(item)


def _no_hours(teller: _Teller, item: Item) -> None:
    comment = item.comment.strip()
    if teller.pending:
        days, teller.pending = teller.pending.days, None
        teller.say(Statement(days, (), "unknown", comment), item)
    elif (teller.header and not teller.in_clause) or not teller.story.statements:
        days = teller.braces.days if teller.braces and not teller.header else None
        teller.say(Statement(days, (), "unknown", comment), item)
    elif item.kind == "no_hours" and len(teller.in_clause) == 1 and teller.in_clause[0].state == "open":
        teller.story.statements[-1] = replace(teller.in_clause[0], state="unknown", comment=comment)
    elif item.kind == "no_hours":
        teller.bad(item)


def _half(teller: _Teller, item: Item) -> None:
    """Morning and afternoon say nothing beside their times, and too little without."""
    if teller.next_kind == "appointment" and not teller.prefix and _ends_after_next(teller):
        if teller.pending and len(teller.pending.days) == 1 or (not teller.pending and teller.story.statements):
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


def _ends_after_next(teller: _Teller) -> bool:
    following = teller.items[teller.at + 2].kind if teller.at + 2 < len(teller.items) else "stop"
    return following in _CLAUSE_ENDS


def _fuzzy(teller: _Teller, item: Item) -> None:
    """Some of these days, the text does not say which."""
    if teller.pending:
        teller.pending = replace(teller.pending, comment=item.comment.strip())
    elif teller.in_clause and teller.next is None:
        last = teller.story.statements[-1]
        teller.story.statements[-1] = replace(last, state="unknown", comment=item.comment.strip())
    else:
        teller.bad(item)


def _always(teller: _Teller, item: Item) -> None:
    if teller.pending or teller.story.statements:
        teller.bad(item)
        return
    teller.say(Statement(tuple(DayRef(day) for day in range(7)), ((0, 24 * 60),), "open"), item)


def _label(teller: _Teller, item: Item) -> None:
    """The name of the place itself, once, before anything else."""
    if teller.at and not (teller.at == 1 and teller.items[0].kind == "braces"):
        teller.bad(item)


def _braces(teller: _Teller, item: Item) -> None:
    if teller.at:
        teller.bad(item)
    teller.braces = item


def _check_braces(teller: _Teller) -> None:
    """Days ticked in a list and days named in the text must be the same."""
    if teller.braces is None:
        return
    named = {ref.day for each in teller.story.statements if each.state != "closed" for ref in each.days or ()}
    if named != {ref.day for ref in teller.braces.days}:
        teller.bad(teller.braces)


def _silent(teller: _Teller, item: Item) -> None:
    """Says nothing about hours (``sans rendez-vous``)."""


_HANDLERS: dict[str, Callable[[_Teller, Item], None]] = {
    "stop": _stop,
    "days": _days,
    "times": _times,
    "until": _until,
    "ends": _ends,
    "including": _including,
    "closed": _closed,
    "scope": _scope,
    "appointment": _appointment,
    "otherwise": _otherwise,
    "except": _except,
    "reduced": _reduced,
    "no_hours": _no_hours,
    "note": _no_hours,
    "am_pm": _half,
    "fuzzy": _fuzzy,
    "always": _always,
    "label": _label,
    "braces": _braces,
    "without": _silent,
}
