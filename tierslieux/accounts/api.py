"""``/api/v1/me``: a person's own data for their programs: read, changed, taken along, erased."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, Router, delete, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import PRIVATE, CurrentUser, require_user
from tierslieux.accounts.profile import change_me, load_me
from tierslieux.accounts.schemas import Me, MePatch
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads, snapshot
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.personal import PersonalData

_HEADERS = {"Cache-Control": PRIVATE}


@get("/api/v1/me", summary="Who asks", responses=problem_responses(400, 401, 403, 404))
async def get_me(
    request: Request[Any, Any, Any], user: NamedDependency[CurrentUser | None], reads: NamedDependency[Reads]
) -> Response[Me]:
    """The person to whom the token belongs. Scope `bookings:read`."""
    refuse_unknown_query(request, ())
    person = require_user(user, "bookings:read")
    return Response(await load_me(reads, person.account_id), headers=_HEADERS)


@patch("/api/v1/me", summary="Change what you say of yourself", responses=problem_responses(400, 401, 403, 404, 422))
async def patch_me(
    data: JSONBody[MePatch], user: NamedDependency[CurrentUser | None], session: NamedDependency[AsyncSession]
) -> Response[Me]:
    """JSON merge patch: what is absent stays, `null` takes a value away. Scope `bookings:write`.

    A commune is given by its INSEE code; one that was merged into another is stored as that one.
    """
    person = require_user(user, "bookings:write")
    return Response(await change_me(session, person.account_id, data), headers=_HEADERS)


@get("/api/v1/me/export", summary="All your data", responses=problem_responses(400, 401, 403, 404))
async def export_me(
    request: Request[Any, Any, Any],
    user: NamedDependency[CurrentUser | None],
    reads: NamedDependency[Reads],
    personal: NamedDependency[PersonalData],
) -> Response[dict[str, Any]]:
    """Everything that is kept of you, by part of the service, at one moment. Scope `bookings:read`."""
    refuse_unknown_query(request, ())
    person = require_user(user, "bookings:read")
    async with snapshot(reads):
        return Response(await personal.export(reads, person.account_id), headers=_HEADERS)


@delete(
    "/api/v1/me",
    summary="Erase your account",
    status_code=204,
    responses=problem_responses(400, 401, 403, 404, 409),
)
async def delete_me(
    user: NamedDependency[CurrentUser | None],
    session: NamedDependency[AsyncSession],
    personal: NamedDependency[PersonalData],
    clock: NamedDependency[Clock],
) -> None:
    """Your address, name, sessions and tokens are gone at once; statistics stay, without you. Scope `bookings:write`.

    409 `open_bookings` while something is booked: cancel it first.
    """
    person = require_user(user, "bookings:write")
    await personal.erase(session, person.account_id, clock.now())


me_router = Router("/", route_handlers=[get_me, patch_me, export_me, delete_me], tags=["me"])
