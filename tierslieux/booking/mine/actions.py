"""What a guest does from their booking's page on the day, and after it: arrives, finds it closed, answers."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.booking.errors import CheckInTooEarly, CheckInTooLate, StatusChanged, TooFarAway
from tierslieux.booking.mine.pages import led_to, moved_on
from tierslieux.booking.mine.presenter import can_report
from tierslieux.booking.mine.questions import ANSWERS, store_answer
from tierslieux.booking.mine.reach import Visitor, open_own
from tierslieux.booking.mine.reports import report_closed
from tierslieux.booking.presence import is_at_place
from tierslieux.booking.repository.writing import Actor
from tierslieux.booking.schemas import CheckInBody
from tierslieux.booking.service import follow, run
from tierslieux.booking.service.changes import check_in
from tierslieux.shared.errors import InvalidRequest, invalid
from tierslieux.web.i18n import gettext, localised, mark
from tierslieux.web.plans import run_plan_in

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
_TOO_FAR = mark(
    "Vous ne semblez pas être au lieu. Votre arrivée n'est pas notée. Lisez le code affiché sur place, ou dites-le à"
    " l'équipe."
)
_NO_PROOF = mark(
    "Votre position n'est pas connue, ou ce code n'est pas celui du lieu. Votre arrivée n'est pas notée. Lisez le code"
    " affiché sur place, ou dites-le à l'équipe."
)
_WRONG_TIME = mark(
    "L'arrivée se note d'un quart d'heure avant le début jusqu'à la fin de la réservation. Rien n'a été enregistré."
    " Si vous êtes là, dites-le à l'équipe."
)


@post("/mes-reservations/{booking_id:str}/arrivee", include_in_schema=False, status_code=200)
async def arrive(
    booking_id: FromPath[str],
    data: Form,
    visitor: NamedDependency[Visitor],
    session: NamedDependency[AsyncSession],
) -> Response[Any]:
    """Note the arrival, shown by the code of the poster or by a position; noted twice it stays noted."""
    opened = await run_plan_in(session, open_own(visitor, booking_id))
    booking = opened.booking
    if booking.status == "checked_in":
        return led_to(opened.address(fait="arrivee"))
    try:
        await run_plan_in(session, is_at_place(booking, _proof(data), visitor.secret))
        by = Actor(opened.guest_id, visitor.now)
        changed = await run(session, check_in(booking.place_id, booking.booking_id, by))
    except (TooFarAway, InvalidRequest, CheckInTooEarly, CheckInTooLate, StatusChanged) as exc:
        return await moved_on(session, opened, visitor.now, _words_of(exc))
    await follow(session, booking.place_id, [(booking.booking_id, changed.seq)])
    return led_to(opened.address(fait="arrivee"))


def _proof(data: dict[str, str]) -> CheckInBody:
    if data.get("code"):
        return CheckInBody(token=data["code"])
    try:
        lon, lat = (float(part) for part in data.get("position", "").split(","))
    except ValueError:
        return CheckInBody()
    return CheckInBody(position=(lon, lat))


def _words_of(exc: Exception) -> str | None:
    if isinstance(exc, TooFarAway):
        return gettext(_TOO_FAR)
    if isinstance(exc, CheckInTooEarly | CheckInTooLate):
        return gettext(_WRONG_TIME)
    return gettext(_NO_PROOF) if isinstance(exc, InvalidRequest) else None


@post("/mes-reservations/{booking_id:str}/ferme", include_in_schema=False, status_code=200)
async def say_closed(
    booking_id: FromPath[str], visitor: NamedDependency[Visitor], session: NamedDependency[AsyncSession]
) -> Response[Any]:
    """Tell that the place is closed, once a booking."""
    opened = await run_plan_in(session, open_own(visitor, booking_id))
    if not can_report(opened.booking, visitor.now):
        return await moved_on(session, opened, visitor.now)
    await report_closed(session, opened.booking, visitor.now)
    return led_to(opened.address(fait="signale"))


@post("/mes-reservations/{booking_id:str}/sans-ce-lieu", include_in_schema=False, status_code=200)
async def answer_question(
    booking_id: FromPath[str],
    data: Form,
    visitor: NamedDependency[Visitor],
    session: NamedDependency[AsyncSession],
) -> Response[Any]:
    """Keep where one would have worked; a later answer changes nothing."""
    opened = await run_plan_in(session, open_own(visitor, booking_id))
    answer = data.get("reponse", "")
    if answer not in ANSWERS:
        raise invalid("form", "reponse", "unknown_value", answer, gettext("l'une des réponses proposées est attendue"))
    await run_plan_in(session, store_answer(opened.booking, answer, visitor.now))
    return led_to(localised("/mes-reservations", fait="reponse"))


ACTIONS = (arrive, say_closed, answer_question)
