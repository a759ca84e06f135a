"""French free text into OSM ``opening_hours``: read completely, or told what was not understood."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tierslieux.places.hours import evaluator
from tierslieux.places.hours.french.bare import bare_story
from tierslieux.places.hours.french.items import group
from tierslieux.places.hours.french.schedule import Contradiction, to_osm
from tierslieux.places.hours.french.sections import adults_and_children, split_sections
from tierslieux.places.hours.french.statements import tell
from tierslieux.places.hours.french.story import Story
from tierslieux.places.hours.french.tokens import fold, tokenize

MAX_FRENCH = 2000


@dataclass(frozen=True, slots=True)
class FrenchReading:
    """``opening_hours`` is None unless the whole text was understood.

    ``not_understood`` lists ``(position, part)``, positions from 0 in the text in Unicode normal form C.
    """

    opening_hours: str | None
    not_understood: tuple[tuple[int, str], ...]


def read_french(text: str) -> FrenchReading:
    """Read opening hours as people write them; never raises, never guesses.

    Hours by appointment and hours not given are ``unknown`` with a comment. A part with two readings is reported.
    """
    plain = unicodedata.normalize("NFC", text)
    if len(plain) > MAX_FRENCH:
        return FrenchReading(None, ((MAX_FRENCH, plain[MAX_FRENCH : MAX_FRENCH + 60]),))
    folded = fold(plain)
    story = _sections(folded, plain) or _story(folded, plain)
    if story.problems or not story.statements:
        return FrenchReading(None, _parts(plain, story.problems or [(0, len(plain))]))
    try:
        found = to_osm(story)
        evaluator.read(found)
    except (Contradiction, evaluator.Unreadable):
        return FrenchReading(None, _parts(plain, [(0, len(plain))]))
    return FrenchReading(found, ())


def _story(folded: str, plain: str) -> Story:
    items = group(tokenize(folded), folded, plain)
    return bare_story(items) or tell(items, folded)


def _sections(folded: str, plain: str) -> Story | None:
    cut = split_sections(folded)
    if cut is None:
        return None
    adults, children = _story(folded[: cut[0]], plain), _story(folded[cut[1] :], plain[cut[1] :])
    return None if adults.problems or children.problems else adults_and_children(adults, children)


def _parts(text: str, problems: Iterable[tuple[int, int]]) -> tuple[tuple[int, str], ...]:
    """The problems in order; those with no word between them are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(problems):
        if merged and not any(map(str.isalnum, text[merged[-1][1] : start])):
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple((start, text[start:end].strip()) for start, end in merged)
