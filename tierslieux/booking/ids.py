"""Public ids of what a place owns: ``{place_id}-{key}``, opaque to clients; each says its shard without a look-up."""

from __future__ import annotations

import re
from uuid import UUID

from tierslieux.shared.errors import NotFound

_LOCAL = re.compile(r"([1-9][0-9]{0,9})-([1-9][0-9]{0,9})")
_UUID = re.compile(r"([1-9][0-9]{0,9})-([0-9a-f]{32})")
_MOST = 2**31 - 1


def read_local_id(text: str) -> tuple[int, int]:
    """Place and number of a resource or a seat, or ``NotFound``."""
    found = _LOCAL.fullmatch(text)
    if found is None or max(numbers := (int(found[1]), int(found[2]))) > _MOST:
        raise NotFound
    return numbers


def read_uuid_id(text: str) -> tuple[int, UUID]:
    """Place and id of a booking, a closure, a wish, or ``NotFound``."""
    found = _UUID.fullmatch(text)
    if found is None or int(found[1]) > _MOST:
        raise NotFound
    return int(found[1]), UUID(found[2])


def uuid_id(place_id: int, key: UUID) -> str:
    """The public id of what has a uuid within a place."""
    return f"{place_id}-{key.hex}"
