"""Prices, modes and statuses as people read them (wording.md), in the language of the request."""

from __future__ import annotations

from tierslieux.booking.domain.statuses import Status
from tierslieux.web.i18n import gettext, mark
from tierslieux.web.wording import money

STATUS_WORDS: dict[Status, str] = {
    "held": mark("Gardée pour vous"),
    "pending": mark("En attente de l'accord du lieu"),
    "confirmed": mark("Confirmée"),
    "checked_in": mark("Arrivée notée"),
    "completed": mark("Terminée"),
    "cancelled_by_guest": mark("Annulée"),
    "cancelled_by_host": mark("Annulée par le lieu"),
    "declined": mark("Refusée par le lieu"),
    "expired": mark("Sans réponse du lieu"),
    "no_show": mark("Absence"),
}
MODE_WORDS = {"hour": mark("À l'heure"), "half_day": mark("Demi-journée"), "day": mark("Journée")}


def price_words(cents: int | None) -> str:
    """ "Gratuit", "Prix libre", "12 €"."""
    if cents is None:
        return gettext("Prix libre")
    return money(cents) if cents else gettext("Gratuit")


def status_words(status: Status) -> str:
    """The status on screen."""
    return gettext(STATUS_WORDS[status])


def mode_words(mode: str) -> str:
    """The mode on screen."""
    return gettext(MODE_WORDS[mode])
