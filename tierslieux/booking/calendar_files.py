"""Calendar files (RFC 5545, RFC 5546): the invitation that goes with a mail, a person's feed, a place's free times.

One booking is one event: the same ``uid`` for good, and a ``sequence`` that rises with every change, so that a change
or a cancellation lands on the event that is already in the guest's calendar.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, FreeBusy, vCalAddress, vDuration, vPeriod, vText, vUri

from tierslieux.booking.calendar_zones import vtimezone
from tierslieux.shared.geo import Position
from tierslieux.shared.time import TimeRange

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
EventStatus = Literal["CONFIRMED", "TENTATIVE", "CANCELLED"]
REFRESH = timedelta(hours=1)
"""How often a program that follows a feed may ask again."""

_PRODUCT = "-//tierslieux//tierslieux//FR"
_ADDRESS_CHARACTERS = "@!$'*+/=^_`{|}~"
_BREAKING = {"Cc", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Party:
    """Someone who organises or attends: a mail address and a name for people."""

    mail: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """A booking as a calendar holds it. ``start``, ``end`` (exclusive) and ``stamp`` are aware.

    ``uid`` stays the booking's for good (``0193f3c2@host``); ``sequence`` is 0 at first and rises with every change of
    time, place or status; ``stamp`` is when it changed. ``time_zone`` is the place's (IANA). Texts are plain; whatever
    stands in them, they cannot add a line.
    """

    uid: str
    sequence: int
    start: datetime
    end: datetime
    time_zone: str
    summary: str
    location: str
    position: Position | None
    url: str
    description: str
    status: EventStatus
    organizer: Party
    attendee: Party | None
    stamp: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCalendar:
    """When a place has no free seat, without a word about who is there.

    ``uid`` names the place (``place-4821@host``); ``busy`` are the ranges without a free seat within ``window``, in any
    order; ``busy_label`` is what an event says ("Complet"); ``time_zone`` is the place's.
    """

    uid: str
    name: str
    url: str
    time_zone: str
    window: TimeRange
    busy: Sequence[TimeRange]
    busy_label: str
    stamp: datetime


def method_of(event: CalendarEvent) -> Method:
    """What the file asks of a calendar: to take the event, to cancel it, or (where nobody is invited) to show it."""
    if event.status == "CANCELLED":
        return "CANCEL"
    return "REQUEST" if event.attendee is not None else "PUBLISH"


def invitation(event: CalendarEvent) -> str:
    """The ``.ics`` text that goes with a mail about ``event``; its method is ``method_of(event)``."""
    calendar = _calendar(method_of(event))
    _add_zones(calendar, [event])
    calendar.add_component(_event(event, event.attendee))
    return _written(calendar)


def publication(events: Sequence[CalendarEvent]) -> str:
    """Several bookings in one file, to be taken once: the dates of a series (an invitation holds one event)."""
    return _written(_published(events))


def feed(events: Iterable[CalendarEvent], name: str) -> str:
    """A person's own bookings, to be followed; cancelled ones stay as cancelled, so that they vanish where shown."""
    calendar = _published(list(events))
    _name(calendar, name)
    return _written(calendar)


def free_busy(place: PlaceCalendar) -> str:
    """When ``place`` has no free seat: as VFREEBUSY, and as one event a range for calendars that do not show that."""
    calendar = _calendar(None)
    _name(calendar, place.name)
    calendar.add_component(vtimezone(place.time_zone, place.window.start.year - 1, place.window.end.year + 1))
    busy = _merged(place.busy, place.window)
    calendar.add_component(_free_busy(place, busy))
    for during in busy:
        calendar.add_component(_busy_event(place, during))
    return _written(calendar)


def _calendar(method: Method | None) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", _PRODUCT)
    calendar.add("calscale", "GREGORIAN")
    if method is not None:
        calendar.add("method", method)
    return calendar


def _published(events: Sequence[CalendarEvent]) -> Calendar:
    """A published calendar invites nobody (RFC 5546, 3.2.1)."""
    calendar = _calendar("PUBLISH")
    _add_zones(calendar, events)
    for event in events:
        calendar.add_component(_event(event, None))
    return calendar


def _written(calendar: Calendar) -> str:
    return str(calendar.to_ical(sorted=False), "utf-8")


def _name(calendar: Calendar, name: str) -> None:
    """RFC 7986 has NAME and REFRESH-INTERVAL; the names that begin with X- are what most programs read."""
    calendar.add("name", _line(name))
    calendar.add("x-wr-calname", _line(name))
    refresh = vDuration(REFRESH)
    refresh.params["VALUE"] = "DURATION"
    calendar.add("refresh-interval", refresh)
    calendar.add("x-published-ttl", vDuration(REFRESH))


def _add_zones(calendar: Calendar, events: Sequence[CalendarEvent]) -> None:
    """Each zone of the events once, for the years around them; the same years for all, so that few are computed."""
    if not events:
        return
    first, last = min(event.start for event in events).year - 1, max(event.end for event in events).year + 1
    for key in sorted({event.time_zone for event in events}):
        calendar.add_component(vtimezone(key, first, last))


def _event(event: CalendarEvent, attendee: Party | None) -> Event:
    component = Event()
    component.add("uid", _line(event.uid))
    component.add("sequence", event.sequence)
    _add_times(component, TimeRange(event.start, event.end), event.time_zone)
    component.add("dtstamp", event.stamp.astimezone(UTC))
    component.add("last-modified", event.stamp.astimezone(UTC))
    component.add("summary", _line(event.summary))
    component.add("location", _line(event.location))
    component.add("description", _lines(event.description))
    component.add("status", event.status)
    component.add("transp", "TRANSPARENT" if event.status == "CANCELLED" else "OPAQUE")
    component.add("url", vUri(_uri(event.url)))
    if event.position is not None:
        component.add("geo", (event.position.lat, event.position.lon))
    component.add("organizer", _party(event.organizer), encode=False)
    if attendee is not None:
        component.add("attendee", _attendee(attendee), encode=False)
    return component


def _add_times(component: Component, during: TimeRange, time_zone: str) -> None:
    component.add("dtstart", _local(during.start, ZoneInfo(time_zone)))
    component.add("dtend", _local(during.end, ZoneInfo(time_zone)))


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """In the place's time; in UTC in the hour that comes a second time, as local time means the first (3.3.5)."""
    local = instant.astimezone(zone)
    return instant.astimezone(UTC) if local.fold else local


def _party(party: Party) -> vCalAddress:
    address = vCalAddress("mailto:" + quote(party.mail, safe=_ADDRESS_CHARACTERS, errors="replace"))
    address.params["CN"] = vText(_line(party.name).replace('"', "'"))  # no quotation mark can stand there
    return address


def _attendee(party: Party) -> vCalAddress:
    """The guest, who said yes by booking: no answer is asked."""
    address = _party(party)
    address.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"})
    return address


def _free_busy(place: PlaceCalendar, busy: Sequence[TimeRange]) -> FreeBusy:
    component = FreeBusy()
    component.add("uid", _line(place.uid))
    component.add("dtstamp", place.stamp.astimezone(UTC))
    component.add("dtstart", place.window.start.astimezone(UTC))
    component.add("dtend", place.window.end.astimezone(UTC))
    component.add("url", vUri(_uri(place.url)))
    for during in busy:
        period = vPeriod((during.start.astimezone(UTC), during.end.astimezone(UTC)))
        component.add("freebusy", period, parameters={"FBTYPE": "BUSY"})
    return component


def _busy_event(place: PlaceCalendar, during: TimeRange) -> Event:
    """The same range has the same name at each reading, and the name tells nothing else."""
    component = Event()
    name = sha256(f"{place.uid} {during.start.timestamp()} {during.end.timestamp()}".encode()).hexdigest()[:32]
    component.add("uid", f"{name}@{place.uid.rpartition('@')[2]}")
    component.add("dtstamp", place.stamp.astimezone(UTC))
    _add_times(component, during, place.time_zone)
    component.add("summary", _line(place.busy_label))
    component.add("url", vUri(_uri(place.url)))
    return component


def _merged(ranges: Sequence[TimeRange], window: TimeRange) -> list[TimeRange]:
    """In order, cut to ``window``, and those that touch made one."""
    merged: list[TimeRange] = []
    for during in sorted(each for each in ranges if each.overlaps(window)):
        start, end = max(during.start, window.start), min(during.end, window.end)
        if merged and start <= merged[-1].end:
            merged[-1] = TimeRange(merged[-1].start, max(merged[-1].end, end))
        else:
            merged.append(TimeRange(start, end))
    return merged


def _line(text: str) -> str:
    """``text`` on one line: whatever could end it is a space."""
    return "".join(" " if unicodedata.category(char) in _BREAKING else char for char in text).strip()


def _lines(text: str) -> str:
    return "\n".join(_line(line) for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


def _uri(address: str) -> str:
    return quote(address, safe=":/?#[]@!$&'()*+,;=%~", errors="replace")
