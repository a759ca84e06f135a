"""What a card says of free seats: "3 places libres", "Complet", "Prochaine place libre : jeudi 14 h"."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tierslieux.map.results import PlaceHit, SearchResult
from tierslieux.web import wording
from tierslieux.web.i18n import gettext as _
from tierslieux.web.i18n import ngettext

_A_WEEK = timedelta(days=7)


def free_words(hit: PlaceHit, result: SearchResult) -> tuple[str, ...]:
    """The words for a bookable place; of a later hour without a window only the next free time is known."""
    if hit.free_seats is None:
        return ()
    later = result.criteria.free is None and result.criteria.at is not None
    words = [] if later else list(_seats(hit))
    if hit.first_free is not None and (later or not hit.free_seats):
        words.append(_("Prochaine place libre : %s") % _when(hit.first_free, hit.time_zone, result.as_of))
    return tuple(words)


def _seats(hit: PlaceHit) -> tuple[str, ...]:
    if hit.free_seats:
        return (ngettext("%s place libre", "%s places libres", hit.free_seats) % wording.number(hit.free_seats),)
    return (_("Complet"),) if hit.hours_state == "open" else ()  # closed is said by the hours


def _when(start: datetime, time_zone: str, now: datetime) -> str:
    """ "aujourd'hui 14 h", "jeudi 14 h", a week ahead and later "jeudi 8 avril 14 h"."""
    zone = ZoneInfo(time_zone)
    local, today = start.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        day = _("aujourd'hui")
    else:
        day = (
            wording.weekday(local.date()) if local.date() < today + _A_WEEK else wording.day_without_year(local.date())
        )
    return f"{day} {wording.clock(local)}"
