"""Words with typing errors: the words of places that are most like what was typed (``places.words``)."""

from __future__ import annotations

from collections.abc import Sequence

from tierslieux.web.db import Reads

LEAST_ALIKE = 0.4
"""Trigram similarity (``pg_trgm``) of a word that may have been meant: "cowroking" reaches 0.43 of "coworking"."""
MOST_MEANT = 5
_MEANT = f"""
SELECT CASE WHEN EXISTS (SELECT FROM search_word k WHERE k.word LIKE t.typed || '%%') THEN ARRAY[t.typed]
  ELSE ARRAY(SELECT w.word::text FROM search_word w
    WHERE w.word %% t.typed AND similarity(w.word, t.typed) >= {LEAST_ALIKE}
    ORDER BY similarity(w.word, t.typed) DESC, w.word LIMIT {MOST_MEANT}) END
FROM unnest(%(words)s::text[]) WITH ORDINALITY t (typed, n) ORDER BY t.n
"""


async def meant_words(reads: Reads, words: Sequence[str]) -> list[list[str]]:
    """For each word: itself where some word of a place begins so, else those that it may stand for, likeliest first."""
    rows = await (await reads.execute(_MEANT, {"words": list(words)})).fetchall()
    return [row[0] for row in rows]


def meant_sql(name: str) -> str:
    """An array of LIKE patterns, of the words that the parameter ``name`` may mean; likeliest first, itself included.

    The expression stands on no row: the database works it out once a statement.
    """
    typed = f"%({name})s::text"
    alike = f"similarity(w.word, {typed})"
    return (
        f"ARRAY(SELECT '%%' || w.word || '%%' FROM search_word w WHERE w.word %% {typed} AND {alike} >= {LEAST_ALIKE}"
        f" ORDER BY {alike} DESC, w.word LIMIT {MOST_MEANT})"
    )


def known_sql(name: str) -> str:
    """Whether any place holds the LIKE pattern of the parameter ``name`` inside a word."""
    return f"EXISTS (SELECT FROM search_word w WHERE w.word LIKE %({name})s::text)"
