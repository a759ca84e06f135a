"""The page that the QR code of a place's poster opens: my bookings there now, and one press that notes the arrival."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from tierslieux.booking.mine.pages import private
from tierslieux.booking.mine.presenter import line_of, other_language
from tierslieux.booking.mine.queries import OwnBooking, bookings_here
from tierslieux.booking.mine.reach import Visitor, in_session
from tierslieux.booking.mine.views import Line
from tierslieux.booking.presence import check_in_token
from tierslieux.booking.service.changes import CHECK_IN_EARLY
from tierslieux.places.page_queries import load_place_record
from tierslieux.places.pages import place_id_of, place_label
from tierslieux.web.db import Reads
from tierslieux.web.i18n import localised
from tierslieux.web.plans import read_plan


class Arrival(msgspec.Struct, frozen=True):
    """A booking whose arrival can be noted now, or is; ``action`` is ``None`` where it is noted already."""

    line: Line
    action: str | None


class ArrivalPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page; ``code`` is empty where it is not this place's. ``later`` is the next booking here after now."""

    place: str
    place_address: str
    is_known: bool
    code: str
    arrivals: tuple[Arrival, ...]
    later: Line | None
    language_address: str


@get("/lieux/{slug:str}/arrivee", include_in_schema=False)
async def arrival_page(
    slug: FromPath[str],
    request: Request[Any, Any, Any],
    visitor: NamedDependency[Visitor],
    reads: NamedDependency[Reads],
) -> Template:
    """Opening it notes nothing."""
    person, code = in_session(visitor.person), request.query_params.get("code", "")
    place = await load_place_record(reads, place_id_of(slug))
    is_known = hmac.compare_digest(code.encode(), check_in_token(place.place_id, visitor.secret).encode())
    found = await read_plan(reads, bookings_here(person.account_id, visitor.now, place.place_id))
    view = ArrivalPage(
        place=place_label(place),
        place_address=localised(f"/lieux/{place.slug}"),
        is_known=is_known,
        code=code if is_known else "",
        arrivals=_arrivals(found, visitor) if is_known else (),
        later=_later(found, visitor),
        language_address=other_language("", code=code),
    )
    return private("booking/mine_arrival.html", view)


def _arrivals(found: Sequence[OwnBooking], visitor: Visitor) -> tuple[Arrival, ...]:
    return tuple(
        Arrival(
            line_of(each, visitor.now),
            localised(f"/mes-reservations/{each.public_id}/arrivee") if each.status == "confirmed" else None,
        )
        for each in found
        if each.start - CHECK_IN_EARLY <= visitor.now
    )


def _later(found: Sequence[OwnBooking], visitor: Visitor) -> Line | None:
    coming = [each for each in found if each.start - CHECK_IN_EARLY > visitor.now]
    return line_of(coming[0], visitor.now) if coming else None
