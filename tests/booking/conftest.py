"""A world for each test of booking."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from httpx import AsyncClient

from tests.booking.world import World


@pytest.fixture
async def world(base: psycopg.Connection[Any], client: AsyncClient) -> World:
    """A place with two desks, Monday to Friday 9:00-12:30 and 13:30-18:00, on a Monday at eight."""
    made = World(base, client)
    await made.set_clock()
    made.place()
    made.headers = made.guest()
    return made
