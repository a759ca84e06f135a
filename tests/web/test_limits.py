"""Who asks too often is told when to come back, and is kept as a hash only."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from litestar import Request
from litestar.testing import RequestFactory

from tests.conftest import NOON, SECRET
from tierslieux.settings import Settings
from tierslieux.shared.errors import RateLimited
from tierslieux.shared.time import FixedClock
from tierslieux.web.db import Database
from tierslieux.web.limits import Limit, RateLimiter, asker_of

TWICE = Limit("report", hits=2, seconds=3600)
CLOCK = FixedClock(NOON)


@pytest.fixture
async def limiter(settings: Settings) -> AsyncIterator[RateLimiter]:
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=1)
    yield RateLimiter(database, SECRET, enabled=True)
    await database.engine.dispose()


async def test_the_third_of_two_hits_is_refused_until_the_window_ends(limiter: RateLimiter) -> None:
    for _ in range(2):
        await limiter.hit(TWICE, "192.0.2.7", CLOCK)
    with pytest.raises(RateLimited) as refused:
        await limiter.hit(TWICE, "192.0.2.7", CLOCK)
    assert refused.value.facts == {"retry_after": 3600}
    await limiter.hit(TWICE, "192.0.2.8", CLOCK)
    await limiter.hit(TWICE, "192.0.2.7", FixedClock(NOON + timedelta(hours=1)))


async def test_an_address_is_not_kept(limiter: RateLimiter, base: psycopg.Connection[Any]) -> None:
    await limiter.hit(TWICE, "192.0.2.7", CLOCK)
    row = base.execute("SELECT to_jsonb(rate_limit)::text FROM rate_limit").fetchone()
    assert row is not None
    assert "192.0.2" not in row[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "asker"),
    [
        ("192.0.2.7", None, "192.0.2.7"),
        ("127.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("127.0.0.1", None, "127.0.0.1"),
    ],
    ids=["direct", "through our proxy", "another machine lies", "on this machine"],
)
def test_who_asks_is_the_peer_or_what_our_own_proxy_says(peer: str, forwarded: str | None, asker: str) -> None:
    request: Request[Any, Any, Any] = RequestFactory().get(headers={"x-forwarded-for": forwarded} if forwarded else {})
    request.scope["client"] = (peer, 40000)
    assert asker_of(request) == asker
