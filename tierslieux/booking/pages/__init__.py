"""The pages of booking: what is free on a place's page, and the way from a slot to a booking."""

from litestar import Router

from tierslieux.booking.pages.kept import confirm_kept, keep_longer, kept_page
from tierslieux.booking.pages.reserve import receive_reservation, reserve_page
from tierslieux.booking.pages.waiting import receive_wish

booking_pages = Router(
    "/",
    route_handlers=[reserve_page, receive_reservation, receive_wish, kept_page, confirm_kept, keep_longer],
)
