"""Opening hours as a team writes them: read, previewed, set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from tierslieux.places.editing import readable_hours, refused_hours
from tierslieux.places.errors import InvalidHours
from tierslieux.places.hours.days import DatedHours
from tierslieux.places.hours.faults import Remark
from tierslieux.places.hours.french import read_french
from tierslieux.places.schemas import HoursAnswer, NewHours, RemarkBody
from tierslieux.places.whole import StoredPlace, day_body, days_from, exception_body, hours_of
from tierslieux.shared.errors import FieldError, InvalidRequest, invalid

_NOT_UNDERSTOOD = "Cette partie n'a pas été comprise."
_LONGEST_DAYS = 3660


class ReadHours(NamedTuple):
    """Hours that can be stored. ``field`` is ``opening_hours`` of ``place_field``, or nothing: the weekly ones stay."""

    field: dict[str, Any]
    exceptions: tuple[DatedHours, ...]
    warnings: tuple[Remark, ...]

    def at(self, place: StoredPlace) -> StoredPlace:
        """``place`` as it would be with these hours."""
        if "opening_hours" not in self.field:
            return place
        hours = self.field["opening_hours"] or {}
        return msgspec.structs.replace(place, hours_osm=hours.get("osm"), hours_text=hours.get("text"))


def read_new_hours(new: NewHours) -> ReadHours:
    """What ``new`` says; ``InvalidRequest`` for its form, ``InvalidHours`` for a text that cannot be evaluated."""
    if new.text is not UNSET and new.opening_hours is not UNSET:
        raise invalid("body", "text", "conflict", None, "opening_hours ou text, pas les deux")
    warnings: tuple[Remark, ...] = ()
    field: dict[str, Any] = {}
    if new.text is not UNSET:
        field["opening_hours"] = {"osm": _read_french(new.text), "text": new.text}
    elif new.opening_hours is None or new.opening_hours == "":
        field["opening_hours"] = None
    elif new.opening_hours is not UNSET:
        reading = readable_hours(new.opening_hours, "opening_hours")
        field["opening_hours"], warnings = {"osm": reading.text}, reading.warnings
    return ReadHours(field, _exceptions(new), warnings)


def _read_french(text: str) -> str:
    reading = read_french(text)
    if reading.opening_hours is not None:
        return reading.opening_hours
    position, part = reading.not_understood[0]
    parts = [refused_hours(Remark(at, each, _NOT_UNDERSTOOD), "text") for at, each in reading.not_understood]
    rules = [rule for refusal in parts for rule in refusal.facts["broken_rules"]]
    raise InvalidHours(position=position, part=part, broken_rules=rules)


def _exceptions(new: NewHours) -> tuple[DatedHours, ...]:
    faults = [
        FieldError("body", f"exceptions[{index}].to", "wrong_value", each.last.isoformat(), _DAYS_EXPECTED)
        for index, each in enumerate(new.exceptions)
        if not 0 <= (each.last - each.first).days <= _LONGEST_DAYS
    ]
    if faults:
        raise InvalidRequest(faults)
    return tuple(
        DatedHours(each.first, each.last, readable_hours(each.opening_hours, f"exceptions[{index}]").text)
        for index, each in enumerate(new.exceptions)
    )


_DAYS_EXPECTED = "to : un jour égal ou postérieur à from attendu, à dix ans au plus"


def hours_answer(
    place: StoredPlace, exceptions: Sequence[DatedHours], warnings: Sequence[Remark], now: datetime
) -> HoursAnswer:
    """The hours and the days that follow from them; bookings that are hit are the caller's to add."""
    days = days_from(hours_of(place, exceptions), now, place.time_zone)
    return HoursAnswer(
        opening_hours=place.hours_osm,
        exceptions=[exception_body(each) for each in exceptions],
        next_days=[day_body(day, place.time_zone) for day in days[1:]],
        warnings=[RemarkBody(each.position, each.part, each.message) for each in warnings],
        bookings=[],
    )
