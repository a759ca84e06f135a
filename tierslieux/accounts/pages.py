"""Signing in and out: an address, then the code on the page that asked, or one press on the page of the link.

No GET signs anyone in or out: mail programs and browsers open links by themselves.
"""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE, CurrentUser
from tierslieux.accounts.codes import (
    SignedIn,
    SignInDesk,
    SignInRequest,
    TypedCode,
    begin_sign_in,
    challenge_of_link,
    finish_by_link,
    finish_sign_in,
    open_challenge,
)
from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.domain import local_path
from tierslieux.accounts.errors import BadEmail, CodeExpired, WrongCode
from tierslieux.accounts.oidc.issuer import Issuer
from tierslieux.accounts.sessions import close_session, let_in
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.i18n import current_locale, gettext, localised, mark
from tierslieux.web.limits import asker_of

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
HOME_OF_PERSON = "/mes-reservations"
"""Where one is led after signing in, unless one came from elsewhere."""
_BAD_EMAIL = mark("Cette adresse e-mail n'est pas complète. Exemple : prenom.nom@exemple.fr")
_NO_CODE = mark("Tapez les six chiffres qui sont dans le mail.")
_WRONG = mark("Ce n'est pas le code de notre dernier mail. Vous pouvez essayer encore %s fois.")


class SignInForm(msgspec.Struct, frozen=True):
    """The form for an address; ``issuer_label`` names the issuer that one may sign in with instead."""

    email: str = ""
    next_path: str = ""
    fault: str | None = None
    issuer_label: str | None = None


class CodeForm(msgspec.Struct, frozen=True):
    """The form for a code."""

    challenge_id: str
    email: str
    next_path: str
    fault: str | None = None


def private_page(name: str, view: object, status: int = 200) -> Template:
    """A page that no cache keeps."""
    return Template(name, context={"view": view}, status_code=status, headers={"Cache-Control": PRIVATE})


def led_to(path: str | None) -> Redirect:
    """On to ``path`` (of this site), or to the person's own page, in the language of the request."""
    return Redirect(path or localised(HOME_OF_PERSON), status_code=303, headers={"Cache-Control": PRIVATE})


@get("/connexion", include_in_schema=False)
async def sign_in_page(
    request: Request[Any, Any, Any],
    user: NamedDependency[CurrentUser | None],
    issuer: NamedDependency[Issuer | None],
) -> Response[Any]:
    """The form for an address; who is signed in is led on."""
    next_path = local_path(request.query_params.get("next"))
    if user is not None:
        return led_to(next_path)
    return private_page("accounts/sign_in.html", SignInForm("", next_path or "", None, _label(issuer)))


@post("/connexion", include_in_schema=False, status_code=200)
async def ask_for_code(
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    desk: NamedDependency[SignInDesk],
    clock: NamedDependency[Clock],
    issuer: NamedDependency[Issuer | None],
) -> Response[Any]:
    """Mail a code, and lead to the form for it: the same way whether the address has an account or not."""
    email, next_path = data.get("email", ""), local_path(data.get("next"))
    asked = SignInRequest(email=email, asker=asker_of(request), locale=current_locale(), next_path=next_path)
    try:
        challenge = await begin_sign_in(desk, session, asked, clock)
    except BadEmail:
        view = SignInForm(email, next_path or "", gettext(_BAD_EMAIL), _label(issuer))
        return private_page("accounts/sign_in.html", view, 400)
    return led_to(localised("/connexion/code", demande=str(challenge.challenge_id)))


@get("/connexion/code", include_in_schema=False)
async def code_page(
    request: Request[Any, Any, Any], reads: NamedDependency[Reads], clock: NamedDependency[Clock]
) -> Response[Any]:
    """The form for the code: one may go to the mail and come back, and reload."""
    challenge_id = _uuid(request.query_params.get("demande", ""))
    challenge = await open_challenge(reads, challenge_id, clock.now())
    if challenge is None:
        return over(None)
    form = CodeForm(str(challenge_id), challenge.email, challenge.next_path or "")
    return private_page("accounts/code.html", form)


@post("/connexion/code", include_in_schema=False, status_code=200)
async def check_code(
    data: Form,
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    desk: NamedDependency[SignInDesk],
    session_cookie: NamedDependency[OwnCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Sign this browser in, or say how many tries are left."""
    challenge_id = _uuid(data.get("demande", ""))
    try:
        done = await finish_sign_in(
            desk, session, TypedCode(challenge_id, data.get("code", ""), asker_of(request)), clock
        )
    except WrongCode as wrong:
        tries_left = wrong.facts["tries_left"]
        if tries_left == 0:
            return over(local_path(data.get("next")))
        form = CodeForm(str(challenge_id), data.get("email", ""), data.get("next", ""), _words_of(tries_left))
        return private_page("accounts/code.html", form, 400)
    except CodeExpired:
        return over(local_path(data.get("next")))
    return await _signed_in(done, request, session, session_cookie, clock)


@get("/connexion/lien/{link:str}", include_in_schema=False)
async def link_page(link: FromPath[str], reads: NamedDependency[Reads], clock: NamedDependency[Clock]) -> Response[Any]:
    """Whose link it is, and the button that signs in. Opening the page changes nothing."""
    challenge = await challenge_of_link(reads, link, clock.now())
    return over(None) if challenge is None else private_page("accounts/link.html", challenge)


@post("/connexion/lien/{link:str}", include_in_schema=False, status_code=200)
async def use_link(
    link: FromPath[str],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    desk: NamedDependency[SignInDesk],
    session_cookie: NamedDependency[OwnCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Sign this browser in."""
    try:
        done = await finish_by_link(desk, session, link, asker_of(request), clock)
    except CodeExpired:
        return over(None)
    return await _signed_in(done, request, session, session_cookie, clock)


@post("/deconnexion", include_in_schema=False, status_code=200)
async def sign_out(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    session_cookie: NamedDependency[OwnCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """End the session of this browser."""
    value = session_cookie.of(request.scope)
    if value is not None:
        await close_session(session, value, clock.now())
    answer = led_to(localised("/"))
    answer.set_cookie(session_cookie.gone())
    return answer


def over(next_path: str | None) -> Template:
    """The page that says that a code or link cannot be used (any more), with the way to another."""
    return private_page("accounts/code_over.html", localised("/connexion", next=next_path), 410)


async def _signed_in(
    done: SignedIn, request: Request[Any, Any, Any], session: AsyncSession, cookie: OwnCookie, clock: Clock
) -> Response[Any]:
    answer = led_to(done.next_path)
    answer.set_cookie(await let_in(session, request, cookie, done.account_id, clock))
    return answer


def _label(issuer: Issuer | None) -> str | None:
    return issuer.label if issuer else None


def _words_of(tries_left: int | None) -> str:
    return gettext(_NO_CODE) if tries_left is None else gettext(_WRONG) % tries_left


def _uuid(text: str) -> UUID:
    """The number that ``text`` writes out; one that nothing has where it writes none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


sign_in_router = Router(
    "/", route_handlers=[sign_in_page, ask_for_code, code_page, check_code, link_page, use_link, sign_out]
)
