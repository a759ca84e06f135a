"""People at browsers."""

from __future__ import annotations

import pytest
from httpx import AsyncClient

from tests.accounts.person import Person


@pytest.fixture
async def person(client: AsyncClient) -> Person:
    """Someone whom the service does not know, at a browser without cookies; the clock shows noon of a working day."""
    (await client.put("/dev/clock", json={"now": "2027-03-24T12:00:00Z"})).raise_for_status()
    return Person(client)
