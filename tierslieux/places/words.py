"""The words that places are found by, each once: what a word with a typing error is compared to.

To tell how like a word is to some twenty thousand words takes a few milliseconds, to the texts of all places seconds.
Words are added with the places that hold them and dropped by the next import; one too many only finds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from tierslieux.web.plans import Plan

_WORDS = """
SELECT DISTINCT w.word FROM place p, regexp_split_to_table(p.search_text, '[^[:alnum:]]+') w (word)
WHERE p.state = 'published' AND length(w.word) > 1
"""
# in the order of the key, so that two writers never wait for each other in a circle
_ADD = "INSERT INTO search_word (word) SELECT n.word FROM ({words}) n ORDER BY n.word ON CONFLICT DO NOTHING"
_ADD_FEW = _ADD.format(words=f"{_WORDS} AND p.place_id = ANY(%(place_ids)s::integer[])")
_ADD_ALL = _ADD.format(words=_WORDS)
_DROP = f"DELETE FROM search_word s WHERE s.word NOT IN ({_WORDS})"  # noqa: S608 - constants of this module


def learn_words(place_ids: Sequence[int]) -> Plan[None]:
    """Know the words of these places too."""
    yield _ADD_FEW, {"place_ids": list(place_ids)}


def learn_all_words(connection: Connection[Any]) -> None:
    """Know the words of all published places and no others, in the connection's transaction."""
    connection.execute(_DROP)
    connection.execute(_ADD_ALL)
