"""The reference of the API: the OpenAPI document, a page drawn from it, and a page for each problem. No script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get
from litestar.params import FromPath
from litestar.response import Template

from tierslieux.shared.errors import NotFound
from tierslieux.web.problems import status_of_code
from tierslieux.web.titles import TITLES

OPENAPI_JSON = "application/vnd.oai.openapi+json"
_AN_HOUR = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
_METHODS = ("get", "post", "put", "patch", "delete")


class Field(msgspec.Struct, frozen=True):
    """A parameter, or a member of a JSON object. ``type`` is in words, ``model`` the object that it holds, if any."""

    name: str
    where: str
    type: str
    model: str | None
    is_required: bool
    says: str


class Answer(msgspec.Struct, frozen=True):
    """What a call may answer."""

    status: str
    says: str
    type: str
    model: str | None


class Call(msgspec.Struct, frozen=True):
    """One method of one address."""

    anchor: str
    method: str
    path: str
    summary: str
    says: str
    fields: list[Field]
    body: Field | None
    answers: list[Answer]


class Model(msgspec.Struct, frozen=True):
    """A JSON object of the API."""

    name: str
    says: str
    fields: list[Field]


class ProblemCode(msgspec.Struct, frozen=True):
    """A line of the table of problems; the texts are message ids."""

    code: str
    status: int
    title: str
    remedy: str


def calls_of(document: Mapping[str, Any]) -> list[Call]:
    """Every call of the OpenAPI document, in its order."""
    return [
        _call(path, method, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]


def models_of(document: Mapping[str, Any]) -> list[Model]:
    """The objects that calls take and answer, by name."""
    schemas = document.get("components", {}).get("schemas", {})
    return [
        Model(name, schema.get("description", ""), list(_members(schema)))
        for name, schema in sorted(schemas.items())
        if schema.get("properties")
    ]


def problem_codes() -> list[ProblemCode]:
    """The table of problems, by status and code."""
    codes = [ProblemCode(code, status_of_code(code), *texts) for code, texts in TITLES.items()]
    return sorted(codes, key=lambda problem: (problem.status, problem.code))


class Reference(Controller):
    """``/api/openapi.json``, ``/api/docs``."""

    path = "/api"
    include_in_schema = False

    @get("/openapi.json", sync_to_thread=False)
    def openapi(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """The OpenAPI document of this instance."""
        return Response(msgspec.json.encode(_document(request)), media_type=OPENAPI_JSON, headers=_AN_HOUR)

    @get(["/docs", "/"], sync_to_thread=False)
    def docs(self, request: Request[Any, Any, Any]) -> Template:
        """The same, to be read."""
        document = _document(request)
        context = {"calls": calls_of(document), "models": models_of(document), "problems": problem_codes()}
        return Template("web/reference.html", context=context, headers=_AN_HOUR)


class Problems(Controller):
    """``/problems/{code}``: what the ``type`` of a problem leads to."""

    path = "/problems"
    include_in_schema = False

    @get("/{code:str}", sync_to_thread=False)
    def problem(self, code: FromPath[str]) -> Template:
        """One code; ``NotFound`` where there is none of that name."""
        found = next((problem for problem in problem_codes() if problem.code == code), None)
        if found is None:
            raise NotFound
        return Template("web/problem_code.html", context={"problem": found}, headers=_AN_HOUR)


def _document(request: Request[Any, Any, Any]) -> dict[str, Any]:
    return request.app.openapi_schema.to_schema()


def _call(path: str, method: str, operation: Mapping[str, Any]) -> Call:
    body = next(iter(operation.get("requestBody", {}).get("content", {}).values()), None)
    return Call(
        anchor=str(operation.get("operationId", f"{method}{path}")),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        says=operation.get("description", ""),
        fields=[
            _field(given["name"], given.get("schema", {}), given["in"], given.get("required", False))
            for given in operation.get("parameters", [])
        ],
        body=_field("body", body.get("schema", {}), "body", required=True) if body else None,
        answers=[_answer(status, answer) for status, answer in sorted(operation.get("responses", {}).items())],
    )


def _answer(status: str, answer: Mapping[str, Any]) -> Answer:
    contents: Mapping[str, Mapping[str, Any]] = answer.get("content", {})
    kind = next(iter(contents), "")
    schema = contents[kind].get("schema", {}) if kind else {}
    return Answer(status, answer.get("description", ""), kind, _model(schema))


def _field(name: str, schema: Mapping[str, Any], where: str, required: bool) -> Field:  # noqa: FBT001 - a fact of it
    return Field(name, where, _type(schema), _model(schema), required, schema.get("description", ""))


def _members(schema: Mapping[str, Any]) -> Iterator[Field]:
    for name, member in schema["properties"].items():
        yield _field(name, member, "body", name in schema.get("required", []))


def _alternatives(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [option for key in ("oneOf", "anyOf", "allOf") for option in schema.get(key, [])]


def _model(schema: Mapping[str, Any]) -> str | None:
    """The name of the object that ``schema`` refers to, itself, in a list or as one of several."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    inside = [*_alternatives(schema), *([schema["items"]] if "items" in schema else [])]
    return next((name for option in inside if (name := _model(option))), None)


def _type(schema: Mapping[str, Any]) -> str:
    """The type in words: ``integer 1..100``, ``one of "yes", "no"``, ``list of Place``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if options := _alternatives(schema):
        return " | ".join(dict.fromkeys(_type(option) for option in options))
    if "enum" in schema:
        return "one of " + ", ".join(msgspec.json.encode(value).decode() for value in schema["enum"])
    kind = schema.get("type", "any")
    kind = " | ".join(kind) if isinstance(kind, list) else str(kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return " ".join(filter(None, [kind, schema.get("format"), _range(schema)]))


def _range(schema: Mapping[str, Any]) -> str:
    low = schema.get("minimum", schema.get("minLength", schema.get("exclusiveMinimum")))
    high = schema.get("maximum", schema.get("maxLength", schema.get("exclusiveMaximum")))
    return "" if low is None and high is None else f"{'' if low is None else low}..{'' if high is None else high}"
