"""Libraries with hours for adults and hours for children: the adults' are the place's; what children have beside
them is unknown to an adult."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tierslieux.places.hours.french.items import DayRef
from tierslieux.places.hours.french.story import Statement, Story

_COMMENT = "section jeunesse"
_ADULTS = re.compile(r"\s*(?:section |espaces? )?adultes?\b")
_CHILDREN = re.compile(r"[\s.;|*-]+(?:section |espace )?(?:jeunesse|enfants?) ?[:-]")
_Span = tuple[int, int]


def split_sections(folded: str) -> tuple[int, int] | None:
    """Where the adults' part ends and the children's begins, where a text has just these two."""
    found = list(_CHILDREN.finditer(folded))
    if len(found) != 1 or not _ADULTS.match(folded):
        return None
    return found[0].start(), found[0].end()


def adults_and_children(adults: Story, children: Story) -> Story | None:
    """One story of two, or None where either is more than weekdays and times."""
    if not (_is_plain(adults) and _is_plain(children)):
        return None
    extra = []
    for day, spans in _by_day(children).items():
        left = _minus(spans, _by_day(adults).get(day, []))
        if left:
            extra.append(Statement((DayRef(day),), tuple(left), "unknown", _COMMENT))
    return Story([*adults.statements, *extra])


def _is_plain(story: Story) -> bool:
    refs = [ref for each in story.statements for ref in each.days or (DayRef(-1),)]
    is_simple = all(each.scope is None and each.state in ("open", "closed") for each in story.statements)
    return (
        bool(refs) and is_simple and not story.also_by_appointment and all(ref.day >= 0 and not ref.nth for ref in refs)
    )


def _by_day(story: Story) -> dict[int, list[_Span]]:
    found: dict[int, list[_Span]] = {}
    for each in story.statements:
        for ref in each.days or ():
            found.setdefault(ref.day, []).extend(each.times)
    return found


def _minus(spans: Iterable[_Span], without: Iterable[_Span]) -> list[_Span]:
    left = list(spans)
    for low, high in without:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, low)), (max(start, high), end))
            if piece[0] < piece[1]
        ]
    return sorted(left)
