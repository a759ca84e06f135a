"""Parts of the OpenAPI document that every call shares."""

from __future__ import annotations

from litestar.openapi.datastructures import ResponseSpec

from tierslieux.web.problems import PROBLEM_JSON, ProblemBody

_DESCRIPTIONS = {
    400: "The request cannot be read; `errors` names each fault.",
    401: "No token, or one that is not valid.",
    403: "The token lacks the scope.",
    404: "There is no such thing, or it is not yours to see.",
    409: "Someone was first, or the state has moved on.",
    412: "`If-Match` names a version that is not the current one.",
    422: "The request can be read, and a rule refuses it.",
}


def problem_responses(*statuses: int) -> dict[int, ResponseSpec]:
    """RFC 9457 problems that a call may answer, for ``responses=``."""
    return {
        status: ResponseSpec(
            ProblemBody, generate_examples=False, description=_DESCRIPTIONS[status], media_type=PROBLEM_JSON
        )
        for status in statuses
    }
