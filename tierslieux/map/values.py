"""The values of a query, each read from its text; ``Fault`` says what is wrong with one."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar, get_args

from tierslieux.places.domain import PlaceKind
from tierslieux.shared.geo import Bbox, Position

T = TypeVar("T")

KINDS: tuple[PlaceKind, ...] = get_args(PlaceKind)
MAX_TEXT = 200
_MAX_DIGITS = 18
_IN_WORDS = {1: "un", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six"}
_COMMUNE = re.compile(r"(\d{5}|2[ABab]\d{3})", re.ASCII)
_TERRITORY = re.compile(r"(\d{5}|2[AB]\d{3}|\d{9}|dep-(\d{2,3}|2[AB])|reg-\d{2})", re.ASCII)
_BARE = re.compile(r"(\d{2,3}|2[AB])", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Fault(ValueError):
    """One value cannot be read: a stable code and a French reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def choice_of(values: Iterable[T]) -> Callable[[str], T]:
    """A reader of one of ``values``."""
    known = {str(value): value for value in values}

    def read(text: str) -> T:
        if text not in known:
            raise Fault("unknown_value", f"valeur inconnue ; possibles : {', '.join(known)}")
        return known[text]

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of a whole number from ``low`` to ``high``."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[+-]?\d+", text, re.ASCII):
            raise Fault("wrong_format", "nombre entier attendu")
        if len(text) > _MAX_DIGITS or not low <= int(text) <= high:
            raise Fault("out_of_range", f"de {low} à {high}")
        return int(text)

    return read


def numbers(text: str, count: int, words: str) -> list[float]:
    """``count`` finite decimal numbers between commas."""
    parts = text.split(",")
    if len(parts) != count:
        raise Fault("wrong_length", f"{words} nombres attendus, {_IN_WORDS.get(len(parts), len(parts))} reçus")
    return [_decimal(part.strip()) for part in parts]


def _decimal(text: str) -> float:
    if text.lower().lstrip("+-") in {"nan", "inf", "infinity"}:
        raise Fault("not_finite", "nombre fini attendu")
    if not _NUMBER.fullmatch(text):
        raise Fault("wrong_format", "nombre attendu, avec un point décimal")
    value = float(text)
    if not math.isfinite(value):
        raise Fault("not_finite", "nombre fini attendu")
    return value


def position(text: str) -> Position:
    """``lon,lat`` in degrees."""
    lon, lat = numbers(text, 2, "deux")
    try:
        return Position(lon, lat)
    except ValueError as exc:
        raise Fault("out_of_range", "longitude de -180 à 180, puis latitude de -90 à 90") from exc


def bbox(text: str) -> Bbox:
    """``minlon,minlat,maxlon,maxlat``; ``minlon > maxlon`` crosses the antimeridian."""
    try:
        return Bbox(*numbers(text, 4, "quatre"))
    except Fault:
        raise
    except ValueError as exc:
        if str(exc) == "upside_down":
            raise Fault("upside_down", "la latitude du bas dépasse celle du haut") from exc
        raise Fault("out_of_range", "longitudes de -180 à 180, latitudes de -90 à 90") from exc


def instant(text: str) -> datetime:
    """RFC 3339 with an offset, to the second."""
    if not re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", text, re.ASCII):
        raise Fault("wrong_format", "date et heure attendues, comme 2027-09-06T10:00:00+02:00")
    try:
        value = datetime.fromisoformat(text.replace(" ", "+") if text[10] != " " else text)
    except ValueError as exc:
        raise Fault("wrong_format", "date et heure attendues, comme 2027-09-06T10:00:00+02:00") from exc
    if value.tzinfo is None:
        raise Fault("naive_time", "L'heure est donnée sans fuseau horaire.")
    if not 1900 < value.year < 2200:
        raise Fault("out_of_range", "de 1901 à 2199")
    return value.replace(microsecond=0)


def text_value(text: str) -> str | None:
    """Free text, single spaces; blank is nothing."""
    if len(text) > MAX_TEXT:
        raise Fault("too_long", f"{MAX_TEXT} caractères au plus")
    return " ".join(text.split()) or None


def kind_value(text: str) -> PlaceKind:
    """A kind of place."""
    return choice_of(KINDS)(text)


def commune_value(text: str) -> str:
    """An INSEE code of five characters, Corsican ones in capitals."""
    if not _COMMUNE.fullmatch(text):
        raise Fault("wrong_format", "code INSEE attendu, cinq caractères (29232, 2A004)")
    return text.upper()


def territory_value(text: str) -> str:
    """The id of a territory; a bare code of two or three is refused, as both a département and a région bear it."""
    if _BARE.fullmatch(text):
        raise Fault("ambiguous_code", f"ce code désigne deux territoires : dep-{text} ou reg-{text}")
    if not _TERRITORY.fullmatch(text):
        raise Fault("wrong_format", "identifiant attendu : 29232, 200068120, dep-29 ou reg-53")
    return text
