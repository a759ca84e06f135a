"""From what a team sends to what is stored of a resource: checked, nothing looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from tierslieux.places.editing import check_lengths, checked_rules, readable_hours
from tierslieux.places.local_ids import parse_local_id
from tierslieux.places.policy import effective_policy, merged_override
from tierslieux.places.resource_models import SEAT_ATTRIBUTES
from tierslieux.places.resources.bodies import SeatAttribute
from tierslieux.places.resources.schemas import ResourceFacts, SeatPatch
from tierslieux.places.resources.stored import ResourceColumns, StoredResource
from tierslieux.shared.errors import FieldError, InvalidRequest, NotFound, invalid

MODES = ("hour", "half_day", "day")
T = TypeVar("T")


class SeatChange(NamedTuple):
    """A seat's new label and attributes; ``None``: as it is."""

    seat_id: int
    label: str | None
    attributes: list[SeatAttribute] | None


def changed_columns(stored: ResourceColumns, facts: ResourceFacts, place_policy: Mapping[str, Any]) -> ResourceColumns:
    """``stored`` as ``facts`` make it. Raises ``InvalidRequest`` or ``InvalidHours``."""
    changes = dict(_plain(facts))
    if facts.prices is not UNSET:
        changes["prices"] = {} if facts.prices is None else stored.prices | msgspec.to_builtins(facts.prices)
    if facts.policy is not UNSET:
        changes["policy"] = _override(place_policy, stored.policy, facts.policy)
    if facts.opening_hours is not UNSET:
        text = facts.opening_hours
        changes["hours_osm"] = readable_hours(text, "opening_hours").text if text and text.strip() else None
    return msgspec.structs.replace(stored, **changes)


def _plain(facts: ResourceFacts) -> Iterator[tuple[str, Any]]:
    if facts.name is not UNSET:
        yield "name", _not_blank(facts.name, "name")
    if facts.kind is not UNSET:
        yield "kind", facts.kind
    if facts.modes is not UNSET:
        yield "modes", [mode for mode in MODES if mode in facts.modes]
    if facts.how_to_get_in is not UNSET:
        yield "how_to_get_in", (facts.how_to_get_in or "").strip() or None
    for name, otherwise in (("head_count", 1), ("turnaround_minutes", 0)):
        value = getattr(facts, name)
        if value is not UNSET:
            yield name, otherwise if value is None else value


def _not_blank(text: str, field: str) -> str:
    if not text.strip():
        raise invalid("body", field, "missing", None, "un nom attendu")
    return text.strip()


def _override(place: Mapping[str, Any], stored: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    override = checked_rules(patch, lambda: merged_override(place, stored, patch))
    check_lengths(effective_policy(place, override))
    return override


def seat_changes(place_id: int, stored: StoredResource, patches: Sequence[SeatPatch]) -> list[SeatChange]:
    """What ``patches`` make of the seats of ``stored``; every id that is not one of them, or comes twice, is named."""
    known = {seat.seat_id for seat in stored.seats}
    numbers = [_seat_number(place_id, patch.id) for patch in patches]
    first_index = {number: index for index, number in reversed(list(enumerate(numbers)))}
    faults = [
        _wrong_seat(index, patches[index].id, "unknown_value" if number not in known else "repeated")
        for index, number in enumerate(numbers)
        if number not in known or first_index[number] != index
    ]
    if faults:
        raise InvalidRequest(faults)
    return [
        _seat_change(cast("int", number), patch, f"seat_list[{index}].label")
        for index, (number, patch) in enumerate(zip(numbers, patches, strict=True))
    ]


def _seat_number(place_id: int, text: str) -> int | None:
    try:
        place, number = parse_local_id(text)
    except NotFound:
        return None
    return number if place == place_id else None


def _wrong_seat(index: int, given: str, code: str) -> FieldError:
    field = f"seat_list[{index}].id"
    words = "donnée deux fois" if code == "repeated" else "aucune place de cette salle n'a cet identifiant"
    return FieldError("body", field, code, given[:200], f"{field}\N{NO-BREAK SPACE}: {words}")


def _seat_change(seat_id: int, patch: SeatPatch, field: str) -> SeatChange:
    label, attributes = _or_none(patch.label), _or_none(patch.attributes)
    ordered = None if attributes is None else sorted(set(attributes), key=SEAT_ATTRIBUTES.index)
    return SeatChange(seat_id, None if label is None else _not_blank(label, field), ordered)


def _or_none(value: T | UnsetType) -> T | None:
    return None if isinstance(value, UnsetType) else value


def free_labels(taken: Sequence[str], count: int) -> list[str]:
    """The ``count`` smallest numbers that no seat is labelled with: "1" to "n" for a new resource."""
    used = set(taken)
    numbers = (str(number) for number in range(1, len(used) + count + 1))
    return [label for label in numbers if label not in used][:count]
