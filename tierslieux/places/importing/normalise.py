"""One raw row in, one record or one refusal out. Pure: no database, no clock, no network; never raises for a row."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from tierslieux.places.domain import Accessibility, Description, PlaceDetails
from tierslieux.places.importing.cells import Cells, Columns
from tierslieux.places.importing.cleaning import plain, plain_lines
from tierslieux.places.importing.facts import FactFinder, Facts, KindFinder, Test, folded
from tierslieux.places.importing.hours_text import HoursRead, read_hours, read_week
from tierslieux.places.importing.identity import Identifier
from tierslieux.places.importing.mapping import Mapping
from tierslieux.places.importing.mending import says_closed, without_departement
from tierslieux.places.importing.naming import tone_down, tone_down_street
from tierslieux.places.importing.positions import Located, Unlocated, locate, time_zone_of
from tierslieux.places.importing.record import PlaceRecord, RawRow, Refusal
from tierslieux.places.importing.values import (
    is_nothing,
    read_commune_code,
    read_commune_name,
    read_date,
    read_email,
    read_phone,
    read_postal_code,
    read_siret,
    read_website,
    read_weekly_minutes,
)

_LONGEST_NAME = 200
_LONGEST_TEXT = 4000
_LONGEST_HOURS = 2000
_MOST_SERVICES = 40
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_CALLS_ITSELF = ("tiers lieu", "tiers lieux")


class _Refused(Exception):
    """Carries what a ``Refusal`` says out of the step that found it."""

    def __init__(self, column: str, value: str, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.column, self.value, self.reason, self.remedy = column, value, reason, remedy


class Normaliser:
    """Reads the rows of one source. ``newest`` is the day of the import: a later date in a row is an error."""

    def __init__(self, mapping: Mapping, newest: date) -> None:
        self._mapping = mapping
        self._columns = Columns(mapping)
        self._identifier = Identifier(mapping)
        self._kinds = KindFinder(mapping.kind)
        self._facts = FactFinder(mapping.facts, mapping.list_separator)
        self._closed = [Test(rule) for rule in mapping.closed]
        self._self_declared = [Test(rule) for rule in mapping.self_declared]
        self._newest = newest

    def read(self, row: RawRow) -> PlaceRecord | Refusal:
        """The place that the row tells of, or why it cannot be one."""
        external_id = self._identifier.identify(row.values)
        try:
            return self._record(row, external_id)
        except _Refused as why:
            return Refusal(row.line, why.column, why.value[:200], why.reason, why.remedy, external_id, row.values)

    def _record(self, row: RawRow, external_id: str) -> PlaceRecord:
        cells = Cells(row, self._columns)
        given = self._name(cells)
        address = self._address(cells)
        position = self._position(row, cells, address)
        name = tone_down(without_departement(given, address["commune_code"]), address["commune"] or "")
        kind, facts, hours = self._kinds.find(row.values), self._facts.find(row.values), self._hours(row, cells)
        return PlaceRecord(
            line=row.line,
            external_id=external_id,
            kind=kind,
            state="closed" if self._is_closed(row, given) else "published",
            name=name,
            name_given=given,
            position=position,
            time_zone=time_zone_of(position, address["commune_code"] or address["postal_code"]),
            phone=cells.read("phone", read_phone, "numéro court ou illisible, laissé de côté", "donner dix chiffres"),
            hours_osm=hours.osm,
            hours_text=hours.text,
            hours_unreadable=hours.unreadable,
            weekly_minutes=read_weekly_minutes(cells.raw("weekly_hours")),
            details=self._details(row, cells, facts, name),
            dated=self._dated(cells),
            **address,
            raw=row.values,
            remarks=tuple(cells.remarks),
        )

    def _is_closed(self, row: RawRow, given: str) -> bool:
        return says_closed(given) or any(test.holds(row.values) for test in self._closed)

    def _name(self, cells: Cells) -> str:
        name = cells.text("name", _LONGEST_NAME)
        if name is None or not any(char.isalnum() for char in name):
            raise _Refused(cells.column("name"), name or "", "nom absent", "donner un nom au lieu")
        if _UNREADABLE in name:
            raise _Refused(cells.column("name"), name, "nom illisible", "enregistrer le fichier en UTF-8")
        prefix = self._mapping.name_prefix
        return name if not prefix or folded(name).startswith(folded(prefix)) else prefix + name

    def _address(self, cells: Cells) -> dict[str, str | None]:
        commune = read_commune_name(cells.text("commune", _LONGEST_NAME) or "")
        street = cells.text("street", _LONGEST_NAME)
        code = cells.read(
            "commune_code",
            read_commune_code,
            "ce n'est pas un code de commune, laissé de côté",
            "donner les cinq caractères du code INSEE",
        )
        postal = cells.read(
            "postal_code", read_postal_code, "ce n'est pas un code postal, laissé de côté", "donner cinq chiffres"
        )
        return {
            "street": tone_down_street(street, commune) if street else None,
            "postal_code": postal,
            "commune": tone_down(commune) or None,
            "commune_code": code,
            "commune_hint": read_commune_code(cells.raw("commune_code_deduced")),
        }

    def _position(self, row: RawRow, cells: Cells, address: dict[str, str | None]) -> tuple[float, float] | None:
        part = self._mapping.position
        x, y = (row.values.get(part.lon, ""), row.values.get(part.lat, "")) if part else ("", "")
        found = locate(plain(x), plain(y), part.crs if part else "wgs84")
        columns = f"{part.lon}, {part.lat}" if part else ""
        if isinstance(found, Located):
            if found.mended:
                cells.remark(columns, f"{x} {y}", found.mended, "corriger la source")
            return found.lon, found.lat
        self._check_findable(found, columns, f"{x} {y}".strip(), address)
        if part:
            cells.remark(columns, f"{x} {y}".strip(), f"{found.reason} : placé dans sa commune seulement", found.remedy)
        return None

    @staticmethod
    def _check_findable(why: Unlocated, columns: str, value: str, address: dict[str, str | None]) -> None:
        """Without a position a place must at least say its commune; a position that is wrong is refused."""
        has_commune = address["commune_code"] or (address["commune"] and address["postal_code"])
        if why.is_absent and has_commune:
            return
        if why.is_absent:
            raise _Refused(
                columns, value, f"{why.reason}, et commune inconnue", "donner la position, ou le code de la commune"
            )
        raise _Refused(columns, value, why.reason, why.remedy)

    def _hours(self, row: RawRow, cells: Cells) -> HoursRead:
        week = {day: plain(row.values.get(column, "")) for day, column in self._mapping.weekdays.items()}
        osm, french = plain(cells.raw("hours_osm")), plain_lines(cells.raw("hours_text"))
        if is_nothing(osm) and is_nothing(french):
            found = (
                read_week({day: "" if is_nothing(text) else text for day, text in week.items()})
                if week
                else HoursRead()
            )
        else:
            osm, french = ("" if is_nothing(text) else text[:_LONGEST_HOURS] for text in (osm, french))
            found = read_hours(osm, french)
        for remark in found.remarks:
            column = cells.column("hours_osm") if osm else cells.column("hours_text")
            cells.remarks.append(msgspec.structs.replace(remark, field=column or "horaires"))
        return found

    def _dated(self, cells: Cells) -> date | None:
        given = cells.read(
            "dated",
            lambda text: read_date(text, self._newest),
            "ce n'est pas une date plausible, laissée de côté",
            "écrire AAAA-MM-JJ",
        )
        return given or self._mapping.dated

    def _details(self, row: RawRow, cells: Cells, facts: Facts, name: str) -> PlaceDetails:
        description = cells.lines("description", _LONGEST_TEXT)
        return PlaceDetails(
            address_complement=cells.text("complement", _LONGEST_NAME),
            email=cells.read(
                "email",
                read_email,
                "ce n'est pas une adresse électronique, laissée de côté",
                "donner une seule adresse",
            ),
            website=cells.read(
                "website",
                read_website,
                "ce n'est pas une adresse de site, laissée de côté",
                "donner une adresse https://",
            ),
            siret=read_siret(cells.raw("siret")),
            description=Description(fr=description),
            amenities=facts.amenities,
            accessibility=_accessibility(cells, facts.accessibility),
            price=facts.price,
            services=self._services(cells),
            type_given=cells.text("type_given", _LONGEST_NAME),
            is_self_declared_third_place=self._calls_itself_third_place(row, name, description or ""),
        )

    def _services(self, cells: Cells) -> tuple[str, ...]:
        text = cells.raw("services")
        parts = (plain(part) for part in text.split(self._mapping.list_separator)) if text else ()
        return tuple(part[:_LONGEST_NAME] for part in parts if not is_nothing(part))[:_MOST_SERVICES]

    def _calls_itself_third_place(self, row: RawRow, name: str, description: str) -> bool:
        if any(test.holds(row.values) for test in self._self_declared):
            return True
        return any(words in folded(text) for text in (name, description) if text for words in _CALLS_ITSELF)


def _accessibility(cells: Cells, known: dict[str, Any]) -> Accessibility:
    url = read_website(plain(cells.raw("acceslibre_url")))
    return Accessibility(**known, acceslibre_url=url) if known or url else Accessibility()
