"""The page that gives a booking another time: what it receives, and how it is worded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tierslieux.booking.domain.values import Mode
from tierslieux.booking.mails.times import range_words, zone_suffix
from tierslieux.booking.mine.free_times import FreeTimes, Wanted, lengths
from tierslieux.booking.mine.presenter import other_language
from tierslieux.booking.mine.reach import Opened
from tierslieux.booking.mine.views import Summary
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.sentences import length_of_time
from tierslieux.shared.time import TimeRange
from tierslieux.web.i18n import gettext, localised, mark
from tierslieux.web.wording import day

_A_DAY = timedelta(days=1)
_MODE_CHOICES = {"half_day": mark("Matin ou après-midi"), "day": mark("Journée")}
_NOTHING = {
    "full": mark("Tout est pris ce jour-là pour cette durée."),
    "closed": mark("Le lieu est fermé ce jour-là."),
    "past": mark("Il est trop tard pour ce jour."),
    "not_yet": mark("Ce jour n'est pas (ou plus) ouvert à la réservation."),
    "free": mark("Il n'y a pas assez de temps libre d'affilée pour cette durée."),
}
_SAID_FIRST = ("free", "full", "not_yet", "closed", "past")


class Choice(msgspec.Struct, frozen=True):
    """One thing to choose."""

    value: str
    label: str
    is_chosen: bool = False


class Elsewhen(msgspec.Struct, frozen=True):
    """What could be had instead: a form here (``value``, ``mode``, ``resource``), or the page of another place."""

    label: str
    value: str
    mode: str
    resource: str
    address: str | None


class MovePage(msgspec.Struct, frozen=True, kw_only=True):
    """The page. ``nothing`` says why no time is free; ``rules`` are the sentences of a refusal."""

    summary: Summary
    action: str
    back_address: str
    day: str
    day_value: str
    first_day: str
    last_day: str
    earlier_address: str | None
    later_address: str | None
    lengths: tuple[Choice, ...]
    mode: str
    length: str
    times: tuple[Choice, ...]
    nothing: str | None
    fault: str | None
    rules: tuple[str, ...]
    elsewhen: tuple[Elsewhen, ...]
    has_chosen_seat: bool
    language_address: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why it was refused: one fault of the form, or every broken rule with what could be had."""

    fault: str | None = None
    rules: tuple[str, ...] = ()
    alternatives: Sequence[Mapping[str, Any]] = ()


NO_REFUSAL = Refusal()


@dataclass(frozen=True, slots=True)
class Offered:
    """What the page is made of: the modes of the resource, the day and length asked for, what is free then.

    ``names`` are those of the place's resources.
    """

    modes: tuple[Mode, ...]
    names: Mapping[int, str]
    wanted: Wanted
    free: FreeTimes


def move_page(
    opened: Opened, summary: Summary, offered: Offered, now: datetime, refusal: Refusal = NO_REFUSAL
) -> MovePage:
    """The page as it is shown."""
    booking, wanted = opened.booking, offered.wanted
    zone = ZoneInfo(booking.time_zone)
    today = now.astimezone(zone).date()
    last = today + booking.policy.horizon_days * _A_DAY
    length = str(wanted.minutes) if wanted.mode == "hour" else wanted.mode
    runs = booking.start <= now  # then it stays where and when it is, but for its end
    return MovePage(
        summary=summary,
        action=opened.address("/changer"),
        back_address=opened.address(),
        day=day(wanted.day) + zone_suffix(booking.time_zone),
        day_value=wanted.day.isoformat(),
        first_day=today.isoformat(),
        last_day=last.isoformat(),
        earlier_address=_address(opened, wanted.day - _A_DAY, length) if wanted.day > today and not runs else None,
        later_address=_address(opened, wanted.day + _A_DAY, length) if wanted.day < last and not runs else None,
        lengths=() if runs else _lengths(booking, offered.modes, length),
        mode="" if runs else wanted.mode,
        length=length,
        times=_times(booking, offered.free.ranges, zone),
        nothing=None if offered.free.ranges else _nothing(offered.free),
        fault=refusal.fault,
        rules=refusal.rules,
        elsewhen=tuple(_elsewhen(each, booking, offered.names, now) for each in refusal.alternatives),
        has_chosen_seat=booking.seats_chosen and not runs,
        language_address=other_language("", jour=wanted.day.isoformat(), duree=length),
    )


def _address(opened: Opened, when: date, length: str) -> str:
    return opened.address("/changer", jour=when.isoformat(), duree=length)


def _lengths(booking: BookingView, modes: tuple[Mode, ...], chosen: str) -> tuple[Choice, ...]:
    by_hour = lengths(booking) if "hour" in modes else ()
    whole = [mode for mode in _MODE_CHOICES if mode in modes]
    return (
        *(Choice(str(each), length_of_time(each), str(each) == chosen) for each in by_hour),
        *(Choice(mode, gettext(_MODE_CHOICES[mode]), mode == chosen) for mode in whole),
    )


def _times(booking: BookingView, ranges: Sequence[TimeRange], zone: ZoneInfo) -> tuple[Choice, ...]:
    now_booked = TimeRange(booking.start, booking.end)
    return tuple(Choice(range_value(each, zone), _hours(each, zone), each == now_booked) for each in ranges)


def _hours(during: TimeRange, zone: ZoneInfo) -> str:
    words = range_words(during, zone)
    return words.partition(", ")[2] if words.count(", ") == 1 else words


def range_value(during: TimeRange, zone: ZoneInfo) -> str:
    """A range as the form sends it, in the place's time."""
    return f"{during.start.astimezone(zone).isoformat()}/{during.end.astimezone(zone).isoformat()}"


def _nothing(free: FreeTimes) -> str:
    said = next((state for state in _SAID_FIRST if state in free.states), "closed")
    return gettext(_NOTHING[said])


def _elsewhen(each: Mapping[str, Any], booking: BookingView, names: Mapping[int, str], now: datetime) -> Elsewhen:
    """An alternative of api.md: here it can be had by one press, at another place on that place's page.

    Beside a booking that has begun it is one more booking: it is had on the page that books it.
    """
    start, end = datetime.fromisoformat(each["start"]), datetime.fromisoformat(each["end"])
    is_here = each["place_id"] == str(booking.place_id)
    resource = each["resource_id"].partition("-")[2]
    label = range_words(TimeRange(start, end), ZoneInfo(booking.time_zone))
    if not each["why"].startswith("same_resource"):
        label += f", {names.get(int(resource), '') if is_here else each['place_name']}"
    address = None if is_here and booking.start > now else _reserve(each, start, end, resource, booking.seats)
    return Elsewhen(label, f"{each['start']}/{each['end']}", each["mode"], resource, address)


def _reserve(each: Mapping[str, Any], start: datetime, end: datetime, resource: str, people: int) -> str:
    return localised(
        f"/lieux/{each['place_id']}/reserver",
        ressource=resource,
        jour=start.date().isoformat(),
        de=f"{start:%H:%M}",
        a=f"{end:%H:%M}",
        personnes=people,
    )
