"""From a place's record to the view of its page: words for every fact, hours for two weeks, schema.org data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from tierslieux.places import labels
from tierslieux.places.detail_views import DayView, PlaceView, SourceView
from tierslieux.places.domain import AMENITIES, Accessibility, PlaceDetails
from tierslieux.places.hours.days import DayHours, work_out_days
from tierslieux.places.hours.moments import state_at
from tierslieux.places.importing.mapping import MappingError, load_mapping
from tierslieux.places.page_queries import PlaceRecord, SourceRecord
from tierslieux.places.views import HoursNow, HoursView, commune_label, hours_view, still_checked
from tierslieux.web import wording
from tierslieux.web.i18n import current_locale, localised, mark
from tierslieux.web.i18n import gettext as _
from tierslieux.web.zone_names import zone_note

DAYS_SHOWN = 14
_SCHEMA_TYPES = {"library": "Library", "cafe": "CafeOrCoffeeShop", "shop": "Store", "public_body": "GovernmentOffice"}
_DAY_REASONS = {
    "public_holiday": mark("Fermé : jour férié"),
    "closure": mark("Fermé : fermeture exceptionnelle"),
    "holiday_not_stated": mark("À vérifier : jour férié"),
    "unreadable": mark("Horaires à vérifier"),
    "no_hours": mark("Horaires inconnus"),
}
_ACCESS = (
    ("wheelchair", mark("Accès en fauteuil")),
    ("step_free_entrance", mark("Entrée de plain-pied")),
    ("ramp", mark("Rampe")),
    ("adapted_toilet", mark("Toilettes adaptées")),
    ("hearing_loop", mark("Boucle magnétique")),
    ("parking", mark("Stationnement adapté")),
)


def place_view(place: PlaceRecord, now: datetime, public_url: str) -> PlaceView:
    """The page of ``place`` at ``now``, in the language of the request."""
    days = _days(place, now)
    details = place.details
    known, unknown = _amenities(details)
    access, unknown_access = _accessibility(details.accessibility)
    return PlaceView(
        slug=place.slug,
        name=place.name,
        kind=place.kind,
        welcome=place.welcome,
        commune_label=commune_label(place.commune_name, place.commune_code),
        around_address=localised("/recherche", commune=place.commune_code),
        map_address=_map_address(place),
        hours=hours_now(place, days, now),
        days=_day_views(place, days, now) if place.hours.text else (),
        time_zone_note=zone_note(place.time_zone),
        weekly_hours=labels.about_weekly_hours(place.weekly_minutes) if place.weekly_minutes else None,
        hours_as_given=place.hours_as_given,
        description=_description(details),
        description_is_french=details.description.en is None,
        address_lines=_address_lines(place),
        phone=place.phone,
        email=details.email,
        website=_safe_address(details.website),
        website_label=_host(details.website),
        price=details.price,
        amenities=known,
        unknown_amenities=unknown,
        services=details.services,
        accessibility=access,
        unknown_accessibility=unknown_access,
        acceslibre_url=_safe_address(details.accessibility.acceslibre_url),
        checked_on=still_checked(place.checked_on, now.date()),
        dated=place.dated or place.checked_on,
        sources=tuple(_source(each) for each in place.sources),
        json_ld=json_ld(place, days, public_url),
    )


def hours_now(place: PlaceRecord, days: Sequence[DayHours], now: datetime) -> HoursView:
    """The line on the state at ``now``; without hours a weekly total is said as such."""
    state = state_at(days, now, place.time_zone)
    return hours_view(HoursNow(state.state, state.reason, state.until, place.weekly_minutes), place.time_zone, now)


def json_ld(place: PlaceRecord, days: Sequence[DayHours], public_url: str) -> dict[str, Any]:
    """schema.org data of the place; only what is known. Hours are given day by day, as worked out."""
    address = {"streetAddress": place.street, "postalCode": place.postal_code, "addressLocality": place.commune_name}
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": _SCHEMA_TYPES.get(place.kind, "LocalBusiness" if place.kind == "coworking" else "Place"),
        "@id": f"{public_url}/lieux/{place.slug}",
        "url": f"{public_url}/lieux/{place.slug}",
        "name": place.name,
        "telephone": place.phone,
        "sameAs": _safe_address(place.details.website),
        "address": {"@type": "PostalAddress", "addressCountry": "FR"} | _known(address),
        "specialOpeningHoursSpecification": _opening_specification(place, days) or None,
    }
    if place.position:
        found["geo"] = {"@type": "GeoCoordinates", "latitude": place.position.lat, "longitude": place.position.lon}
    return _known(found)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}


def _days(place: PlaceRecord, now: datetime) -> tuple[DayHours, ...]:
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    return work_out_days(place.hours, today - timedelta(days=1), today + timedelta(days=DAYS_SHOWN - 1))


def _day_views(place: PlaceRecord, days: Sequence[DayHours], now: datetime) -> tuple[DayView, ...]:
    today = now.astimezone(ZoneInfo(place.time_zone)).date()
    return tuple(DayView(day.day, day_words(day, place.time_zone)) for day in days if day.day >= today)


def day_words(day: DayHours, time_zone: str) -> str:
    """ "9 h 30 – 12 h, 14 h – 18 h", "Fermé : jour férié", "Horaires inconnus"."""
    words = wording.ranges(((piece.start, piece.end) for piece in day.open), time_zone)
    if day.state == "known":
        return words or _(_DAY_REASONS.get(day.reason or "", mark("Fermé")))
    doubt = _(_DAY_REASONS.get(day.reason or "", mark("Horaires à vérifier")))
    return f"{words} ({doubt})" if words else doubt


def _opening_specification(place: PlaceRecord, days: Sequence[DayHours]) -> list[dict[str, Any]]:
    zone = ZoneInfo(place.time_zone)
    return [
        {
            "@type": "OpeningHoursSpecification",
            "validFrom": day.day.isoformat(),
            "validThrough": day.day.isoformat(),
            "opens": piece.start.astimezone(zone).strftime("%H:%M"),
            "closes": piece.end.astimezone(zone).strftime("%H:%M"),
        }
        for day in days[1:]
        for piece in day.open
    ]


def _map_address(place: PlaceRecord) -> str | None:
    if place.position is None:
        return None
    return localised("/recherche", near=f"{place.position.lon:.5f},{place.position.lat:.5f}", view="map")


def _amenities(details: PlaceDetails) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    asked = [*AMENITIES, *(name for name in details.amenities if name not in AMENITIES)]
    facts = [(labels.amenity_label(name), details.amenities.get(name, "unknown")) for name in asked]
    known = tuple((label, labels.fact_label(fact)) for label, fact in facts if fact != "unknown")
    return known, tuple(label for label, fact in facts if fact == "unknown")


def _accessibility(access: Accessibility) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """What is known, access by wheelchair in any case, and the names of what is not."""
    said = [(_(label), str(getattr(access, name)), labels.fact_label(getattr(access, name))) for name, label in _ACCESS]
    width = f"{access.door_width_cm}{wording.NBSP}cm" if access.door_width_cm else "unknown"
    said.append((_("Largeur de la porte"), width, width))
    shown = tuple((label, words) for label, value, words in said if value != "unknown" or label == said[0][0])
    return shown, tuple(label for label, value, _words in said[1:] if value == "unknown")


def _description(details: PlaceDetails) -> tuple[str, ...]:
    text = (details.description.en if current_locale() == "en" else None) or details.description.fr or ""
    return tuple(line for line in (part.strip() for part in text.splitlines()) if line)


def _address_lines(place: PlaceRecord) -> tuple[str, ...]:
    town = " ".join(filter(None, (place.postal_code, place.commune_name)))
    lines = tuple(filter(None, (place.details.address_complement, place.street, town)))
    return lines or (_("adresse inconnue"),)


def _safe_address(address: str | None) -> str | None:
    """The address if a browser may follow it: http or https, with a host."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname else None


def _host(address: str | None) -> str | None:
    safe = _safe_address(address)
    return (urlsplit(safe).hostname or "").removeprefix("www.") if safe else None


def _source(record: SourceRecord) -> SourceView:
    return SourceView(source_name(record.source), record.licence, record.dated)


_WITHOUT_MAPPING = {"demonstration": "Démonstration"}
"""Sources that are no file, in words."""


@lru_cache(maxsize=256)
def source_name(source: str) -> str:
    """A source in words: its label and producer as its mapping says, else the code it was given."""
    if source in _WITHOUT_MAPPING:
        return _WITHOUT_MAPPING[source]
    try:
        mapping = load_mapping(source)
    except MappingError:
        return source
    return f"{mapping.label} ({mapping.producer})" if mapping.producer else mapping.label
