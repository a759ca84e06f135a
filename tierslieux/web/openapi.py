"""Parts of the OpenAPI document that every call shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIFormat, OpenAPIType, Operation, Parameter, Schema

from tierslieux.web.problems import PROBLEM_JSON, ProblemBody

_DESCRIPTIONS = {
    400: "The request cannot be read; `errors` names each fault.",
    401: "No token, or one that is not valid.",
    403: "The token lacks the scope.",
    404: "There is no such thing, or it is not yours to see.",
    409: "Someone was first, or the state has moved on.",
    410: "It was there, and its time is over.",
    412: "`If-Match` names a version that is no longer the current one.",
    413: "The body is larger than what is read.",
    415: "The body is of another media type than what is read.",
    422: "The request can be read, and a rule refuses it.",
    429: "Too many requests; `Retry-After` says for how many seconds.",
}


def problem_responses(*statuses: int) -> dict[int, ResponseSpec]:
    """RFC 9457 problems that a call may answer, for ``responses=``."""
    return {
        status: ResponseSpec(
            ProblemBody, generate_examples=False, description=_DESCRIPTIONS[status], media_type=PROBLEM_JSON
        )
        for status in statuses
    }


def query(name: str, schema: Schema, says: str, *, required: bool = False) -> Parameter:
    """A parameter of a query that the handler reads by itself, for ``reading``."""
    return Parameter(name=name, param_in="query", schema=schema, description=says, required=required)


def whole_number(low: int, high: int) -> Schema:
    """A whole number, both bounds included."""
    return Schema(type=OpenAPIType.INTEGER, minimum=low, maximum=high)


def instant() -> Schema:
    """An instant, RFC 3339 with an offset."""
    return Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.DATE_TIME)


def texts(values: Sequence[str]) -> Schema:
    """One or more of ``values``: the parameter is repeated."""
    return Schema(type=OpenAPIType.ARRAY, items=Schema(type=OpenAPIType.STRING, enum=list(values)))


def reading(parameters: Sequence[Parameter]) -> type[Operation]:
    """For ``operation_class=``: the operation with these parameters beside those of the handler's signature."""

    @dataclass
    class Reading(Operation):
        own: list[Parameter] = field(default_factory=list, repr=False)

        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or []), *parameters]

    return Reading
