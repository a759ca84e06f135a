"""A person's bookings as calendar files: one to take, or a feed to follow by a secret address that can be changed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from tierslieux.booking.calendar_files import CalendarEvent, EventStatus, Party, feed
from tierslieux.booking.domain.statuses import Status
from tierslieux.booking.mine.words import people_words
from tierslieux.booking.queries.bookings import CALENDAR_OF, event_id_of, sequence_of
from tierslieux.booking.words import price_words, status_words
from tierslieux.places.local_ids import local_id
from tierslieux.places.views import commune_label
from tierslieux.shared.geo import Position
from tierslieux.web.i18n import gettext, localised
from tierslieux.web.plans import Plan

KEPT = timedelta(days=60)
"""How long a feed shows what is over."""
_STATUSES: dict[Status, EventStatus] = {
    "pending": "TENTATIVE",
    "confirmed": "CONFIRMED",
    "checked_in": "CONFIRMED",
    "completed": "CONFIRMED",
    "no_show": "CONFIRMED",
}
# a booking that went to another place is there: the one here would take its event back
_ROWS: LiteralString = f"""
SELECT b.place_id, b.booking_id, CASE WHEN b.expires_at <= %(now)s::timestamptz THEN 'expired' ELSE b.status END,
  p.name, p.time_zone, p.street, p.postal_code, COALESCE(c.name, p.commune_name), p.commune_code,
  ST_X(p.position::geometry), ST_Y(p.position::geometry), r.name, lower(b.during), upper(b.during), b.seats,
  b.price_cents, b.version,
  COALESCE((SELECT max(e.at) FROM booking_event e WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id),
    b.created_at), {CALENDAR_OF}
FROM booking b JOIN place p ON p.place_id = b.place_id
  JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
  LEFT JOIN commune c ON c.code = p.commune_code
WHERE b.status <> 'held' AND (b.status <> 'cancelled_by_host' OR NOT EXISTS (SELECT FROM booking_event e
  WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id AND e.seq = b.version
    AND e.facts ->> 'moved_to' IS NOT NULL))
"""  # noqa: S608 - put together from constants
_ONE: LiteralString = (
    _ROWS + "AND b.place_id = %(place_id)s::integer AND b.booking_id = %(booking_id)s::uuid AND b.status <> 'expired'"
)
_ALL: LiteralString = (
    _ROWS
    + """AND b.guest_id = %(guest_id)s::uuid AND upper(b.during) > %(since)s::timestamptz
  AND EXISTS (SELECT FROM booking_event e WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id
    AND e.becomes IN ('pending', 'confirmed'))
ORDER BY lower(b.during), b.booking_id LIMIT 500"""
)
_GENERATION = "SELECT feed_generation, locale FROM account WHERE account_id = %(account_id)s::uuid"
_RENEW = """
UPDATE account SET feed_generation = feed_generation + 1 WHERE account_id = %(account_id)s::uuid
"""
_ID_LENGTH = 32


class EventRow(msgspec.Struct, frozen=True):
    """A booking as its calendar event is made from, in the order of the query's columns."""

    place_id: int
    booking_id: UUID
    status: Status
    place_name: str
    time_zone: str
    street: str | None
    postal_code: str | None
    commune_name: str | None
    commune_code: str | None
    lon: float | None
    lat: float | None
    resource_name: str
    start: datetime
    end: datetime
    seats: int
    price_cents: int | None
    version: int
    changed_at: datetime
    calendar: dict[str, Any] | None


class Publisher(msgspec.Struct, frozen=True):
    """The service as calendars name it: its address, and the sender of its mails ("tierslieux <...>")."""

    public_url: str
    sender: str

    @property
    def host(self) -> str:
        """What the names of events end in, the same as in mails."""
        return self.public_url.partition("://")[2].partition(":")[0] or "localhost"

    @property
    def organizer(self) -> Party:
        """Who organises the events, the same as in mails."""
        name, mail = parseaddr(self.sender)
        return Party(mail, name or "tierslieux")


def event_row(place_id: int, booking_id: UUID, now: datetime) -> Plan[EventRow | None]:
    """One booking, or ``None`` where it never was one."""
    rows = yield _ONE, {"place_id": place_id, "booking_id": booking_id, "now": now}
    return EventRow(*rows[0]) if rows else None


def event_rows(guest_id: UUID, now: datetime) -> Plan[list[EventRow]]:
    """A person's bookings since ``KEPT``, those that ended otherwise too, so that they vanish where shown."""
    rows = yield _ALL, {"guest_id": guest_id, "now": now, "since": now - KEPT}
    return [EventRow(*row) for row in rows]


def event_of(row: EventRow, publisher: Publisher) -> CalendarEvent:
    """The booking as a calendar holds it. How to get in is not in it: a calendar is shared, and kept."""
    commune, number = commune_label(row.commune_name, row.commune_code), local_id(row.place_id, row.booking_id)
    town = " ".join(part for part in (row.postal_code, row.commune_name) if part)
    url = publisher.public_url + localised(f"/mes-reservations/{number}")
    about = (
        f"{row.resource_name}, {people_words(row.seats)}",
        price_words(row.price_cents),
        status_words(row.status),
        url,
    )
    return CalendarEvent(
        uid=f"{event_id_of(number, row.calendar)}@{publisher.host}",
        sequence=sequence_of(row.version, row.calendar),
        start=row.start,
        end=row.end,
        time_zone=row.time_zone,
        summary=f"{row.resource_name} \N{EN DASH} {row.place_name}, {commune}",
        location=", ".join(part for part in (row.place_name, row.street, town) if part),
        position=None if row.lon is None or row.lat is None else Position(row.lon, row.lat),
        url=url,
        description="\n".join(about),
        status=_STATUSES.get(row.status, "CANCELLED"),
        organizer=publisher.organizer,
        attendee=None,
        stamp=row.changed_at,
    )


def feed_text(rows: Sequence[EventRow], publisher: Publisher) -> str:
    """The feed of these bookings, in the language in force."""
    return feed([event_of(row, publisher) for row in rows], gettext("Mes réservations"))


def feed_secret(account_id: UUID, generation: int, secret: bytes) -> str:
    """What stands in the address of a person's feed; another one with the next ``generation``."""
    said = f"feed {account_id} {generation}".encode()
    return account_id.hex + hmac.digest(secret, said, hashlib.sha256).hex()[:40]


def generation_of(account_id: UUID) -> Plan[tuple[int, str] | None]:
    """How often the person changed the address of their feed, and their language; ``None``: no such person."""
    rows = yield _GENERATION, {"account_id": account_id}
    return (rows[0][0], rows[0][1]) if rows else None


def renew_feed(account_id: UUID) -> Plan[None]:
    """Make another address; the one before shows nothing any more."""
    yield _RENEW, {"account_id": account_id}


def owner_of(given: str, secret: bytes) -> Plan[tuple[UUID, str] | None]:
    """Whose feed this secret opens, and their language; compared in constant time."""
    try:
        account_id = UUID(hex=given[:_ID_LENGTH])
    except ValueError:
        return None
    known = yield from generation_of(account_id)
    generation, locale = known or (-1, "fr")
    expected: Any = feed_secret(account_id, generation, secret)
    if not hmac.compare_digest(given.encode(), expected.encode()) or known is None:
        return None
    return account_id, locale
