"""Logs without personal data, metrics and probes.

One line a request: method, route template (never the address with its values), status, milliseconds, request id.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from litestar import MediaType, Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from tierslieux.web.db import Reads
from tierslieux.web.security import request_id_of

REGISTRY = CollectorRegistry()
REQUESTS = Counter("tierslieux_requests", "Requests by route and status", ["route", "status"], registry=REGISTRY)
SECONDS = Histogram(
    "tierslieux_request_seconds",
    "Time to answer by route",
    ["route"],
    registry=REGISTRY,
    buckets=(0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.4, 1, 3),
)
DEPTH = 12
"""Frames of a trace that are logged, the innermost ones."""
QUIET = frozenset({"/health/live", "/health/ready", "/metrics", "/static"})

logger = structlog.get_logger()


def configure_logs(level: str) -> None:
    """Structured lines on stderr, for this process; JSON unless stderr is a terminal."""
    # the queue's own lines hold the text of errors; ours say the same without (``web/worker.py``)
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    renderer: Any = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            trace_without_data,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def trace_without_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: where an error came from, without its message, which may hold what a person wrote.

    ``exc_info`` becomes ``error`` (its types, the causes last, with SQLSTATE where there is one) and ``trace``.
    """
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        chain = [error]
        while (cause := chain[-1].__cause__ or chain[-1].__context__) is not None and cause not in chain:
            chain.append(cause)
        event["error"] = [f"{type(one).__name__} {getattr(one, 'sqlstate', None) or ''}".strip() for one in chain]
        frames = traceback.extract_tb(chain[-1].__traceback__)[-DEPTH:]
        event["trace"] = [
            f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames
        ]
    return event


class StopwatchMiddleware(ASGIMiddleware):
    """Notes when a request began."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Note, then go on."""
        scope["state"]["begun"] = time.perf_counter()
        await next_app(scope, receive, send)


async def log_answer(message: Message, scope: Scope) -> None:
    """A ``before_send`` hook: count and log each answer, also those that no middleware sees."""
    if message["type"] == "http.response.start":
        begun = scope["state"].get("begun", time.perf_counter())
        note_request(scope, message["status"], time.perf_counter() - begun)


def note_request(scope: Scope, status: int, seconds: float) -> None:
    """Count a request and write its line; probes and assets are counted only."""
    route = str(scope.get("path_template") or "unmatched")
    REQUESTS.labels(route, status).inc()
    SECONDS.labels(route).observe(seconds)
    if route in QUIET or route.startswith("/static"):
        return
    logger.info(
        "request",
        method=scope.get("method"),
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        request_id=request_id_of(scope),
    )


@get("/health/live", media_type=MediaType.TEXT, include_in_schema=False, sync_to_thread=False)
def live() -> str:
    """Whether the process answers."""
    return "ok"


@get("/health/ready", media_type=MediaType.TEXT, include_in_schema=False)
async def ready(reads: NamedDependency[Reads]) -> str:
    """Whether the database answers too (503 otherwise)."""
    await reads.execute("SELECT 1")
    return "ok"


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:  # noqa: ARG001 - part of the handler's contract
    """Prometheus figures of this process."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


observability_router = Router("/", route_handlers=[live, ready, metrics])
