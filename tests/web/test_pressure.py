"""Jobs pause while requests are under way, and never for good."""

from __future__ import annotations

import asyncio
from typing import Any

from tierslieux.web.pressure import PressureMiddleware


class Asking:
    """A request that is under way until ``answer``."""

    def __init__(self, pressure: PressureMiddleware) -> None:
        self.begun, self.may_end = asyncio.Event(), asyncio.Event()
        self.task = asyncio.create_task(pressure.handle({}, None, None, self.app))  # type: ignore[arg-type]

    async def app(self, *_: Any) -> None:
        self.begun.set()
        await self.may_end.wait()

    async def answer(self) -> None:
        self.may_end.set()
        await self.task


async def asking(pressure: PressureMiddleware) -> Asking:
    request = Asking(pressure)
    await request.begun.wait()
    return request


async def test_a_job_begins_at_once_beside_one_request_which_may_wait_for_it() -> None:
    pressure = PressureMiddleware()
    request = await asking(pressure)
    job = asyncio.create_task(pressure.pause())
    await asyncio.wait_for(job, 0.4)
    await request.answer()


async def test_a_job_waits_while_two_requests_are_under_way_and_begins_when_one_is_answered() -> None:
    pressure = PressureMiddleware()
    first, second = await asking(pressure), await asking(pressure)
    job = asyncio.create_task(pressure.pause())
    done, _ = await asyncio.wait({job}, timeout=0.05)
    assert not done
    await first.answer()
    await asyncio.wait_for(job, 0.4)
    await second.answer()


async def test_a_job_begins_all_the_same_where_requests_never_end() -> None:
    pressure = PressureMiddleware()
    requests = [await asking(pressure) for _ in range(3)]
    await asyncio.wait_for(pressure.pause(), 5)
    for request in requests:
        await request.answer()


async def test_a_request_that_fails_is_no_longer_under_way() -> None:
    pressure = PressureMiddleware()

    async def failing(*_: Any) -> None:
        raise ValueError

    await asking(pressure)
    failed = pressure.handle({}, None, None, failing)  # type: ignore[arg-type]
    assert isinstance((await asyncio.gather(failed, return_exceptions=True))[0], ValueError)
    await asyncio.wait_for(pressure.pause(), 0.4)
