"""From error to answer: the one table of the house (RFC 9457). Database text and stack traces never leave.

Programs get ``application/problem+json``; people get the page ``errors/problem.html`` with the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import msgspec
import psycopg
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Template
from psycopg_pool import PoolTimeout
from sqlalchemy.exc import DBAPIError

from tierslieux.shared.errors import (
    Conflict,
    DomainError,
    FieldError,
    Gone,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotSignedIn,
    PayloadTooLarge,
    RateLimited,
    RuleRefused,
    Stale,
)
from tierslieux.shared.pagination import BadCursor
from tierslieux.web.faults import faults_of, unreadable_body
from tierslieux.web.i18n import gettext, mark
from tierslieux.web.security import request_id_of

logger = structlog.get_logger()

PROBLEM_JSON = "application/problem+json"
NOTHING_STORED = mark("Rien n'a été enregistré.")
NOT_STORABLE = mark("une valeur ne peut pas être enregistrée")
PUBLIC_READS = ("/api/v1/", "/api/openapi.json", "/ogc/", "/tiles/", "/feeds/places/", "/dumps/", "/problems/")
"""Addresses that pages of other sites may read, their errors included."""


KINDS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (NotSignedIn, 401),
    (NotAllowed, 403),
    (Stale, 412),
    (Gone, 410),
    (RateLimited, 429),
    (PayloadTooLarge, 413),
    (Conflict, 409),
    (RuleRefused, 422),
    (DomainError, 422),
)

TITLES: dict[str, tuple[str, str]] = {
    "invalid_request": (
        mark("La demande ne peut pas être lue"),
        mark("Corrigez les champs indiqués, puis recommencez."),
    ),
    "not_found": (mark("Cette page n'existe pas ou ne vous est pas ouverte"), mark("Cherchez un lieu.")),
    "place_closed": (
        mark("Ce lieu est fermé, ou ne souhaite plus figurer ici"),
        mark("Cherchez un autre lieu dans les environs."),
    ),
    "not_signed_in": (mark("Il faut s'identifier"), mark("Donnez un jeton valable dans l'en-tête Authorization.")),
    "missing_scope": (
        mark("Ce jeton n'en donne pas le droit"),
        mark("Demandez un jeton qui porte la portée nécessaire."),
    ),
    "stale_version": (mark("Cette fiche a changé entre-temps"), mark("Relisez-la, puis refaites votre changement.")),
    "too_many_requests": (mark("Trop de demandes"), mark("Attendez un instant, puis réessayez.")),
    "body_too_large": (mark("L'envoi est trop lourd"), mark("Envoyez-le en plusieurs parties.")),
    "method_not_allowed": (mark("Cette adresse ne se demande pas ainsi"), mark("Voyez la documentation : /api/docs.")),
    "unsupported_media_type": (
        mark("Ce format d'envoi n'est pas accepté"),
        mark("Envoyez du JSON (application/json)."),
    ),
    "in_progress": (
        mark("La même demande est déjà en cours"),
        mark("Attendez sa réponse, puis réessayez avec la même clé."),
    ),
    "key_reused": (
        mark("Cette clé a déjà servi pour une autre demande"),
        mark("Prenez une nouvelle clé Idempotency-Key."),
    ),
    "cross_site": (mark("Ce formulaire vient d'un autre site"), mark("Ouvrez la page ici, puis recommencez.")),
    "ambiguous_code": (
        mark("Ce code désigne deux territoires"),
        mark("Choisissez l'un des deux identifiants proposés."),
    ),
    "both_own_resources": (
        mark("Ces deux lieux ont des places à réserver"),
        mark("Retirez celles de l'un des deux d'abord."),
    ),
    "bookings_affected": (
        mark("Des réservations seraient touchées"),
        mark("Décidez d'abord ce qu'elles deviennent : elles sont énumérées."),
    ),
    "seat_given": (
        mark("Cette place est déjà attribuée à une personne dans cette période"),
        mark("Choisissez une autre place, ou une autre période."),
    ),
    "too_many_resources": (
        mark("Ce lieu a déjà tout ce qu'un lieu peut proposer"),
        mark("Retirez d'abord ce qui ne sert plus."),
    ),
    "status_changed": (mark("L'état a changé entre-temps"), mark("Rechargez, puis voyez ce qui reste possible.")),
    "invalid_hours": (mark("Ces horaires ne peuvent pas être lus"), mark("Corrigez la partie indiquée.")),
    "unavailable": (mark("Le service est momentanément indisponible"), mark("Réessayez dans un instant.")),
    "server_error": (
        mark("Une erreur est survenue de notre côté"),
        mark("Réessayez dans un instant ; si cela continue, indiquez-nous ce numéro."),
    ),
}
"""Title and remedy by code, in French (the message ids of the translations)."""

HTTP_CODES = {
    400: "invalid_request",
    401: "not_signed_in",
    403: "missing_scope",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
}


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An RFC 9457 problem; ``extra`` members are laid beside the standard ones."""

    status: int
    code: str
    title: str
    detail: str
    instance: str
    errors: list[dict[str, Any]] | None = None
    extra: dict[str, Any] = {}

    def members(self) -> dict[str, Any]:
        """The JSON object."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "instance": self.instance,
        }
        if self.errors is not None:
            body["errors"] = self.errors
        return body | self.extra


class ProblemBody(msgspec.Struct):
    """What ``application/problem+json`` holds, for the OpenAPI document."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    errors: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    broken_rules: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    alternatives: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET


def answer_error(request: Request[Any, Any, Any], exc: Exception) -> Response[Any]:
    """The answer to any exception that a request raised."""
    problem = problem_of(exc, instance=f"urn:uuid:{request_id_of(request.scope)}", request=request)
    if problem.status >= 500:
        logger.error("request_failed", exc_info=exc, route=request.scope.get("path_template"))
    headers = _headers(problem, request)
    if wants_page(request):
        return Template(
            "errors/problem.html", context={"problem": problem}, status_code=problem.status, headers=headers
        )
    body = msgspec.json.encode(problem.members())
    return Response(body, status_code=problem.status, media_type=PROBLEM_JSON, headers=headers)


def wants_page(request: Request[Any, Any, Any]) -> bool:
    """Whether the asker is a person with a browser: everything outside the programs' addresses that accepts HTML."""
    path = request.scope["path"]
    if path.startswith(("/api/", "/tiles/", "/health/", "/metrics", "/ogc/", "/dev/")):
        return False
    return MediaType.HTML in request.headers.get("accept", "*/*") or "*/*" in request.headers.get("accept", "*/*")


def problem_of(exc: Exception, *, instance: str, request: Request[Any, Any, Any]) -> Problem:
    """The problem that ``exc`` stands for; what is not in the table is a server error without details."""
    if isinstance(exc, InvalidRequest):
        return _invalid(exc.errors, instance, exc.code)
    if isinstance(exc, BadCursor):
        return _invalid([_bad_cursor()], instance)
    if isinstance(exc, DomainError):
        status = next(status for kind, status in KINDS if isinstance(exc, kind))
        return _plain(status, exc.code, instance, exc.facts)
    if isinstance(exc, HTTPException):
        return _of_litestar(exc, instance, request)
    if isinstance(exc, RecursionError | UnicodeDecodeError):  # JSON nested deeper than the stack, text that is no UTF-8
        return _invalid([unreadable_body()], instance)
    return _of_database(exc, instance)


def _of_litestar(exc: HTTPException, instance: str, request: Request[Any, Any, Any]) -> Problem:
    if isinstance(exc, ValidationException):
        given = dict(request.query_params.items()) | {k: str(v) for k, v in request.path_params.items()}
        return _invalid(faults_of(exc.extra, given), instance)
    status = exc.status_code if exc.status_code in HTTP_CODES else 400 if exc.status_code < 500 else 500
    if status == 400:
        return _invalid([unreadable_body()], instance)
    return _plain(status, HTTP_CODES.get(status, "server_error"), instance, {})


def _of_database(exc: Exception, instance: str) -> Problem:
    cause = exc.orig if isinstance(exc, DBAPIError) else exc
    if isinstance(cause, psycopg.DataError):
        return _invalid([FieldError("body", "", "unreadable", None, gettext(NOT_STORABLE))], instance)
    if isinstance(cause, psycopg.OperationalError | PoolTimeout):
        return _plain(503, "unavailable", instance, {})
    return _plain(500, "server_error", instance, {})


def _plain(status: int, code: str, instance: str, facts: Mapping[str, Any]) -> Problem:
    title, remedy = TITLES.get(code, TITLES["server_error"])
    detail = remedy if status in {401, 403, 404, 405} else f"{NOTHING_STORED} {remedy}"
    if status >= 500:
        detail = f"{detail} ({instance.removeprefix('urn:uuid:')})"
    return Problem(status, code, title, detail, instance, None, dict(facts))


def status_of_code(code: str) -> int:
    """The HTTP status that goes with a code: by the kind of the error that carries it, else by ``HTTP_CODES``."""
    statuses = {named: status for status, named in HTTP_CODES.items()} | {"unavailable": 503, "server_error": 500}
    if code in statuses:
        return statuses[code]
    kinds = [kind for kind in _descendants(DomainError) if kind.code == code]
    return next((status for known, status in KINDS if kinds and issubclass(kinds[0], known)), 422)


def _descendants(kind: type[DomainError]) -> list[type[DomainError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _descendants(child))]


def _invalid(errors: list[FieldError], instance: str, code: str = "invalid_request") -> Problem:
    title, remedy = TITLES["invalid_request"]
    rows = [
        {"in": error.where, "field": error.field, "code": error.code, "value": error.value, "message": error.message}
        for error in errors
    ]
    return Problem(400, code, title, f"{NOTHING_STORED} {remedy}", instance, rows)


def _bad_cursor() -> FieldError:
    return FieldError("query", "cursor", "bad_cursor", None, "cursor : ce curseur n'est pas de cette liste")


def _headers(problem: Problem, request: Request[Any, Any, Any]) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if request.method == "GET" and request.scope["path"].startswith(PUBLIC_READS):
        headers["Access-Control-Allow-Origin"] = "*"
    if problem.status == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in problem.extra:
        headers["Retry-After"] = str(problem.extra["retry_after"])
    return headers


def allowed_methods(request: Request[Any, Any, Any]) -> list[str]:
    """The methods that this address takes."""
    path, router = request.scope["path"], request.app.asgi_router
    methods = []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        with suppress(HTTPException):
            router.handle_routing(path=path, method=method)
            methods.append(method)
    return ["HEAD" if method == "GET" else method for method in methods if method == "GET"] + methods + ["OPTIONS"]
