"""The people of bookings, and how the team may see them.

A team reads a first name and an initial, and neither from 30 days after the visit on (docs/personal-data.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from tierslieux.web.plans import Plan

NAME_SHOWN = timedelta(days=30)
"""How long after the end of a booking its team sees who came."""

_PEOPLE = "SELECT account_id, name, email, locale FROM account WHERE account_id = ANY(%(ids)s::uuid[])"


class Person(msgspec.Struct, frozen=True):
    """Who a booking is for, as the service knows them."""

    account_id: UUID
    name: str | None
    email: str | None
    locale: str


def load_people(ids: Iterable[UUID | None]) -> Plan[dict[UUID, Person]]:
    """Those of ``ids`` that have an account."""
    wanted = sorted({each for each in ids if each is not None})
    if not wanted:
        return {}
    rows = yield _PEOPLE, {"ids": wanted}
    return {row[0]: Person(*row) for row in rows}


def shown_name(name: str | None, ended: datetime, now: datetime) -> str | None:
    """ "Camille D." of "Camille Dupont"; nothing once the visit is 30 days past."""
    if name is None or now > ended + NAME_SHOWN:
        return None
    first, _, rest = " ".join(name.split()).partition(" ")
    return f"{first} {rest[0].upper()}." if rest else first
