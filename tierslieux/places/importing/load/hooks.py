"""What other parts of the directory do when places came in or changed: duplicates, days, the map's grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

BatchHook = Callable[[Connection[Any], Sequence[int]], object]
AfterHook = Callable[[Sequence[int]], object]


def _nothing(*_: object) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Hooks:
    """``on_new``: in a batch's transaction, with places just created (duplicates are scored, sure pairs merged).

    ``after_batch``: after its COMMIT, with places created or changed (their days). ``at_end``: once, on the connection,
    where anything was created or changed (the map's grid).
    """

    on_new: BatchHook = _nothing
    after_batch: AfterHook = _nothing
    at_end: Callable[[Connection[Any]], object] = _nothing


NO_HOOKS = Hooks()
