"""``/mes-donnees``: what a person says of themselves, where they are signed in, their programs' tokens, and the end."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import MediaType, Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE, SCOPES, CurrentUser, require_session
from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.editing import read_profile
from tierslieux.accounts.pages import Form, led_to, private_page
from tierslieux.accounts.profile import change_me
from tierslieux.accounts.service import create_token
from tierslieux.accounts.sessions import revoke_session
from tierslieux.accounts.tokens import read_label, revoke_token
from tierslieux.accounts.views import my_data
from tierslieux.shared.errors import Conflict
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads, raw_connection, snapshot
from tierslieux.web.i18n import gettext, localised, mark
from tierslieux.web.personal import PersonalData

MY_DATA = "/mes-donnees"
_NO_SCOPE = mark("Choisissez au moins une chose que ce jeton peut faire.")


@get(MY_DATA, include_in_schema=False)
async def my_data_page(
    request: Request[Any, Any, Any],
    user: NamedDependency[CurrentUser | None],
    reads: NamedDependency[Reads],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Everything on one page."""
    person = require_session(user)
    view = await my_data(reads, person, clock.now())
    saved = request.query_params.get("enregistre") == "1"
    return private_page("accounts/my_data.html", msgspec.structs.replace(view, is_saved=saved))


@post(MY_DATA, include_in_schema=False, status_code=200)
async def change_my_data(
    data: Form,
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Store the name, the communes and the way to come; a commune that may be several asks which."""
    person = require_session(user)
    reads = await raw_connection(session)
    profile = await read_profile(reads, data)
    if profile.faults:
        view = profile.shown_in(await my_data(reads, person, clock.now()))
        return private_page("accounts/my_data.html", view, 400)
    await change_me(session, person.account_id, profile.patch)
    return led_to(localised(MY_DATA, enregistre=1))


@post("/mes-donnees/sessions/{key:str}/fermer", include_in_schema=False, status_code=200)
async def close_one(
    key: FromPath[str],
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """End a session on another browser (or this one)."""
    await revoke_session(session, require_session(user).account_id, key, clock.now())
    return led_to(localised(MY_DATA))


@post("/mes-donnees/jetons", include_in_schema=False, status_code=200)
async def make_token(
    data: Form,
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Make a token and show it, this once."""
    person = require_session(user)
    reads = await raw_connection(session)
    scopes = [scope for scope in SCOPES if data.get(scope)]
    if not scopes:
        view = await my_data(reads, person, clock.now())
        fault = gettext(_NO_SCOPE)
        return private_page("accounts/my_data.html", msgspec.structs.replace(view, token_fault=fault), 400)
    token = await create_token(session, person.account_id, scopes, clock.now(), read_label(data.get("label", "")))
    view = await my_data(reads, person, clock.now())
    return private_page("accounts/my_data.html", msgspec.structs.replace(view, new_token=token))


@post("/mes-donnees/jetons/{key:str}/retirer", include_in_schema=False, status_code=200)
async def end_token(
    key: FromPath[str],
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Revoke a token at once."""
    await revoke_token(session, require_session(user).account_id, key, clock.now())
    return led_to(localised(MY_DATA))


@get("/mes-donnees/export", include_in_schema=False)
async def export_file(
    user: NamedDependency[CurrentUser | None],
    reads: NamedDependency[Reads],
    personal: NamedDependency[PersonalData],
) -> Response[Any]:
    """The same as ``/api/v1/me/export``, as a file."""
    person = require_session(user)
    async with snapshot(reads):
        found = await personal.export(reads, person.account_id)
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": 'attachment; filename="mes-donnees.json"'}
    body = msgspec.json.format(msgspec.json.encode(found), indent=2)
    return Response(body, media_type=MediaType.JSON, headers=headers)


@get("/mes-donnees/effacer", include_in_schema=False)
async def erase_page(user: NamedDependency[CurrentUser | None]) -> Response[Any]:
    """What is erased, what stays, and the button."""
    require_session(user)
    return private_page("accounts/erase.html", None)


@post("/mes-donnees/effacer", include_in_schema=False, status_code=200)
async def erase_me(
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    personal: NamedDependency[PersonalData],
    session_cookie: NamedDependency[OwnCookie],
    clock: NamedDependency[Clock],
) -> Response[Any]:
    """Erase the account, or show what stands against it."""
    person = require_session(user)
    try:
        await personal.erase(session, person.account_id, clock.now())
    except Conflict as refusal:
        return private_page("accounts/erase.html", refusal, 409)
    answer = private_page("accounts/erased.html", None)
    answer.set_cookie(session_cookie.gone())
    return answer


my_data_router = Router(
    "/",
    route_handlers=[
        my_data_page, change_my_data, close_one, make_token, end_token, export_file, erase_page, erase_me,
    ],
)  # fmt: skip
