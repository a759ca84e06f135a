"""What other slices put on a place's page: the seam by which booking shows what is free there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from tierslieux.accounts.auth import CurrentUser
from tierslieux.web.db import Reads


@runtime_checkable
class PlacePanel(Protocol):
    """Draws a part of the page of a place that can be booked."""

    async def of(self, reads: Reads, place_id: int, query: Mapping[str, str], now: datetime) -> object | None:
        """The view that ``booking/_availability.html`` draws, or ``None`` where there is nothing to book."""
        ...

    async def favourite(self, reads: Reads, user: CurrentUser | None, place_id: int, slug: str) -> object:
        """The view that ``booking/_favourite.html`` draws: the button that keeps the place at hand."""
        ...
