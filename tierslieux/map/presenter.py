"""From a search's result to its page: headings, cards, filters as chosen, and the ways out of an empty list."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.map.availability import free_words
from tierslieux.map.criteria import MAX_RADIUS_M, Circle, InCommune, SearchCriteria
from tierslieux.map.extent import extent_of
from tierslieux.map.filters import Filters, filters_of
from tierslieux.map.named import Named, NamedPlace, NamedTerritory
from tierslieux.map.page_query import PageQuery
from tierslieux.map.render import MAP_ELEMENT
from tierslieux.map.results import PlaceHit, SearchResult, exact_count
from tierslieux.map.views import Empty, MapView, SearchView, Section
from tierslieux.places import labels
from tierslieux.places.domain import DECLARED
from tierslieux.places.views import HoursNow, PlaceCard, commune_label, hours_view, still_checked
from tierslieux.shared.geo import Bbox
from tierslieux.web import wording
from tierslieux.web.i18n import Locale, current_locale, localised, ngettext
from tierslieux.web.i18n import gettext as _

PATH = "/recherche"
_OTHER: dict[Locale, Locale] = {"fr": "en", "en": "fr"}
_WIDER_M = (60_000, 120_000, 200_000)


class Found(msgspec.Struct, frozen=True):
    """What the page shows: the query, the town or territory it names, the result; if empty, the nearest place."""

    query: PageQuery
    named: Named | None
    meant: tuple[NamedPlace, ...]
    territory: NamedTerritory | None
    result: SearchResult
    next_cursor: str | None
    nearest: PlaceHit | None = None


def search_view(found: Found) -> SearchView:
    """The whole page, in the language of the request."""
    query, named = found.query, found.named
    filters = filters_of(query)
    return SearchView(
        heading=_heading(found),
        place_text=query.one("q") or (named.place.label if named and not query.one("bbox") else ""),
        near=query.one("near") if not (named or query.one("bbox")) else "",
        area=query.one("bbox"),
        commune=named.place.code if named and not query.one("bbox") else "",
        day=query.one("day"),
        start=query.one("from"),
        end=query.one("to"),
        seats=query.one("seats") or "1",
        hours_choices=filters.hours,
        kind_choices=filters.kinds,
        fact_groups=filters.facts,
        amenity_choices=filters.amenities,
        filter_count=query.filter_count,
        filters_open=False,
        is_filtered=bool(query.without("view").pairs),
        view=query.view,
        list_address=address(query.without("view")),
        map_address=address(query.replacing(view="map")),
        without_filters=address(query.without_filters()),
        other_language=localised(PATH, _OTHER[current_locale()], **query.as_dict()),
        count_label=count_label(found.result),
        sections=_sections(found),
        empty=_empty(found, filters) if not found.result.hits else None,
        first_address=address(query.without("cursor")) if query.one("cursor") else None,
        next_address=address(query.replacing(cursor=found.next_cursor)) if found.next_cursor else None,
        downloads=_downloads(found.result.criteria),
        homonyms=_homonyms(found),
        meant=tuple(_around(query, each) for each in found.meant),
        map=map_view(found),
    )


def address(query: PageQuery) -> str:
    """The address of the search page for ``query``, in the language of the request."""
    return localised(PATH, **query.as_dict())


def card(hit: PlaceHit, result: SearchResult) -> PlaceCard:
    """One place of the list."""
    hours = HoursNow(hit.hours_state, hit.hours_reason, hit.hours_until, hit.weekly_minutes)
    return PlaceCard(
        place_id=hit.place_id,
        slug=hit.slug,
        name=hit.name,
        kind=hit.kind,
        welcome=hit.welcome,
        commune_label=commune_label(hit.commune_name, hit.commune_code),
        distance_m=hit.distance_m,
        hours=hours_view(hours, hit.time_zone, result.at),
        phone=hit.phone,
        checked_on=still_checked(hit.hours_checked_on, result.as_of.date()),
        dated=hit.dated or hit.hours_checked_on,
        free=free_words(hit, result),
        asked=_asked_of(hit, result.criteria),
    )


def _asked_of(hit: PlaceHit, criteria: SearchCriteria) -> dict[str, str]:
    """What the page of a place is asked for where a window was: the day as it is there, and for how many people."""
    if criteria.free is None or hit.welcome != "bookable":
        return {}
    day = criteria.free.start.astimezone(ZoneInfo(hit.time_zone)).date()
    return {"jour": day.isoformat(), "personnes": str(criteria.seats)}


def count_label(result: SearchResult) -> str:
    """ "37 lieux dans un rayon de 30 km"; beyond ``exact_count`` the number is not counted."""
    if result.matched is None:
        words = _("Plus de %s lieux") % wording.number(exact_count(result.criteria))
    elif result.matched == 0:
        words = _("Aucun lieu")
    else:
        words = ngettext("%s lieu", "%s lieux", result.matched) % wording.number(result.matched)
    radius = radius_of(result.criteria)
    within = _("dans un rayon de %s")
    return f"{words} {within % wording.distance(radius)}" if radius else words


def radius_of(criteria: SearchCriteria) -> int | None:
    """How far the search looks around its point, in metres."""
    return criteria.area.radius_m if isinstance(criteria.area, Circle | InCommune) else None


def map_view(found: Found) -> MapView:
    """What the map needs to show the same places."""
    criteria = found.result.criteria
    extent = extent_of(criteria, found.named, found.territory, found.result.hits)
    return MapView(MAP_ELEMENT, extent, criteria.filter_string(), criteria.text or "", map_words())


def map_words() -> dict[str, object]:
    """The words that the map's module sets as text."""
    return {
        "open": _("Voir ce lieu"),
        "nothing": _("Aucun lieu ici. Déplacez la carte ou élargissez-la."),
        "failed": _("La carte n'a pas pu être mise à jour. La liste reste juste. Réessayez dans un instant."),
        "cluster": _("{n} lieux : agrandir ici"),
        "zoomIn": _("Agrandir"),
        "zoomOut": _("Réduire"),
        "states": {state: labels.state_label(state, None) for state in ("open", "closed", "unknown")},
        "kinds": {kind: labels.kind_label(kind) for kind in labels.KIND_CODES},
    }


def _heading(found: Found) -> str:
    area, text = found.result.criteria.area, found.result.criteria.text
    if isinstance(area, Bbox):
        return _("Lieux pour travailler dans la zone de la carte")
    if found.named:
        return _("Lieux pour travailler près de %s") % found.named.place.label
    if isinstance(area, Circle):
        return _("Lieux pour travailler autour de ce point")
    if found.territory:
        return _("Lieux pour travailler : %s") % found.territory.label
    if text:
        return _("Lieux qui répondent à « %s »") % text
    return _("Lieux pour travailler en France")


def _sections(found: Found) -> tuple[Section, ...]:
    if not found.result.hits:
        nearest = [card(found.nearest, found.result)] if found.nearest else []
        return (Section(_("Le plus proche"), tuple(nearest)),) if nearest else ()
    cards = [card(hit, found.result) for hit in found.result.hits]
    groups = (
        ("", [each for each in cards if each.welcome in DECLARED]),
        (_("À confirmer : téléphonez avant de venir"), [each for each in cards if each.welcome == "unknown"]),
        (_("N'accueillent pas de personnes qui viennent travailler"), [each for each in cards if each.welcome == "no"]),
    )
    return tuple(Section(title, tuple(group)) for title, group in groups if group)


def _empty(found: Found, filters: Filters) -> Empty:
    query, radius = found.query, radius_of(found.result.criteria)
    ways: list[tuple[str, str]] = []
    if radius and found.nearest:
        ways += _wider(found, radius)
    ways += [(address(query.replacing(**{name: value})), words) for name, value, words in filters.looser]
    if query.one("to"):
        ways.append((address(query.without("to", "seats")), _("Montrer aussi les lieux sans réservation")))
    if query.filter_count:
        ways.append((address(query.without_filters()), _("Enlever les filtres")))
    if not radius and query.pairs:
        ways.append((localised(PATH), _("Voir tous les lieux")))
    return Empty(_empty_sentence(found, radius), tuple(ways))


def _empty_sentence(found: Found, radius: int | None) -> str:
    if radius is None:
        return _("Aucun lieu ne correspond.")
    nothing = _("Aucun lieu ne correspond dans un rayon de %s.") % wording.distance(radius)
    if found.nearest and found.nearest.distance_m is not None:
        nearest = _("Voici le plus proche, à %s.") % wording.distance(found.nearest.distance_m)
        return f"{nothing} {nearest}"
    if radius < MAX_RADIUS_M and not found.query.one("cursor"):
        return _("Aucun lieu ne correspond, même dans un rayon de %s.") % wording.distance(MAX_RADIUS_M)
    return nothing


def _wider(found: Found, radius: int) -> Iterable[tuple[str, str]]:
    needed = found.nearest.distance_m if found.nearest and found.nearest.distance_m else 0
    wider = next((each for each in _WIDER_M if each > radius and each >= needed), None)
    if wider:
        yield address(found.query.replacing(radius_m=str(wider))), _("Élargir à %s") % wording.distance(wider)


def _around(query: PageQuery, commune: NamedPlace) -> tuple[str, str]:
    """The address of the search around a commune that was meant instead of the text, and its name."""
    return address(query.without("q", "cursor").replacing(commune=commune.code)), commune.label


def _homonyms(found: Found) -> tuple[tuple[str, str], ...]:
    if found.named is None or found.query.one("bbox"):
        return ()
    query = found.query.without("q", "near", "cursor")
    return tuple((address(query.replacing(commune=each.code)), each.label) for each in found.named.homonyms)


def _downloads(criteria: SearchCriteria) -> tuple[tuple[str, str], ...]:
    query = criteria.query_string()
    tail = f"?{query}" if query else ""
    return (
        (f"/recherche/lieux.csv{tail}", _("CSV")),
        (f"/recherche/lieux.geojson{tail}", _("GeoJSON")),
        (f"/recherche/lieux-odbl.csv{tail}", _("CSV, lieux sous licence ODbL")),
        (f"/recherche/lieux-odbl.geojson{tail}", _("GeoJSON, lieux sous licence ODbL")),
    )
