"""What the directory knows of people: who reported what, and who looks after which place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places.models import ContributionRow, MembershipRow, PlaceFieldRow
from tierslieux.places.resource_models import ClosureRow, FavouriteRow
from tierslieux.places.resources.residents import FORGET_RESIDENTS
from tierslieux.places.unsharded_models import DuplicatePairRow
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads, raw_connection
from tierslieux.web.i18n import mark
from tierslieux.web.personal import KeptData, PersonalSlice, forgetting

CONTRIBUTOR_KEPT = timedelta(days=30)
CONTRIBUTION_KEPT = timedelta(days=365)

NOBODY = UUID(int=0)
"""Stands where it matters that a person confirmed something, and no longer who."""

_PLACES = """
SELECT p.place_id::text, p.name, m.role FROM membership m JOIN place p USING (place_id)
WHERE m.account_id = %s ORDER BY p.place_id
"""
_FAVOURITES = """
SELECT p.place_id::text, p.name, f.created_at::text FROM favourite f JOIN place p USING (place_id)
WHERE f.account_id = %s ORDER BY p.place_id
"""
_SEATS = """
SELECT c.place_id::text, c.seat_id, lower(c.during)::text, upper(c.during)::text FROM closure c
WHERE c.guest_id = %s AND c.withdrawn_at IS NULL ORDER BY c.place_id, c.seat_id, c.during
"""


async def export_places(reads: Reads, account_id: UUID) -> dict[str, Any]:
    """The places that the person looks after or keeps at hand, and the seats given to them."""
    return {
        "memberships": await _rows(reads, _PLACES, account_id, ("place_id", "name", "role")),
        "favourites": await _rows(reads, _FAVOURITES, account_id, ("place_id", "name", "created_at")),
        "own_seats": await _rows(reads, _SEATS, account_id, ("place_id", "seat_id", "from", "to")),
    }


async def _rows(reads: Reads, statement: str, account_id: UUID, names: tuple[str, ...]) -> list[dict[str, Any]]:
    rows = await (await reads.execute(statement.encode(), (account_id,))).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


async def erase_from_places(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    """The person looks after no place, has no seat of their own, and what they decided bears nobody's number."""
    await session.execute(delete(MembershipRow).where(MembershipRow.account_id == account_id))
    await session.execute(delete(FavouriteRow).where(FavouriteRow.account_id == account_id))
    given = update(ClosureRow).where(ClosureRow.guest_id == account_id)
    over = func.coalesce(ClosureRow.withdrawn_at, now)
    await session.execute(given.values(guest_id=None, reason=None, withdrawn_at=over))
    confirmed = update(PlaceFieldRow).where(PlaceFieldRow.confirmed_by == account_id)
    await session.execute(confirmed.values(confirmed_by=NOBODY))
    for column in (ClosureRow.created_by, ContributionRow.answered_by, DuplicatePairRow.decided_by):
        await session.execute(update(column.class_).where(column == account_id).values({column.key: None}))


async def forget_contributors(session: AsyncSession, clock: Clock) -> None:
    """Erase the address of who reported something 30 days after the answer, and the message a year after it came."""
    answered_long_ago = ContributionRow.answered_at < clock.now() - CONTRIBUTOR_KEPT
    addressed = ContributionRow.email.is_not(None)
    await session.execute(update(ContributionRow).where(answered_long_ago, addressed).values(email=None))
    old = ContributionRow.created_at < clock.now() - CONTRIBUTION_KEPT
    written = or_(addressed, ContributionRow.message != "")
    await session.execute(update(ContributionRow).where(old, written).values(email=None, message=""))


async def forget_residents(session: AsyncSession, clock: Clock) -> None:
    """Erase who had a seat for a period that is over."""
    await (await raw_connection(session)).execute(FORGET_RESIDENTS, {"now": clock.now()})


PERSONAL = PersonalSlice(
    name="places",
    export=export_places,
    erase=erase_from_places,
    kept=(
        KeptData(
            what=mark("Ce que vous signalez sur un lieu, et votre adresse e-mail si vous la donnez"),
            where=("contribution",),
            why=mark("Corriger l'annuaire et vous répondre (intérêt légitime)"),
            until=mark("L'adresse est effacée à la réponse, le message au bout d'un an"),
            erased_by="forget_personal_data",
            forget=forgetting(forget_contributors),
        ),
        KeptData(
            what=mark("Les lieux dont vous vous occupez"),
            where=("membership",),
            why=mark("Vous donner accès à leur gestion"),
            until=mark("Jusqu'à ce que vous n'en soyez plus chargé, ou que vous effaciez votre compte"),
            erased_by="its owner",
        ),
        KeptData(
            what=mark("Les lieux que vous gardez sous la main"),
            where=("favourite",),
            why=mark("Les retrouver"),
            until=mark("Jusqu'à ce que vous les retiriez, ou que vous effaciez votre compte"),
            erased_by="its owner",
        ),
        KeptData(
            what=mark("La place qu'un lieu vous a attribuée pour une période"),
            where=("closure.guest_id", "closure.reason"),
            why=mark("Vous la garder"),
            until=mark("Jusqu'à la fin de la période, ou que le lieu la reprenne, ou que vous effaciez votre compte"),
            erased_by="forget_personal_data",
            forget=forgetting(forget_residents),
        ),
        KeptData(
            what=mark("Qui a confirmé, fermé ou réuni des lieux, par un numéro de compte"),
            where=("place_field.confirmed_by", "closure.created_by", "duplicate_pair.decided_by"),
            why=mark("Revenir sur une erreur"),
            until=mark("Jusqu'à ce que vous effaciez votre compte"),
            erased_by="its owner",
        ),
    ),
)
"""What this slice keeps of people."""
