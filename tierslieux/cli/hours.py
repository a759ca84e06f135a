"""``tierslieux hours``: opening hours without a base, one JSON value a line in and one answer a line out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import msgspec

from tierslieux.places.hours.calendar import is_known_area
from tierslieux.places.hours.evaluator import Evaluation, evaluate
from tierslieux.places.hours.faults import Remark
from tierslieux.places.hours.french import FrenchReading, read_french
from tierslieux.territories.zones import Locality

_REFUSED = 3
_LONGEST_LINE = 100_000


class EvaluateLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line of ``hours evaluate``. ``school_holidays`` is the zone A, B or C; absent: what the three agree on."""

    text: str
    start: datetime = msgspec.field(name="from")
    end: datetime = msgspec.field(name="to")
    time_zone: str = "Europe/Paris"
    holidays: str | None = "FR"
    school_holidays: str | None = None


class ReadLine(msgspec.Struct, forbid_unknown_fields=True):
    """A line of ``hours read``."""

    french: str


@click.group()
def hours() -> None:
    """Evaluate OSM opening hours, read French ones: JSON lines on stdin, one answer a line on stdout."""


@hours.command("evaluate")
def evaluate_command() -> None:
    """Evaluate {"text", "from", "to", "time_zone", "holidays"} of each line, plain OSM meaning."""
    _answer_lines(_evaluate_line)


@hours.command("read")
def read_command() -> None:
    """Read {"french": "mardi 9h30-12h"} of each line into OSM text."""
    _answer_lines(_read_line)


def _answer_lines(answer: Callable[[bytes], tuple[dict[str, Any], bool]]) -> None:
    """Answer each line; exit 3 where a line itself could not be read (its answer says why)."""
    refused = False
    for raw in sys.stdin.buffer:
        line = raw.strip()
        if not line:
            continue
        found, is_right = answer(line)
        refused = refused or not is_right
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.buffer.flush()
    if refused:
        sys.exit(_REFUSED)


def _evaluate_line(line: bytes) -> tuple[dict[str, Any], bool]:
    try:
        asked = msgspec.json.decode(_bounded(line), type=EvaluateLine)
        locality = _locality(asked)
        zone = ZoneInfo(asked.time_zone)
    except (ValueError, ZoneInfoNotFoundError, OSError) as exc:
        return _evaluation(Evaluation(None, (), (), _bad_line(line, exc)), None), False
    return _evaluation(evaluate(asked.text, asked.start, asked.end, locality), zone), True


def _read_line(line: bytes) -> tuple[dict[str, Any], bool]:
    try:
        asked = msgspec.json.decode(_bounded(line), type=ReadLine)
    except ValueError as exc:
        remark = _remark(_bad_line(line, exc))
        return {"opening_hours": None, "not_understood": [], "error": remark}, False
    return _reading(read_french(asked.french)), True


def _bounded(line: bytes) -> bytes:
    if len(line) > _LONGEST_LINE:
        raise ValueError(f"longer than {_LONGEST_LINE} bytes")
    return line


def _locality(asked: EvaluateLine) -> Locality:
    if asked.holidays is not None and not is_known_area(asked.holidays):
        raise ValueError(f"holidays: {asked.holidays[:20]!r} is not known")
    if asked.school_holidays not in (None, "A", "B", "C"):
        raise ValueError("school_holidays: A, B, C or null")
    return Locality(asked.time_zone, asked.holidays, asked.school_holidays)


def _bad_line(line: bytes, exc: Exception) -> Remark:
    part = line[:60].decode("utf-8", "replace")
    return Remark(0, part, f"Cette ligne n'a pas été lue : {exc}. Les autres lignes ont leur réponse.")


def _evaluation(found: Evaluation, zone: ZoneInfo | None) -> dict[str, Any]:
    return {
        "normalised": found.normalised,
        "intervals": [
            [
                piece.start.astimezone(zone).isoformat(),
                piece.end.astimezone(zone).isoformat(),
                piece.state,
                piece.comment,
            ]
            for piece in found.intervals
        ],
        "warnings": [_remark(remark) for remark in found.warnings],
        "error": _remark(found.error) if found.error else None,
    }


def _reading(found: FrenchReading) -> dict[str, Any]:
    parts = [{"position": position, "part": part} for position, part in found.not_understood]
    return {"opening_hours": found.opening_hours, "not_understood": parts}


def _remark(remark: Remark) -> dict[str, Any]:
    return {"position": remark.position, "part": remark.part, "message": remark.message}
