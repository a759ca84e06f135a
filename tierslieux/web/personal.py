"""What the slices say of people's data, joined in ``create_app``: what is kept, its export, its erasure.

The table of ``KeptData`` drives the jobs that forget, the page ``/donnees-personnelles`` and docs/personal-data.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads

if TYPE_CHECKING:
    from tierslieux.web.jobs import JobServices

Forget = Callable[["JobServices"], Awaitable[None]]
"""Forgets what is over by the clock of the job. May run twice; the second run changes nothing."""
Export = Callable[[Reads, UUID], Awaitable[dict[str, Any]]]
"""All that a slice knows of an account, as JSON can hold it."""
Erase = Callable[[AsyncSession, UUID, datetime], Awaitable[None]]
"""Take the person out of a slice's data, or raise what stands against it; facts without person may stay."""
UsedSince = Callable[[AsyncSession, Sequence[UUID], date], Awaitable[set[UUID]]]
"""Those of these accounts that did something in a slice on that day or later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptData:
    """One kind of personal data. ``what``, ``why`` and ``until`` are marked French sentences.

    ``where`` names tables (``mail``) or columns (``mail.message``); it is empty for what is not in the base.
    ``erased_by`` names who or what erases it; the job that does so calls ``forget``, each hour or each day.
    """

    what: str
    where: tuple[str, ...]
    why: str
    until: str
    erased_by: str
    forget: Forget | None = None
    every: Literal["hour", "day"] = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalSlice:
    """What one slice says of people's data; ``name`` is its part of an export."""

    name: str
    kept: tuple[KeptData, ...] = ()
    export: Export | None = None
    erase: Erase | None = None
    used_since: UsedSince | None = None


class PersonalData:
    """All slices, from the top of the house down: the accounts themselves are erased last."""

    __slots__ = ("slices",)

    def __init__(self, slices: tuple[PersonalSlice, ...] = ()) -> None:
        self.slices = slices

    @property
    def kept(self) -> tuple[KeptData, ...]:
        """Every kind of personal data."""
        return tuple(row for each in self.slices for row in each.kept)

    async def export(self, reads: Reads, account_id: UUID) -> dict[str, Any]:
        """All that is known of an account, by slice."""
        return {each.name: await each.export(reads, account_id) for each in self.slices if each.export}

    async def erase(self, session: AsyncSession, account_id: UUID, now: datetime) -> None:
        """Take the person out of everything, or raise what stands against it."""
        for each in self.slices:
            if each.erase:
                await each.erase(session, account_id, now)

    async def used_since(self, session: AsyncSession, accounts: Sequence[UUID], day: date) -> set[UUID]:
        """Those of these accounts that did something anywhere on that day or later."""
        found: set[UUID] = set()
        for each in self.slices:
            if each.used_since:
                found |= await each.used_since(session, accounts, day)
        return found


def forgetting(function: Callable[[AsyncSession, Clock], Awaitable[None]]) -> Forget:
    """``function`` in a transaction of its own, by the clock of the job."""

    async def forget(services: JobServices) -> None:
        async with services.database.write() as session:
            await function(session, services.clock)

    return forget
