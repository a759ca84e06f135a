"""Answers compressed on their way."""

from __future__ import annotations

import gzip

from litestar import Litestar
from litestar.testing import AsyncTestClient

Client = AsyncTestClient[Litestar]


async def raw(client: Client, path: str, accepted: str) -> tuple[bytes, str | None]:
    async with client.stream("GET", path, headers={"accept-encoding": accepted}) as answer:
        body = b"".join([chunk async for chunk in answer.aiter_raw()])
        return body, answer.headers.get("content-encoding")


async def test_a_page_is_compressed_for_those_who_read_gzip_and_says_the_same(client: Client) -> None:
    packed, encoding = await raw(client, "/aide", "gzip")
    plain, none = await raw(client, "/aide", "identity")
    assert (encoding, none) == ("gzip", None)
    assert gzip.decompress(packed) == plain
    assert len(packed) < len(plain) / 2


async def test_a_stream_is_compressed_as_it_goes(client: Client) -> None:
    packed, encoding = await raw(client, "/recherche/lieux.csv", "gzip")
    assert encoding == "gzip"
    assert gzip.decompress(packed).decode("utf-8-sig").startswith("id,name,kind")


async def test_a_short_answer_stays_as_it_is(client: Client) -> None:
    assert (await raw(client, "/health/live", "gzip"))[1] is None
