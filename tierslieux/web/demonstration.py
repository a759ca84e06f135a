"""Whether this base is a demonstration: said on every page and in every mail, known to each process without a query.

The table ``demonstration`` has a row for each place that was given a made-up life. Who fills or empties it announces
it on the channel of the same name in the same transaction; ``web.versions`` listens.
"""

from __future__ import annotations

from typing import LiteralString

from tierslieux.web.db import Database, Reads
from tierslieux.web.i18n import mark

CHANNEL: LiteralString = "demonstration"
SENTENCE = mark("Démonstration : les réservations et les personnes sont inventées.")
"""What every page and mail of a demonstration says."""
ANNOUNCE_SQL: LiteralString = "SELECT pg_notify('demonstration', '')"
"""The statement that tells all processes to look again, at COMMIT. Before the catalogue's version is bumped."""
_READ_SQL: LiteralString = "SELECT EXISTS (SELECT FROM demonstration)"


class DemonstrationMark:
    """What this process knows of it: as it was read last."""

    def __init__(self, *, is_on: bool = False) -> None:
        self._is_on = is_on

    @property
    def is_on(self) -> bool:
        """Whether bookings and people of this base are made up."""
        return self._is_on

    async def read(self, reads: Reads) -> None:
        """Look again."""
        row = await (await reads.execute(_READ_SQL)).fetchone()
        self._is_on = bool(row and row[0])

    async def read_from(self, database: Database) -> None:
        """Look again, on a connection of the pool."""
        async with database.read_pool.connection() as reads:
            await self.read(reads)
