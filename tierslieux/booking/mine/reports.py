""" "C'est fermé": a guest stands before a closed door. Kept as a message about the place's hours, in fixed words."""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.closed_doors import tell_hosts
from tierslieux.booking.mine.words import when_words
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.booking.queries.closed_doors import FOUND_CLOSED
from tierslieux.places.models import ContributionRow
from tierslieux.web.i18n import mark
from tierslieux.web.jobs import defer

_CLOSED = mark("Une personne qui avait réservé a trouvé le lieu fermé : {when}.")


def report_id(booking: BookingView) -> UUID:
    """The one report that a booking can make: the same each time, and in the order of time as other messages' ids."""
    milliseconds = int(booking.start.timestamp() * 1000).to_bytes(6, "big")
    digest = hashlib.sha256(b"closed " + booking.booking_id.bytes).digest()[:10]
    return UUID(bytes=milliseconds + digest)


async def report_closed(session: AsyncSession, booking: BookingView, now: datetime) -> None:
    """Store the report, in French for those who read it, and the job that mails the place's hosts.

    A second one for the same booking changes nothing. It does not say who: the booking's number is not in it.
    """
    row = {
        "place_id": booking.place_id,
        "contribution_id": report_id(booking),
        "kind": "error",
        "subject": FOUND_CLOSED,
        "message": _CLOSED.format(when=when_words(booking.start, booking.end, booking.time_zone)),
        "email": None,
        "created_at": now,
        "state": "open",
    }
    statement = insert(ContributionRow).values(row).on_conflict_do_nothing()
    if (await session.execute(statement.returning(ContributionRow.contribution_id))).first() is not None:
        event = [booking.booking_id.hex, booking.version]
        await defer(
            session, tell_hosts, place_id=booking.place_id, event=event, cause=f"closed {report_id(booking).hex}"
        )
