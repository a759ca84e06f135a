"""Everything that can happen to bookings, at random, from many clients against two server processes.

What can be judged: the table afterwards (no overlap, rows as the status says, histories that follow the rules), every
answered 201 (there, once), and every ``slot_taken`` whose wish is known. Pools of up to six seats are judged by trying
every seating, with pinned stays, chosen seats and single seats closed; larger ones by their peak, and left open where
something in them is fixed. Late check-ins are refused and not judged: which range they asked for may have moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from tests.booking.races.field import Field, make_field
from tests.booking.races.load import Load
from tests.booking.races.processes import server_processes
from tests.booking.races.verdicts import assert_kept_its_word
from tests.conftest import cloned

EXPECTED = {200, 201, 404, 409, 410, 422}


@pytest.fixture
def field(template: str, request: pytest.FixtureRequest) -> Iterator[Field]:
    """Ten places; where the test is short two of them, so that their resources fill up all the same."""
    places = 10 if request.node.get_closest_marker("long") else 2
    with cloned(template) as url, psycopg.connect(url, autocommit=True) as base:
        yield make_field(base, url, places)


def run(field: Field, count: int, clients: int) -> Load:
    with server_processes(field.url) as servers:
        load = Load(field, [server.address for server in servers], count, seed=20270323)
        asyncio.run(load.run(clients))
    return load


def assert_sharp(load: Load) -> None:
    verdicts = assert_kept_its_word(load, EXPECTED)
    assert verdicts.counts["refused"] > len(load.said) / 50
    assert verdicts.counts["sharp"]  # how many depends on how fast the machine is


def test_six_hundred_random_requests_from_four_clients(field: Field) -> None:
    assert_sharp(run(field, 600, 4))


@pytest.mark.endurance
def test_twenty_thousand_random_requests_from_sixteen_clients(field: Field) -> None:
    assert_sharp(run(field, 20_000, 16))
