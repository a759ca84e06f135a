"""What a place is, apart from where it is stored: its facts, each of which may be unknown."""

from __future__ import annotations

from typing import Literal

import msgspec

Fact = Literal["yes", "no", "limited", "unknown"]
Price = Literal["free", "conditions", "paid", "unknown"]
PlaceKind = Literal[
    "coworking", "third_place", "fablab", "library", "france_services", "digital_space", "social_centre", "public_body",
    "shop", "cafe", "wifi_spot", "other",
]  # fmt: skip
Welcome = Literal["bookable", "no_booking", "on_call", "unknown", "no"]
AMENITIES = (
    "wifi", "wifi_free", "calls", "call_booth", "quiet", "printer", "drinks", "meals", "parking", "bike_parking",
    "public_transport",
)  # fmt: skip
"""Amenities that are asked about, in the order in which they are shown; one that a place does not hold is unknown."""
DECLARED: tuple[Welcome, ...] = ("bookable", "no_booking", "on_call")
"""Welcomes that someone in charge declared; they come first in every list."""


class Accessibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Access facts after acceslibre; ``wheelchair`` is the summary that OSM and the older lists give."""

    wheelchair: Fact = "unknown"
    step_free_entrance: Fact = "unknown"
    door_width_cm: int | None = None
    ramp: Fact = "unknown"
    adapted_toilet: Fact = "unknown"
    hearing_loop: Fact = "unknown"
    parking: Fact = "unknown"
    acceslibre_url: str | None = None


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Free text by language, plain (no HTML)."""

    fr: str | None = None
    en: str | None = None


class PlaceDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a place's page shows and no search filters by column; stored as JSON in ``place.details``."""

    address_complement: str | None = None
    email: str | None = None
    website: str | None = None
    siret: str | None = None
    description: Description = Description()
    amenities: dict[str, Fact] = {}
    accessibility: Accessibility = Accessibility()
    price: Price = "unknown"
    services: tuple[str, ...] = ()
    type_given: str | None = None
    is_self_declared_third_place: bool = False


def known_facts(details: PlaceDetails) -> tuple[list[str], list[str]]:
    """The facts that filters ask for: ``(known to be so, known not to be so)``, sorted; in neither list: unknown.

    ``accessible`` is yes where the wheelchair summary or the step-free entrance says yes; "limited" counts as neither.
    """
    facts: dict[str, str] = dict(details.amenities)
    access = details.accessibility
    facts["accessible"] = _first_known(access.step_free_entrance, access.wheelchair)
    facts["free"] = {"free": "yes", "paid": "no", "conditions": "no"}.get(details.price, "unknown")
    return (
        sorted(name for name, value in facts.items() if value == "yes"),
        sorted(name for name, value in facts.items() if value == "no"),
    )


def _first_known(*values: Fact) -> Fact:
    return next((value for value in values if value != "unknown"), "unknown")
