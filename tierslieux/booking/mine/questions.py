"""Where would you have worked without this place? Asked about a visit, once, lightly, at most every 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import LiteralString
from uuid import UUID

from tierslieux.booking.mine.views import Question
from tierslieux.booking.queries.bookings import BookingView
from tierslieux.places.local_ids import local_id
from tierslieux.web.i18n import gettext, localised, mark
from tierslieux.web.plans import Plan
from tierslieux.web.wording import day_without_year

ANSWERS = {
    "home": mark("Chez moi"),
    "workplace": mark("À mon lieu de travail habituel"),
    "elsewhere": mark("Dans un autre lieu"),
    "not": mark("Je n'aurais pas travaillé"),
    "no_answer": mark("Je préfère ne pas répondre"),
}
"""What ``booking.instead`` may hold."""
ASKED_FOR = timedelta(days=7)
"""How long after a visit it is asked about."""
NOT_AGAIN = timedelta(days=30)

# An answer comes within ASKED_FOR of the end of its visit: 30 days after the answer are over 37 after the visit.
_VISIT: LiteralString = """
SELECT b.place_id, b.booking_id, p.name, (lower(b.during) AT TIME ZONE p.time_zone)::date
FROM booking b JOIN place p ON p.place_id = b.place_id
WHERE b.guest_id = %(guest_id)s::uuid AND b.status IN ('completed', 'checked_in') AND b.instead IS NULL
  AND upper(b.during) <= %(now)s::timestamptz AND upper(b.during) > %(asked_since)s::timestamptz
  AND NOT EXISTS (SELECT FROM booking o WHERE o.guest_id = b.guest_id AND o.instead IS NOT NULL
    AND upper(o.during) > %(quiet_since)s::timestamptz)
ORDER BY upper(b.during) DESC, b.booking_id LIMIT 1
"""
_ANSWER: LiteralString = """
WITH told AS (
  UPDATE booking SET instead = %(answer)s::text
  WHERE place_id = %(place_id)s::integer AND booking_id = %(booking_id)s::uuid AND instead IS NULL
    AND status IN ('completed', 'checked_in') AND upper(during) <= %(now)s::timestamptz
  RETURNING place_id, local_date)
INSERT INTO stat_dirty (place_id, day) SELECT place_id, local_date FROM told
"""


def question_for(guest_id: UUID, now: datetime) -> Plan[Question | None]:
    """The visit to ask about, if there is one."""
    times = {"now": now, "asked_since": now - ASKED_FOR, "quiet_since": now - ASKED_FOR - NOT_AGAIN}
    rows = yield _VISIT, {"guest_id": guest_id, **times}
    if not rows:
        return None
    place_id, booking_id, name, day = rows[0]
    address = localised(f"/mes-reservations/{local_id(place_id, booking_id)}/sans-ce-lieu")
    answers = tuple((value, gettext(label)) for value, label in ANSWERS.items())
    return Question(address, name, day_without_year(day), answers)


def store_answer(booking: BookingView, answer: str, now: datetime) -> Plan[None]:
    """Keep the first answer about a visit; the day's figures are worked out again."""
    yield (
        _ANSWER,
        {"place_id": booking.place_id, "booking_id": booking.booking_id, "answer": answer, "now": now},
    )
