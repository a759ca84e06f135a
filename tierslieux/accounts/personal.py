"""What this slice keeps of people: its export, its erasure, and the end of accounts that nobody uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

import msgspec
import structlog
from psycopg.rows import dict_row
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.domain import MONTHS_TO_ERASURE, MONTHS_TO_WARNING, months_before
from tierslieux.accounts.mails import as_demonstration, unused_mail
from tierslieux.accounts.models import (
    AccessTokenRow,
    AccountRoleRow,
    AccountRow,
    ExternalIdentityRow,
    ExternalSignInRow,
    LoginSessionRow,
    SignInCodeRow,
)
from tierslieux.accounts.profile import load_me
from tierslieux.shared.errors import DomainError
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.i18n import Locale, mark, use_locale
from tierslieux.web.jobs import JobServices
from tierslieux.web.mailer import enqueue_mail, erase_messages_to, is_mail_address
from tierslieux.web.personal import KeptData, PersonalSlice, forgetting
from tierslieux.web.wording import short_date

logger = structlog.get_logger()

_WARNING_HOLDS_MONTHS = 3
"""Older than that, it spoke of another year: the person has been here since."""

_PARTS = {
    "sessions": "SELECT created_at::text, last_used_on::text, expires_at::text, revoked_at::text FROM login_session",
    "tokens": "SELECT label, scopes, created_at::text, expires_at::text, revoked_at::text FROM access_token",
    "identities": "SELECT issuer, subject, siret, created_at::text FROM external_identity",
}


async def export_account(reads: Reads, account_id: UUID) -> dict[str, Any]:
    """The account, its sessions, tokens (without their secrets) and outside identities."""
    found: dict[str, Any] = {"account": msgspec.to_builtins(await load_me(reads, account_id))}
    for name, statement in _PARTS.items():
        async with reads.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(f"{statement} WHERE account_id = %s ORDER BY created_at".encode(), (account_id,))
            found[name] = await cursor.fetchall()
    return found


async def erase_account(session: AsyncSession, account_id: UUID, _now: datetime) -> None:
    """Delete the account with everything that hangs on it. What others keep of it has only its number."""
    email = select(AccountRow.email).where(AccountRow.account_id == account_id).scalar_subquery()
    codes = delete(SignInCodeRow).where(SignInCodeRow.email == email).returning(SignInCodeRow.challenge_id)
    await erase_messages_to(session, (await session.scalars(codes)).all())
    for table in (LoginSessionRow, AccessTokenRow, ExternalIdentityRow, AccountRoleRow, AccountRow):
        await session.execute(delete(table).where(table.account_id == account_id))


async def forget_sign_ins(session: AsyncSession, clock: Clock) -> None:
    """Delete what has run out: codes, sessions, sign-ins at an issuer; and what was ended or revoked."""
    for table in (SignInCodeRow, ExternalSignInRow, LoginSessionRow):
        await session.execute(delete(table).where(table.expires_at < clock.now()))
    await session.execute(delete(LoginSessionRow).where(LoginSessionRow.revoked_at.is_not(None)))
    await session.execute(delete(AccessTokenRow).where(AccessTokenRow.revoked_at.is_not(None)))


async def end_unused_accounts(services: JobServices) -> None:
    """Write to who has not been here for eleven months; erase who has not for twelve and was written to a month ago.

    One transaction each: what stands against one (a booking to come) keeps no other.
    """
    today = services.clock.now().date()
    for account_id in await _unused(services, today):
        try:
            async with services.database.write() as session:
                await _warn_or_erase(services, session, account_id, today)
        except DomainError as refusal:
            logger.info("unused_account_kept", account=str(account_id), why=refusal.code)


async def _unused(services: JobServices, today: date) -> Sequence[UUID]:
    """Accounts without a sign-in, and without anything done in a slice, for eleven months."""
    since = months_before(today, MONTHS_TO_WARNING)
    seen = func.coalesce(AccountRow.last_seen_on, func.date(func.timezone("UTC", AccountRow.created_at)))
    async with services.database.write() as session:
        found = (await session.scalars(select(AccountRow.account_id).where(seen <= since))).all()
        used = await services.personal.used_since(session, found, since) if found else set()
    return [account_id for account_id in found if account_id not in used]


async def _warn_or_erase(services: JobServices, session: AsyncSession, account_id: UUID, today: date) -> None:
    row = await session.get(AccountRow, account_id, with_for_update=True)
    if row is None:
        return
    if row.warned_on is None or row.warned_on < months_before(today, _WARNING_HOLDS_MONTHS):
        await _warn(services, session, row, today)
    elif row.warned_on <= months_before(today, MONTHS_TO_ERASURE - MONTHS_TO_WARNING):
        await services.personal.erase(session, account_id, services.clock.now())


async def _warn(services: JobServices, session: AsyncSession, row: AccountRow, today: date) -> None:
    """Note the day, and write where there is an address; the erasure is a month away."""
    await session.execute(update(AccountRow).where(AccountRow.account_id == row.account_id).values(warned_on=today))
    if row.email is None or not is_mail_address(row.email):
        return
    locale = cast("Locale", row.locale)
    use_locale(locale)
    day = short_date(months_before(today, MONTHS_TO_WARNING - MONTHS_TO_ERASURE))
    mail = unused_mail(row.account_id, row.email, locale, day, services.public_url)
    await enqueue_mail(session, services.clock, as_demonstration(mail, locale, services.mark))


_WHILE_IT_LASTS = mark("Tant que le compte existe : un an sans connexion ni réservation, et un mail un mois avant")

PERSONAL = PersonalSlice(
    name="account",
    export=export_account,
    erase=erase_account,
    kept=(
        KeptData(
            what=mark("Votre adresse e-mail, votre nom et votre langue"),
            where=("account",),
            why=mark("Vous reconnaître et vous écrire au sujet de vos réservations (contrat)"),
            until=_WHILE_IT_LASTS,
            erased_by="its owner, forget_personal_data",
            forget=end_unused_accounts,
        ),
        KeptData(
            what=mark("Votre commune, celle de votre lieu de travail et votre façon de venir, si vous les donnez"),
            where=("account.home_commune", "account.work_commune", "account.travel_mode"),
            why=mark("Compter les trajets évités, par commune et sans nom (consentement)"),
            until=mark("Jusqu'à ce que vous les retiriez, au plus tard avec le compte"),
            erased_by="its owner, forget_personal_data",
        ),
        KeptData(
            what=mark("Votre rôle : modération, exploitation ou territoire"),
            where=("account_role",),
            why=mark("Vous donner accès à ce qui vous est confié"),
            until=_WHILE_IT_LASTS,
            erased_by="an operator, forget_personal_data",
        ),
        KeptData(
            what=mark("Les navigateurs où vous êtes connecté ou connectée : date, dernier jour d'usage"),
            where=("login_session",),
            why=mark("Rester connecté, et fermer à distance"),
            until=mark("90 jours, ou dès que vous vous déconnectez"),
            erased_by="tidy",
            forget=forgetting(forget_sign_ins),
            every="hour",
        ),
        KeptData(
            what=mark("L'adresse qui demande un code"),
            where=("sign_in_code",),
            why=mark("Vérifier le code ; il n'en reste qu'une empreinte"),
            until=mark("15 minutes, effacée dans l'heure"),
            erased_by="tidy",
        ),
        KeptData(
            what=mark("Les jetons de vos programmes (une empreinte seulement)"),
            where=("access_token",),
            why=mark("Laisser vos programmes agir pour vous"),
            until=mark("Jusqu'à ce que vous les retiriez"),
            erased_by="its owner, tidy",
        ),
        KeptData(
            what=mark("Votre identifiant chez un fournisseur d'identité, et l'organisation (SIRET) qu'il indique"),
            where=("external_identity", "external_sign_in"),
            why=mark("Vous reconnaître sans code, et proposer votre organisation"),
            until=_WHILE_IT_LASTS,
            erased_by="its owner, forget_personal_data",
        ),
    ),
)
"""What this slice keeps of people."""
