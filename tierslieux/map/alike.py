"""Communes whose name was typed with errors: trigrams find some dozens in the database, the letters rank them here."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from tierslieux.web.db import Reads

LEAST_ALIKE = 0.6
_CANDIDATES = 40
_OF_WORDS = 12
_INSIDE = 0.1
"""What a match inside a name counts less than one of its beginning."""
_SIZE = 0.01
"""What a tenfold population counts, about two hundredths."""
_FIND = """
SELECT c.code, c.search_name, c.population FROM commune c
WHERE ({like}) AND (%(departement)s::text IS NULL OR c.departement_code = %(departement)s::text)
ORDER BY greatest(similarity(c.search_name, %(text)s::text), word_similarity(%(text)s::text, c.search_name)) DESC,
  c.population DESC, c.code
LIMIT {most}
"""
_ONE_WORD = _FIND.format(like="c.search_name %% %(text)s::text OR c.search_name %%> %(text)s::text", most=_CANDIDATES)
# of several words enough are right: likeness to a part of the name finds them, and half of France is like "saint-..."
_WORDS = _FIND.format(like="c.search_name %%> %(text)s::text", most=_OF_WORDS)


class Alike(NamedTuple):
    """A commune's code, and how like its name is to what was typed: 1 is the same."""

    code: str
    likeness: float


async def alike_communes(reads: Reads, folded: str, departement: str | None, limit: int) -> list[Alike]:
    """At most ``limit`` communes, the likeliest first, of those at least ``LEAST_ALIKE``."""
    rows = await (
        await reads.execute(_WORDS if " " in folded else _ONE_WORD, {"text": folded, "departement": departement})
    ).fetchall()
    return ranked(folded, rows)[:limit]


def ranked(folded: str, communes: Iterable[Sequence[object]]) -> list[Alike]:
    """``(code, folded name, population)`` by likeness, between equals the most populated first."""
    scored = [(likeness(folded, str(name)), int(str(population)), str(code)) for code, name, population in communes]
    kept = [each for each in scored if each[0] >= LEAST_ALIKE]
    kept.sort(key=lambda each: (-each[0] - _SIZE * math.log(each[1] + 1), each[2]))
    return [Alike(code, score) for score, _, code in kept]


def likeness(typed: str, name: str) -> float:
    """How like ``typed`` is to ``name``, to its beginning or, a little less, to words inside it; 0 to 1."""
    words, matcher = name.split(), SequenceMatcher(None, "", typed, autojunk=False)
    best = _ratio(matcher, name)
    for start in range(len(words)):
        part = " ".join(words[start:])[: len(typed) + 1]
        best = max(best, _ratio(matcher, part) - (_INSIDE if start else _INSIDE / 2))
    return best


def _ratio(matcher: SequenceMatcher[str], other: str) -> float:
    """The share of equal letters; 0 where a glance tells that it is too small to count."""
    matcher.set_seq1(other)
    is_far = matcher.real_quick_ratio() < LEAST_ALIKE or matcher.quick_ratio() < LEAST_ALIKE
    return 0.0 if is_far else matcher.ratio()
