"""The composition root: the only place where settings, pools, slices and middleware meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import procrastinate
from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts.auth import AuthMiddleware, provide_user
from tierslieux.map import pages as map_pages
from tierslieux.map.api import map_router
from tierslieux.map.base_tiles import BaseTiles, get_base_tile
from tierslieux.map.downloads import downloads_router
from tierslieux.map.sitemap import sitemap_router
from tierslieux.map.territories_api import get_territory
from tierslieux.map.towns import towns_router
from tierslieux.places import labels
from tierslieux.places import pages as place_pages
from tierslieux.places.api import place_handlers
from tierslieux.places.contribution_api import contributions_router
from tierslieux.places.duplicates.api import duplicates_router
from tierslieux.places.jobs import jobs as places_jobs
from tierslieux.settings import Settings
from tierslieux.shared.time import Clock, SystemClock
from tierslieux.territories.api import list_territories
from tierslieux.web import tidying as _tidying  # noqa: F401 - registers its periodic job
from tierslieux.web.assets import Assets, static_files
from tierslieux.web.clock import ClockMiddleware, clock_setter
from tierslieux.web.compression import Compression
from tierslieux.web.db import Database, Reads, TransactionMiddleware, provide_session
from tierslieux.web.i18n import LocalePrefix
from tierslieux.web.jobs import JobServices, create_queue, open_queue
from tierslieux.web.limits import RateLimiter
from tierslieux.web.observability import StopwatchMiddleware, configure_logs, log_answer, observability_router
from tierslieux.web.outbox import outbox_page
from tierslieux.web.pages import text_pages
from tierslieux.web.problems import answer_error
from tierslieux.web.security import CrossSiteMiddleware, HeaderPolicy, add_security_headers, loopback_only
from tierslieux.web.smtp import Outbox, Post, SmtpServer
from tierslieux.web.templating import Site, make_environment
from tierslieux.web.versions import CatalogueVersion
from tierslieux.web.worker import running_worker


def create_app(settings: Settings) -> Litestar:
    """The service for ``settings``; nothing is opened before it starts. The site's files must have been built."""
    configure_logs(settings.log_level)
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=settings.read_pool_size)
    clock_middleware = ClockMiddleware(database, settable=settings.test_clock)
    version = CatalogueVersion(database)
    queue = create_queue(database, blueprints=[places_jobs])
    policy = HeaderPolicy(_origin(settings), settings.public_url.startswith("https://"))

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001 - given by Litestar
        async with AsyncExitStack() as stack:
            await database.open()
            stack.push_async_callback(database.close)
            await stack.enter_async_context(version.listening())
            await stack.enter_async_context(open_queue(queue, database))
            services = JobServices(database, SystemClock(), _post(settings))
            await stack.enter_async_context(running_worker(queue, services, clock_middleware.current))
            yield

    assets = Assets.read(settings.state_dir / "assets")
    site = _site(settings)
    app = Litestar(
        route_handlers=[*_routes(assets), *_dev_routes(settings, clock_middleware, queue)],
        lifespan=[running],
        middleware=[
            StopwatchMiddleware(),
            CrossSiteMiddleware(settings.public_url),
            clock_middleware,
            AuthMiddleware(database),
            TransactionMiddleware(database),
        ],
        before_send=[add_security_headers(policy), log_answer],
        dependencies=_dependencies(settings, database, version) | {"site": _always(site)},
        exception_handlers={Exception: answer_error},
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine(engine_instance=make_environment(assets, site, labels.HELPERS))
        ),
        openapi_config=OpenAPIConfig(title="tierslieux", version="1.0", path="/api"),
        logging_config=None,
        signature_types=[AsyncSession, Clock, Reads, Site],
        request_max_body_size=2_000_000,
    )
    app.asgi_handler = Compression(LocalePrefix(app.asgi_handler))  # before routing, which no middleware is
    return app


def _routes(assets: Assets) -> list[ControllerRouterHandler]:
    return [
        observability_router,
        static_files(assets),
        list_territories,
        get_territory,
        get_base_tile,
        map_router,
        map_pages.pages_router,
        downloads_router,
        sitemap_router,
        towns_router,
        place_pages.pages_router,
        contributions_router,
        *place_handlers,
        duplicates_router,
        *text_pages(),
    ]


def _dev_routes(settings: Settings, clock: ClockMiddleware, queue: procrastinate.App) -> list[ControllerRouterHandler]:
    """What is there only for tests and trials on this machine; ``loopback_only`` holds proxies off as well."""
    routes: list[ControllerRouterHandler] = []
    if settings.is_local and settings.test_clock:
        routes.append(clock_setter(clock, queue))
    if settings.is_local and settings.smtp_url is None:
        routes.append(outbox_page(settings.mail_from))
    return [Router("/dev", route_handlers=routes, guards=[loopback_only])] if routes else []


def _post(settings: Settings) -> Post:
    if settings.smtp_url is None:
        return Outbox(settings.mail_from)
    return SmtpServer.from_url(settings.smtp_url, settings.mail_from)


def _dependencies(settings: Settings, database: Database, version: CatalogueVersion) -> dict[str, Provide]:
    limiter = RateLimiter(database, settings.secret, enabled=settings.rate_limits)
    pool: AsyncConnectionPool[Reads] = database.read_pool
    base_tiles = BaseTiles(pool, version)

    async def reads() -> AsyncIterator[Reads]:
        async with pool.connection() as connection:
            yield connection

    async def clock(request: Request[Any, Any, Any]) -> Clock:
        return request.scope["state"]["clock"]  # type: ignore[no-any-return]

    return {
        "database": Provide(lambda: database, sync_to_thread=False, use_cache=True),
        "secret": Provide(lambda: settings.secret, sync_to_thread=False, use_cache=True),
        "reads": Provide(reads),
        "session": Provide(provide_session),
        "clock": Provide(clock),
        "user": Provide(provide_user),
        "limiter": Provide(lambda: limiter, sync_to_thread=False, use_cache=True),
        "secret": Provide(lambda: settings.secret, sync_to_thread=False, use_cache=True),
        "base_tiles": Provide(lambda: base_tiles, sync_to_thread=False, use_cache=True),
        "version": Provide(lambda: version, sync_to_thread=False, use_cache=True),
    }


def _always(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


def _site(settings: Settings) -> Site:
    operator = settings.operator
    return Site(
        public_url=settings.public_url,
        operator_name=operator.name,
        operator_address=operator.address,
        operator_email=operator.email,
        publication_director=operator.publication_director,
        host_name=operator.host_name,
    )


def _origin(settings: Settings) -> str | None:
    if settings.raster_tiles is None:
        return None
    scheme, _, rest = settings.raster_tiles.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].replace('{s}', '*')}"
