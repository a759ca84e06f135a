"""What a mail about a booking is made of: plain facts, gathered by whoever knows them, judged by nobody here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tierslieux.booking.calendar_files import Party
from tierslieux.shared.geo import Position
from tierslieux.shared.time import TimeRange

MailKind = Literal[
    "confirmed",
    "pending",
    "approved",
    "declined",
    "lapsed",
    "moved",
    "cancelled_by_guest",
    "cancelled_by_host",
    "closure_moved",
    "reminder",
    "waitlist_offer",
    "no_show",
    "series_confirmed",
    "series_cancelled_by_guest",
    "series_cancelled_by_host",
    "host_pending",
    "host_closed",
]
_KEPT: tuple[MailKind, ...] = ("pending", "waitlist_offer", "host_pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlace:
    """Where. ``commune`` is the commune as shown ("Quimper (29)"), ``address`` one line, ``url`` the place's page.

    ``time_zone`` is the place's (IANA): all times of the mail are told in it.
    """

    name: str
    commune: str
    address: str
    url: str
    time_zone: str
    position: Position | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLinks:
    """Whole addresses. Each opens a page that asks before it does anything; a link that is ``None`` is not offered.

    ``booking`` is the booking's page; in an offer, the page that books the kept seat; for a team, the request.
    """

    booking: str
    cancel: str | None = None
    move: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailCalendar:
    """Which event of the calendar the booking is: ``uid`` for good, ``sequence`` rising with every change."""

    uid: str
    sequence: int
    stamp: datetime
    organizer: Party
    attendee: Party | None


@dataclass(frozen=True, slots=True)
class MailAlternative:
    """What could be had instead; ``label`` names place and commune ("Médiathèque, Quimper (29)")."""

    label: str
    during: TimeRange
    time_zone: str
    url: str


@dataclass(frozen=True, slots=True)
class MailDate:
    """One date of a series that was booked (or cancelled), with its event where it goes into the calendar."""

    during: TimeRange
    calendar: MailCalendar | None = None


@dataclass(frozen=True, slots=True)
class SkippedDate:
    """One date of a series that was not booked: its naive wall start, and why, as a sentence in the mail's language."""

    wall_start: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingMail:
    """One mail. Texts that come as such (``resource_name``, reasons) are as the team wrote them.

    ``now`` is when it is written; ``during`` the booking's range (of a series, the first date's). ``guest_name`` is
    the guest as the reader may see them: the first name in a mail to them, first name and initial to a team.
    ``access`` says how to get in; it is shown from the day before on only. ``kept_until``: until when a request or an
    offer is kept, needed for those kinds (``ValueError``). ``previous`` is the range before it was moved, and
    ``previous_place`` the place and commune where that was another one. ``reason`` is the team's.
    """

    kind: MailKind
    now: datetime
    place: MailPlace
    resource_name: str
    during: TimeRange
    seats: int
    price_cents: int | None
    guest_name: str
    links: MailLinks
    access: str | None = None
    reason: str | None = None
    kept_until: datetime | None = None
    previous: TimeRange | None = None
    previous_place: str | None = None
    alternatives: tuple[MailAlternative, ...] = ()
    dates: tuple[MailDate, ...] = ()
    skipped: tuple[SkippedDate, ...] = ()
    calendar: MailCalendar | None = None
    demonstration: bool = False

    def __post_init__(self) -> None:
        if self.kept_until is None and self.kind in _KEPT:
            raise ValueError(f"{self.kind} needs kept_until")
