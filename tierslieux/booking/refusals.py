"""From refused wishes to answers: every broken rule with its sentence, and what could be had instead (api.md)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.alternatives import Alternative, find_alternatives
from tierslieux.booking.domain.values import BrokenRule, Wish
from tierslieux.booking.errors import Refused, RulesBroken, SlotTaken
from tierslieux.booking.repository.loading import Asked, Loaded
from tierslieux.booking.service import SeatConflict, slot_taken
from tierslieux.booking.wire import alternative_body, rule_bodies
from tierslieux.shared.errors import DomainError
from tierslieux.web.db import Database
from tierslieux.web.plans import read_plan

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Asking:
    """What was asked, by whom, so that alternatives can be looked for."""

    asked: Asked
    wish: Wish


@asynccontextmanager
async def answering(session: AsyncSession, database: Database, asking: Asking) -> AsyncIterator[None]:
    """Turn ``Refused`` into the answer, with alternatives looked up after the locks are given back."""
    try:
        yield
    except Refused as exc:
        await session.rollback()
        alternatives = await _alternatives(database, asking)
        raise refusal(exc.broken, exc.loaded, alternatives) from exc
    except SeatConflict as exc:
        await session.rollback()
        rule = slot_taken(asking.wish.start, asking.wish.end)
        raise refusal([rule], None, await _alternatives(database, asking)) from exc


async def _alternatives(database: Database, asking: Asking) -> list[Alternative]:
    async with database.read_pool.connection() as reads:
        return await read_plan(reads, find_alternatives(asking.asked, asking.wish))


def refusal(
    broken: Sequence[BrokenRule], loaded: Loaded | None, alternatives: Sequence[Alternative] = ()
) -> DomainError:
    """409 where the seat alone is the matter, else 422; the first broken rule gives the code."""
    zone = loaded.situation.zone if loaded else PARIS
    rules = rule_bodies(broken, zone, facts_of(loaded))
    facts: dict[str, Any] = {
        "broken_rules": [msgspec.to_builtins(rule) for rule in rules],
        "alternatives": [msgspec.to_builtins(alternative_body(each)) for each in alternatives],
    }
    if [rule.code for rule in broken] == ["slot_taken"]:
        return SlotTaken(**facts)
    return RulesBroken(broken[0].code, **facts)


def facts_of(loaded: Loaded | None) -> dict[str, Any]:
    """What sentences need beyond the rule itself."""
    return {"policy": loaded.situation.resource.policy} if loaded else {}
