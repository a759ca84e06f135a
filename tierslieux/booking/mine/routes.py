"""Everything of a guest's own pages that ``create_app`` serves."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from tierslieux.booking.mine.actions import ACTIONS
from tierslieux.booking.mine.arrival import arrival_page
from tierslieux.booking.mine.favourites import keep_favourite
from tierslieux.booking.mine.feeds import FEEDS
from tierslieux.booking.mine.moving import MOVING
from tierslieux.booking.mine.pages import PAGES
from tierslieux.booking.mine.place_feed import FeedCache
from tierslieux.booking.mine.reach import SignInFirst, provide_visitor, to_sign_in
from tierslieux.booking.mine.statement import statement_page

mine_router = Router(
    "/",
    route_handlers=[*PAGES, *ACTIONS, *MOVING, *FEEDS, statement_page, arrival_page, keep_favourite],
    dependencies={
        "visitor": Provide(provide_visitor),
        "feeds": Provide(FeedCache, sync_to_thread=False, use_cache=True),
    },
    exception_handlers={SignInFirst: to_sign_in},
)
"""Pages for who is signed in (others are led there first), and calendars behind secret or public addresses."""
