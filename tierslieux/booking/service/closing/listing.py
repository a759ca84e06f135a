"""Refusals of a change that hits bookings: they are listed, each with where it could go."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from tierslieux.booking.closure_wire import hit_bodies, plain
from tierslieux.booking.errors import BookingsAffected
from tierslieux.booking.service.closing.settling import Undecided, with_suggestions
from tierslieux.web.plans import Plan

T = TypeVar("T")


def or_listed(plan: Plan[T], now: datetime) -> Plan[T]:
    """``plan``; where bookings are undecided, ``BookingsAffected`` that lists them."""
    try:
        return (yield from plan)
    except Undecided as exc:
        hits = yield from with_suggestions(exc.bookings, now)
        raise BookingsAffected(bookings=plain((yield from hit_bodies(hits, now)))) from exc
