"""``tierslieux doctor`` finds what must not be."""

from __future__ import annotations

from click.testing import CliRunner

from tests.booking.world import World
from tierslieux.cli import main


async def test_a_base_in_order_is_said_to_be_and_a_seat_that_is_missing_is_named(
    world: World, database_url: str
) -> None:
    booking = await world.book()
    env = {"TIERSLIEUX_DATABASE_URL": database_url, "TIERSLIEUX_SECRET": "s" * 40}
    fine = CliRunner().invoke(main, ["doctor"], env=env)
    assert fine.exit_code == 0, fine.output
    world.base.execute("DELETE FROM occupied_seat")
    broken = CliRunner().invoke(main, ["doctor"], env=env)
    assert broken.exit_code == 3
    assert booking["id"] in broken.output
