"""The map's counts after each change are those of counting anew."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories import Base, make_place
from tierslieux.places.grid import move_in_grid, rebuild_grid, spot_of
from tierslieux.settings import Settings
from tierslieux.web.db import Database

COUNTS = (
    "SELECT zoom, kind, x, y, places, round(lon_sum::numeric, 6), round(lat_sum::numeric, 6), id_sum FROM place_grid"
    " WHERE places <> 0 ORDER BY 1, 2, 3, 4"
)


async def change(settings: Settings, place_id: int, statement: str) -> None:
    database = Database.create(settings.database_url, settings.sqlalchemy_url)
    async with database.write() as session:
        await _change(session, place_id, statement)
    await database.engine.dispose()


async def _change(session: AsyncSession, place_id: int, statement: str) -> None:
    before = await spot_of(session, place_id)
    await session.execute(text(statement), {"place_id": place_id})
    await move_in_grid(session, before, await spot_of(session, place_id))


async def test_moving_hiding_and_renaming_kinds_keep_the_counts(settings: Settings, base: Base) -> None:
    make_place(base, at=(-4.11, 47.99))
    place_id = make_place(base)
    with base.transaction():
        rebuild_grid(base)
    for statement in (
        "UPDATE place SET position = 'SRID=4326;POINT(2.35 48.85)' WHERE place_id = :place_id",
        "UPDATE place SET kind = 'wifi_spot' WHERE place_id = :place_id",
        "UPDATE place SET kind = 'cafe' WHERE place_id = :place_id",
        "UPDATE place SET state = 'closed' WHERE place_id = :place_id",
        "UPDATE place SET state = 'published' WHERE place_id = :place_id",
        "UPDATE place SET position = NULL WHERE place_id = :place_id",
        "UPDATE place SET name = 'Autre' WHERE place_id = :place_id",
    ):
        await change(settings, place_id, statement)
        kept = base.execute(COUNTS).fetchall()
        with base.transaction():
            rebuild_grid(base)
        assert kept == base.execute(COUNTS).fetchall(), statement
