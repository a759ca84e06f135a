"""Duplicates for moderators: the list, a judgement. For anyone else there is no such thing (404)."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import CurrentUser, access_moderation
from tierslieux.places.duplicates.queries import FIRST, list_pairs
from tierslieux.places.duplicates.schemas import DuplicateList, DuplicatePair, PairDecision, PairState
from tierslieux.places.duplicates.service import decide_pair
from tierslieux.shared.errors import NotFound
from tierslieux.shared.pagination import DEFAULT_LIMIT, MAX_LIMIT, Link, decode_cursor, encode_cursor
from tierslieux.shared.time import Clock
from tierslieux.web.db import Reads
from tierslieux.web.openapi import problem_responses
from tierslieux.web.parameters import refuse_unknown_query
from tierslieux.web.plans import read_plan

_PATH = "/api/v1/duplicates"


@get(_PATH, summary="Pairs of places that may be one", responses=problem_responses(400, 401, 403, 404))
async def list_duplicates(  # noqa: PLR0913, PLR0917 - the request's own fields
    request: Request[Any, Any, Any],
    reads: NamedDependency[Reads],
    user: NamedDependency[CurrentUser | None],
    secret: NamedDependency[bytes],
    pair_state: Annotated[PairState, QueryParameter(name="state", description="Which pairs")] = "to_review",
    limit: Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(description="From the `next` link", max_length=400)] = None,
) -> DuplicateList:
    """The likeliest first. Scope `moderation:write`."""
    access_moderation(user)
    refuse_unknown_query(request, {"state", "limit", "cursor"})
    purpose = f"duplicates?{pair_state}"
    after = FIRST if cursor is None else decode_cursor(cursor, purpose=purpose, secret=secret)
    found = await read_plan(reads, list_pairs(pair_state, after, limit + 1))
    items, links = found[:limit], []
    if len(found) > limit:
        following = encode_cursor([items[-1].score, int(items[-1].id)], purpose=purpose, secret=secret)
        links.append(Link("next", f"{_PATH}?state={pair_state}&limit={limit}&cursor={following}"))
    return DuplicateList(items, links)


@post(
    f"{_PATH}/{{pair_id:str}}/decision",
    status_code=200,
    summary="Judge a pair",
    responses=problem_responses(400, 401, 403, 404, 409),
)
async def decide_duplicate(
    pair_id: FromPath[str],
    data: JSONBody[PairDecision],
    session: NamedDependency[AsyncSession],
    user: NamedDependency[CurrentUser | None],
    clock: NamedDependency[Clock],
) -> DuplicatePair:
    """`same` merges the two at once (reversible); 409 `status_changed` where someone judged first."""
    moderator = access_moderation(user)
    judgement = data.answer, None if data.keep is None else int(data.keep)
    return await decide_pair(session, _number(pair_id), judgement, moderator.account_id, clock.now())


def _number(pair_id: str) -> int:
    if not (pair_id.isascii() and pair_id.isdigit() and len(pair_id) < 10):
        raise NotFound
    return int(pair_id)


duplicates_router = Router(
    "/", route_handlers=[list_duplicates, decide_duplicate], tags=["moderation"], signature_types=[Reads, Clock]
)
