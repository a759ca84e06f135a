"""To the issuer and back: a page that leads there, and one press on the page that one comes back to."""

from __future__ import annotations

from typing import Any

import structlog
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.codes import ASKED_BY_ADDRESS, Challenge, SignInDesk
from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.errors import BadEmail, OutsideSignInFailed
from tierslieux.accounts.oidc.flow import LIFETIME, Return, arrive, depart
from tierslieux.accounts.oidc.issuer import Issuer
from tierslieux.accounts.pages import Form, led_to, private_page
from tierslieux.accounts.sessions import let_in
from tierslieux.shared.errors import NotFound
from tierslieux.shared.time import Clock
from tierslieux.web.i18n import current_locale, localised
from tierslieux.web.limits import asker_of

logger = structlog.get_logger()


@post("/connexion/externe", include_in_schema=False, status_code=200)
async def go_to_issuer(  # noqa: PLR0913, PLR0917 - what the handler needs
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    desk: NamedDependency[SignInDesk],
    session_cookie: NamedDependency[OwnCookie],
    issuer: NamedDependency[Issuer | None],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """A page that goes on to the issuer by itself: a form may not lead to another site (``form-action``)."""
    if issuer is None:
        raise NotFound
    await desk.limiter.hit(ASKED_BY_ADDRESS, asker_of(request), clock)
    departure = await depart(session, issuer, data.get("next"), clock.now())
    answer = private_page("accounts/to_issuer.html", {"address": departure.address, "label": issuer.label})
    answer.set_cookie(_pending(session_cookie).holding(departure.browser))
    return answer


@get("/connexion/externe/retour", include_in_schema=False)
async def back_from_issuer(request: Request[Any, Any, Any], issuer: NamedDependency[Issuer | None]) -> Response[Any]:
    """The button that signs in; a browser with scripts presses it by itself. Opening the page changes nothing."""
    code, state = request.query_params.get("code"), request.query_params.get("state")
    if issuer is None:
        raise NotFound
    if not code or not state:
        return _failed(None)
    return private_page("accounts/from_issuer.html", {"code": code, "state": state, "label": issuer.label})


@post("/connexion/externe/retour", include_in_schema=False, status_code=200)
async def sign_in_by_issuer(  # noqa: PLR0913, PLR0917 - what the handler needs
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    desk: NamedDependency[SignInDesk],
    session_cookie: NamedDependency[OwnCookie],
    issuer: NamedDependency[Issuer | None],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Sign this browser in, or ask for a code where the address was not verified."""
    if issuer is None:
        raise NotFound
    pending = _pending(session_cookie)
    back = Return(
        code=data.get("code", ""),
        state=data.get("state", ""),
        browser=pending.of(request.scope) or "",
        asker=asker_of(request),
        locale=current_locale(),
    )
    try:
        found = await arrive(desk, session, issuer, back, clock)
    except (OutsideSignInFailed, BadEmail) as refusal:
        return _failed(refusal)
    if isinstance(found, Challenge):
        answer: Response[Any] = led_to(localised("/connexion/code", demande=str(found.challenge_id)))
    else:
        answer = led_to(found.next_path)
        answer.set_cookie(await let_in(session, request, session_cookie, found.account_id, clock))
    answer.set_cookie(pending.gone())
    return answer


def _failed(refusal: OutsideSignInFailed | BadEmail | None) -> Response[Any]:
    """The page that says so; why is for the operator's log."""
    logger.warning("outside_sign_in_failed", why=refusal.facts.get("why", refusal.code) if refusal else "refused there")
    return private_page("accounts/issuer_failed.html", None, 422)


def _pending(session_cookie: OwnCookie) -> OwnCookie:
    """The cookie of a browser that is at the issuer."""
    return OwnCookie("signin", int(LIFETIME.total_seconds()), session_cookie.is_https)


outside_router = Router("/", route_handlers=[go_to_issuer, back_from_issuer, sign_in_by_issuer])
