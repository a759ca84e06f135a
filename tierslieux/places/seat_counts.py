"""How many seats a resource has from some day on, kept with it, so that a search need not count them.

Whoever adds, changes or removes seats counts again in the same transaction: ``recount_seats``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg

from tierslieux.web.plans import Plan

# the last day on which a seat comes or goes, and those that then stay
_COUNTED = """
UPDATE resource r SET steady_from = s.changed, steady_seats = s.stay
FROM (SELECT place_id, resource_id, max(greatest(lower(in_service), upper(in_service))) AS changed,
    (count(*) FILTER (WHERE upper_inf(in_service)))::integer AS stay
  FROM seat WHERE {which} GROUP BY place_id, resource_id) s
WHERE r.place_id = s.place_id AND r.resource_id = s.resource_id
  AND (r.steady_from, r.steady_seats) IS DISTINCT FROM (s.changed, s.stay)
"""
_OF_PLACES = _COUNTED.replace("{which}", "place_id = ANY(%(place_ids)s::integer[])")
_OF_ALL = _COUNTED.replace("{which}", "true")


def recount_seats(place_ids: Sequence[int]) -> Plan[None]:
    """Count the seats of these places' resources again; a part of whatever changes them."""
    yield _OF_PLACES, {"place_ids": list(place_ids)}


def recount_all_seats(connection: psycopg.Connection[Any]) -> None:
    """Count all seats: after a bulk load."""
    connection.execute(_OF_ALL)
