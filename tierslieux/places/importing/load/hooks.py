"""What other parts of the directory do when places came in or changed: duplicates, days, the map's grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

BatchHook = Callable[[Connection[Any], Sequence[int]], object]
"""Called in the transaction of a batch with the numbers of places."""


def _nothing(_connection: Connection[Any], _place_ids: Sequence[int]) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Hooks:
    """``on_new``: places just created (duplicates are scored, sure pairs merged). ``on_touched``: created or changed ones."""

    on_new: BatchHook = _nothing
    on_touched: BatchHook = _nothing


NO_HOOKS = Hooks()
