"""Views with typical content, for tests that render pages without a database."""

from __future__ import annotations

from datetime import date, timedelta

from tierslieux.map.render import MAP_ELEMENT
from tierslieux.map.views import Choice, ChoiceGroup, Empty, MapView, SearchView, Section
from tierslieux.places.detail_views import DayView, PlaceView, SourceView
from tierslieux.places.views import HoursView, PlaceCard

OPEN = HoursView("open", "Ouvert", "jusqu'à 12\u00a0h\u00a030")
CLOSED = HoursView("closed", "Fermé", "ouvre mardi 24 novembre à 9\u00a0h\u00a030")
UNKNOWN = HoursView("unknown", "Horaires inconnus", "environ 7\u00a0h par semaine, jours inconnus")


def card(place_id: int, name: str, kind: str, commune: str, hours: HoursView, **more: object) -> PlaceCard:
    fields: dict[str, object] = {
        "welcome": "unknown",
        "distance_m": 400.0 * place_id,
        "phone": "+33298000000",
        "checked_on": None,
        "dated": date(2019, 6, 13),
    }
    return PlaceCard(
        place_id=place_id,
        slug=f"lieu-{place_id}",
        name=name,
        kind=kind,
        commune_label=commune,
        hours=hours,
        **(fields | more),  # type: ignore[arg-type]
    )


CARDS = (
    card(
        1, "Les Ateliers du port", "coworking", "Douarnenez (29)", OPEN, welcome="bookable", checked_on=date(2026, 6, 3)
    ),
    card(
        2,
        "Médiathèque Georges-Perros",
        "library",
        "Douarnenez (29)",
        CLOSED,
        welcome="no_booking",
        facts=("Wi-Fi gratuit",),
    ),
    card(3, "Bibliothèque municipale", "library", "Plonévez-Porzay (29)", UNKNOWN, dated=date(2024, 8, 1)),
    card(4, "Le Petit <b>Bazar</b> & Cie", "shop", "Locronan (29)", UNKNOWN, phone=None, dated=None),
    card(5, "Fablab du Cap", "fablab", "Pont-Croix (29)", HoursView("unknown", "À vérifier : jour férié", "")),
)


def choices(*values: str, checked: str = "") -> tuple[Choice, ...]:
    return tuple(Choice(value, value.capitalize(), value == checked) for value in values)


ANY = Choice("", "Peu importe", True)
YES_OR_UNKNOWN = (ANY, Choice("yes", "Oui", False), Choice("yes_or_unknown", "Oui ou inconnu", False))
FILTERS: dict[str, object] = {
    "hours_choices": (ANY, Choice("open", "Ouvert", False), Choice("open_or_unknown", "Ouvert ou inconnu", False)),
    "kind_choices": (
        Choice("coworking", "Espace de coworking", False),
        Choice("library", "Bibliothèque ou médiathèque", True),
        Choice("fablab", "Fablab ou atelier", False),
        Choice("shop", "Commerce", False),
        Choice("cafe", "Café ou bar", False),
    ),
    "fact_groups": (
        ChoiceGroup("accessible", "Accès en fauteuil", YES_OR_UNKNOWN),
        ChoiceGroup("wifi", "Wi-Fi", YES_OR_UNKNOWN),
        ChoiceGroup("price", "Prix", (ANY, Choice("free", "Gratuit", False))),
    ),
    "amenity_choices": (Choice("printer", "Imprimante", False), Choice("quiet", "Silence demandé", False)),
    "filter_count": 1,
    "filters_open": False,
    "is_filtered": True,
}
ADDRESSES: dict[str, object] = {
    "list_address": "/recherche?commune=29176",
    "map_address": "/recherche?commune=29176&view=map",
    "without_filters": "/recherche?commune=29176",
    "other_language": "/en/recherche?commune=29176",
    "first_address": None,
    "next_address": "/recherche?commune=29176&cursor=abc",
    "downloads": (("/recherche.csv?commune=29176", "CSV"), ("/recherche.geojson?commune=29176", "GeoJSON")),
}


def search_view(**more: object) -> SearchView:
    fields: dict[str, object] = {
        "heading": "Lieux pour travailler près de Plonévez-Porzay (29)",
        "place_text": "Plonévez-Porzay",
        "near": "",
        "area": "",
        "commune": "29176",
        "day": "2026-11-24",
        "start": "09:30",
        "view": "list",
        "count_label": "37 lieux dans un rayon de 30\u00a0km",
        "sections": (Section("", CARDS[:2]), Section("À confirmer : téléphonez avant de venir", CARDS[2:])),
        "empty": None,
        "homonyms": (),
        "meant": (),
        "map": MapView(MAP_ELEMENT, "-4.6,47.9,-4.0,48.3", "kind=library", "", {"open": "Voir ce lieu"}),
    }
    return SearchView(**(FILTERS | ADDRESSES | fields | more))  # type: ignore[arg-type]


def empty_search_view() -> SearchView:
    sentence = "Aucun lieu ne correspond dans un rayon de 15\u00a0km. Voici le plus proche, à 22\u00a0km."
    ways_out = (("/recherche?radius=60000", "Élargir à 60\u00a0km"), ("/recherche", "Enlever les filtres"))
    return search_view(sections=(), empty=Empty(sentence, ways_out), count_label="Aucun lieu", next_address=None)


def two_weeks() -> tuple[DayView, ...]:
    words = (
        "Fermé",
        "9\u00a0h\u00a030 – 12\u00a0h, 14\u00a0h – 18\u00a0h",
        "14\u00a0h – 18\u00a0h",
        "Fermé : jour férié",
        "9\u00a0h\u00a030 – 12\u00a0h",
        "10\u00a0h – 16\u00a0h",
        "Fermé",
    )
    return tuple(DayView(date(2026, 11, 23) + timedelta(days=n), words[n % 7]) for n in range(14))


WHEN: dict[str, object] = {
    "hours": CLOSED,
    "days": two_weeks(),
    "time_zone_note": "heure du lieu",
    "weekly_hours": None,
    "hours_as_given": "Tu 09:30-12:00,14:00-18:00; We 14:00-18:00; Fr 09:30-12:00; Sa 10:00-16:00",
}
OFFERED: dict[str, object] = {
    "price": "free",
    "amenities": (("Wi-Fi", "oui"), ("Imprimante", "oui"), ("Boissons", "non")),
    "unknown_amenities": ("Appels possibles", "Stationnement", "Vélos à l'abri"),
    "services": (),
    "accessibility": (("Accès en fauteuil", "oui"),),
    "unknown_accessibility": ("Entrée de plain-pied", "Toilettes adaptées"),
    "acceslibre_url": "https://acceslibre.beta.gouv.fr/app/erp/x/",
}
SOURCES = (
    SourceView("Liste nationale des tiers-lieux", "Licence Ouverte 2.0", date(2019, 6, 13)),
    SourceView("OpenStreetMap", "ODbL 1.0", None),
)


def place_view(**more: object) -> PlaceView:
    fields: dict[str, object] = {
        "slug": "mediatheque-2",
        "name": "Médiathèque Georges-Perros",
        "kind": "library",
        "welcome": "unknown",
        "commune_label": "Douarnenez (29)",
        "around_address": "/recherche?commune=29046",
        "map_address": "/recherche?near=-4.33,48.09&view=map",
        "description": (
            "Une grande salle de lecture au calme, douze tables près des fenêtres.",
            "Café au rez-de-chaussée.",
        ),
        "description_is_french": True,
        "address_lines": ("Place de l'Enfer", "29100 Douarnenez"),
        "phone": "+33298000000",
        "email": None,
        "website": "https://mediatheque.example/",
        "website_label": "mediatheque.example",
        "checked_on": None,
        "dated": date(2019, 6, 13),
        "sources": SOURCES,
        "json_ld": {"@context": "https://schema.org", "@type": "Library", "name": "</script><b>x"},
    }
    return PlaceView(**(WHEN | OFFERED | fields | more))  # type: ignore[arg-type]
