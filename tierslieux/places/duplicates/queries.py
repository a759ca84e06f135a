"""The list of pairs for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

from tierslieux.places.duplicates.schemas import DuplicatePair, PairState
from tierslieux.web.plans import Plan

_COLUMNS: LiteralString = """
SELECT d.pair_id::text, ARRAY[d.place_a::text, d.place_b::text], ARRAY[a.name, b.name], d.score, d.reasons, d.state
FROM duplicate_pair d JOIN place a ON a.place_id = d.place_a JOIN place b ON b.place_id = d.place_b
"""
_LIST: LiteralString = (
    _COLUMNS
    + """
WHERE d.state = %(state)s AND (d.score, d.pair_id) < (%(score)s::float8, %(pair_id)s::integer)
  AND (d.state NOT IN ('to_review', 'unsure') OR (a.state <> 'merged' AND b.state <> 'merged'))
ORDER BY d.score DESC, d.pair_id DESC LIMIT %(limit)s::integer
"""
)
_ONE: LiteralString = _COLUMNS + "WHERE d.pair_id = %(pair_id)s::integer"
FIRST = (2.0, 2**31 - 1)
"""The key before every pair."""


def list_pairs(state: PairState, after: Sequence[Any], limit: int) -> Plan[list[DuplicatePair]]:
    """Pairs in ``state``, the likeliest first, after the key ``(score, pair_id)``. Pairs that a merge settled are left
    out."""
    score, pair_id = after
    rows = yield _LIST, {"state": state, "score": score, "pair_id": pair_id, "limit": limit}
    return [DuplicatePair(*row) for row in rows]


def find_pair(pair_id: int) -> Plan[DuplicatePair | None]:
    """One pair, or ``None``."""
    rows = yield _ONE, {"pair_id": pair_id}
    return DuplicatePair(*rows[0]) if rows else None
