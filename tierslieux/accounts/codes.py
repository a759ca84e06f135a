"""Signing in by e-mail: one mail with a code and a link, used once, by whoever reads the mail of that address.

Nothing here asks whether an address has an account: the first use creates it. So nothing can tell who has one.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

import msgspec
from psycopg.rows import class_row
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from tierslieux.accounts.domain import CODE_LIFETIME, MAX_TRIES, digits_of, local_path, read_email, read_name
from tierslieux.accounts.errors import BadEmail, CodeExpired, WrongCode
from tierslieux.accounts.mails import as_demonstration, code_mail
from tierslieux.accounts.models import AccountRow, ExternalIdentityRow, SignInCodeRow
from tierslieux.accounts.proofs import hmac_of_code, new_code, new_secret, sha256_of
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database, Reads
from tierslieux.web.demonstration import DemonstrationMark
from tierslieux.web.i18n import Locale, localised
from tierslieux.web.limits import Limit, RateLimiter
from tierslieux.web.mailer import enqueue_mail, is_mail_address

ASKED_BY_ADDRESS = Limit("sign-in asked by address", hits=30, seconds=3600)
ASKED_FOR_EMAIL = Limit("sign-in asked for e-mail", hits=5, seconds=900)
ASKED_FOR_EMAIL_A_DAY = Limit("sign-in asked for e-mail, day", hits=20, seconds=86_400)
TRIED_BY_ADDRESS = Limit("sign-in tried by address", hits=60, seconds=3600)
"""With five tries a code, someone who wants one account's code has 100 of a million chances a day."""


class OutsideIdentity(msgspec.Struct, frozen=True):
    """Who a person is at an issuer; ``siret`` is the organisation that it names, if any."""

    issuer: str
    subject: str
    siret: str | None = None


class SignInRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Someone wants to sign in. ``asker`` is where they ask from (``asker_of(request)``), for the limits only.

    ``name`` and ``locale`` are for the account, where there is none yet. ``next_path`` is where they are led then.
    ``sentence`` is an extra paragraph of the mail, already in their language. ``identity`` is joined to the account.
    """

    email: str
    asker: str
    name: str | None = None
    locale: Locale = "fr"
    next_path: str | None = None
    sentence: str | None = None
    identity: OutsideIdentity | None = None


class Challenge(msgspec.Struct, frozen=True):
    """A mail under way: the page that asked shows a form for its code until ``expires_at``."""

    challenge_id: UUID
    email: str
    expires_at: datetime
    next_path: str | None = None


class TypedCode(msgspec.Struct, frozen=True):
    """What someone typed, for which mail, from where (``asker_of(request)``)."""

    challenge_id: UUID
    code: str
    asker: str


class SignedIn(msgspec.Struct, frozen=True):
    """Whose code it was, and where they wanted to go."""

    account_id: UUID
    next_path: str | None


@dataclass(frozen=True, slots=True)
class SignInDesk:
    """What signing in works with; ``create_app`` provides it to handlers as ``desk``."""

    database: Database
    limiter: RateLimiter
    secret: bytes
    public_url: str
    mark: DemonstrationMark = field(default_factory=DemonstrationMark)


async def begin_sign_in(desk: SignInDesk, session: AsyncSession, asked: SignInRequest, clock: Clock) -> Challenge:
    """Mail a code and a link; the same for an address with an account as for one without.

    ``BadEmail``, ``BadName``, ``RateLimited``. Call it before the session is first used: the limits are counted in a
    transaction of their own.
    """
    email = read_email(asked.email)
    if not is_mail_address(email):
        raise BadEmail(email=asked.email[:200])
    name = read_name(asked.name or "")
    for limit, asker in (
        (ASKED_BY_ADDRESS, asked.asker),
        (ASKED_FOR_EMAIL, email),
        (ASKED_FOR_EMAIL_A_DAY, email),
    ):
        await desk.limiter.hit(limit, asker, clock)
    challenge = Challenge(uuid4(), email, clock.now() + CODE_LIFETIME, local_path(asked.next_path))
    code, link = new_code(), new_secret()
    session.add(
        _row(challenge, asked, name, clock.now(), (hmac_of_code(desk.secret, challenge.challenge_id, code), link))
    )
    await session.flush()
    address = f"{desk.public_url}{localised(f'/connexion/lien/{link}', asked.locale)}"
    mail = code_mail(challenge.challenge_id, email, asked.locale, (code, address), asked.sentence)
    await enqueue_mail(session, clock, as_demonstration(mail, asked.locale, desk.mark))
    return challenge


def _row(
    challenge: Challenge, asked: SignInRequest, name: str | None, now: datetime, proof: tuple[bytes, str]
) -> SignInCodeRow:
    identity = asked.identity
    return SignInCodeRow(
        challenge_id=challenge.challenge_id,
        email=challenge.email,
        name=name,
        locale=asked.locale,
        next_path=challenge.next_path,
        code_hmac=proof[0],
        link_sha256=sha256_of(proof[1]),
        tries=0,
        created_at=now,
        expires_at=challenge.expires_at,
        used_at=None,
        issuer=identity and identity.issuer,
        subject=identity and identity.subject,
        siret=identity and identity.siret,
    )


async def finish_sign_in(desk: SignInDesk, session: AsyncSession, typed: TypedCode, clock: Clock) -> SignedIn:
    """The account of the code's address, created at its first use, with the name and the identity that were given.

    ``WrongCode`` with ``tries_left``, ``CodeExpired``, ``RateLimited``. A try counts even though the request that made
    it is refused, so it is noted in a transaction of its own: call this before the session is first used.
    """
    await desk.limiter.hit(TRIED_BY_ADDRESS, typed.asker, clock)
    digits = digits_of(typed.code)
    if digits is None:
        raise WrongCode(tries_left=None)
    kept, tries = await _count_a_try(desk.database, typed.challenge_id, clock.now())
    if not hmac.compare_digest(kept, hmac_of_code(desk.secret, typed.challenge_id, digits)):
        raise WrongCode(tries_left=MAX_TRIES - tries)
    return await _use(session, SignInCodeRow.challenge_id == typed.challenge_id, clock.now())


async def _count_a_try(database: Database, challenge_id: UUID, now: datetime) -> tuple[bytes, int]:
    statement = (
        update(SignInCodeRow)
        .where(
            SignInCodeRow.challenge_id == challenge_id,
            SignInCodeRow.tries < MAX_TRIES,
            SignInCodeRow.used_at.is_(None),
            SignInCodeRow.expires_at > now,
        )
        .values(tries=SignInCodeRow.tries + 1)
        .returning(SignInCodeRow.code_hmac, SignInCodeRow.tries)
    )
    async with database.write() as session:
        row = (await session.execute(statement)).first()
    if row is None:
        raise CodeExpired
    return row[0], row[1]


async def finish_by_link(desk: SignInDesk, session: AsyncSession, link: str, asker: str, clock: Clock) -> SignedIn:
    """As ``finish_sign_in``, by the secret of the mail's link. Only ever from a POST: mail programs open links."""
    await desk.limiter.hit(TRIED_BY_ADDRESS, asker, clock)
    return await _use(session, SignInCodeRow.link_sha256 == sha256_of(link), clock.now())


async def _use(session: AsyncSession, which: Any, now: datetime) -> SignedIn:
    """Take the code, once; the account, which is created here."""
    free = update(SignInCodeRow).where(which, SignInCodeRow.used_at.is_(None), SignInCodeRow.expires_at > now)
    row = (await session.execute(free.values(used_at=now).returning(SignInCodeRow))).scalar_one_or_none()
    if row is None:
        raise CodeExpired
    account_id = await account_of_email(session, row.email, row.name, cast("Locale", row.locale), now)
    if row.issuer and row.subject:
        await join_identity(session, account_id, OutsideIdentity(row.issuer, row.subject, row.siret), now)
    return SignedIn(account_id, row.next_path)


async def account_of_email(session: AsyncSession, email: str, name: str | None, locale: Locale, now: datetime) -> UUID:
    """The account of an address that was proved, created where there is none. A name that it has is kept."""
    row = insert(AccountRow).values(
        account_id=UUID(str(uuid7())), email=email, created_at=now, name=name, locale=locale
    )
    kept = func.coalesce(AccountRow.name, row.excluded.name)
    found = row.on_conflict_do_update(index_elements=["email"], set_={"name": kept})
    return (await session.execute(found.returning(AccountRow.account_id))).scalar_one()


async def join_identity(session: AsyncSession, account_id: UUID, identity: OutsideIdentity, now: datetime) -> None:
    """Note who a person is at an issuer; what is known already stays, but for the organisation."""
    row = insert(ExternalIdentityRow).values(
        issuer=identity.issuer, subject=identity.subject, account_id=account_id, siret=identity.siret, created_at=now
    )
    await session.execute(
        row.on_conflict_do_update(index_elements=["issuer", "subject"], set_={"siret": row.excluded.siret})
    )


async def account_of_identity(reads: Reads, issuer: str, subject: str) -> UUID | None:
    """The account that an identity was joined to."""
    row = await (await reads.execute(_OF_IDENTITY, (issuer, subject))).fetchone()
    return row[0] if row else None


_OF_IDENTITY = "SELECT account_id FROM external_identity WHERE issuer = %s AND subject = %s"
_OPEN = """
SELECT challenge_id, email, expires_at, next_path FROM sign_in_code
WHERE {key} = %s AND used_at IS NULL AND expires_at > %s AND tries < %s
"""


async def open_challenge(reads: Reads, challenge_id: UUID, now: datetime) -> Challenge | None:
    """The mail whose code can still be typed. Changes nothing."""
    return await _open(reads, _OPEN.format(key="challenge_id"), (challenge_id, now, MAX_TRIES))


async def challenge_of_link(reads: Reads, link: str, now: datetime) -> Challenge | None:
    """The mail whose link this is, if it can still be used. Changes nothing."""
    return await _open(reads, _OPEN.format(key="link_sha256"), (sha256_of(link), now, MAX_TRIES + 1))


async def _open(reads: Reads, statement: str, parameters: tuple[object, ...]) -> Challenge | None:
    async with reads.cursor(row_factory=class_row(Challenge)) as cursor:
        await cursor.execute(statement.encode(), parameters)
        return await cursor.fetchone()
