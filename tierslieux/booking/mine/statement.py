"""The monthly statement: what a person shows their employer of where they worked. It is no invoice.

The employer has no access to anything: the person prints it, or not.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from tierslieux.booking.mails.times import range_words, zone_suffix
from tierslieux.booking.mine.pages import private
from tierslieux.booking.mine.presenter import other_language
from tierslieux.booking.mine.queries import OwnBooking, visits
from tierslieux.booking.mine.reach import Visitor, in_session
from tierslieux.booking.mine.words import capital, month_words
from tierslieux.booking.queries.people import load_people
from tierslieux.booking.words import price_words
from tierslieux.shared.errors import invalid
from tierslieux.shared.time import TimeRange
from tierslieux.web.db import Reads
from tierslieux.web.i18n import gettext, localised
from tierslieux.web.plans import Plan, read_plan
from tierslieux.web.wording import duration_hours, money, short_date
from tierslieux.web.zone_names import READERS_ZONE

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])", re.ASCII)


class StatementLine(msgspec.Struct, frozen=True):
    """A visit."""

    when: str
    place: str
    hours: str
    price: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """The page; ``later`` is ``None`` in the present month. ``has_open_price``: some prices were free to choose."""

    month: str
    person: str
    made_on: str
    lines: tuple[StatementLine, ...]
    hours: str
    total: str
    has_open_price: bool
    earlier: str
    earlier_address: str
    later: str | None
    later_address: str
    language_address: str


@get("/mes-reservations/releve", include_in_schema=False)
async def statement_page(
    request: Request[Any, Any, Any], visitor: NamedDependency[Visitor], reads: NamedDependency[Reads]
) -> Template:
    """The bookings of a month that took place, with hours and prices."""
    in_session(visitor.person)
    month = _month_of(request.query_params.get("mois"), visitor.now)
    return private("booking/mine_statement.html", await read_plan(reads, _statement(visitor, month)))


def _month_of(text: str | None, now: datetime) -> date:
    """The first day of the month asked for; without one, of the present month."""
    if not text:
        return now.astimezone(ZoneInfo(READERS_ZONE)).date().replace(day=1)
    found = _MONTH.fullmatch(text)
    if found is None:
        raise invalid("query", "mois", "wrong_format", text, gettext("un mois comme 2027-03 attendu"))
    return date(int(found[1]), int(found[2]), 1)


def _statement(visitor: Visitor, month: date) -> Plan[Statement]:
    person = in_session(visitor.person)
    earlier, later = _around(month)
    found = yield from visits(person.account_id, visitor.now, month, later)
    known = (yield from load_people([person.account_id])).get(person.account_id)
    today = visitor.now.astimezone(ZoneInfo(READERS_ZONE)).date()
    return Statement(
        month=capital(month_words(month)),
        person=" ".join(part for part in (known.name, f"({known.email})") if part) if known else "",
        made_on=short_date(today),
        lines=tuple(_line(each) for each in found),
        hours=duration_hours(sum(_hours(each) for each in found)),
        total=money(sum(each.price_cents or 0 for each in found)),
        has_open_price=any(each.price_cents is None for each in found),
        earlier=month_words(earlier),
        earlier_address=_address(earlier),
        later=month_words(later) if later <= today else None,
        later_address=_address(later),
        language_address=_in_other_language(month),
    )


def _around(month: date) -> tuple[date, date]:
    return (month - timedelta(days=1)).replace(day=1), (month + timedelta(days=32)).replace(day=1)


def _address(month: date) -> str:
    return localised("/mes-reservations/releve", mois=f"{month:%Y-%m}")


def _in_other_language(month: date) -> str:
    return other_language("", mois=f"{month:%Y-%m}")


def _line(booking: OwnBooking) -> StatementLine:
    during, zone = TimeRange(booking.start, booking.end), ZoneInfo(booking.time_zone)
    return StatementLine(
        range_words(during, zone) + zone_suffix(booking.time_zone),
        f"{booking.place_name}, {booking.commune_label}",
        duration_hours(_hours(booking)),
        price_words(booking.price_cents),
    )


def _hours(booking: OwnBooking) -> float:
    return (booking.end - booking.start).total_seconds() / 3600
