"""The composition root: the only place where settings, pools, slices and middleware meet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

import procrastinate
from litestar import Litestar, Request, Router
from litestar.di import Provide
from litestar.middleware import ASGIMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig
from litestar.types import ControllerRouterHandler
from psycopg_pool import AsyncConnectionPool
from sqlalchemy.ext.asyncio import AsyncSession

from tierslieux.accounts import personal as account_data
from tierslieux.accounts.api import me_router
from tierslieux.accounts.auth import AuthMiddleware, CurrentUser, keep_private, provide_user
from tierslieux.accounts.codes import SignInDesk
from tierslieux.accounts.cookies import OwnCookie
from tierslieux.accounts.data_pages import my_data_router
from tierslieux.accounts.domain import SESSION_LIFETIME
from tierslieux.accounts.oidc.issuer import Issuer
from tierslieux.accounts.oidc.pages import outside_router
from tierslieux.accounts.pages import sign_in_router
from tierslieux.booking import personal as booking_data
from tierslieux.booking.api import BOOKING_HANDLERS
from tierslieux.booking.mine.routes import mine_router
from tierslieux.booking.pages import booking_pages
from tierslieux.booking.pages.grid import Grid
from tierslieux.booking.pages.holder import HolderCookie
from tierslieux.booking.service.closing.standing import EngineSeatUse
from tierslieux.booking.waitlist_jobs import jobs as booking_jobs
from tierslieux.map import pages as map_pages
from tierslieux.map.api import MAP_HANDLERS
from tierslieux.map.base_tiles import BaseTiles, get_base_tile
from tierslieux.map.downloads import downloads_router
from tierslieux.map.sitemap import sitemap_router
from tierslieux.map.territories_api import get_territory
from tierslieux.map.towns import towns_router
from tierslieux.places import labels
from tierslieux.places import pages as place_pages
from tierslieux.places import personal as place_data
from tierslieux.places.api import PLACE_HANDLERS
from tierslieux.places.contribution_api import contributions_router
from tierslieux.places.duplicates.api import duplicates_router
from tierslieux.places.jobs import jobs as places_jobs
from tierslieux.places.panel import PlacePanel
from tierslieux.places.resources.api import RESOURCE_HANDLERS
from tierslieux.places.resources.residents_api import RESIDENT_HANDLERS
from tierslieux.places.resources.seat_use import SeatUse
from tierslieux.settings import Settings
from tierslieux.shared.time import Clock, SystemClock
from tierslieux.territories.api import list_territories
from tierslieux.web.assets import Assets, static_files
from tierslieux.web.bodies import StrictRequest
from tierslieux.web.caching import Catalogue
from tierslieux.web.clock import ClockMiddleware, clock_setter
from tierslieux.web.compression import Compression
from tierslieux.web.db import Database, Reads, TransactionMiddleware, provide_session
from tierslieux.web.demonstration import DemonstrationMark
from tierslieux.web.head import HeadAsGet
from tierslieux.web.i18n import LocalePrefix
from tierslieux.web.jobs import JobServices, create_queue, open_queue
from tierslieux.web.limits import RateLimiter
from tierslieux.web.observability import StopwatchMiddleware, configure_logs, log_answer, observability_router
from tierslieux.web.outbox import outbox_page
from tierslieux.web.pages import text_pages
from tierslieux.web.personal import PersonalData
from tierslieux.web.pressure import PressureMiddleware
from tierslieux.web.problems import answer_error
from tierslieux.web.reference import Problems, Reference
from tierslieux.web.security import CrossSiteMiddleware, HeaderPolicy, add_security_headers, loopback_only, not_there
from tierslieux.web.smtp import post_of
from tierslieux.web.templating import Site, make_environment
from tierslieux.web.tidying import EDGE
from tierslieux.web.versions import CatalogueVersion
from tierslieux.web.worker import running_worker

# The document and its page are served by web/reference.py; Litestar's own pages link to CDNs, so none is named here,
# and the one address that it insists on is answered as if it were not there.
_OPENAPI = OpenAPIConfig(
    title="tierslieux",
    version="1.0",
    render_plugins=[JsonRenderPlugin()],
    openapi_router=Router("/api/-", route_handlers=[], include_in_schema=False, guards=[not_there]),
)
_INJECTED = [
    AsyncSession, Catalogue, CatalogueVersion, Clock, CurrentUser, Database, HolderCookie, Issuer, OwnCookie,
    PersonalData, PlacePanel, Reads, SeatUse, SignInDesk, Site,
]  # fmt: skip
PERSONAL = PersonalData((booking_data.PERSONAL, place_data.PERSONAL, EDGE, account_data.PERSONAL))
"""What the slices keep of people: its export and erasure, the jobs that forget, and the page that says so."""


def create_app(settings: Settings) -> Litestar:
    """The service for ``settings``; nothing is opened before it starts. The site's files must have been built."""
    configure_logs(settings.log_level)
    database = Database.create(settings.database_url, settings.sqlalchemy_url, read_pool_size=settings.read_pool_size)
    clock = ClockMiddleware(database, settable=settings.test_clock)
    version = CatalogueVersion(database)
    queue = create_queue(database, blueprints=[places_jobs, booking_jobs])
    pressure = PressureMiddleware()
    assets = Assets.read(settings.state_dir / "assets")
    site = _site(settings, version.demonstration)
    policy = HeaderPolicy(_origin(settings), settings.public_url.startswith("https://"))
    app = Litestar(
        route_handlers=[*_routes(assets), *_dev_routes(settings, clock, queue)],
        lifespan=[_running(settings, database, version, queue, clock, pressure)],
        middleware=[pressure, *_middleware(settings, database, clock)],
        before_send=[add_security_headers(policy), keep_private, log_answer],
        dependencies=_dependencies(settings, database, version) | {"site": _always(site)},
        exception_handlers={Exception: answer_error},
        template_config=TemplateConfig(
            instance=JinjaTemplateEngine(engine_instance=make_environment(assets, site, labels.HELPERS))
        ),
        openapi_config=_OPENAPI,
        logging_config=None,
        signature_types=_INJECTED,
        request_class=StrictRequest,
        request_max_body_size=2_000_000,
    )
    app.asgi_handler = HeadAsGet(Compression(LocalePrefix(app.asgi_handler)))  # before routing, which no middleware is
    return app


def _running(
    settings: Settings,
    database: Database,
    version: CatalogueVersion,
    queue: procrastinate.App,
    clock: ClockMiddleware,
    pressure: PressureMiddleware,
) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """What is open while the service runs, closed in the opposite order."""

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:  # noqa: ARG001 - given by Litestar
        async with AsyncExitStack() as stack:
            await database.open()
            stack.push_async_callback(database.close)
            await version.demonstration.read_from(database)
            await stack.enter_async_context(version.listening())
            await stack.enter_async_context(open_queue(queue, database))
            services = JobServices(
                database,
                SystemClock(),
                post_of(settings.smtp_url, settings.mail_from),
                settings.public_url,
                settings.secret,
                mark=version.demonstration,
                personal=PERSONAL,
            )
            await stack.enter_async_context(running_worker(queue, services, clock.current, pressure.pause))
            yield

    return running


def _middleware(settings: Settings, database: Database, clock: ClockMiddleware) -> list[ASGIMiddleware]:
    """From the outside in: who asks must be known before the transaction looks for the asker's key."""
    return [
        StopwatchMiddleware(),
        CrossSiteMiddleware(settings.public_url),
        clock,
        AuthMiddleware(database, _session_cookie(settings)),
        TransactionMiddleware(database),
    ]


def _routes(assets: Assets) -> list[ControllerRouterHandler]:
    return [
        observability_router,
        static_files(assets),
        list_territories,
        get_territory,
        get_base_tile,
        Router(
            "/",
            route_handlers=[*MAP_HANDLERS, *PLACE_HANDLERS, *RESOURCE_HANDLERS, *RESIDENT_HANDLERS, *BOOKING_HANDLERS],
            tags=["places"],
        ),
        map_pages.pages_router,
        downloads_router,
        sitemap_router,
        towns_router,
        place_pages.pages_router,
        booking_pages,
        contributions_router,
        duplicates_router,
        sign_in_router,
        outside_router,
        my_data_router,
        me_router,
        mine_router,
        Reference,
        Problems,
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


def _dependencies(settings: Settings, database: Database, version: CatalogueVersion) -> dict[str, Provide]:
    pool: AsyncConnectionPool[Reads] = database.read_pool
    limiter = RateLimiter(database, settings.secret, enabled=settings.rate_limits)
    signing_in = (database, limiter, settings.secret, settings.public_url)

    async def reads() -> AsyncIterator[Reads]:
        async with pool.connection() as connection:
            yield connection

    async def clock(request: Request[Any, Any, Any]) -> Clock:
        return request.scope["state"]["clock"]  # type: ignore[no-any-return]

    async def catalogue(request: Request[Any, Any, Any]) -> Catalogue:
        return Catalogue(database, version, request.scope["state"]["clock"])

    return {
        "catalogue": Provide(catalogue),
        "reads": Provide(reads),
        "session": Provide(provide_session),
        "clock": Provide(clock),
        "user": Provide(provide_user),
        "database": _always(database),
        "secret": _always(settings.secret),
        "limiter": _always(limiter),
        "desk": _always(SignInDesk(*signing_in, version.demonstration)),
        "session_cookie": _always(_session_cookie(settings)),
        "issuer": _always(_issuer(settings)),
        "personal": _always(PERSONAL),
        "mail_from": _always(settings.mail_from),
        "base_tiles": _always(BaseTiles(pool, version)),
        "version": _always(version),
        "seat_use": _always(EngineSeatUse()),
        "panel": _always(Grid()),
        "holder_cookie": _always(HolderCookie(settings.secret, is_https=settings.public_url.startswith("https://"))),
    }


def _issuer(settings: Settings) -> Issuer | None:
    given = settings.oidc
    if given is None:
        return None
    back = f"{settings.public_url}/connexion/externe/retour"
    return Issuer(given.url, given.client_id, given.client_secret, given.label, given.scopes, back)


def _session_cookie(settings: Settings) -> OwnCookie:
    seconds = int(SESSION_LIFETIME.total_seconds())
    return OwnCookie("session", seconds, is_https=settings.public_url.startswith("https://"))


def _always(value: Any) -> Provide:
    return Provide(lambda: value, sync_to_thread=False, use_cache=True)


def _site(settings: Settings, mark: DemonstrationMark) -> Site:
    operator = settings.operator
    return Site(
        public_url=settings.public_url,
        operator_name=operator.name,
        operator_address=operator.address,
        operator_email=operator.email,
        publication_director=operator.publication_director,
        host_name=operator.host_name,
        mark=mark,
    )


def _origin(settings: Settings) -> str | None:
    if settings.raster_tiles is None:
        return None
    scheme, _, rest = settings.raster_tiles.url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].replace('{s}', '*')}"
