"""Series on the wire (api.md, "POST /api/v1/booking-series"), and what the mail is told beyond its bookings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextvars import copy_context
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.booking.domain.values import BrokenRule
from tierslieux.booking.errors import RulesBroken, SlotTaken
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.queries.series import SeriesView
from tierslieux.booking.refusals import facts_of
from tierslieux.booking.schemas import BookingBody, BookingRequest, RuleBody
from tierslieux.booking.sentences import sentence_of
from tierslieux.booking.service.series import OnConflict, Series, Verdict
from tierslieux.booking.wire import local, rule_bodies
from tierslieux.places.local_ids import local_id
from tierslieux.shared.errors import DomainError
from tierslieux.web.i18n import LOCALES, Locale, use_locale


class SeriesRequest(BookingRequest, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A booking and the rule by which it comes again; ``start`` and ``end`` are the first wall times."""

    rrule: Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f]*$")]
    on_conflict: OnConflict = "refuse"


class OccurrenceBody(msgspec.Struct, frozen=True):
    """One date with its verdict.

    A wall time that does not exist, or comes twice, is shown with the offset that held before the clocks changed.
    """

    start: datetime
    end: datetime
    broken_rules: list[RuleBody]
    booking_id: str | None


class SeriesBody(msgspec.Struct, frozen=True):
    """A series; ``id`` is null in a preview, and ``bookings`` holds whole bookings."""

    id: str | None
    rrule: str
    time_zone: str
    occurrences: list[OccurrenceBody]
    bookings: list[BookingBody]


def preview_body(series: Series) -> SeriesBody:
    """What would become of the dates; nothing of it is stored."""
    return SeriesBody(None, series.rrule, series.zone.key, occurrence_bodies(series, shows_bookings=False), [])


def made_body(series: Series, bookings: list[BookingBody]) -> SeriesBody:
    """The series as it was just booked."""
    public_id = local_id(series.place_id, series.series_id)
    return SeriesBody(public_id, series.rrule, series.zone.key, occurrence_bodies(series), bookings)


def stored_body(series: SeriesView, views: Iterable[BookingView], bookings: list[BookingBody]) -> SeriesBody:
    """The series as it is now: the dates that were booked, where they have moved to, whatever became of them."""
    zone = ZoneInfo(series.time_zone)
    occurrences = [OccurrenceBody(local(each.start, zone), local(each.end, zone), [], each.public_id) for each in views]
    public_id = local_id(series.place_id, series.series_id)
    return SeriesBody(public_id, series.rrule, series.time_zone, occurrences, bookings)


def occurrence_bodies(series: Series, *, shows_bookings: bool = True) -> list[OccurrenceBody]:
    """Every date with its verdict."""
    return [
        OccurrenceBody(
            verdict.wall_start.replace(tzinfo=series.zone),
            verdict.wall_end.replace(tzinfo=series.zone),
            rule_bodies(verdict.broken, series.zone, facts_of(verdict.loaded)),
            local_id(series.place_id, verdict.placed.booking_id) if verdict.placed and shows_bookings else None,
        )
        for verdict in series.verdicts
    ]


def series_refusal(series: Series) -> DomainError:
    """409 where seats alone are the matter, else 422 by the first other rule; with the same ``occurrences``."""
    rules = [rule for verdict in series.refused for rule in verdict.broken]
    occurrences = occurrence_bodies(series, shows_bookings=False)
    facts: dict[str, Any] = {
        "broken_rules": [msgspec.to_builtins(rule) for each in occurrences for rule in each.broken_rules],
        "alternatives": [],
        "rrule": series.rrule,
        "time_zone": series.zone.key,
        "occurrences": [msgspec.to_builtins(each) for each in occurrences],
    }
    others = [rule.code for rule in rules if rule.code != "slot_taken"]
    return RulesBroken(others[0], **facts) if others else SlotTaken(**facts)


def news_of(series: Series) -> dict[str, Any]:
    """What the one mail about the series says beyond its bookings: the dates that were skipped, and why.

    ``{"series_id": hex, "skipped": [{"start": naive wall time, "code", "reason": {"fr": ..., "en": ...}}]}``
    """
    skipped = [
        {
            "start": verdict.wall_start.isoformat(),
            "code": verdict.broken[0].code,
            "reason": {locale: _sentences(verdict, series.zone, locale) for locale in LOCALES},
        }
        for verdict in series.refused
        if verdict.broken
    ]
    return {"series_id": series.series_id.hex, "skipped": skipped}


def _sentences(verdict: Verdict, zone: ZoneInfo, locale: Locale) -> str:
    context = copy_context()
    context.run(use_locale, locale)
    return context.run(_joined, verdict.broken, zone, facts_of(verdict.loaded))


def _joined(broken: Sequence[BrokenRule], zone: ZoneInfo, facts: dict[str, Any]) -> str:
    return " ".join(sentence_of(rule, zone, facts) for rule in broken)
