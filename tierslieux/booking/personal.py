"""What this slice keeps of people: their bookings and wishes, as they are taken along, erased and forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.erasing import erase_guest, forget_history, guests_since
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.i18n import mark
from tierslieux.web.mailer import erase_messages_to
from tierslieux.web.personal import KeptData, PersonalSlice, forgetting
from tierslieux.web.plans import run_plan_in

_BOOKINGS = """
SELECT b.place_id || '-' || replace(b.booking_id::text, '-', '') AS id, b.place_id::text AS place_id, p.name AS place,
  r.name AS resource, b.mode, b.status, lower(b.during)::text AS start, upper(b.during)::text AS end, b.seats,
  b.price_cents, b.origin, b.place_id || '-' || replace(b.series_id::text, '-', '') AS series_id, b.home_commune,
  b.work_commune, b.travel_mode, b.instead, b.checked_in_at::text AS checked_in_at,
  b.checked_out_at::text AS checked_out_at, b.created_at::text AS created_at,
  COALESCE((SELECT jsonb_agg(jsonb_build_object('at', e.at, 'was', e.was, 'becomes', e.becomes, 'why', e.why,
      'by', CASE WHEN e.actor_id IS NULL THEN 'service' WHEN e.actor_id = b.guest_id THEN 'guest' ELSE 'host' END)
      ORDER BY e.seq)
    FROM booking_event e WHERE e.place_id = b.place_id AND e.booking_id = b.booking_id), '[]') AS events
FROM booking b JOIN place p ON p.place_id = b.place_id
  JOIN resource r ON r.place_id = b.place_id AND r.resource_id = b.resource_id
WHERE b.guest_id = %s ORDER BY lower(b.during), b.booking_id
"""
_SERIES = """
SELECT place_id || '-' || replace(series_id::text, '-', '') AS id, place_id::text AS place_id, rrule, wall_start::text,
  minutes, created_at::text AS created_at
FROM booking_series WHERE guest_id = %s ORDER BY created_at, series_id
"""
_WISHES = """
SELECT w.place_id::text AS place_id, p.name AS place, lower(w.wish)::text AS start, upper(w.wish)::text AS end,
  w.minutes, w.seats, w.state, w.created_at::text AS created_at
FROM waitlist_entry w JOIN place p USING (place_id) WHERE w.guest_id = %s ORDER BY w.created_at, w.entry_id
"""
_VISITED = """
SELECT g.place_id::text AS place_id, p.name AS place, g.first_visit::text AS first_visit
FROM guest_at_place g JOIN place p USING (place_id) WHERE g.guest_id = %s ORDER BY g.place_id
"""
_PARTS = {"bookings": _BOOKINGS, "series": _SERIES, "wishes": _WISHES, "places": _VISITED}


async def export_bookings(reads: Reads, account_id: UUID) -> dict[str, Any]:
    """All bookings of the person with what happened to them, series, wishes, and the places where they are known."""
    found: dict[str, Any] = {}
    for name, statement in _PARTS.items():
        async with reads.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement.encode(), (account_id,))
            found[name] = await cursor.fetchall()
    return found


async def erase_from_bookings(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    """Take the person out of their bookings and erase what was written to them; ``OpenBookings`` stands against it."""
    await run_plan_in(session, erase_guest(account_id, now))
    await erase_messages_to(session, [account_id])


async def forget_old_bookings(session: AsyncSession, clock: Clock) -> None:
    """What is done each day; see ``erasing.forget_history``."""
    await run_plan_in(session, forget_history(clock.now()))


async def booked_since(session: AsyncSession, accounts: Sequence[UUID], day: date) -> set[UUID]:
    """Those of these accounts that booked since then."""
    return await run_plan_in(session, guests_since(list(accounts), day))


_TWELVE_MONTHS = mark(
    "Douze mois pleins après le mois de la venue, moins si vous effacez votre compte ; ensuite le fait reste, sans vous"
)

PERSONAL = PersonalSlice(
    name="booking",
    export=export_bookings,
    erase=erase_from_bookings,
    used_since=booked_since,
    kept=(
        KeptData(
            what=mark("Vos réservations : lieu, place, jour, heures, état, prix ; et leurs répétitions"),
            where=("booking", "occupied_seat", "booking_series", "guest_at_place"),
            why=mark("Vous garder une place, et appliquer les règles du lieu (contrat)"),
            until=_TWELVE_MONTHS,
            erased_by="its owner, forget_personal_data",
            forget=forgetting(forget_old_bookings),
        ),
        KeptData(
            what=mark("Ce qui est arrivé à une réservation : quand, par vous ou par l'équipe, et la raison donnée"),
            where=("booking_event",),
            why=mark("Dire ce qui s'est passé, à vous et au lieu"),
            until=_TWELVE_MONTHS,
            erased_by="its owner, forget_personal_data",
        ),
        KeptData(
            what=mark("Le nom de la personne pour qui une équipe réserve"),
            where=("booking.guest_label",),
            why=mark("L'accueillir"),
            until=mark("30 jours après la venue"),
            erased_by="forget_personal_data",
        ),
        KeptData(
            what=mark("Votre commune, celle de votre travail et votre façon de venir, notées avec chaque réservation"),
            where=("booking.home_commune", "booking.work_commune", "booking.travel_mode"),
            why=mark("Compter les trajets évités, par commune et sans nom (consentement)"),
            until=_TWELVE_MONTHS,
            erased_by="its owner, forget_personal_data",
        ),
        KeptData(
            what=mark("Où vous auriez travaillé sans le lieu, si vous répondez"),
            where=("booking.instead",),
            why=mark("Compter ce que les lieux changent, sans nom (consentement)"),
            until=_TWELVE_MONTHS,
            erased_by="its owner, forget_personal_data",
        ),
        KeptData(
            what=mark("Ce que vous attendez, quand vous demandez à savoir si une place se libère"),
            where=("waitlist_entry",),
            why=mark("Vous prévenir"),
            until=mark("30 jours après l'horaire demandé"),
            erased_by="its owner, forget_personal_data",
        ),
    ),
)
"""What this slice keeps of people."""
