"""Everything of a guest's own pages that ``create_app`` serves."""

from __future__ import annotations

from litestar import Router
from litestar.di import Provide

from tierslieux.booking.mine.actions import ACTIONS
from tierslieux.booking.mine.pages import PAGES
from tierslieux.booking.mine.reach import SignInFirst, provide_visitor, to_sign_in

mine_router = Router(
    "/",
    route_handlers=[*PAGES, *ACTIONS],
    dependencies={"visitor": Provide(provide_visitor)},
    exception_handlers={SignInFirst: to_sign_in},
)
