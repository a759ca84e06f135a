"""What a place's codes are called on screen, in the language of the request. Unknown is always written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from tierslieux.web import wording
from tierslieux.web.i18n import gettext as _
from tierslieux.web.i18n import mark

_KINDS = MappingProxyType(
    {
        "coworking": mark("Espace de coworking"),
        "third_place": mark("Tiers-lieu"),
        "fablab": mark("Fablab ou atelier"),
        "library": mark("Bibliothèque ou médiathèque"),
        "france_services": mark("France Services"),
        "digital_space": mark("Espace numérique"),
        "social_centre": mark("Centre social ou association"),
        "public_body": mark("Mairie ou salle communale"),
        "shop": mark("Commerce"),
        "cafe": mark("Café ou bar"),
        "wifi_spot": mark("Point Wi-Fi"),
        "other": mark("Autre lieu"),
    }
)
_WELCOMES = MappingProxyType(
    {
        "bookable": mark("Réservable en ligne"),
        "no_booking": mark("Sans réservation : venez aux heures d'ouverture"),
        "on_call": mark("Sur demande : téléphonez avant de venir"),
        "unknown": mark("À confirmer : téléphonez avant de venir"),
        "no": mark("N'accueille pas de personnes qui viennent travailler"),
    }
)
_AMENITIES = MappingProxyType(
    {
        "wifi": mark("Wi-Fi"),
        "wifi_free": mark("Wi-Fi gratuit"),
        "calls": mark("Appels possibles"),
        "call_booth": mark("Appels en cabine"),
        "quiet": mark("Silence demandé"),
        "printer": mark("Imprimante"),
        "drinks": mark("Boissons"),
        "meals": mark("Repas sur place possible"),
        "parking": mark("Stationnement"),
        "bike_parking": mark("Vélos à l'abri"),
        "public_transport": mark("Arrêt de bus ou gare à pied"),
    }
)
_FACTS = MappingProxyType(
    {"yes": mark("oui"), "no": mark("non"), "limited": mark("avec aide"), "unknown": mark("inconnu")}
)
_PRICES = MappingProxyType(
    {
        "free": mark("Gratuit"),
        "conditions": mark("Gratuit sous condition"),
        "paid": mark("Payant"),
        "unknown": mark("Prix inconnu"),
    }
)
_STATES = MappingProxyType(
    {
        ("open", None): mark("Ouvert"),
        ("closed", None): mark("Fermé"),
        ("closed", "public_holiday"): mark("Fermé : jour férié"),
        ("closed", "closure"): mark("Fermé : fermeture exceptionnelle"),
        ("unknown", "holiday_not_stated"): mark("À vérifier : jour férié"),
        ("unknown", "unreadable"): mark("Horaires à vérifier"),
        ("unknown", None): mark("Horaires inconnus"),
    }
)

KIND_CODES = tuple(_KINDS)
"""Every kind, in the order in which they are shown."""


def kind_label(kind: str) -> str:
    """The words for a kind of place; the schema knows no other kinds."""
    return _(_KINDS[kind])


def welcome_label(welcome: str) -> str:
    """The words for how one is received; never deduced from the kind."""
    return _(_WELCOMES[welcome])


def amenity_label(amenity: str) -> str:
    """The words for an amenity; one that we do not know is shown as its source writes it."""
    return _(_AMENITIES[amenity]) if amenity in _AMENITIES else amenity


def fact_label(fact: str) -> str:
    """ "oui", "non", "avec aide" or "inconnu"."""
    return _(_FACTS.get(fact, _FACTS["unknown"]))


def price_label(price: str) -> str:
    """The words for what it costs, never empty."""
    return _(_PRICES.get(price, _PRICES["unknown"]))


def state_label(state: str, reason: str | None) -> str:
    """ "Ouvert", "Fermé : jour férié", "Horaires inconnus" ... A reason without words says the bare state."""
    return _(_STATES.get((state, reason)) or _STATES[(state, None)])


def freshness(checked_on: date | None, dated: date | None) -> str:
    """ "Vérifié le 3 juin 2026" where someone in charge checked it, else the year of what is known, to be checked."""
    if checked_on:
        return _("Vérifié le %s") % wording.short_date(checked_on)
    if dated:
        return _("Information de %s, à vérifier") % dated.year
    return _("Information sans date, à vérifier")


def about_weekly_hours(minutes: int) -> str:
    """A weekly total whose days are not known: "environ 7 h par semaine, jours inconnus"."""
    return _("environ %s par semaine, jours inconnus") % wording.duration_hours(minutes / 60)


HELPERS: Mapping[str, Callable[..., object]] = MappingProxyType(
    {
        function.__name__: function
        for function in (kind_label, welcome_label, amenity_label, fact_label, price_label, state_label, freshness)
    }
)
"""What templates may call."""
