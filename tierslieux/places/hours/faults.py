"""Faults of opening-hours texts: what is mended with a warning, and how a refusal says where, what and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tierslieux.places.hours.rules import mask

_PART_LENGTH = 60
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH")
_AFTER_DAY = "(?:" + "|".join(rf"(?<={day})" for day in (*_DAYS, r"\]")) + ")"
_BEFORE_DAY = rf"(?=(?:{'|'.join(_DAYS)})\b)"
_SAME_LENGTH = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\u202f\t\n\r", " ") | dict.fromkeys("–—−‐‑", "-"))


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about a part of a text: ``position`` counts characters from 0; ``message`` is French, for people."""

    position: int
    part: str
    message: str


_REPAIRS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement, message)
    for pattern, replacement, message in (
        (rf"{_AFTER_DAY}(?:\s+,\s*|\s*,\s+){_BEFORE_DAY}", ",", "Lu comme une seule liste de jours."),
        (r"(?<=\d:\d\d)(?:\s+,\s*|\s*,\s+)(?=\d{1,2}:\d\d)", ",", "Lu comme une seule liste d'heures."),
        (rf"(?<=\d:\d\d),{_BEFORE_DAY}", ", ", "Lu comme deux règles : il manque une espace après la virgule."),
        (r"\s*;(?:\s*;)+\s*", "; ", "Point-virgule en trop."),
        (r"^\s*;\s*|\s*[;,]\s*$", "", "Signe en trop."),
    )
)
_MESSAGES = tuple(
    (re.compile(pattern, re.IGNORECASE), message)
    for pattern, message in (
        (r"24\s?h?\s?/\s?24.*|7\s?j?\s?/\s?7.*", "Pour « jour et nuit, toute la semaine », écrivez « 24/7 »."),
        (
            r"-\s*\d{1,2}:\d\d(?=\s*(?:$|[;,]))",
            "Trois heures à la suite : il manque un début ou une fin. Exemple : « 09:30-13:00,14:00-18:00 ».",
        ),
        (r"\d{1,2}\s?h\s?\d{0,2}.*", "Les heures s'écrivent « 09:30 », et non « 9h30 »."),
        (
            r"\d{1,2}:\d\d(?=\s*(?:$|[;,]))",
            "Une heure seule : il manque la fin. Écrivez par exemple « 09:00-12:00 ».",
        ),
        (
            r"\b(?:lun|mar|mer|jeu|ven|sam|dim)[a-zé]*\b.*|\b(?:lu|ma|je|ve|di)\b.*",
            "Les jours s'écrivent Mo, Tu, We, Th, Fr, Sa, Su. Du texte français se donne dans son propre champ.",
        ),
        (
            r"\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b.*",
            "Les jours s'écrivent en deux lettres : Mo, Tu, We, Th, Fr, Sa, Su.",
        ),
        (r"\bferm[a-zé]*.*", "Pour dire fermé, écrivez « off », par exemple « Su off »."),
        (r"#.*", "Ce signe n'a pas de sens ici ; un commentaire se met entre guillemets."),
        (r"(?<![\d:])\d{1,2}-\d{1,2}(?![\d:]).*", "Les heures s'écrivent avec leurs minutes : « 09:00-12:00 »."),
    )
)
_OTHERWISE = "Cette partie n'a pas été comprise. Exemple d'écriture juste : « Mo-Fr 09:00-12:00,14:00-18:00; PH off »."


def level(text: str) -> str:
    """Spaces and dashes of typography brought to the plain ones; the length, and so every position, stays."""
    return text.translate(_SAME_LENGTH)


def repair(text: str) -> tuple[str, tuple[Remark, ...]]:
    """``text`` with what the grammar refuses or reads otherwise, though the meaning is plain, mended; one remark each.

    The evaluator would read ``Mo, We 10:00-12:00`` as all of Monday, and ``09:00-12:00, 14:00-18:00`` as every day.
    Positions are those in the text as it stands when each kind of fault is mended.
    """
    remarks: list[Remark] = []
    for pattern, replacement, message in _REPAIRS:
        parts, end = [], 0
        for found in pattern.finditer(mask(text)):
            if found.end() == found.start():
                continue
            parts += [text[end : found.start()], replacement]
            end = found.end()
            remarks.append(Remark(found.start(), _around(text, found.start()), message))
        text = "".join([*parts, text[end:]])
    return text, tuple(remarks)


def explain(text: str, position: int) -> Remark:
    """Why ``text`` was refused at ``position``: the part that stands there and a remedy in French."""
    position = max(0, min(position, len(text)))
    for pattern, message in _MESSAGES:
        for found in pattern.finditer(text):
            if found.start() <= position <= found.end():
                return Remark(found.start(), _shorten(found[0]), message)
    end = text.find(";", position)
    rest = text[position : end if end >= 0 else len(text)].strip()
    return Remark(position, _shorten(rest) or _around(text, position), _OTHERWISE)


def _around(text: str, position: int) -> str:
    """The piece between two semicolons that holds ``position``."""
    start = text.rfind(";", 0, position) + 1
    end = text.find(";", position + 1)
    return _shorten(text[start : end if end >= 0 else len(text)].strip())


def _shorten(part: str) -> str:
    return part if len(part) <= _PART_LENGTH else part[: _PART_LENGTH - 1] + "…"
