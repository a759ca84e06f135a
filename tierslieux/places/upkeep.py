"""What follows from a change of places: the map's counts, the worked-out days, the known words, the version."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.places.grid import move_in_grid, spot_of
from tierslieux.places.place_days import rebuild_few
from tierslieux.places.words import learn_words
from tierslieux.web.plans import run_plan_in
from tierslieux.web.versions import bump


@asynccontextmanager
async def keeping_up(session: AsyncSession, place_ids: Collection[int], now: datetime) -> AsyncIterator[None]:
    """Change these places inside the block; what is derived from them follows in the same transaction.

    Makes the block the last thing the transaction does: the catalogue's version is locked from its end on.
    """
    before = {place_id: await spot_of(session, place_id) for place_id in sorted(place_ids)}
    yield
    await session.flush()
    for place_id, spot in before.items():
        await move_in_grid(session, spot, await spot_of(session, place_id))
    await run_plan_in(session, rebuild_few(sorted(place_ids), now))
    await run_plan_in(session, learn_words(sorted(place_ids)))
    await bump(session)
