"""``/mes-donnees`` as it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tierslieux.accounts.auth import SCOPES, CurrentUser, TokenScope
from tierslieux.accounts.domain import TRAVEL_MODES
from tierslieux.accounts.profile import load_me
from tierslieux.accounts.sessions import sessions_of
from tierslieux.territories.domain import departement_of
from tierslieux.web.db import Reads
from tierslieux.web.i18n import gettext, mark

TRAVEL_WORDS = {
    "walk": mark("À pied"),
    "bike": mark("À vélo"),
    "transit": mark("En bus ou en train"),
    "car": mark("En voiture"),
    "other": mark("Autrement"),
}
SCOPE_WORDS: Mapping[TokenScope, str] = {
    "bookings:read": mark("Lire mes réservations"),
    "bookings:write": mark("Réserver, déplacer et annuler pour moi"),
    "places:write": mark("Modifier les lieux dont je m'occupe"),
    "stats:read": mark("Lire les statistiques de mes lieux et de mes territoires"),
    "moderation:write": mark("Modérer l'annuaire"),
}
MODERATION: TokenScope = "moderation:write"


class Choice(msgspec.Struct, frozen=True):
    """One thing to choose."""

    value: str
    label: str
    checked: bool = False


class CommuneField(msgspec.Struct, frozen=True):
    """A field for a commune: what is written in it, what is wrong with that, and which communes it may mean."""

    text: str
    fault: str | None = None
    choices: tuple[Choice, ...] = ()


class SessionLine(msgspec.Struct, frozen=True):
    """A browser that is signed in."""

    key: str
    created_on: date
    last_used_on: date
    is_this_one: bool


class TokenLine(msgspec.Struct, frozen=True):
    """A token, without its secret."""

    key: str
    label: str | None
    scopes: tuple[str, ...]
    created_at: datetime


class MyData(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. ``faults`` are ``(field id, words)``; ``new_token`` is shown this once."""

    email: str | None
    name: str
    name_fault: str | None
    home: CommuneField
    work: CommuneField
    travel_modes: tuple[Choice, ...]
    sessions: tuple[SessionLine, ...]
    tokens: tuple[TokenLine, ...]
    scopes: tuple[Choice, ...]
    sirets: tuple[str, ...]
    faults: tuple[tuple[str, str], ...] = ()
    token_fault: str | None = None
    new_token: str | None = None
    is_saved: bool = False


_TOKENS = """
SELECT encode(token_sha256, 'hex'), label, scopes, created_at FROM access_token
WHERE account_id = %s AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > %s)
ORDER BY created_at DESC, token_sha256
"""
_COMMUNES = "SELECT code, name FROM commune WHERE code = ANY(%s)"
_SIRETS = "SELECT DISTINCT siret FROM external_identity WHERE account_id = %s AND siret IS NOT NULL ORDER BY siret"


async def my_data(reads: Reads, user: CurrentUser, now: datetime) -> MyData:
    """The page of a signed-in person, as stored."""
    me = await load_me(reads, user.account_id)
    labels = await commune_labels(reads, [code for code in (me.home_commune, me.work_commune) if code])
    sessions = await sessions_of(reads, user.account_id, now)
    return MyData(
        email=me.email,
        name=me.name or "",
        name_fault=None,
        home=CommuneField(labels.get(me.home_commune or "", me.home_commune or "")),
        work=CommuneField(labels.get(me.work_commune or "", me.work_commune or "")),
        travel_modes=travel_choices(me.travel_mode),
        sessions=tuple(
            SessionLine(each.key, each.created_at.date(), each.last_used_on, each.key == user.session_key)
            for each in sessions
        ),
        tokens=await _tokens(reads, user.account_id, now),
        scopes=scope_choices(user),
        sirets=tuple(row[0] for row in await _all(reads, _SIRETS, (user.account_id,))),
    )


def travel_choices(chosen: str | None) -> tuple[Choice, ...]:
    """Every way to come, and that it is not said."""
    unsaid = Choice("", gettext(mark("Je ne le dis pas")), not chosen)
    return (unsaid, *(Choice(mode, gettext(TRAVEL_WORDS[mode]), mode == chosen) for mode in TRAVEL_MODES))


def scope_choices(user: CurrentUser) -> tuple[Choice, ...]:
    """What a token may be allowed; moderation is offered to who may moderate."""
    offered = [scope for scope in SCOPES if scope != MODERATION or user.is_moderator]
    return tuple(Choice(scope, gettext(SCOPE_WORDS[scope])) for scope in offered)


async def commune_labels(reads: Reads, codes: Sequence[str]) -> dict[str, str]:
    """ "Quimper (29)" by code, for the communes in force among ``codes``."""
    rows = await _all(reads, _COMMUNES, (list(codes),)) if codes else []
    return {code: commune_label(name, code) for code, name in rows}


def commune_label(name: str, code: str) -> str:
    """The commune with its département's number, which tells homonyms apart."""
    return f"{name} ({departement_of(code)})"


async def _tokens(reads: Reads, account_id: UUID, now: datetime) -> tuple[TokenLine, ...]:
    rows = await _all(reads, _TOKENS, (account_id, now))
    return tuple(TokenLine(key, label, _scope_words(scopes), at) for key, label, scopes, at in rows)


def _scope_words(scopes: Sequence[TokenScope]) -> tuple[str, ...]:
    return tuple(gettext(SCOPE_WORDS[scope]) for scope in scopes if scope in SCOPE_WORDS)


async def _all(reads: Reads, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return await (await reads.execute(statement.encode(), parameters)).fetchall()
