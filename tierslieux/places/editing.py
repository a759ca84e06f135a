"""From a patch to fields: what a team's change says, field by field, checked; nothing is looked up here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from zoneinfo import available_timezones

import msgspec
from msgspec import UNSET

from tierslieux.places.domain import AMENITIES
from tierslieux.places.errors import InvalidHours
from tierslieux.places.hours import evaluator
from tierslieux.places.hours.evaluator import Unreadable
from tierslieux.places.hours.faults import Remark
from tierslieux.places.importing.positions import TERRITORIES
from tierslieux.places.importing.values import read_email, read_phone, read_website
from tierslieux.places.policy import Policy, merged_policy, read_policy
from tierslieux.places.schemas import AccessibilityPatch, ContactPatch, DescriptionPatch, PlacePatch
from tierslieux.shared.errors import InvalidRequest, invalid
from tierslieux.shared.geo import Position

_CONTACT = {"phone": read_phone, "email": read_email, "website": read_website}
_EXPECTED = {
    "phone": "un numéro français ou international attendu",
    "email": "une adresse électronique attendue",
    "website": "une adresse http ou https attendue",
}


def changed_fields(patch: PlacePatch, stored_policy: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a patch sets (``None``: takes away), but for commune and time zone, which need a look-up.

    Raises ``InvalidRequest`` with every fault, or ``InvalidHours``.
    """
    changes: dict[str, Any] = {}
    faults: list[InvalidRequest] = []
    for part in (_plain, _contact, _amenities, _members):
        try:
            changes |= dict(part(patch))
        except InvalidRequest as fault:
            faults.append(fault)
    if patch.policy is not UNSET:
        changes["policy"] = _policy(stored_policy, patch.policy) or None
    if faults:
        raise InvalidRequest([error for fault in faults for error in fault.errors])
    if patch.opening_hours is not UNSET:
        text = patch.opening_hours
        changes["opening_hours"] = {"osm": readable_hours(text, "opening_hours").text} if text else None
    return changes


def _plain(patch: PlacePatch) -> Iterator[tuple[str, Any]]:
    for name in ("name", "kind", "state", "welcome", "price", "services"):
        value = getattr(patch, name)
        if value is not UNSET:
            yield name, value.strip() if isinstance(value, str) else value
    if patch.name is not UNSET and not patch.name.strip():
        raise invalid("body", "name", "missing", None, "un nom attendu")
    if patch.position is not UNSET:
        yield "position", list(read_position(patch.position))


def read_position(given: tuple[float, float]) -> tuple[float, float]:
    """``(lon, lat)`` in degrees, somewhere in France, or ``InvalidRequest``."""
    try:
        position = Position(*given)
    except ValueError as exc:
        raise invalid("body", "position", str(exc), given, "[longitude, latitude] en degrés attendus") from exc
    if not any(each.holds(position.lon, position.lat) for each in TERRITORIES):
        is_swapped = any(each.holds(position.lat, position.lon) for each in TERRITORIES)
        words = "latitude et longitude semblent inversées" if is_swapped else "ce point n'est pas en France"
        raise invalid("body", "position", "outside", given, words)
    return position.lon, position.lat


def _contact(patch: PlacePatch) -> Iterator[tuple[str, Any]]:
    if patch.contact is UNSET:
        return
    given = patch.contact or ContactPatch(None, None, None)
    for name, read in _CONTACT.items():
        value = getattr(given, name)
        if value is UNSET:
            continue
        found = read(value) if value else None
        if value and found is None:
            raise invalid("body", f"contact.{name}", "wrong_value", value, _EXPECTED[name])
        yield name, found


def _amenities(patch: PlacePatch) -> Iterator[tuple[str, Any]]:
    if patch.amenities is UNSET:
        return
    given = dict.fromkeys(AMENITIES) if patch.amenities is None else patch.amenities
    for name, fact in given.items():
        if name not in AMENITIES:
            raise invalid("body", f"amenities.{name[:60]}", "unknown_field", None, "équipement inconnu")
        yield f"amenities.{name}", None if fact == "unknown" else fact


def _members(patch: PlacePatch) -> Iterator[tuple[str, Any]]:
    for part, struct in (("description", DescriptionPatch), ("accessibility", AccessibilityPatch)):
        given = getattr(patch, part)
        if given is UNSET:
            continue
        for name in struct.__struct_fields__:
            value = None if given is None else getattr(given, name)
            if value is not UNSET:
                yield f"{part}.{name}", None if value in ("unknown", "") else value
    if patch.address is not UNSET:
        for name, field in (("street", "street"), ("postal_code", "postal_code"), ("complement", "address_complement")):
            value = None if patch.address is None else getattr(patch.address, name)
            if value is not UNSET:
                yield field, value


def _policy(stored: Mapping[str, Any], patch: Mapping[str, Any] | None) -> dict[str, Any]:
    policy = checked_rules(patch, lambda: merged_policy(stored, patch))
    check_lengths(read_policy(policy))
    return policy


def checked_rules(patch: Mapping[str, Any] | None, merge: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``merge`` makes of the rules in ``patch``, or ``InvalidRequest`` that names the faulty one."""
    try:
        return merge()
    except msgspec.ValidationError as exc:
        field = str(exc).rpartition("$.")[2].rstrip("`") if "$." in str(exc) else ""
        unknown = str(exc).partition("unknown field `")[2].partition("`")[0]
        if unknown:
            raise invalid("body", f"policy.{unknown[:60]}", "unknown_field", None, "règle inconnue") from exc
        name = f"policy.{field}".rstrip(".")
        raise invalid("body", name, "wrong_value", (patch or {}).get(field), "valeur hors limites") from exc


def check_lengths(rules: Policy) -> None:
    """Refuse rules whose shortest booking is longer than their longest."""
    if rules.min_minutes > rules.max_minutes:
        raise invalid("body", "policy.min_minutes", "wrong_value", rules.min_minutes, "au plus max_minutes attendu")


def readable_hours(text: str, field: str) -> evaluator.Reading:
    """The reading of an OSM text, or ``InvalidHours`` that says where and what."""
    try:
        return evaluator.read(text)
    except Unreadable as exc:
        raise refused_hours(exc.remark, field) from exc


def refused_hours(remark: Remark, field: str) -> InvalidHours:
    """The refusal of a text because of one of its parts."""
    value = {"field": field, "position": remark.position, "part": remark.part}
    rule = {"code": "invalid_hours", "limit": None, "value": value, "message": remark.message}
    return InvalidHours(position=remark.position, part=remark.part, broken_rules=[rule])


def read_time_zone(name: str) -> str:
    """An IANA time zone, or ``InvalidRequest``."""
    if name not in available_timezones():
        raise invalid("body", "time_zone", "unknown_value", name, "un fuseau horaire IANA attendu (Europe/Paris)")
    return name
