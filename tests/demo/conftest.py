"""A small base for demonstrations: a few places and communes, and a life made once for the tests that only look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from tests.booking.conftest import world
from tests.conftest import NOON, cloned
from tests.factories import make_commune, make_place
from tierslieux.demo.service import Made, Order, make_demonstration

__all__ = ["world"]

TODAY = date(2027, 3, 24)
"""The local day of ``NOON``, a Wednesday."""
AFTERNOON = NOON.replace(hour=15)
"""Four in the afternoon there."""
HOURS = "Mo-Fr 09:00-12:30,13:30-18:00; PH off"
KINDS = ("coworking", "library", "third_place", "fablab", "shop", "cafe")


def furnish(base: psycopg.Connection[Any]) -> None:
    """A place of each kind, half of them with hours, among three communes."""
    for number, name in enumerate(("Quimper", "Briec", "Pluguffan")):
        make_commune(base, f"2900{number}", name, at=(-4.1 + number / 20, 48.0), population=9000 // (number + 1))
    for number, kind in enumerate(KINDS):
        hours = HOURS if number % 2 == 0 else None
        make_place(base, f"Lieu {number}", kind=kind, commune_code="29000", hours_osm=hours)


def order(**changed: Any) -> Order:
    """A demonstration of three months."""
    values: dict[str, Any] = {"seed": 7, "places": 6, "months": 3, "now": NOON}
    return Order(**(values | changed))


def make(base: psycopg.Connection[Any], **changed: Any) -> Made:
    """Make one, in silence."""
    return make_demonstration(base, order(**changed), lambda _: None)


@pytest.fixture(scope="module")
def shown(template: str) -> Iterator[psycopg.Connection[Any]]:
    """A base with a demonstration, for tests that only look."""
    with cloned(template) as url, psycopg.connect(url, autocommit=True) as connection:
        furnish(connection)
        make(connection, now=AFTERNOON)
        yield connection
