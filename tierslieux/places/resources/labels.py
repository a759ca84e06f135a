"""What resources, their seats and prices are called on screen (wording.md), in the language of the request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from tierslieux.web import wording
from tierslieux.web.i18n import gettext as _
from tierslieux.web.i18n import mark, ngettext

_KINDS = MappingProxyType(
    {
        "desk": mark("Places partagées"),
        "meeting_room": mark("Salle de réunion"),
        "phone_booth": mark("Cabine d'appel"),
        "workshop": mark("Atelier"),
    }
)
_COUNTS: Mapping[str, Callable[[int], str]] = MappingProxyType(
    {
        "desk": lambda n: ngettext("%s place de travail", "%s places de travail", n),
        "meeting_room": lambda n: ngettext("%s salle", "%s salles", n),
        "phone_booth": lambda n: ngettext("%s cabine", "%s cabines", n),
        "workshop": lambda n: ngettext("%s place", "%s places", n),
    }
)
_ATTRIBUTES = MappingProxyType(
    {
        "wheelchair": mark("Place adaptée au fauteuil"),
        "height_adjustable": mark("Table réglable en hauteur"),
        "screen": mark("Grand écran"),
        "socket": mark("Prise électrique"),
    }
)
_MODES = MappingProxyType(
    {
        "hour": (mark("À l'heure"),),
        "half_day": (mark("Matin"), mark("Après-midi")),
        "day": (mark("Journée"),),
    }
)
_PRICES = MappingProxyType(
    {"hour": mark("%s l'heure"), "half_day": mark("%s la demi-journée"), "day": mark("%s la journée")}
)
_FREE = MappingProxyType(
    {"hour": mark("%s à l'heure"), "half_day": mark("%s à la demi-journée"), "day": mark("%s à la journée")}
)


def resource_kind_label(kind: str) -> str:
    """ "Places partagées", "Salle de réunion" ..."""
    return _(_KINDS[kind])


def seat_attribute_label(attribute: str) -> str:
    """ "Place adaptée au fauteuil", "Grand écran" ..."""
    return _(_ATTRIBUTES[attribute])


def count_label(kind: str, seats: int, head_count: int) -> str:
    """ "8 places de travail", "1 salle pour 6 personnes", "2 salles pour 6 personnes chacune"."""
    count = _COUNTS[kind](seats) % wording.number(seats)
    if head_count == 1:
        return count
    people = _("pour %s personnes") if seats < 2 else _("pour %s personnes chacune")
    return f"{count} {people % wording.number(head_count)}"


def mode_labels(modes: Sequence[str]) -> tuple[str, ...]:
    """ "À l'heure", "Matin", "Après-midi", "Journée": for how long one may come."""
    return tuple(_(label) for mode in modes for label in _MODES[mode])


def price_labels(modes: Sequence[str], prices: Mapping[str, int | None]) -> tuple[str, ...]:
    """ "2 € l'heure", "Gratuit à la journée"; "Gratuit" or "Prix libre" alone where that is so in every mode."""
    words = [_amount(prices.get(mode, 0)) for mode in modes]
    if len(set(words)) == 1 and not any(prices.get(mode, 0) for mode in modes):
        return (words[0],)
    forms = [_PRICES[mode] if prices.get(mode, 0) else _FREE[mode] for mode in modes]
    return tuple(_(form) % word for form, word in zip(forms, words, strict=True))


def _amount(cents: int | None) -> str:
    if cents is None:
        return _("Prix libre")
    return wording.money(cents) if cents else _("Gratuit")
