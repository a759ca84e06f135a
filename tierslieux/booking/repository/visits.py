"""People counted at the door."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from uuid_utils import uuid7

from tierslieux.booking.errors import UndoTooLate
from tierslieux.shared.errors import NotFound, invalid
from tierslieux.web.plans import Plan

OLDEST = timedelta(days=31)
_COUNT = """
WITH counted AS (
  INSERT INTO visit (place_id, visit_id, at, local_date, count)
  SELECT p.place_id, %(visit_id)s::uuid, %(at)s::timestamptz, (%(at)s::timestamptz AT TIME ZONE p.time_zone)::date,
    %(count)s::smallint
  FROM place p WHERE p.place_id = %(place_id)s::integer AND p.state IN ('published', 'closed')
  RETURNING place_id, local_date)
INSERT INTO stat_dirty (place_id, day) SELECT place_id, local_date FROM counted RETURNING day
"""
_WITHDRAW = """
WITH taken AS (
  UPDATE visit v SET withdrawn_at = %(now)s::timestamptz FROM place p
  WHERE v.place_id = %(place_id)s::integer AND v.visit_id = %(visit_id)s::uuid AND p.place_id = v.place_id
    AND v.withdrawn_at IS NULL AND v.local_date >= (%(now)s::timestamptz AT TIME ZONE p.time_zone)::date
  RETURNING v.place_id, v.local_date)
INSERT INTO stat_dirty (place_id, day) SELECT place_id, local_date FROM taken RETURNING day
"""
_THERE = """
SELECT withdrawn_at FROM visit WHERE place_id = %(place_id)s::integer AND visit_id = %(visit_id)s::uuid
"""


def count_visit(place_id: int, count: int, at: datetime, now: datetime) -> Plan[UUID]:
    """Count people at ``at``: not in the future, at most a month ago. ``NotFound`` where there is no such place."""
    if not now - OLDEST <= at <= now:
        raise invalid("body", "at", "out_of_range", at.isoformat(), "un instant des 31 derniers jours attendu")
    visit_id = UUID(str(uuid7()))
    rows = yield _COUNT, {"place_id": place_id, "visit_id": visit_id, "at": at, "count": count}
    if not rows:
        raise NotFound
    return visit_id


def withdraw_visit(place_id: int, visit_id: UUID, now: datetime) -> Plan[None]:
    """Take a count back within its local day; a second time does nothing. ``NotFound``, ``UndoTooLate``."""
    found = yield _THERE, {"place_id": place_id, "visit_id": visit_id}
    if not found:
        raise NotFound
    if found[0][0] is not None:
        return
    rows = yield _WITHDRAW, {"place_id": place_id, "visit_id": visit_id, "now": now}
    if not rows:
        raise UndoTooLate
