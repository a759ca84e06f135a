"""The moderators' list of what people reported, and their answers."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, access_moderation
from tierslieux.places.contributions import Decision, OpenContribution, answer, open_contributions
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses


class ContributionList(msgspec.Struct, frozen=True):
    """What waits for an answer, the oldest first; more of it where there is a ``next`` link."""

    items: list[OpenContribution]
    links: list[dict[str, str]]


class ContributionDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The moderator's answer; the place itself is changed by ``PATCH /api/v1/places/{id}``."""

    decision: Decision
    answer: Annotated[str, msgspec.Meta(max_length=2000)] | None = None


class Answered(msgspec.Struct, frozen=True):
    """The message as it is now."""

    id: str
    state: Literal["accepted", "declined"]


@get("/", summary="What people reported and nobody has answered", responses=problem_responses(400, 401, 403, 404))
async def list_contributions(
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(description="From the `next` link", max_length=100)] = None,
) -> ContributionList:
    """For moderators (``moderation:write``). The list moves on as answers are given."""
    access_moderation(user)
    items = await open_contributions(reads, cursor, limit)
    links = (
        [{"rel": "next", "href": f"/api/v1/contributions?limit={limit}&cursor={items[-1].id}"}]
        if len(items) == limit
        else []
    )
    return ContributionList(items, links)


@post(
    "/{contribution_id:str}/decision",
    status_code=200,
    summary="Answer a report",
    responses=problem_responses(400, 401, 403, 404, 409),
)
async def decide_contribution(
    contribution_id: FromPath[str],
    data: JSONBody[ContributionDecision],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> Answered:
    """Close the report and erase the e-mail address it came with. 409 ``status_changed`` where someone was first."""
    moderator = access_moderation(user)
    await answer(session, contribution_id, data.decision, data.answer, moderator.account_id, clock.now())
    return Answered(contribution_id, data.decision)


contributions_router = Router(
    "/api/v1/contributions", route_handlers=[list_contributions, decide_contribution], tags=["moderation"]
)
