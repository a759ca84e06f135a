"""What people without an account say of a place: an error, or something to remove. A moderator answers each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

import msgspec
from psycopg.rows import class_row
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils import uuid7

from tierslieux.places.models import ContributionRow
from tierslieux.shared.errors import Conflict, FieldError, InvalidRequest, NotFound
from tierslieux.shared.pagination import BadCursor
from tierslieux.web.db import Reads

ContributionKind = Literal["error", "removal"]
Decision = Literal["accepted", "declined"]
SUBJECTS: Mapping[ContributionKind, tuple[str, ...]] = {
    "error": ("hours", "contact", "position", "closed", "duplicate", "other"),
    "removal": ("place", "information", "personal"),
}
"""What a message may be about, in the order in which it is asked."""
MAX_MESSAGE = 2000
_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}\.[^\s@<>]{2,}")


class Contribution(msgspec.Struct, frozen=True):
    """A message that can be stored. ``email`` is kept until the answer, then erased."""

    kind: ContributionKind
    subject: str
    message: str
    email: str | None


class OpenContribution(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits for a moderator. ``id`` is public: the place's number, a hyphen, its own."""

    id: str
    place_id: str
    place_slug: str
    place_name: str
    kind: str
    subject: str
    message: str
    email: str | None
    created_at: datetime


class AlreadyAnswered(Conflict):
    """Another moderator answered first."""

    code = "status_changed"


def read_contribution(kind: ContributionKind, form: Mapping[str, str]) -> Contribution:
    """The message that ``form`` holds, or ``InvalidRequest`` with every fault; HTML is text like any other."""
    subject, message = form.get("subject", ""), form.get("message", "").strip()
    email = form.get("email", "").strip()
    faults = []
    if subject not in SUBJECTS[kind]:
        faults.append(FieldError("form", "subject", "unknown_value", subject[:200], "subject"))
    if not message or "\0" in message:
        faults.append(FieldError("form", "message", "missing", None, "message"))
    if len(message) > MAX_MESSAGE:
        faults.append(FieldError("form", "message", "too_long", None, "message"))
    if email and not _EMAIL.fullmatch(email):
        faults.append(FieldError("form", "email", "wrong_value", None, "email"))
    if faults:
        raise InvalidRequest(faults)
    return Contribution(kind, subject, message, email or None)


async def submit(session: AsyncSession, place_id: int, contribution: Contribution, now: datetime) -> str:
    """Store the message for a moderator; its public id."""
    contribution_id = UUID(str(uuid7()))
    session.add(
        ContributionRow(
            place_id=place_id,
            contribution_id=contribution_id,
            kind=contribution.kind,
            subject=contribution.subject,
            message=contribution.message,
            email=contribution.email,
            created_at=now,
            state="open",
        )
    )
    await session.flush()
    return f"{place_id}-{contribution_id.hex}"


async def answer(
    session: AsyncSession, public_id: str, decision: Decision, words: str | None, by: UUID | None, now: datetime
) -> None:
    """Close the message and erase its e-mail address; ``NotFound``, or ``AlreadyAnswered`` where someone was first.

    ``by`` is the moderator's account, nobody where the operator answers from the command line.
    """
    place_id, contribution_id = _parse_id(public_id)
    row = await session.get(ContributionRow, (place_id, contribution_id))
    if row is None:
        raise NotFound
    statement = update(ContributionRow).where(
        ContributionRow.place_id == place_id,
        ContributionRow.contribution_id == contribution_id,
        ContributionRow.state == "open",
    )
    done = statement.values(state=decision, answer=words, answered_at=now, answered_by=by, email=None)
    if not (await session.execute(done.returning(ContributionRow.place_id))).first():
        raise AlreadyAnswered(status=row.state)


_OPEN = """
SELECT c.place_id || '-' || replace(c.contribution_id::text, '-', '') AS id, c.place_id::text AS place_id,
  p.slug AS place_slug, p.name AS place_name, c.kind, c.subject, c.message, c.email, c.created_at
FROM contribution c JOIN place p USING (place_id)
WHERE c.state = 'open' AND c.contribution_id > %s::uuid ORDER BY c.contribution_id LIMIT %s
"""


async def open_contributions(reads: Reads, after: str | None, limit: int) -> list[OpenContribution]:
    """The oldest messages that wait (ids are in the order of time), after the one whose public id is ``after``."""
    own = _after(after) if after else UUID(int=0)
    async with reads.cursor(row_factory=class_row(OpenContribution)) as cursor:
        await cursor.execute(_OPEN, (own, limit))
        return await cursor.fetchall()


def kind_of(path_word: str) -> ContributionKind:
    """The kind that the address names (``signaler``, ``retirer``), or ``NotFound``."""
    kinds = {"signaler": "error", "retirer": "removal"}
    if path_word not in kinds:
        raise NotFound
    return cast("ContributionKind", kinds[path_word])


def _after(public_id: str) -> UUID:
    try:
        return _parse_id(public_id)[1]
    except NotFound as exc:
        raise BadCursor from exc


def _parse_id(public_id: str) -> tuple[int, UUID]:
    place, _, own = public_id.partition("-")
    try:
        return int(place), UUID(hex=own)
    except ValueError as exc:
        raise NotFound from exc
