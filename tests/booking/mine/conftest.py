"""A world with a guest who is signed in."""

from __future__ import annotations

import pytest

from tests.booking.mine.guest import Guest, sign_in
from tests.booking.world import World
from tests.factories import make_token


@pytest.fixture
def guest(world: World) -> Guest:
    """The person who books in ``world``, at a browser."""
    made = sign_in(world.base, world.client)
    world.headers = make_token(world.base, made.account_id, "bookings:write")
    world.account_id = made.account_id
    return made
