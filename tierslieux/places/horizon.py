"""How far ahead days are worked out, and when a day is over: shared by the days of places and of their resources."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tierslieux.places.hours.days import DayHours

AHEAD = 60
FARTHEST = 1500

AHEAD_SQL = f"""CASE WHEN p.welcome = 'bookable' THEN LEAST({FARTHEST}, GREATEST({AHEAD},
    (p.policy->>'horizon_days')::integer,
    (SELECT max((r.policy->>'horizon_days')::integer) FROM resource r
     WHERE r.place_id = p.place_id AND r.archived_at IS NULL)))
  ELSE {AHEAD} END"""  # noqa: S608 - put together from constants
"""Days ahead of today for the place ``p``: where it can be booked, the greatest horizon of it and its resources."""


def first_day_not_over(now: datetime) -> date:
    """The first day that is not over yet in the westernmost of the French zones."""
    return (now - timedelta(hours=12)).date()


def multirange(day: DayHours) -> str:
    """What is open on ``day``, as PostgreSQL reads it."""
    return "{" + ",".join(f"[{span.start.isoformat()},{span.end.isoformat()})" for span in day.open) + "}"
