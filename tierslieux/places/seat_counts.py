"""How many seats a resource has from some day on, kept with it, so that a search need not count them.

Whoever adds, changes or removes seats counts again in the same transaction: ``recount_seats``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from tierslieux.web.plans import Plan

# the last day on which a seat comes or goes, and those that then stay; null and none where there is no seat
_COUNTED = """
UPDATE resource r SET (steady_from, steady_seats) = (
  SELECT max(greatest(lower(s.in_service), upper(s.in_service))), count(*) FILTER (WHERE upper_inf(s.in_service))
  FROM seat s WHERE s.place_id = r.place_id AND s.resource_id = r.resource_id)
"""
_OF_PLACES = _COUNTED + "WHERE r.place_id = ANY(%(place_ids)s::integer[])"


def recount_seats(place_ids: Sequence[int]) -> Plan[None]:
    """Count the seats of these places' resources again; a part of whatever changes them."""
    yield _OF_PLACES, {"place_ids": list(place_ids)}


def recount_all_seats(connection: psycopg.Connection[Any]) -> None:
    """Count all seats: after a bulk load."""
    connection.execute(_COUNTED)
