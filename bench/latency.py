"""How long each answer takes, as an asker with so many connections sees it.

wrk, which measures throughput here, adds to its percentiles the requests that it thinks it would have sent while it
waited ("coordinated omission"); with clients that wait for each answer nobody sends those. This client times what was
sent, no more, and costs a tenth of a millisecond a request.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

WARMING_S = 2


@dataclass(frozen=True)
class Latency:
    """Milliseconds of half and of 95 % of the answers; ``errors`` were not 200."""

    p50: float
    p95: float
    answers: int
    errors: int


def time_each(address: str, paths: Sequence[str], clients: int, seconds: int) -> Latency:
    """Ask ``paths`` at random, ``clients`` at once, each waiting for its answer, after a moment of warming."""
    asyncio.run(_ask_all(address, paths, clients, WARMING_S))
    answers = asyncio.run(_ask_all(address, paths, clients, seconds))
    cuts = statistics.quantiles((milliseconds for milliseconds, _ in answers), n=20)
    return Latency(cuts[9], cuts[18], len(answers), sum(status != 200 for _, status in answers))


async def _ask_all(address: str, paths: Sequence[str], clients: int, seconds: int) -> list[tuple[float, int]]:
    end = time.perf_counter() + seconds
    each = await asyncio.gather(*(_ask(address, paths, random.Random(n), end) for n in range(clients)))
    return [answer for answers in each for answer in answers]


async def _ask(address: str, paths: Sequence[str], chance: random.Random, end: float) -> list[tuple[float, int]]:
    where = urlsplit(address)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    answers = []
    while (began := time.perf_counter()) < end:
        writer.write(
            f"GET {chance.choice(paths)} HTTP/1.1\r\nHost: {where.netloc}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        )
        status = await read_answer(reader)
        answers.append(((time.perf_counter() - began) * 1000, status))
    writer.close()
    return answers


async def read_answer(reader: asyncio.StreamReader) -> int:
    """Read a whole answer; its status."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().rstrip().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    if "content-length" in headers:
        await reader.readexactly(int(headers["content-length"]))
    else:
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return int(first.split(" ")[1])
