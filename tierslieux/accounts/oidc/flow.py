"""A sign-in at the issuer, from the press on its button to the account: for one browser, once, within ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.codes import (
    Challenge,
    OutsideIdentity,
    SignedIn,
    SignInDesk,
    SignInRequest,
    account_of_email,
    account_of_identity,
    begin_sign_in,
    join_identity,
)
from tierslieux.accounts.domain import local_path, read_email, read_name
from tierslieux.accounts.errors import BadName, OutsideSignInFailed
from tierslieux.accounts.models import ExternalSignInRow
from tierslieux.accounts.oidc.client import authorization_url, claims_of, discover, redeem
from tierslieux.accounts.oidc.issuer import Claims, Issuer
from tierslieux.accounts.proofs import new_secret, sha256_of
from tierslieux.shared.time import Clock
from tierslieux.web.db import Database
from tierslieux.web.i18n import Locale

LIFETIME = timedelta(minutes=10)


class Departure(msgspec.Struct, frozen=True):
    """Where the browser goes, and the secret that it keeps in a cookie meanwhile."""

    address: str
    browser: str


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """What the browser brings back, with its cookie; ``asker`` and ``locale`` as in ``SignInRequest``."""

    code: str
    state: str
    browser: str
    asker: str
    locale: Locale


class _Pending(msgspec.Struct, frozen=True):
    nonce: str
    verifier: str
    next_path: str | None


async def depart(session: AsyncSession, issuer: Issuer, next_path: str | None, now: datetime) -> Departure:
    """Note what the answer must fit, and say where to go. ``IssuerAway``."""
    endpoints = await discover(issuer)
    state, nonce, verifier, browser = new_secret(), new_secret(), new_secret(), new_secret()
    session.add(
        ExternalSignInRow(
            state_sha256=sha256_of(state),
            browser_sha256=sha256_of(browser),
            nonce=nonce,
            verifier=verifier,
            next_path=local_path(next_path),
            expires_at=now + LIFETIME,
        )
    )
    await session.flush()
    return Departure(authorization_url(issuer, endpoints, state, nonce, verifier), browser)


async def arrive(
    desk: SignInDesk, session: AsyncSession, issuer: Issuer, back: Return, clock: Clock
) -> SignedIn | Challenge:
    """The account of who comes back, or the mail whose code proves that the address they bear is theirs.

    An identity is known by issuer and subject. One that is new is joined to the account of its address only where the
    issuer has verified that address; else its owner types a code once. ``OutsideSignInFailed``, ``IssuerAway``. Call it
    before the session is first used: no transaction is open while the issuer is asked.
    """
    pending = await _take(desk.database, back, clock.now())
    endpoints = await discover(issuer)
    tokens = await redeem(issuer, endpoints, back.code, pending.verifier)
    claims = await claims_of(issuer, endpoints, tokens, pending.nonce, clock.now())
    identity = OutsideIdentity(issuer.url, claims.subject, claims.siret)
    async with desk.database.read_pool.connection() as reads:
        known = await account_of_identity(reads, identity.issuer, identity.subject)
    if known is not None:
        await join_identity(session, known, identity, clock.now())
        return SignedIn(known, pending.next_path)
    if claims.email is None:
        raise OutsideSignInFailed(why="no address")
    if not claims.is_email_verified:
        return await begin_sign_in(desk, session, _request(claims, identity, back, pending), clock)
    account_id = await account_of_email(session, read_email(claims.email), _name(claims), back.locale, clock.now())
    await join_identity(session, account_id, identity, clock.now())
    return SignedIn(account_id, pending.next_path)


async def _take(database: Database, back: Return, now: datetime) -> _Pending:
    """What was noted for this state and browser; it can be taken once, whatever comes of it."""
    statement = delete(ExternalSignInRow).where(
        ExternalSignInRow.state_sha256 == sha256_of(back.state),
        ExternalSignInRow.browser_sha256 == sha256_of(back.browser),
        ExternalSignInRow.expires_at > now,
    )
    columns = (ExternalSignInRow.nonce, ExternalSignInRow.verifier, ExternalSignInRow.next_path)
    async with database.write() as session:
        row = (await session.execute(statement.returning(*columns))).first()
    if row is None:
        raise OutsideSignInFailed(why="no such sign-in from this browser")
    return _Pending(*row)


def _request(claims: Claims, identity: OutsideIdentity, back: Return, pending: _Pending) -> SignInRequest:
    return SignInRequest(
        email=claims.email or "",
        asker=back.asker,
        name=_name(claims),
        locale=back.locale,
        next_path=pending.next_path,
        identity=identity,
    )


def _name(claims: Claims) -> str | None:
    try:
        return read_name(claims.name or "")
    except BadName:
        return None
