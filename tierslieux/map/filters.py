"""The filters of the search page as they were chosen; each fact offers yes, and yes or unknown."""

from __future__ import annotations

import msgspec

from tierslieux.map.page_query import PageQuery
from tierslieux.map.views import Choice, ChoiceGroup
from tierslieux.places import labels
from tierslieux.places.domain import AMENITIES
from tierslieux.web.i18n import gettext as _

_FACT_AMENITIES = ("wifi",)


class Filters(msgspec.Struct, frozen=True):
    """Every choice with its state. ``looser`` are ``(parameter, value, words)`` that would show more places."""

    hours: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    facts: tuple[ChoiceGroup, ...]
    amenities: tuple[Choice, ...]
    looser: tuple[tuple[str, str, str], ...]


def filters_of(query: PageQuery) -> Filters:
    """The filters as ``query`` has them, in the language of the request."""
    hours = query.one("hours")
    return Filters(
        hours=_choices(
            hours, ("", _("Peu importe")), ("open", _("Ouvert")), ("open_or_unknown", _("Ouvert ou inconnu"))
        ),
        kinds=tuple(Choice(kind, labels.kind_label(kind), kind in query.all("kind")) for kind in labels.KIND_CODES),
        facts=(
            _yes_group(query, "accessible", _("Accès en fauteuil")),
            _yes_group(query, "wifi", _("Wi-Fi")),
            _price_group(query),
        ),
        amenities=tuple(
            Choice(name, labels.amenity_label(name), name in query.all("amenities"))
            for name in AMENITIES
            if name not in _FACT_AMENITIES
        ),
        looser=tuple(_looser(query)),
    )


def _choices(chosen: str, *pairs: tuple[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in pairs)


def _yes_group(query: PageQuery, name: str, label: str) -> ChoiceGroup:
    any_value, yes, either = ("", _("Peu importe")), ("yes", _("Oui")), ("yes_or_unknown", _("Oui ou inconnu"))
    return ChoiceGroup(name, label, _choices(query.one(name), any_value, yes, either))


def _price_group(query: PageQuery) -> ChoiceGroup:
    any_value, free = ("", _("Peu importe")), ("free", _("Gratuit"))
    either = ("free_or_unknown", _("Gratuit ou inconnu"))
    return ChoiceGroup("price", _("Prix"), _choices(query.one("price"), any_value, free, either))


def _looser(query: PageQuery) -> list[tuple[str, str, str]]:
    steps = (
        ("hours", "open", "open_or_unknown", _("Montrer aussi les lieux aux horaires inconnus")),
        ("accessible", "yes", "yes_or_unknown", _("Montrer aussi les lieux à l'accès inconnu")),
        ("wifi", "yes", "yes_or_unknown", _("Montrer aussi les lieux au Wi-Fi inconnu")),
        ("price", "free", "free_or_unknown", _("Montrer aussi les lieux au prix inconnu")),
    )
    return [(name, wider, words) for name, strict, wider, words in steps if query.one(name) == strict]
