"""Ids of what a place owns: ``{place_id}-{key}``, an opaque text to clients that names its shard (data-model, Ids)."""

from __future__ import annotations

import re
from uuid import UUID

from tierslieux.shared.errors import NotFound

_LARGEST = 2**31 - 1
_COUNTED = re.compile(r"([0-9]{1,10})-([0-9]{1,10})", re.ASCII)
_RANDOM = re.compile(r"([0-9]{1,10})-([0-9a-f]{32})", re.ASCII)


def place_number(place_id: str) -> int:
    """The number of a place in an address; ``NotFound`` where no place can have it."""
    if not (place_id.isascii() and place_id.isdigit() and len(place_id) <= 10) or int(place_id) > _LARGEST:
        raise NotFound
    return int(place_id)


def local_id(place_id: int, key: int | UUID) -> str:
    """The public id of a resource or seat (a number) or of a booking or closure (a UUID) of a place."""
    return f"{place_id}-{key.hex if isinstance(key, UUID) else key}"


def parse_local_id(text: str) -> tuple[int, int]:
    """``"4821-1"`` as ``(4821, 1)``; ``NotFound`` for what no ``local_id`` says, also where a number is too large."""
    found = _COUNTED.fullmatch(text)
    if found is None:
        raise NotFound
    place_id, key = int(found[1]), int(found[2])
    if max(place_id, key) > _LARGEST or text != local_id(place_id, key):
        raise NotFound
    return place_id, key


def parse_local_uuid(text: str) -> tuple[int, UUID]:
    """``"4821-0193f3c2aa517d0e8a7b3f60c1d2e4f5"`` as number and UUID; ``NotFound`` for anything else."""
    found = _RANDOM.fullmatch(text)
    if found is None or int(found[1]) > _LARGEST or not text.startswith(f"{int(found[1])}-"):
        raise NotFound
    return int(found[1]), UUID(found[2])
