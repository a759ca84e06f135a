"""Statements become an OSM ``opening_hours`` text, or name the pair that cannot both hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tierslieux.places.hours.french.items import DayRef, Scope
from tierslieux.places.hours.french.story import APPOINTMENT, Statement, Story
from tierslieux.places.hours.french.tokens import PUBLIC_HOLIDAY

_NAMES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH")
_TERM_ONLY = "vacances scolaires non précisées"
_ORDER = ("", "months", "summer", "dates", "parity", "school")


class Contradiction(ValueError):
    """Two statements about the same day cannot both hold."""


@dataclass(frozen=True, slots=True)
class _Slot:
    """What holds on one day of one season."""

    state: str
    times: tuple[tuple[int, int], ...]
    comment: str


def to_osm(story: Story) -> str:
    """The OSM text; ``Contradiction`` where statements cannot be put together. The story has no problems."""
    statements = _outside_of_term(story.statements)
    whole = [each for each in statements if each.days is None and each.scope is None]
    if whole:
        return _whole(statements, whole[0], story)
    plain = [each for each in statements if each.scope is None and not _only_holidays(each)]
    rules: list[str] = []
    for scope in _scopes(statements):
        within = [each for each in statements if each.scope == scope and not _only_holidays(each)]
        rules += _season(scope, within, plain)
    rules += _closings(statements)
    rules += _rules("", _table([each for each in statements if _only_holidays(each)]))
    text = _without_leading_comma("".join(_joined(rules)))
    return f'{text} || unknown "{APPOINTMENT}"' if story.also_by_appointment else text


def _only_holidays(statement: Statement) -> bool:
    return bool(statement.days) and all(ref.day == PUBLIC_HOLIDAY for ref in statement.days or ())


def _closings(statements: Sequence[Statement]) -> list[str]:
    """Seasons of which nothing is known, then those that are closed: after every rule that would open them."""
    general = [each for each in statements if each.days is None and each.scope]
    unknown = [
        f'{each.scope.selector} unknown "{_plain(each.comment)}"'
        for each in general
        if each.scope and each.state != "closed"
    ]
    closed = [f"{each.scope.selector} off" for each in general if each.scope and each.state == "closed"]
    return unknown + closed


def _whole(statements: Sequence[Statement], only: Statement, story: Story) -> str:
    if len(statements) > 1 or story.also_by_appointment:
        raise Contradiction
    return _rule("", (), _Slot(only.state, only.times, only.comment))


def _outside_of_term(statements: Iterable[Statement]) -> list[Statement]:
    """``hors vacances`` closes the school holidays; ``en période scolaire`` leaves them open to question."""
    found: list[Statement] = []
    limits: list[Statement] = []
    known = list(statements)
    has_school = any(each.scope and each.scope.kind == "school" for each in known)
    for each in known:
        if each.scope is None or each.scope.kind not in ("term", "not_term"):
            found.append(each)
            continue
        found.append(replace(each, scope=None))
        days = None if each.is_header else each.days
        state, comment = ("closed", "") if each.scope.kind == "not_term" else ("unknown", _TERM_ONLY)
        limits.append(Statement(days, (), state, comment, Scope("school", "SH")))
    return found + ([] if has_school else list(dict.fromkeys(limits)))


def _scopes(statements: Iterable[Statement]) -> list[Scope | None]:
    found = list(dict.fromkeys(each.scope for each in statements))
    return sorted(found, key=lambda scope: _ORDER.index(scope.kind if scope else ""))


def _season(scope: Scope | None, statements: Sequence[Statement], plain: Sequence[Statement]) -> list[str]:
    """A season's rules. A timetable of its own closes the days it does not name; anything less adds to the others."""
    named = [each for each in statements if each.days is not None]
    table = _table(named)
    if scope is None or not plain:
        return _rules(scope.selector if scope else "", table)
    usual = _table(plain)
    if scope.kind == "parity" or not _is_timetable(named):
        return _rules(scope.selector, {ref: _added(usual.get(ref, []), slots) for ref, slots in table.items()})
    opened = {ref.day for ref, slots in table.items() if any(slot.state != "closed" for slot in slots)}
    if not opened & {ref.day for ref in usual}:
        raise Contradiction  # instead of the others, or beside them?
    return [f"{scope.selector} off", *_rules(scope.selector, table)]


def _added(usual: list[_Slot], slots: list[_Slot]) -> list[_Slot]:
    """The usual hours of a day with those of a season beside them; where the two meet, the season's stand alone."""
    if any(slot.state == "closed" or not slot.times for slot in (*usual, *slots)) or _meet(usual, slots):
        return slots
    found = usual
    for slot in slots:
        found = _together(found, slot, is_special=False)
    return found


def _is_timetable(statements: Sequence[Statement]) -> bool:
    """Whether a season's own opening hours stand instead of the others: its days that are not named are closed."""
    return any(each.is_header and each.state != "closed" and each.days for each in statements)


def _table(statements: Sequence[Statement]) -> dict[DayRef, list[_Slot]]:
    table: dict[DayRef, list[_Slot]] = {}
    spans: dict[DayRef, bool] = {}
    for each in statements:
        for ref in each.days or ():
            key = DayRef(ref.day, ref.nth)
            slot = _Slot(each.state, each.times, each.comment)
            if each.overrides:
                table[key] = [slot]
                continue
            table[key] = _together(table.get(key, []), slot, is_special=spans.get(key, False) and not ref.in_span)
            spans[key] = ref.in_span
    return table


def _together(known: list[_Slot], new: _Slot, *, is_special: bool) -> list[_Slot]:
    """A closed day closes; the same again says nothing new; what does not meet adds; a day named apart replaces."""
    if not known or new in known:
        return known or [new]
    if new.state == "closed":
        return [new]
    if any(slot.state == "closed" or not slot.times for slot in known) or not new.times:
        raise Contradiction
    meets = _meet(known, [new])
    if is_special:
        if not meets:
            raise Contradiction
        return [new]
    if meets:
        raise Contradiction
    return [*known, new]


def _meet(some: Sequence[_Slot], others: Sequence[_Slot]) -> bool:
    spans = [span for slot in others for span in slot.times]
    return any(low < high2 and low2 < high for slot in some for low, high in slot.times for low2, high2 in spans)


def _rules(selector: str, table: dict[DayRef, list[_Slot]]) -> list[str]:
    groups: dict[tuple[_Slot, ...], list[DayRef]] = {}
    for ref, slots in table.items():
        groups.setdefault(_merged(slots), []).append(ref)
    ordered = sorted(groups.items(), key=lambda pair: any(ref.day == PUBLIC_HOLIDAY or ref.nth for ref in pair[1]))
    rules: list[str] = []
    additions: list[str] = []
    for same, refs in ordered:
        written = [_rule(selector, refs, slot) for slot in same]
        rules.append(written[0])
        additions += [f", {other}" for other in written[1:]]
    return rules + additions


def _merged(slots: Sequence[_Slot]) -> tuple[_Slot, ...]:
    """One slot for all open times, then the others."""
    times = tuple(sorted(span for slot in slots if slot.state == "open" for span in slot.times))
    opened = [_Slot("open", times, "")] if times else []
    return (*opened, *(slot for slot in slots if slot.state != "open"))


def _rule(selector: str, refs: Sequence[DayRef], slot: _Slot) -> str:
    times = ",".join(f"{_clock(low)}-{_clock(high)}" for low, high in slot.times)
    comment = f'"{_plain(slot.comment)}"' if slot.comment else ""
    modifier = {"open": "", "closed": "off", "unknown": "unknown"}[slot.state]
    return " ".join(filter(None, (selector, _day_list(refs), times, modifier, comment)))


def _day_list(refs: Sequence[DayRef]) -> str:
    """``Mo-Fr`` for three days or more in a row, else a list; Monday first, public holidays last."""
    plain = sorted({ref.day for ref in refs if not ref.nth and ref.day != PUBLIC_HOLIDAY})
    runs: list[list[int]] = []
    for day in plain:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    names = [
        f"{_NAMES[run[0]]}-{_NAMES[run[-1]]}" if len(run) > 2 else ",".join(_NAMES[day] for day in run) for run in runs
    ]
    names += [f"{_NAMES[ref.day]}[{','.join(map(str, ref.nth))}]" for ref in refs if ref.nth]
    names += ["PH"] if any(ref.day == PUBLIC_HOLIDAY for ref in refs) else []
    return ",".join(names)


def _joined(rules: Sequence[str]) -> Iterable[str]:
    for index, rule in enumerate(rules):
        yield rule if index == 0 or rule.startswith(", ") else f"; {rule}"


def _without_leading_comma(text: str) -> str:
    return text.removeprefix(", ")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _plain(comment: str) -> str:
    return " ".join(comment.replace('"', " ").split())
